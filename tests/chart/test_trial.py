"""A trial is complete by itself, and nothing of it is taken for production."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from conftest import Manifests, Render


@pytest.fixture
def secrets(trial: Manifests) -> dict[str, dict[str, str]]:
    return {name: one["stringData"] for name, one in trial.of_kind("Secret").items()}


@pytest.fixture
def ports(trial: Manifests) -> dict[str, set[int]]:
    return {name: {port["port"] for port in one["spec"]["ports"]} for name, one in trial.of_kind("Service").items()}


def test_everything_is_labelled_not_for_production(trial: Manifests) -> None:
    assert all(one.labels.get("sangtao.vn/not-for-production") == "true" for one in trial)


def test_production_has_nothing_of_a_trial(production: Manifests) -> None:
    assert not any("sangtao.vn/not-for-production" in one.labels for one in production)
    assert not [one for one in production if one["kind"] in {"StatefulSet", "Secret", "PersistentVolumeClaim"}]


def test_every_secret_key_that_is_asked_for_is_there(trial: Manifests, secrets: dict[str, dict[str, str]]) -> None:
    asked = [
        (one["valueFrom"]["secretKeyRef"]["name"], one["valueFrom"]["secretKeyRef"]["key"])
        for document in trial
        if (pod := document.pod)
        for container in pod["spec"]["containers"] + pod["spec"].get("initContainers", [])
        for one in container.get("env", [])
        if "valueFrom" in one and not one["valueFrom"]["secretKeyRef"].get("optional")
    ]
    assert len(asked) > 40
    for name, key in asked:
        assert key in secrets[name], (name, key)


def test_every_address_in_the_release_is_served(
    trial: Manifests, secrets: dict[str, dict[str, str]], ports: dict[str, set[int]]
) -> None:
    settings = [value for one in trial.of_kind("ConfigMap").values() for value in one["data"].values()]
    everything = settings + [value for one in secrets.values() for value in one.values()]
    inside = [url for url in map(urlsplit, everything) if (url.hostname or "").startswith("sangtao-")]
    assert len(inside) > 20
    for url in inside:
        assert url.port in ports[url.hostname], url.geturl()


def test_no_two_passwords_are_equal(secrets: dict[str, dict[str, str]]) -> None:
    urls = {value for one in secrets.values() for value in one.values() if "://" in value and "@" in value}
    passwords = [urlsplit(url).password for url in urls]
    assert len(passwords) == 4 * 3 + 2  # three roles of each of four databases, the administrator, the broker
    assert len(set(passwords)) == len(passwords)
    assert all(re.fullmatch(r"[0-9a-f]{32}", password or "") for password in passwords)


def test_each_database_is_made_before_it_is_migrated(trial: Manifests) -> None:
    jobs = {name: one for name, one in trial.of_kind("Job").items() if "migrate" in name}
    assert len(jobs) == 4
    for name, job in jobs.items():
        spec = job.pod["spec"]
        steps = [one["args"] for one in spec["initContainers"] + spec["containers"]]
        assert steps[:2] == [["bootstrap"], ["migrate"]], name
        # Without an operator nobody could make the first province.
        assert steps[2:] == ([["make-operator"]] if "registration" in name else []), name
        # Its database belongs to the release: a hook would wait for what comes after it.
        assert "helm.sh/hook" not in job["metadata"].get("annotations", {}), name


def test_outside_a_trial_migrations_are_hooks_that_need_nothing_of_the_release(production: Manifests) -> None:
    for name, job in production.of_kind("Job").items():
        assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade", name
        spec = job.pod["spec"]
        assert spec["serviceAccountName"] == "default", name
        assert not any("envFrom" in one for one in spec["containers"] + spec["initContainers"]), name


def test_the_provider_is_where_browser_and_portal_both_find_it(trial: Manifests) -> None:
    containers = trial.of_kind("Deployment")["sangtao-portal-api"].pod["spec"]["containers"]
    provider = next(one for one in containers if one["name"] == "identity")
    environment = {one["name"]: one["value"] for one in provider["env"]}
    issuer = trial.of_kind("ConfigMap")["sangtao-portal"]["data"]["OIDC_ISSUER"]
    assert environment["IDENTITY_ISSUER"] == issuer == f"http://localhost:{environment['PORT']}"


def test_a_trial_runs_one_of_each(trial: Manifests) -> None:
    assert {one["spec"]["replicas"] for one in trial.of_kind("Deployment").values()} == {1}


def test_the_sample_is_loaded_unless_refused(render: Render) -> None:
    assert "sangtao-sample" in render("trial").of_kind("Job")
    assert "sangtao-sample" not in render("trial", "trial.sample=false").of_kind("Job")


def test_a_trial_works_without_volumes(render: Render) -> None:
    without = render("trial", "trial.persistence.enabled=false")
    assert without.of_kind("PersistentVolumeClaim") == {}
    assert "volumeClaimTemplates" not in without.of_kind("StatefulSet")["sangtao-trial"]["spec"]
