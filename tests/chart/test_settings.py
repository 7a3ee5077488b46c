"""What the chart puts into the environment is what the processes read."""

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from common import settings

ROOT = Path(__file__).parents[2]
# Read by the library of the attachment store, not by our own settings.
BY_LIBRARIES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL"}
READ_BY = {
    "api": settings.ApiSettings,
    "relay": settings.RelaySettings,
    "consume": settings.ConsumerSettings,
    "migrate": settings.MigrationSettings,
    "bootstrap": settings.BootstrapSettings,
}
SERVICES = ("registration", "review", "reporting", "notifications", "portal")


def fields(path: Path) -> Iterator[tuple[str, bool]]:
    """The environment names that a settings module reads, and whether each is required."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                    yield one.target.id.upper(), one.value is None


def modules(service: str) -> list[Path]:
    """The settings that a service's processes may be made of."""
    own = ROOT / "services" / service / "src" / service / "settings.py"
    if not own.exists():
        pytest.skip(f"{service} has no settings yet")
    return [ROOT / "libs" / "common" / "src" / "common" / "settings.py", own]


@pytest.fixture
def environments(documents, of_kind, pod_of):
    """(service, command, the names in its environment) of every container of ours."""
    maps = of_kind(documents, "ConfigMap")
    found = []
    for document in documents:
        spec = (pod_of(document) or {"spec": {"containers": []}})["spec"]
        for container in spec["containers"] + spec.get("initContainers", []):
            references = [one["configMapRef"]["name"] for one in container.get("envFrom", [])]
            names = {name for one in references for name in maps[one]["data"]}
            names |= {one["name"] for one in container.get("env", [])}
            found.append((container["command"][-1], container["args"][0], names))
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_name_that_is_set_is_read(environments, service: str) -> None:
    known = {name for path in modules(service) for name, _ in fields(path)} | BY_LIBRARIES
    for owner, command, names in environments:
        if owner == service:
            assert names <= known, (service, command, names - known)


@pytest.mark.parametrize("service", SERVICES)
def test_every_name_that_a_service_requires_is_set(environments, service: str) -> None:
    required = {name for name, is_required in fields(modules(service)[1]) if is_required}
    given = {name for owner, _, names in environments if owner == service for name in names}
    assert required <= given


def test_every_name_that_a_process_requires_is_set(environments) -> None:
    for service, command, names in environments:
        if service in SERVICES and service != "portal" and command in READ_BY:
            required = {
                one.name.upper()
                for one in dataclasses.fields(READ_BY[command])
                if one.default is dataclasses.MISSING
            }
            assert required <= names, (service, command, required - names)
