"""The comparison of two versions of a contract catches what would break a consumer or a replay."""

import copy
from typing import Any

import pytest

OLD: dict[str, Any] = {
    "title": "A thing happened",
    "type": "object",
    "required": ["thing_id", "state"],
    "properties": {
        "thing_id": {"type": "string", "format": "uuid"},
        "state": {"type": "string", "enum": ["open", "closed"]},
        "unit_id": {"type": ["string", "null"]},
        "count": {"type": "integer", "minimum": 0},
        "reach": {
            "type": "object",
            "required": ["people"],
            "properties": {"people": {"type": "integer"}, "villages": {"type": "integer"}},
        },
        "lines": {"type": "array", "items": {"type": "object", "properties": {"label": {"type": "string"}}}},
    },
    "examples": [],
}


def changes(tool: Any, path: str, value: Any) -> list[str]:
    """What the comparison says when the value at `path` is changed, or removed when it is None."""
    new = copy.deepcopy(OLD)
    *parents, last = path.split("/")
    place = new
    for name in parents:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return list(tool.breaking_changes(OLD, new))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties/note", {"type": "string"}),
        ("properties/reach/properties/agencies", {"type": "integer"}),
        ("properties/lines/items/properties/count", {"type": "integer"}),
        ("title", "Something happened to a thing"),
        ("properties/count/description", "How many"),
        ("examples", [{"thing_id": "x"}]),
        ("required", ["state", "thing_id"]),
        ("properties/unit_id/type", ["null", "string"]),
        ("properties/state/enum", ["closed", "open"]),
    ],
)
def test_optional_fields_and_words_may_be_added(tool: Any, path: str, value: Any) -> None:
    assert changes(tool, path, value) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("properties/count", None, "data.count: removed"),
        ("properties/reach/properties/villages", None, "data.reach.villages: removed"),
        ("properties/lines/items/properties/label", None, "data.lines[].label: removed"),
        ("required", ["thing_id", "state", "count"], "data: required gained count"),
        ("required", ["thing_id"], "data: required lost state"),
        ("properties/reach/required", ["people", "villages"], "data.reach: required gained villages"),
        ("properties/unit_id/type", "string", "data.unit_id: type lost null"),
        ("properties/count/type", "number", "data.count: type lost integer"),
        ("properties/thing_id/type", ["string", "null"], "data.thing_id: type gained null"),
        ("properties/state/enum", ["open"], "data.state: enum lost closed"),
        ("properties/state/enum", ["open", "closed", "lost"], "data.state: enum gained lost"),
        ("properties/state/enum", None, 'data.state: enum was ["open", "closed"], is null'),
        ("properties/unit_id/enum", ["a"], 'data.unit_id: enum was null, is ["a"]'),
        ("properties/thing_id/format", None, 'data.thing_id: format was "uuid", is null'),
        ("properties/count/minimum", 1, "data.count: minimum was 0, is 1"),
        ("properties/count/maximum", 9, "data.count: maximum was null, is 9"),
        ("properties/lines/items/type", "string", "data.lines[]: type lost object"),
        ("additionalProperties", False, "data: additionalProperties was null, is false"),
    ],
)
def test_anything_else_is_caught(tool: Any, path: str, value: Any, said: str) -> None:
    assert said in changes(tool, path, value)


def test_a_schema_that_lost_everything_says_so(tool: Any) -> None:
    said = list(tool.breaking_changes(OLD, {"type": "object"}))
    assert {"data.thing_id: removed", "data: required lost thing_id"} <= set(said)
