"""The values are refused when they cannot be meant."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import Refusal

CHART = Path(__file__).parents[2] / "deploy" / "helm"
# Maps whose keys are the cluster's own names.
OPEN = {"annotations", "labels", "matchLabels", "nodeSelector", "podAnnotations", "global"}


@pytest.mark.parametrize(
    "setting",
    [
        "settings.logLevl=DEBUG",
        "replicas=3",
        "services.review.replicas=3",
        "services.review.workloads.api.autoscaling.max=3",
        "services.review.env.DATABSE_URL=x",
        "networkPolicy.egress.database.port=5432",
        "trial.persistence.sise=1Gi",
    ],
)
def test_an_unknown_key_is_refused(refusal: Refusal, setting: str) -> None:
    assert "additional properties" in refusal("minimal", setting)


@pytest.mark.parametrize(
    ("setting", "where"),
    [
        ("settings.logLevel=LOUD", "/settings/logLevel"),
        ("publicUrl=sangtao.example.vn", "/publicUrl"),
        ("attachments.url=/var/attachments", "/attachments/url"),
        ("defaults.terminationGracePeriodSeconds=30", "/defaults/terminationGracePeriodSeconds"),
        ("services.review.digest=latest", "/services/review/digest"),
        ("monitoring.alarms.errorRatio=5", "/monitoring/alarms/errorRatio"),
    ],
)
def test_a_value_that_cannot_work_is_refused_where_it_stands(refusal: Refusal, setting: str, where: str) -> None:
    assert where in refusal("minimal", setting)


@pytest.mark.parametrize("name", ["publicUrl", "identity.issuer", "attachments.url", "mail.from"])
def test_a_missing_value_is_named(refusal: Refusal, name: str) -> None:
    assert f"{name} is required" in refusal("minimal", f"{name}=")


def test_an_ingress_needs_a_host(refusal: Refusal) -> None:
    assert "ingress.host is required" in refusal("minimal", "ingress.enabled=true")


def open_objects(schema: Any, path: str = "") -> Iterator[str]:
    """Where the schema would take any key."""
    if isinstance(schema, dict) and schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield path
    children = schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    for key, child in children:
        if key not in OPEN:
            yield from open_objects(child, f"{path}/{key}")


def test_the_schema_closes_every_object_but_those_of_the_cluster() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert list(open_objects(schema)) == []


def test_the_readme_names_every_group_of_values() -> None:
    groups = yaml.safe_load((CHART / "values.yaml").read_text())
    readme = (CHART / "README.md").read_text()
    assert [name for name in groups if f"| `{name}` |" not in readme] == []


def test_the_chart_and_its_images_have_the_version_of_the_project() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    project = tomllib.loads((CHART.parents[1] / "pyproject.toml").read_text())["project"]
    assert chart["appVersion"] == project["version"]
