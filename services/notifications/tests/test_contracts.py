"""What this service emits is what its contract promises."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

CONTRACTS = Path(__file__).parents[1] / "contracts"


def test_every_emitted_event_keeps_its_contract(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"))
    service.deliver()
    events = [json.loads(row.body) for row in service.rows("outbox", "position")]
    assert [event["data"]["channel"] for event in events] == ["inbox", "inbox", "email", "email"]
    for event in events:
        contract = json.loads((CONTRACTS / f"{event['type']}.json").read_text("utf-8"))
        Draft202012Validator(contract, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(event["data"])
        assert set(event["data"]) == set(contract["properties"])
        assert (event["subject"], event["sequence"]) == (event["data"]["message_id"], event["data"]["version"])


def test_the_versions_of_a_message_grow(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"))
    service.deliver()
    sequences: dict[str, list[int]] = {}
    for row in service.rows("outbox", "position"):
        event = json.loads(row.body)
        sequences.setdefault(event["subject"], []).append(event["sequence"])
    assert list(sequences.values()) == [[1, 2], [1, 2]]
