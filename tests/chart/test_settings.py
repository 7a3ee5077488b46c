"""What the chart puts into the environment is what the processes read."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from common import settings, tokens

if TYPE_CHECKING:
    from conftest import Manifests

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
    """Where the settings of a service's processes are defined: its own, when it has any, first."""
    own = ROOT / "services" / service / "src" / service / "settings.py"
    return [*([own] if own.exists() else []), Path(settings.__file__)]


@pytest.fixture
def environments(documents: Manifests) -> list[tuple[str, str, set[str]]]:
    """(service, command, the names in its environment) of every container of ours."""
    maps = documents.of_kind("ConfigMap")
    found = []
    for document in documents:
        for container in document.containers:
            references = [one["configMapRef"]["name"] for one in container.get("envFrom", [])]
            names = {name for one in references for name in maps[one]["data"]}
            names |= {one["name"] for one in container.get("env", [])}
            found.append((container["command"][-1], container.get("args", [""])[0], names))
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_name_that_is_set_is_read(environments: list[tuple[str, str, set[str]]], service: str) -> None:
    known = {name for path in modules(service) for name, _ in fields(path)} | BY_LIBRARIES
    for owner, command, names in environments:
        if owner == service:
            assert names <= known, (service, command, names - known)


@pytest.mark.parametrize("service", SERVICES)
def test_every_name_that_a_service_requires_is_set(environments: list[tuple[str, str, set[str]]], service: str) -> None:
    own = modules(service)[:-1]
    required = {name for path in own for name, is_required in fields(path) if is_required}
    given = {name for owner, _, names in environments if owner == service for name in names}
    assert required <= given


def test_every_name_that_a_process_requires_is_set(environments: list[tuple[str, str, set[str]]]) -> None:
    for service, command, names in environments:
        if service in SERVICES and service != "portal" and command in READ_BY:
            required = {
                one.name.upper()
                for one in dataclasses.fields(READ_BY[command])
                if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
            }
            assert required <= names, (service, command, required - names)


def test_further_issuers_reach_the_apis_as_they_read_them(production: Manifests) -> None:
    maps = production.of_kind("ConfigMap")
    for service in SERVICES[:-1]:
        [issuer] = tokens.TrustedIssuers(maps[f"sangtao-{service}"]["data"]["OIDC_ISSUERS"])
        assert (issuer.audience, issuer.tenants) == ("sangtao", ("lai-chau",))
