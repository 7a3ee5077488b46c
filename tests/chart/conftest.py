"""Rendering the chart for its tests, each set of values once a session; knows nothing of what must come out."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm"
BIN = ROOT / ".tools" / "bin"

Document = dict[str, Any]
Render = Callable[..., list[Document]]


def fetch(tool: str, program: str) -> Path:
    """The program, fetched when it is not there; without it there is nothing to test, and under STRICT=1 that fails."""
    command = [sys.executable, ROOT / "tools" / f"get_{tool}.py"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return BIN / program
    reason = f"no {program}: {(result.stderr.strip() or 'unknown').splitlines()[-1]}"
    if os.environ.get("STRICT") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def template(helm: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [helm, "template", "sangtao", CHART, "--namespace", "sangtao", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def helm() -> Path:
    return fetch("helm", "helm")


@pytest.fixture(scope="session")
def promtool() -> Path:
    return fetch("promtool", "promtool")


@pytest.fixture(scope="session")
def render(helm: Path) -> Render:
    """Call it with the name of a file in ci/ and `--set` expressions; the same call renders once."""

    @cache
    def rendered(values: str, *settings: str) -> list[Document]:
        chosen = [word for setting in settings for word in ("--set", setting)]
        result = template(helm, "--values", str(CHART / "ci" / f"{values}.yaml"), *chosen)
        assert result.returncode == 0, result.stderr
        return [one for one in yaml.load_all(result.stdout, yaml.CSafeLoader) if one]

    return rendered


@pytest.fixture(scope="session")
def refusal(helm: Path) -> Callable[..., str]:
    """Why helm refuses these values; empty when it does not."""

    def refused(values: str, *settings: str) -> str:
        chosen = [word for setting in settings for word in ("--set", setting)]
        return template(helm, "--values", str(CHART / "ci" / f"{values}.yaml"), *chosen).stderr

    return refused


@pytest.fixture(params=["minimal", "production", "trial"])
def documents(render: Render, request: pytest.FixtureRequest) -> list[Document]:
    return render(request.param)


@pytest.fixture
def minimal(render: Render) -> list[Document]:
    return render("minimal")


@pytest.fixture
def production(render: Render) -> list[Document]:
    return render("production")


@pytest.fixture
def trial(render: Render) -> list[Document]:
    return render("trial")


@pytest.fixture(scope="session")
def of_kind() -> Callable[[Iterable[Document], str], dict[str, Document]]:
    """The documents of one kind by name."""
    return lambda documents, kind: {one["metadata"]["name"]: one for one in documents if one["kind"] == kind}


@pytest.fixture(scope="session")
def pod_of() -> Callable[[Document], Document | None]:
    """The pod template of whatever makes pods, else None."""

    def template_of(document: Document) -> Document | None:
        spec = document.get("spec", {})
        found: Document | None = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        return found

    return template_of
