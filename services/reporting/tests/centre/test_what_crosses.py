"""What crosses to the centre: numbers, moments and words of closed lists."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
from reporting.domain.rollups import WORDS, RollupSent

SERVICES = Path(__file__).parents[3]
CONTRACT = json.loads((SERVICES / "reporting/contracts" / f"{RollupSent.type}.json").read_text())


def leaves(value: Any) -> Iterator[Any]:
    """Every key and value inside."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield name
            yield from leaves(below)
    elif isinstance(value, list):
        for below in value:
            yield from leaves(below)
    else:
        yield value


FIELDS = {
    "version", "year", "figures", "registered", "recognised", "by_status", "by_content", "by_field", "by_affiliation",
    "models", "replications", "outreach", "commendations", "from_year", "to_year", "origin_year", "quantity",
    "agencies_reached", "villages_reached", "activities", "people", "form", "authority", "collectives", "individuals",
}  # fmt: skip


def test_what_crosses_is_numbers_moments_and_closed_words(
    app: Any, caller: Any, the_case: list[str], khanh_hoa: Any, carry: Any
) -> None:
    khanh_hoa.tell(*the_case, khanh_hoa.grant("kh", "standing", "KH", version=2))
    for year in (2019, 2020, 2021):
        assert caller(app, "kh").post("/v1/rollups", {"year": year}).status_code == 201
    told = carry()
    assert len(told) == 3
    words = {word for known in WORDS.values() for word in known}
    for event in told:
        jsonschema.validate(event["data"], CONTRACT, format_checker=jsonschema.FormatChecker())
        data = dict(event["data"])
        assert re.fullmatch(r"[0-9a-f-]{36}", data.pop("rollup_id"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", data.pop("drawn_at"))
        texts = {leaf for leaf in leaves(data) if not isinstance(leaf, int | None)}
        assert texts - words - FIELDS == set()
        assert "society" in texts


def test_the_closed_lists_are_those_of_the_services_that_own_them() -> None:
    def enum(service: str, type_: str, field: str) -> set[str]:
        contract = json.loads((SERVICES / service / "contracts" / f"vn.sangtao.{service}.{type_}.json").read_text())
        return set(contract["properties"][field]["enum"])

    for field in ("status", "content", "affiliation"):
        told = enum("registration", "initiative.recognised.v1", field) - {"draft"}
        assert set(WORDS[field]) - {"other"} == told
    for field in ("form", "authority"):
        assert set(WORDS[field]) - {"other"} == enum("review", "commendation.recorded.v1", field)
