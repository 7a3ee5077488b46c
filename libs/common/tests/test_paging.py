"""Lists page by page, with cursors that a stranger may have crafted."""

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from common.http.paging import Cursor
from sample.asking import make


def encode(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def test_pages_follow_each_other_without_gap_or_repetition(officer: Any) -> None:
    made = [make(officer, f"Vật {number}").json["id"] for number in range(7)]
    found, cursor = [], ""
    while cursor is not None:
        page = officer.get(f"/v1/things?limit=3&cursor={cursor}" if cursor else "/v1/things?limit=3").json
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert found == made


GARBAGE = {
    "text": "x",
    "not base64": "é",
    "half base64": "A",
    "no json": base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    "deep": base64.urlsafe_b64encode(b"[" * 1400).decode(),
    "number": encode(5),
    "object": encode({"0": str(uuid4())}),
    "text inside": encode("abc"),
    "empty list": encode([]),
    "null": encode([None]),
    "number inside": encode([1]),
    "nested": encode([[str(uuid4())]]),
    "no uuid": encode(["x"]),
    "NUL": encode(["\0"]),
    "surrogate": encode(["\ud800"]),
    "too long": encode([str(uuid4()), "x"]),
}


@pytest.mark.parametrize("cursor", GARBAGE.values(), ids=GARBAGE.keys())
def test_a_crafted_cursor_is_refused(cursor: str, officer: Any) -> None:
    answer = officer.get("/v1/things", query_string={"cursor": cursor})
    assert (answer.status_code, answer.json["code"]) == (422, "request.bad_cursor")


def test_a_cursor_without_a_declared_shape_still_holds_texts_only() -> None:
    assert Cursor().deserialize(encode(["a", "b"])) == ["a", "b"]
