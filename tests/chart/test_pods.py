"""Every pod is restricted, says what it needs, starts and stops well."""

import pytest

LONG_RUNNING = ("Deployment", "StatefulSet")
GUNICORN_GRACEFUL_SECONDS = 30


@pytest.fixture
def pods(documents, pod_of):
    found = [(document, pod_of(document)) for document in documents]
    return [(f"{document['kind']} {document['metadata']['name']}", pod) for document, pod in found if pod]


@pytest.fixture
def containers(pods):
    return [
        (f"{name}/{container['name']}", container)
        for name, pod in pods
        for container in pod["spec"]["containers"] + pod["spec"].get("initContainers", [])
    ]


def test_there_are_pods_to_look_at(pods) -> None:
    # Four services of api, relay and consume, one deliver, one portal, four migrations, one task.
    assert len(pods) >= 4 * 3 + 1 + 1 + 4 + 1


def test_every_pod_meets_the_restricted_profile(pods) -> None:
    for name, pod in pods:
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] == 10001, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not spec.keys() & {"hostNetwork", "hostPID", "hostIPC"}, name
        kinds = {kind for volume in spec["volumes"] for kind in volume if kind != "name"}
        assert kinds <= {"emptyDir", "persistentVolumeClaim"}, name


def test_every_container_is_hardened(containers) -> None:
    for name, container in containers:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert {"name": "tmp", "mountPath": "/tmp"} in container["volumeMounts"], name


def test_every_container_says_what_it_needs(containers) -> None:
    for name, container in containers:
        resources = container["resources"]
        assert resources["requests"].keys() >= {"cpu", "memory"}, name
        assert "memory" in resources["limits"], name


def test_no_container_runs_an_image_of_an_unsaid_version(containers) -> None:
    for name, container in containers:
        version = container["image"].rpartition(":")[2]
        assert version, name
        assert version != "latest", name


def test_every_long_running_container_has_the_three_probes(documents, pod_of) -> None:
    for document in documents:
        if document["kind"] in LONG_RUNNING:
            for container in pod_of(document)["spec"]["containers"]:
                assert container.keys() >= {"startupProbe", "livenessProbe", "readinessProbe"}, document["metadata"]


def test_our_processes_are_probed_where_they_answer(documents, pod_of, of_kind) -> None:
    for name, deployment in of_kind(documents, "Deployment").items():
        container = pod_of(deployment)["spec"]["containers"][0]
        assert container["livenessProbe"]["httpGet"] == {"path": "/healthz/live", "port": "http"}, name
        assert container["readinessProbe"]["httpGet"] == {"path": "/healthz/ready", "port": "http"}, name


def test_a_pod_has_time_to_finish_its_requests(documents, pod_of, of_kind) -> None:
    for name, deployment in of_kind(documents, "Deployment").items():
        spec = pod_of(deployment)["spec"]
        pause = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert spec["terminationGracePeriodSeconds"] > pause + GUNICORN_GRACEFUL_SECONDS, name


def test_every_deployment_spreads_and_has_a_disruption_budget(documents, pod_of, of_kind) -> None:
    budgets = of_kind(documents, "PodDisruptionBudget")
    for name, deployment in of_kind(documents, "Deployment").items():
        selector = deployment["spec"]["selector"]
        assert budgets[name]["spec"]["selector"] == selector
        spread = pod_of(deployment)["spec"]["topologySpreadConstraints"]
        assert [one["topologyKey"] for one in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
        assert all(one["labelSelector"] == selector for one in spread)


def test_an_autoscaled_deployment_leaves_its_replicas_to_the_autoscaler(production, of_kind) -> None:
    autoscalers, deployments = of_kind(production, "HorizontalPodAutoscaler"), of_kind(production, "Deployment")
    assert {one.removeprefix("sangtao-") for one in autoscalers} == {
        f"{service}-api" for service in ("registration", "review", "reporting", "notifications", "portal")
    }
    for name, deployment in deployments.items():
        assert ("replicas" in deployment["spec"]) is (name not in autoscalers), name
    for name, autoscaler in autoscalers.items():
        assert autoscaler["spec"]["scaleTargetRef"]["name"] == name


def test_a_change_of_settings_restarts_the_processes(render, pod_of, of_kind) -> None:
    def checksums(*settings: str) -> set[str]:
        deployments = of_kind(render("minimal", *settings), "Deployment").values()
        return {pod_of(one)["metadata"]["annotations"]["checksum/settings"] for one in deployments}

    assert checksums().isdisjoint(checksums("settings.logLevel=DEBUG"))


def test_every_service_of_the_values_reaches_pods_of_a_deployment(documents, pod_of, of_kind) -> None:
    pods = [pod_of(one)["metadata"]["labels"] for one in documents if one["kind"] in LONG_RUNNING]
    for name, service in of_kind(documents, "Service").items():
        assert any(service["spec"]["selector"].items() <= labels.items() for labels in pods), name


def test_adding_a_worker_is_data(render, pod_of, of_kind) -> None:
    added = render(
        "minimal",
        "services.reporting.workloads.consume-bulk.args={consume,--queue,bulk}",
        "services.reporting.workloads.consume-bulk.secrets={DATABASE_URL,BROKER_URL}",
        "services.reporting.workloads.consume-bulk.access={database,broker}",
    )
    container = pod_of(of_kind(added, "Deployment")["sangtao-reporting-consume-bulk"])["spec"]["containers"][0]
    assert container["command"] + container["args"] == ["python", "-m", "reporting", "consume", "--queue", "bulk"]
    assert "sangtao-reporting-consume-bulk" in of_kind(added, "PodDisruptionBudget")
