"""Everything that leaves registration keeps its contract."""

import json
from pathlib import Path
from typing import Any

import jsonschema
from sqlalchemy import text

CONTRACTS = {
    path.stem: json.loads(path.read_text()) for path in (Path(__file__).parents[1] / "contracts").glob("*.json")
}


def test_every_event_in_the_outbox_fits_its_contract(province: Any, database: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-contracts")
    made = officer.post("/v1/initiatives", province.draft()).json
    officer.post(f"/v1/initiatives/{made['id']}/submit", {"received_on": "2024-03-01"})
    years = {"from_year": 2023, "to_year": 2024}
    model = officer.post(
        "/v1/models", {"title": "Tuyến đường hoa", "unit_id": province.units["A"], "quantity": 3} | years
    )
    adoption = {"unit_id": province.units["A"], "origin_year": 2023, "adopted_from_year": 2024, "adopted_to_year": 2024}
    assert officer.post(f"/v1/models/{model.json['id']}/replications", adoption).status_code == 201
    with database.admin_engine.connect() as connection:
        events = [json.loads(body) for body in connection.scalars(text("SELECT body FROM outbox"))]
    for event in events:
        jsonschema.validate(event["data"], CONTRACTS[event["type"]], format_checker=jsonschema.FormatChecker())
        assert event["sequence"] == event["data"]["version"]
    seen = {event["type"].split(".", 3)[3] for event in events}
    assert {"initiative.submitted.v1", "model.recorded.v1", "model.replicated.v1", "grant.issued.v1"} <= seen
