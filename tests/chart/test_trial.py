"""A trial is complete by itself, and nothing of it is taken for production."""

import re
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def secrets(trial, of_kind):
    return {name: one["stringData"] for name, one in of_kind(trial, "Secret").items()}


@pytest.fixture
def ports(trial, of_kind):
    return {
        name: {port["port"] for port in one["spec"]["ports"]} for name, one in of_kind(trial, "Service").items()
    }


def test_everything_is_labelled_not_for_production(trial) -> None:
    assert all(one["metadata"]["labels"].get("sangtao.vn/not-for-production") == "true" for one in trial)


def test_production_has_nothing_of_a_trial(production) -> None:
    assert not any("sangtao.vn/not-for-production" in one["metadata"]["labels"] for one in production)
    assert not [one for one in production if one["kind"] in {"StatefulSet", "Secret", "PersistentVolumeClaim"}]


def test_every_secret_key_that_is_asked_for_is_there(trial, secrets, pod_of) -> None:
    asked = [
        (one["valueFrom"]["secretKeyRef"]["name"], one["valueFrom"]["secretKeyRef"]["key"])
        for document in trial
        if (pod := pod_of(document))
        for container in pod["spec"]["containers"] + pod["spec"].get("initContainers", [])
        for one in container.get("env", [])
        if "valueFrom" in one and not one["valueFrom"]["secretKeyRef"].get("optional")
    ]
    assert len(asked) > 40
    for name, key in asked:
        assert key in secrets[name], (name, key)


def test_every_address_in_the_release_is_served(trial, secrets, ports, of_kind) -> None:
    settings = [value for one in of_kind(trial, "ConfigMap").values() for value in one["data"].values()]
    everything = settings + [value for one in secrets.values() for value in one.values()]
    inside = [url for url in map(urlsplit, everything) if (url.hostname or "").startswith("sangtao-")]
    assert len(inside) > 20
    for url in inside:
        assert url.port in ports[url.hostname], url.geturl()


def test_no_two_passwords_are_equal(secrets) -> None:
    urls = {value for one in secrets.values() for value in one.values() if "://" in value and "@" in value}
    passwords = [urlsplit(url).password for url in urls]
    assert len(passwords) == 4 * 3 + 2  # three roles of each of four databases, the administrator, the broker
    assert len(set(passwords)) == len(passwords)
    assert all(re.fullmatch(r"[0-9a-f]{32}", password or "") for password in passwords)


def test_each_database_is_made_before_it_is_migrated(trial, of_kind, pod_of) -> None:
    jobs = {name: one for name, one in of_kind(trial, "Job").items() if "migrate" in name}
    assert len(jobs) == 4
    for name, job in jobs.items():
        spec = pod_of(job)["spec"]
        assert [one["args"] for one in spec["initContainers"]] == [["bootstrap"]], name
        assert [one["args"] for one in spec["containers"]] == [["migrate"]], name
        # Its database belongs to the release: a hook would wait for what comes after it.
        assert "helm.sh/hook" not in job["metadata"].get("annotations", {}), name


def test_outside_a_trial_migrations_are_hooks_that_need_nothing_of_the_release(production, of_kind, pod_of) -> None:
    for name, job in of_kind(production, "Job").items():
        assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade", name
        spec = pod_of(job)["spec"]
        assert spec["serviceAccountName"] == "default", name
        assert not any("envFrom" in one for one in spec["containers"] + spec["initContainers"]), name


def test_the_provider_is_where_browser_and_portal_both_find_it(trial, of_kind, pod_of) -> None:
    containers = pod_of(of_kind(trial, "Deployment")["sangtao-portal-api"])["spec"]["containers"]
    provider = next(one for one in containers if one["name"] == "identity")
    environment = {one["name"]: one["value"] for one in provider["env"]}
    issuer = of_kind(trial, "ConfigMap")["sangtao-portal"]["data"]["OIDC_ISSUER"]
    assert environment["IDENTITY_ISSUER"] == issuer == f"http://localhost:{environment['PORT']}"


def test_a_trial_runs_one_of_each(trial, of_kind) -> None:
    assert {one["spec"]["replicas"] for one in of_kind(trial, "Deployment").values()} == {1}


def test_the_sample_is_loaded_unless_refused(render, of_kind) -> None:
    assert "sangtao-sample" in of_kind(render("trial"), "Job")
    assert "sangtao-sample" not in of_kind(render("trial", "trial.sample=false"), "Job")


def test_a_trial_works_without_volumes(render, of_kind) -> None:
    without = render("trial", "trial.persistence.enabled=false")
    assert of_kind(without, "PersistentVolumeClaim") == {}
    assert "volumeClaimTemplates" not in of_kind(without, "StatefulSet")["sangtao-trial"]["spec"]
