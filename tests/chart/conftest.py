"""Renders the chart for its tests, each set of values once a session; knows nothing of what must come out."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm"
BIN = ROOT / ".tools" / "bin"

Json = dict[str, Any]


class Manifest(dict[str, Any]):
    """One rendered object."""

    @property
    def name(self) -> str:
        return str(self["metadata"]["name"])

    @property
    def labels(self) -> dict[str, str]:
        return dict(self["metadata"]["labels"])

    @property
    def pod(self) -> Json:
        """The pod that it makes: empty when it makes none."""
        spec = self.get("spec", {})
        return dict(spec.get("jobTemplate", {}).get("spec", spec).get("template", {}))

    @property
    def containers(self) -> list[Json]:
        """In the order in which they start."""
        spec = self.pod.get("spec", {})
        return [*spec.get("initContainers", []), *spec.get("containers", [])]


class Manifests(list[Manifest]):
    """All that one set of values renders."""

    def of_kind(self, kind: str) -> dict[str, Manifest]:
        return {one.name: one for one in self if one["kind"] == kind}


Render = Callable[..., Manifests]
Refusal = Callable[..., str]


def fetch(program: str, skip_or_fail: Callable[[str], None]) -> Path:
    """The program, fetched when it is not there; without it there is nothing to test."""
    command = [sys.executable, ROOT / "tools" / f"get_{program}.py"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        skip_or_fail(f"no {program}: {(result.stderr.strip() or 'unknown').splitlines()[-1]}")
    return BIN / program


def template(helm: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [helm, "template", "sangtao", CHART, "--namespace", "sangtao", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def helm(skip_or_fail: Callable[[str], None]) -> Path:
    return fetch("helm", skip_or_fail)


@pytest.fixture(scope="session")
def promtool(skip_or_fail: Callable[[str], None]) -> Path:
    return fetch("promtool", skip_or_fail)


@pytest.fixture(scope="session")
def render(helm: Path) -> Render:
    """Call it with the name of a file in ci/ and `--set` expressions; the same call renders once."""

    @cache
    def rendered(values: str, *settings: str) -> Manifests:
        chosen = [word for setting in settings for word in ("--set", setting)]
        result = template(helm, "--values", str(CHART / "ci" / f"{values}.yaml"), *chosen)
        assert result.returncode == 0, result.stderr
        return Manifests(Manifest(one) for one in yaml.load_all(result.stdout, yaml.CSafeLoader) if one)

    return rendered


@pytest.fixture(scope="session")
def refusal(helm: Path) -> Refusal:
    """Why helm refuses these values; empty when it does not."""

    def refused(values: str, *settings: str) -> str:
        chosen = [word for setting in settings for word in ("--set", setting)]
        return template(helm, "--values", str(CHART / "ci" / f"{values}.yaml"), *chosen).stderr

    return refused


@pytest.fixture(params=["minimal", "production", "trial"])
def documents(render: Render, request: pytest.FixtureRequest) -> Manifests:
    return render(request.param)


@pytest.fixture
def minimal(render: Render) -> Manifests:
    return render("minimal")


@pytest.fixture
def production(render: Render) -> Manifests:
    return render("production")


@pytest.fixture
def trial(render: Render) -> Manifests:
    return render("trial")
