"""What leaves reporting keeps its contract; what the others promise can be applied."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from reporting.consumers import HANDLERS
from sqlalchemy import text

SERVICES = Path(__file__).parents[2]
OWN = json.loads((SERVICES / "reporting/contracts/vn.sangtao.reporting.activity.recorded.v1.json").read_text())


def test_every_event_in_the_outbox_fits_its_contract(
    app: Any, caller: Any, story: Any, launch: dict[str, Any], database: Any
) -> None:
    story.unit("KH")
    story.tell(story.unit("DK", "KH"), story.grant("dk", "officer", "DK"))
    officer = caller(app, "dk")
    made = officer.post("/v1/activities", launch).json
    officer.put(f"/v1/activities/{made['id']}", launch | {"form": "web"}, version=1)
    with database.admin_engine.connect() as connection:
        query = text("SELECT body FROM outbox ORDER BY position")
        events = [json.loads(body) for body in connection.scalars(query)]
    assert [(event["type"], event["sequence"]) for event in events] == [(OWN["$id"].split(":")[-1], n) for n in (1, 2)]
    for event in events:
        jsonschema.validate(event["data"], OWN, format_checker=jsonschema.FormatChecker())
        assert event["subject"] == event["data"]["activity_id"] == made["id"]


def test_the_contracts_own_examples_fit_it() -> None:
    for example in OWN["examples"]:
        jsonschema.validate(example, OWN, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("type_", sorted(HANDLERS))
def test_the_producers_examples_are_applied(story: Any, database: Any, type_: str) -> None:
    contract = json.loads((SERVICES / type_.split(".")[2] / "contracts" / f"{type_}.json").read_text())
    assert contract["examples"]
    for example in contract["examples"]:
        story.tell(story.event(type_, "00000000-0000-7000-8000-000000000001", example["version"], example))
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM inbox")) == len(contract["examples"])
        assert connection.execute(text("SELECT error FROM dead_letter")).all() == []


def test_the_case_is_told_as_the_contracts_say(the_case: list[str]) -> None:
    for event in map(json.loads, the_case):
        folder = SERVICES / event["type"].split(".")[2] / "contracts"
        contract = json.loads((folder / f"{event['type']}.json").read_text())
        jsonschema.validate(event["data"], contract, format_checker=jsonschema.FormatChecker())
