"""Nothing may talk to anything unless it asks by label: the policies, evaluated over the rendered pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Json, Manifests, Render

EVERY_POD = {"app.kubernetes.io/name": "sangtao", "app.kubernetes.io/instance": "sangtao"}


def selects(selector: Json, labels: Json) -> bool:
    return selector.get("matchLabels", {}).items() <= labels.items()


@pytest.fixture
def network(documents: Manifests) -> tuple[Manifests, dict[str, Json]]:
    """The policies, and the labels of every pod by the name of what makes it."""
    policies = [one["spec"] for one in documents.of_kind("NetworkPolicy").values()]
    pods = {one["metadata"]["name"]: one.pod["metadata"]["labels"] for one in documents if one.pod}
    return policies, pods


def rules(policies: Manifests, labels: Json, direction: str) -> Manifests:
    """All that is allowed in one direction to a pod with these labels."""
    kind = direction.capitalize()
    mine = [one for one in policies if selects(one["podSelector"], labels) and kind in one["policyTypes"]]
    return [rule for one in mine for rule in one.get(direction, [])]


def reaches(policies: Manifests, source: Json, target: Json) -> bool:
    """Whether a pod may open a connection to another pod of the release on the port http."""

    def allowed(labels: Json, direction: str, side: str, other: Json) -> bool:
        return any(
            selects(peer["podSelector"], other)
            for rule in rules(policies, labels, direction)
            for peer in rule.get(side, [])
            if "podSelector" in peer and {"port": "http"} in rule["ports"]
        )

    return allowed(source, "egress", "to", target) and allowed(target, "ingress", "from", source)


def ports(policies: Manifests, labels: Json) -> set[object]:
    return {port["port"] for rule in rules(policies, labels, "egress") for port in rule["ports"]}


def test_every_pod_is_closed_in_both_directions_first(network: tuple[Manifests, dict[str, Json]]) -> None:
    policies, pods = network
    closed = [one for one in policies if one["podSelector"] == {"matchLabels": EVERY_POD}]
    assert any(set(one["policyTypes"]) == {"Ingress", "Egress"} and "ingress" not in one for one in closed)
    assert all(EVERY_POD.items() <= labels.items() for labels in pods.values())


def test_the_portal_reaches_the_services_and_no_service_another(
    network: tuple[Manifests, dict[str, Json]],
) -> None:
    policies, pods = network
    apis = {name: labels for name, labels in pods.items() if name.endswith("-api")}
    portal = apis.pop("sangtao-portal-api")
    assert len(apis) == 4
    for name, labels in apis.items():
        assert reaches(policies, portal, labels), name
        assert not any(reaches(policies, labels, other) for other in pods.values()), name


@pytest.mark.parametrize("process", ["relay", "consume", "migrate"])
def test_workers_reach_database_and_broker_only(render: Render, process: str) -> None:
    documents = render("minimal")
    policies = [one["spec"] for one in documents.of_kind("NetworkPolicy").values()]
    for document in documents:
        pod = document.pod
        if pod and pod["metadata"]["labels"]["sangtao.vn/process"] == process:
            assert ports(policies, pod["metadata"]["labels"]) == {53, 5432, 5672, 5671, 6379}


def test_the_portal_has_no_way_to_a_database(network: tuple[Manifests, dict[str, Json]]) -> None:
    policies, pods = network
    assert not ports(policies, pods["sangtao-portal-api"]) & {5432, 5672, 6379, "postgres", "valkey"}


def test_only_those_named_come_in_from_outside_the_release(production: Manifests) -> None:
    policies = [one["spec"] for one in production.of_kind("NetworkPolicy").values()]
    for name, deployment in production.of_kind("Deployment").items():
        labels = deployment.pod["metadata"]["labels"]
        outside = {
            peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            for rule in rules(policies, labels, "ingress")
            for peer in rule["from"]
            if "namespaceSelector" in peer
        }
        assert outside == ({"monitoring", "ingress-nginx"} if name.endswith("-api") else {"monitoring"}), name


def test_a_target_can_be_narrowed_to_a_namespace(production: Manifests) -> None:
    (rule,) = production.of_kind("NetworkPolicy")["sangtao-to-database"]["spec"]["egress"]
    assert rule["to"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "databases"}}}]


def test_every_label_that_asks_is_answered_by_a_policy(network: tuple[Manifests, dict[str, Json]]) -> None:
    policies, pods = network
    asked = {name for labels in pods.values() for name in labels if name.startswith("access.sangtao.vn/")}
    answered = {name for one in policies for name in one["podSelector"]["matchLabels"]}
    assert asked
    assert asked <= answered
