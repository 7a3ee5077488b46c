"""Every pod is restricted, says what it needs, starts and stops well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from common.server import GRACEFUL_SECONDS

if TYPE_CHECKING:
    from conftest import Json, Manifests, Render

LONG_RUNNING = ("Deployment", "StatefulSet")


@pytest.fixture
def pods(documents: Manifests) -> list[tuple[str, Json]]:
    return [(f"{one['kind']} {one.name}", one.pod) for one in documents if one.pod]


@pytest.fixture
def containers(documents: Manifests) -> list[tuple[str, Json]]:
    return [(f"{one.name}/{container['name']}", container) for one in documents for container in one.containers]


def test_there_are_pods_to_look_at(pods: list[tuple[str, Json]]) -> None:
    # Four services of api, relay and consume, one deliver, one portal, four migrations, two tasks.
    assert len(pods) >= 4 * 3 + 1 + 1 + 4 + 2


def test_every_pod_meets_the_restricted_profile(pods: list[tuple[str, Json]]) -> None:
    for name, pod in pods:
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] == 10001, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not spec.keys() & {"hostNetwork", "hostPID", "hostIPC"}, name
        kinds = {kind for volume in spec["volumes"] for kind in volume if kind != "name"}
        assert kinds <= {"emptyDir", "persistentVolumeClaim"}, name


def test_every_container_is_hardened(containers: list[tuple[str, Json]]) -> None:
    for name, container in containers:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert "tmp" in {mount["name"] for mount in container["volumeMounts"]}, name


def test_every_container_says_what_it_needs(containers: list[tuple[str, Json]]) -> None:
    for name, container in containers:
        resources = container["resources"]
        assert resources["requests"].keys() >= {"cpu", "memory"}, name
        assert "memory" in resources["limits"], name


def test_no_container_runs_an_image_of_an_unsaid_version(containers: list[tuple[str, Json]]) -> None:
    for name, container in containers:
        version = container["image"].rpartition(":")[2]
        assert version, name
        assert version != "latest", name


def test_every_long_running_container_has_the_three_probes(documents: Manifests) -> None:
    for document in documents:
        if document["kind"] in LONG_RUNNING:
            for container in document.containers:
                assert container.keys() >= {"startupProbe", "livenessProbe", "readinessProbe"}, document.name


def test_our_processes_are_probed_where_they_answer(documents: Manifests) -> None:
    for name, deployment in documents.of_kind("Deployment").items():
        container = deployment.containers[0]
        assert container["livenessProbe"]["httpGet"] == {"path": "/healthz/live", "port": "http"}, name
        assert container["readinessProbe"]["httpGet"] == {"path": "/healthz/ready", "port": "http"}, name


def test_a_pod_has_time_to_finish_its_requests(documents: Manifests) -> None:
    for name, deployment in documents.of_kind("Deployment").items():
        spec = deployment.pod["spec"]
        pause = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert spec["terminationGracePeriodSeconds"] > pause + GRACEFUL_SECONDS, name


def test_every_deployment_spreads_and_has_a_disruption_budget(documents: Manifests) -> None:
    budgets = documents.of_kind("PodDisruptionBudget")
    for name, deployment in documents.of_kind("Deployment").items():
        selector = deployment["spec"]["selector"]
        assert budgets[name]["spec"]["selector"] == selector
        spread = deployment.pod["spec"]["topologySpreadConstraints"]
        assert [one["topologyKey"] for one in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
        assert all(one["labelSelector"] == selector for one in spread)


def test_an_autoscaled_deployment_leaves_its_replicas_to_the_autoscaler(production: Manifests) -> None:
    autoscalers, deployments = production.of_kind("HorizontalPodAutoscaler"), production.of_kind("Deployment")
    assert {one.removeprefix("sangtao-") for one in autoscalers} == {
        f"{service}-api" for service in ("registration", "review", "reporting", "notifications", "portal")
    }
    for name, deployment in deployments.items():
        assert ("replicas" in deployment["spec"]) is (name not in autoscalers), name
    for name, autoscaler in autoscalers.items():
        assert autoscaler["spec"]["scaleTargetRef"]["name"] == name


def test_a_change_of_settings_restarts_the_processes(render: Render) -> None:
    def checksums(*settings: str) -> set[str]:
        deployments = render("minimal", *settings).of_kind("Deployment").values()
        return {one.pod["metadata"]["annotations"]["checksum/settings"] for one in deployments}

    assert checksums().isdisjoint(checksums("settings.logLevel=DEBUG"))


def test_every_service_of_the_values_reaches_pods_of_a_deployment(documents: Manifests) -> None:
    pods = [one.pod["metadata"]["labels"] for one in documents if one["kind"] in LONG_RUNNING]
    for name, service in documents.of_kind("Service").items():
        assert any(service["spec"]["selector"].items() <= labels.items() for labels in pods), name


def test_adding_a_worker_is_data(render: Render) -> None:
    added = render(
        "minimal",
        "services.reporting.workloads.consume-bulk.args={consume,--queue,bulk}",
        "services.reporting.workloads.consume-bulk.secrets={DATABASE_URL,BROKER_URL}",
        "services.reporting.workloads.consume-bulk.access={database,broker}",
    )
    container = added.of_kind("Deployment")["sangtao-reporting-consume-bulk"].containers[0]
    assert container["command"] + container["args"] == ["python", "-m", "reporting", "consume", "--queue", "bulk"]
    assert "sangtao-reporting-consume-bulk" in added.of_kind("PodDisruptionBudget")


def test_a_task_runs_by_itself_only_where_it_has_a_schedule(documents: Manifests) -> None:
    jobs = {one.name: one["spec"] for one in documents if one["kind"] == "CronJob"}
    scheduled = {name.removeprefix("sangtao-") for name, spec in jobs.items() if not spec["suspend"]}
    nightly = {
        f"{service}-{task}"
        for service in ("registration", "review", "reporting", "notifications")
        for task in ("audit", "purge-tenants")
    }
    assert scheduled == {"registration-reorganise-due"} | nightly, "without a place for exports nobody makes one"
    assert all(spec["concurrencyPolicy"] == "Forbid" for spec in jobs.values())
