"""Check the chart: lint, render for three Kubernetes versions, validate, check the alarms, run its tests."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import yaml

ROOT = Path(__file__).parents[1]
CHART = ROOT / "deploy" / "helm"
BIN = ROOT / ".tools" / "bin"
VALUES = ("minimal", "production", "trial")
KUBERNETES = ("1.33", "1.35", "1.37")
# Of the Prometheus operator: no schema of them comes with Kubernetes. Every other unknown kind is a mistake.
UNKNOWN_KINDS = frozenset({"ServiceMonitor", "PodMonitor", "PrometheusRule"})
STRICT = os.environ.get("STRICT") == "1"

Document = dict[str, Any]


class Refused(Exception):
    """The chart is wrong; the message says where."""


def run(*command: str | Path, source: str | None = None) -> str:
    """The output of a command; its complaint, when it fails, is the outcome of the whole check."""
    result = subprocess.run(command, input=source, capture_output=True, text=True, check=False, cwd=ROOT)
    if result.returncode:
        raise Refused(f"{Path(command[0]).name} failed:\n{result.stdout}{result.stderr}")
    return result.stdout


def get(tool: str) -> None:
    run(sys.executable, ROOT / "tools" / f"get_{tool}.py")


def lint() -> str:
    for values in VALUES:
        run(BIN / "helm", "lint", "--strict", CHART, "--values", CHART / "ci" / f"{values}.yaml")
    return ", ".join(VALUES)


def render(values: str, version: str) -> list[Document]:
    chosen = ("--values", CHART / "ci" / f"{values}.yaml", "--kube-version", f"{version}.0")
    text = run(BIN / "helm", "template", "sangtao", CHART, "--namespace", "sangtao", *chosen)
    return [document for document in yaml.load_all(text, yaml.CSafeLoader) if document]


def name(document: Document) -> str:
    return f"{document['kind']} {document['metadata']['name']}"


def ensure_valid(document: Document, version: str) -> None:
    try:
        kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.SchemaNotFoundError as error:
        if document["kind"] not in UNKNOWN_KINDS:
            raise Refused(f"{name(document)}: Kubernetes {version} knows no such kind.") from error
    except kubernetes_validate.ValidationError as error:
        raise Refused(f"{name(document)} for Kubernetes {version}: {error}") from error


def ensure_unique(documents: list[Document]) -> None:
    names = [name(document) for document in documents]
    twice = {one for one in names if names.count(one) > 1}
    if twice:
        raise Refused(f"rendered twice: {', '.join(sorted(twice))}")


def validate() -> str:
    count = 0
    for version in KUBERNETES:
        for values in VALUES:
            documents = render(values, version)
            ensure_unique(documents)
            for document in documents:
                ensure_valid(document, version)
            count += len(documents)
    return f"{count} objects, Kubernetes {' '.join(KUBERNETES)}"


def check_alarms() -> str:
    try:
        get("promtool")
    except Refused as error:
        if STRICT:
            raise
        return f"SKIPPED: {error}"
    rules = next(one for one in render("production", KUBERNETES[-1]) if one["kind"] == "PrometheusRule")
    spec = yaml.safe_dump(rules["spec"])
    run(BIN / "promtool", "check", "rules", "--lint-fatal", "/dev/stdin", source=spec)
    return f"{spec.count('alert:')} alarms"


def test() -> str:
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/chart")
    return run(*command).strip().splitlines()[-1]


STEPS: tuple[tuple[str, Callable[[], str | None]], ...] = (
    ("fetch helm", lambda: get("helm")),
    ("helm lint --strict", lint),
    ("render and validate", validate),
    ("promtool check rules", check_alarms),
    ("pytest tests/chart", test),
)


def main() -> int:
    for number, (title, step) in enumerate(STEPS, 1):
        started = time.monotonic()
        try:
            outcome = step() or "done"
        except Refused as error:
            print(f"[{number}/{len(STEPS)}] {title}: FAILED\n{error}")
            return 1
        print(f"[{number}/{len(STEPS)}] {title}: {outcome} ({time.monotonic() - started:.1f} s)", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
