"""Entries of audits as acts that people understand, each with what was before and after; knows no page."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from portal import labels
from portal import trail_words as words
from portal.formats import day, moment, number, parsed
from portal.places import unit_name

Entry = dict[str, Any]
# Of the entries of one act the first that is there names it; a session is named by the dossier's place in it unless
# something happened to the session itself.
_NAMING = ("initiative_step", "decision", "recommendation", "conflict", "score_sheet", "dossier")
_UNITS = frozenset({"unit_id", "council_unit_id", "responsible_unit_id"})


def together(trails: list[dict[str, Any]]) -> tuple[list[Entry], str]:
    """Entries of several services, newest first, down to the moment to which all have told; it, when there is more."""
    unread = [page["items"][-1]["at"] for page in trails if page["next"]]
    told_to = max(unread, key=_moment, default="")
    entries = sorted(
        (one for page in trails for one in page["items"]), key=lambda one: _moment(one["at"]), reverse=True
    )
    return [one for one in entries if not told_to or _moment(one["at"]) >= _moment(told_to)], told_to


def _moment(text: str) -> Any:
    return parsed(text)


def acts(entries: list[Entry], criteria: Mapping[str, str]) -> list[dict[str, Any]]:
    """Entries of one request are one act; on it the parts that it changed, in the order it did so.

    `criteria`: what a score sheet's criteria are called, by code.
    """
    found = []
    for _, group in groupby(entries, key=lambda one: (one["request_id"], one["cause"], one["person_id"])):
        several = list(group)[::-1]
        first = several[0]
        found.append(
            {
                "at": first["at"],
                "title": _title(several),
                "who": first,
                "process": _process(first["cause"]),
                "parts": [_part(entry, criteria) for entry in several if _is_part(entry, several)],
            }
        )
    return found


def _process(cause: str) -> str:
    return next((text for start, text in words.CAUSE.items() if cause.startswith(start)), words.PROCESS)


def _title(entries: list[Entry]) -> str:
    sessions = [title for entry in entries if entry["table"] == "session" and (title := _session_title(entry))]
    if sessions:
        return sessions[0]
    by_table = {entry["table"]: entry for entry in entries[::-1]}
    naming = next((by_table[table] for table in _NAMING if table in by_table), entries[0])
    after = {one["field"]: one["after"] for one in naming["changes"]}
    if naming["table"] == "initiative_step":
        return labels.ACTION.get(str(after.get("action")), "Một bước của hồ sơ")
    usual = words.TITLE.get((naming["table"], naming["operation"]), "Sửa hồ sơ")
    return (_became(naming["table"], after) if naming["operation"] == "update" else "") or usual


def _became(table: str, after: Mapping[str, Any]) -> str:
    given = (title for (of, field), title in words.GIVEN.items() if of == table and after.get(field))
    return words.BECAME.get((table, "state", str(after.get("state"))), "") or next(given, "")


def _session_title(entry: Entry) -> str:
    """Empty when only its agenda changed, which the dossier's own entry tells better."""
    after = {one["field"]: one["after"] for one in entry["changes"]}
    if entry["operation"] == "insert":
        return words.TITLE["session", "insert"]
    if title := words.BECAME.get(("session", "status", str(after.get("status")))):
        return title
    return words.ATTENDANCE if "present" in after else ""


def _is_part(entry: Entry, act: list[Entry]) -> bool:
    return entry["table"] != "initiative_step" or len(act) == 1


def _part(entry: Entry, criteria: Mapping[str, str]) -> dict[str, Any]:
    table = entry["table"]
    return {
        "name": words.PART.get(table, table),
        "operation": words.OPERATION[entry["operation"]],
        "redacted": entry["redacted"],
        "withheld": words.WITHHELD.get(table, words.DRAFT) if entry["withheld"] else "",
        "changes": [
            {"name": name, "before": _shown(table, field, before), "after": _shown(table, field, after)}
            for one in entry["changes"]
            for name, field, before, after in _named(table, one, criteria)
            if before or after
        ],
    }


def _named(table: str, change: dict[str, Any], criteria: Mapping[str, str]) -> Iterator[tuple[str, str, Any, Any]]:
    """A column as lines with a name each: none for what tells people nothing, several for what holds several."""
    field, before, after = change["field"], change["before"], change["after"]
    if field == "scores":
        for code in dict.fromkeys([*(before or {}), *(after or {})]):
            yield criteria.get(code, code), "scores", (before or {}).get(code), (after or {}).get(code)
    elif field == "result":
        for part in ("votes", "reasons"):
            yield words.FIELD[part], part, (before or {}).get(part), (after or {}).get(part)
    elif name := words.FIELD_OF.get((table, field), words.FIELD.get(field, "")):
        yield name, field, before, after


def _shown(table: str, field: str, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if field == "votes":
        return f"{value['yes']} đồng ý, {value['no']} không đồng ý, {value['abstain']} không có ý kiến"
    if field == "reasons":
        return "; ".join(labels.text(labels.REASON, one["code"]) for one in value)
    if field == "present":
        return f"{len(value)} người"
    if field in ("scores", "score"):
        return number(value)
    known = words.VALUE_OF.get((table, field)) or words.VALUE.get(field)
    if known:
        return labels.text(known, value)
    if field == "reason":
        return _reason(str(value))
    return _plain(field, value)


def _reason(text: str) -> str:
    """What a person wrote, or the codes that the council's result gave."""
    codes = text.split(", ")
    return "; ".join(labels.REASON[one] for one in codes) if set(codes) <= set(labels.REASON) else text


def _plain(field: str, value: Any) -> str:
    if field in _UNITS:
        return unit_name(value) or "đơn vị khác"
    if field.endswith("_on"):
        return day(value)
    return moment(value) if field.endswith("_at") and parsed(value) else str(value)
