"""Secrets come by reference, and a process gets those that it needs and no other."""

import pytest

URLS = {"MIGRATION_DATABASE_URL", "DATABASE_URL", "RELAY_DATABASE_URL", "BROKER_URL"}


def secret_keys(container) -> set[str]:
    return {one["name"] for one in container.get("env", []) if "valueFrom" in one}


@pytest.fixture
def keys_of(pod_of):
    """The secret keys of each container of a document, by the container's name."""

    def keys(document):
        spec = pod_of(document)["spec"]
        return {one["name"]: secret_keys(one) for one in spec.get("initContainers", []) + spec["containers"]}

    return keys


@pytest.mark.parametrize("values", ["minimal", "production"])
def test_the_chart_makes_no_secret(render, of_kind, values: str) -> None:
    assert of_kind(render(values), "Secret") == {}


def test_no_secret_is_written_into_a_config_map(documents, of_kind) -> None:
    for name, settings in of_kind(documents, "ConfigMap").items():
        assert not any("://" in value and "@" in value for value in settings["data"].values()), name
        assert not settings["data"].keys() & (URLS | {"SECRET_KEY", "SMTP_URL"}), name


@pytest.mark.parametrize(
    ("deployment", "keys"),
    [
        ("review-api", {"DATABASE_URL"}),
        ("review-relay", {"RELAY_DATABASE_URL", "BROKER_URL"}),
        ("review-consume", {"DATABASE_URL", "BROKER_URL"}),
        ("notifications-deliver", {"DATABASE_URL", "SMTP_URL"}),
        ("portal-api", {"SECRET_KEY", "OIDC_CLIENT_SECRET"}),
    ],
)
def test_a_process_gets_the_secrets_that_it_needs(minimal, of_kind, keys_of, deployment: str, keys: set[str]) -> None:
    name = f"sangtao-{deployment}"
    assert keys_of(of_kind(minimal, "Deployment")[name]) == {deployment.rpartition("-")[2]: keys}


def test_only_a_migration_sees_the_owner(documents, of_kind, keys_of) -> None:
    for name, deployment in of_kind(documents, "Deployment").items():
        for keys in keys_of(deployment).values():
            assert not keys & {"MIGRATION_DATABASE_URL", "ADMIN_DATABASE_URL"}, name


def test_only_the_bootstrap_sees_the_administrator(minimal, production, of_kind, keys_of) -> None:
    for name, job in of_kind(minimal, "Job").items():
        assert keys_of(job) == {"migrate": URLS}, name
    for name, job in of_kind(production, "Job").items():
        assert keys_of(job) == {"bootstrap": URLS | {"ADMIN_DATABASE_URL"}, "migrate": URLS}, name


def test_each_service_reads_its_own_secret(minimal, of_kind, pod_of) -> None:
    for name, deployment in of_kind(minimal, "Deployment").items():
        service = deployment["metadata"]["labels"]["sangtao.vn/service"]
        for one in pod_of(deployment)["spec"]["containers"][0].get("env", []):
            assert one["valueFrom"]["secretKeyRef"]["name"] == f"sangtao-{service}", name
