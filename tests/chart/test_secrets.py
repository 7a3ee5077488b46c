"""Secrets come by reference, and a process gets those that it needs and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Json, Manifest, Manifests, Render

URLS = {"MIGRATION_DATABASE_URL", "DATABASE_URL", "RELAY_DATABASE_URL", "BROKER_URL"}


def secret_keys(container: Json) -> set[str]:
    return {one["name"] for one in container.get("env", []) if "valueFrom" in one}


def keys_of(manifest: Manifest) -> dict[str, set[str]]:
    """The secret keys of each container, by the container's name."""
    return {one["name"]: secret_keys(one) for one in manifest.containers}


@pytest.mark.parametrize("values", ["minimal", "production"])
def test_the_chart_makes_no_secret(render: Render, values: str) -> None:
    assert render(values).of_kind("Secret") == {}


def test_no_secret_is_written_into_a_config_map(documents: Manifests) -> None:
    for name, settings in documents.of_kind("ConfigMap").items():
        assert not any("://" in value and "@" in value for value in settings["data"].values()), name
        assert not settings["data"].keys() & (URLS | {"SECRET_KEY", "SMTP_URL"}), name


@pytest.mark.parametrize(
    ("deployment", "keys"),
    [
        ("review-api", {"DATABASE_URL", "RATE_STORE_URL"}),
        ("review-relay", {"RELAY_DATABASE_URL", "BROKER_URL"}),
        ("review-consume", {"DATABASE_URL", "BROKER_URL"}),
        ("notifications-deliver", {"DATABASE_URL", "SMTP_URL"}),
        ("portal-api", {"SECRET_KEY", "OIDC_CLIENT_SECRET", "OIDC_PROVIDERS"}),
    ],
)
def test_a_process_gets_the_secrets_that_it_needs(minimal: Manifests, deployment: str, keys: set[str]) -> None:
    name = f"sangtao-{deployment}"
    assert keys_of(minimal.of_kind("Deployment")[name]) == {deployment.rpartition("-")[2]: keys}


def test_only_a_migration_sees_the_owner(documents: Manifests) -> None:
    for name, deployment in documents.of_kind("Deployment").items():
        for keys in keys_of(deployment).values():
            assert not keys & {"MIGRATION_DATABASE_URL", "ADMIN_DATABASE_URL"}, name


def test_only_the_bootstrap_sees_the_administrator(minimal: Manifests, production: Manifests) -> None:
    for name, job in minimal.of_kind("Job").items():
        assert keys_of(job) == {"migrate": URLS}, name
    for name, job in production.of_kind("Job").items():
        assert keys_of(job) == {"bootstrap": URLS | {"ADMIN_DATABASE_URL"}, "migrate": URLS}, name


def test_each_service_reads_its_own_secret(minimal: Manifests) -> None:
    for name, deployment in minimal.of_kind("Deployment").items():
        service = deployment.labels["sangtao.vn/service"]
        for one in deployment.containers[0].get("env", []):
            assert one["valueFrom"]["secretKeyRef"]["name"] == f"sangtao-{service}", name
