"""Every alarm means something, has a runbook, and fires on the numbers it is meant for."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import Json, Manifests

ROOT = Path(__file__).parents[2]
RUNBOOKS = ROOT / "docs" / "operations" / "runbooks"
SECTIONS = ["Symptom", "Why it matters", "What to look at", "What to do"]


@pytest.fixture
def rule_file(production: Manifests) -> Json:
    (rules,) = production.of_kind("PrometheusRule").values()
    return rules["spec"]


@pytest.fixture
def alarms(rule_file: Json) -> Manifests:
    return [rule for group in rule_file["groups"] for rule in group["rules"]]


def runbook(alarm: Json) -> str:
    return str(alarm["annotations"]["runbook_url"].rpartition("/")[2])


def test_every_alarm_says_what_it_means_and_how_bad_it_is(alarms: Manifests) -> None:
    for alarm in alarms:
        assert alarm["annotations"].keys() == {"summary", "description", "runbook_url"}, alarm["alert"]
        assert alarm["labels"]["severity"] in {"critical", "warning"}, alarm["alert"]
        assert alarm["for"], alarm["alert"]


def test_every_alarm_has_its_runbook_and_every_runbook_its_alarm(alarms: Manifests) -> None:
    def file_name(alarm: Json) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "-", alarm["alert"]).lower() + ".md"

    assert {runbook(alarm) for alarm in alarms} == {file_name(alarm) for alarm in alarms}
    assert {runbook(alarm) for alarm in alarms} == {one.name for one in RUNBOOKS.glob("*.md")}


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_a_runbook_can_be_read_at_three_in_the_morning(path: Path) -> None:
    text = path.read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert "```sh" in text
    assert len(text.splitlines()) <= 70


def test_each_process_of_each_service_is_missed(production: Manifests, alarms: Manifests) -> None:
    missed = {
        (one["labels"]["service"], one["labels"]["process"]) for one in alarms if one["alert"] == "ProcessMissing"
    }
    labels = [one.labels for one in production.of_kind("Deployment").values()]
    assert missed == {(one["sangtao.vn/service"], one["sangtao.vn/process"]) for one in labels}


def test_the_monitors_find_every_process(production: Manifests) -> None:
    wanted = {one.pod["metadata"]["labels"]["sangtao.vn/process"] for one in production.of_kind("Deployment").values()}
    monitors = [one for one in production if one["kind"] in {"ServiceMonitor", "PodMonitor"}]
    found = [value for one in monitors for value in one["spec"]["selector"]["matchExpressions"][0]["values"]]
    assert sorted(found) == sorted(wanted)


def test_monitoring_is_off_until_asked_for(minimal: Manifests) -> None:
    assert not [one for one in minimal if one["apiVersion"].startswith("monitoring.")]


def test_the_alarms_fire_when_they_should_and_only_then(rule_file: Json, promtool: Path, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rule_file))
    shutil.copy(Path(__file__).with_name("alarms.yaml"), tmp_path)
    command = [promtool, "test", "rules", "alarms.yaml"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
