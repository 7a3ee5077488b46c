"""The journal of a dossier: its audit as acts that people understand, each with what was before and after."""

from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template

from portal import labels, pages
from portal.clients import platform
from portal.formats import day, moment, parsed
from portal.places import unit_name

blueprint = Blueprint("trails", __name__, url_prefix="/initiatives/<uuid:initiative_id>/trail")
PAGE = 40
_WORDS = {
    "status": labels.STATUS,
    "from_status": labels.STATUS,
    "to_status": labels.STATUS,
    "content": labels.CONTENT,
    "field": labels.FIELD,
    "affiliation": labels.AFFILIATION,
    "action": labels.ACTION,
    "reason": labels.REASON,
}
_AUTHOR_WORDS = {"kind": labels.AUTHOR_KIND, "role": labels.AUTHOR_ROLE}
_UNITS = frozenset({"unit_id", "council_unit_id", "responsible_unit_id"})


@blueprint.get("")
def show(initiative_id: UUID) -> str:
    initiative = platform().registration.initiative(initiative_id)
    page = platform().registration.trail(initiative_id, cursor=pages.cursor(), limit=PAGE)
    return render_template(
        "initiatives/trail.html", initiative=initiative, acts=_acts(page["items"]), more=pages.next_page(page, {})
    )


def _acts(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of one request are one act; on it the parts of the dossier that it changed, in the order it did so."""
    found = []
    for _, group in groupby(entries, key=lambda one: (one["request_id"], one["cause"], one["person_id"])):
        together = list(group)[::-1]
        first = together[0]
        found.append({"at": first["at"], "title": _title(together), "who": first, "parts": _parts(together)})
    return found


def _title(entries: list[dict[str, Any]]) -> str:
    for entry in entries:
        if entry["table"] == "initiative_step":
            actions = [one["after"] for one in entry["changes"] if one["field"] == "action"]
            return labels.ACTION.get(str(actions[0]), "") if actions else "Một bước của hồ sơ"
    first = entries[0]
    return labels.TRAIL_TITLE.get((first["table"], first["operation"]), "Sửa hồ sơ")


def _parts(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shown = [entry for entry in entries if entry["table"] != "initiative_step" or len(entries) == 1]
    return [
        {
            "name": labels.TRAIL_PART.get(entry["table"], entry["table"]),
            "operation": labels.TRAIL_OPERATION[entry["operation"]],
            "redacted": entry["redacted"],
            "withheld": entry["withheld"],
            "changes": [_change(entry["table"], one) for one in entry["changes"] if _is_shown(one)],
        }
        for entry in shown
    ]


def _is_shown(change: dict[str, Any]) -> bool:
    return change["field"] in labels.TRAIL_FIELD and bool(change["before"] or change["after"])


def _change(table: str, change: dict[str, Any]) -> dict[str, str]:
    before, after = (_shown(table, change["field"], change[side]) for side in ("before", "after"))
    return {"name": labels.TRAIL_FIELD[change["field"]], "before": before, "after": after}


def _shown(table: str, field: str, value: Any) -> str:
    if value in (None, "", []):
        return ""
    words = (_AUTHOR_WORDS if table == "initiative_author" else _WORDS).get(field)
    if words:
        return "; ".join(words.get(part, part) for part in str(value).split(", "))
    if field in _UNITS:
        return unit_name(value) or "đơn vị khác"
    if field.endswith("_on"):
        return day(value)
    return moment(value) if field.endswith("_at") and parsed(value) else str(value)
