"""An entry of a province's audit as one line: who, what, about whom, and what changed; knows no page."""

from typing import Any

from portal import journal_words as words
from portal import labels
from portal.formats import day, moment, parsed
from portal.places import unit_name

_UNITS = frozenset({"unit_id", "parent_id", "heir_id", "successor_id"})
_ABOUT_UNITS = frozenset({"unit", "unit_period", "unit_succession"})
_VALUE = {
    ("access_grant", "role"): labels.ROLE,
    ("unit", "kind"): labels.UNIT_KIND,
    ("unit", "affiliation"): labels.AFFILIATION,
    ("unit", "level"): labels.LEVEL,
    ("unit_succession", "kind"): words.SUCCESSION,
    ("reorganisation", "status"): labels.REORGANISATION_STATUS,
    ("subject_request", "kind"): labels.DATA_REQUEST,
    ("subject_request", "state"): labels.DATA_STATE,
    ("tenant_standing", "status"): labels.STANDING,
}


def line(entry: dict[str, Any]) -> dict[str, Any]:
    """`closed`: what else changed, by name only."""
    shown = {one["field"] for one in entry["changes"]}
    closed = (words.COLUMN[name] for name in entry["columns"] if name not in shown and name in words.COLUMN)
    return {
        "entry": entry,
        "act": _act(entry),
        "process": words.PROCESS.get(entry["process"], "Hệ thống"),
        "about": entry["subject_name"] or (unit_name(entry["subject"]) if entry["table"] in _ABOUT_UNITS else ""),
        "changes": [_change(entry["table"], one) for one in entry["changes"] if one["before"] or one["after"]],
        "closed": ", ".join(dict.fromkeys(closed)),
    }


def _act(entry: dict[str, Any]) -> str:
    if entry["operation"] == "note":
        return labels.text(words.NOTE, entry["table"])
    operation, kind = labels.text(words.OPERATION, entry["operation"]), labels.text(words.KIND, entry["table"])
    return f"{operation}: {kind.lower()}" if kind else operation


def _change(table: str, change: dict[str, Any]) -> dict[str, str]:
    field = change["field"]
    before, after = (_shown(table, field, change[side]) for side in ("before", "after"))
    return {"name": labels.text(words.COLUMN, field), "before": before, "after": after}


def _shown(table: str, field: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if (table, field) in _VALUE:
        return labels.text(_VALUE[table, field], value)
    if field in _UNITS:
        return unit_name(value)
    if field.endswith(("_on", "_from", "_to", "_after")):
        return day(value)
    return moment(value) if field.endswith("_at") and parsed(value) else str(value)
