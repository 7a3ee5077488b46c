"""A person's data as headed lines that people can read: words, dates and names of things instead of columns and ids."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from portal import copy_words as words
from portal import labels
from portal.formats import day, moment, number, size
from portal.places import unit_name
from portal.session import signed_in

_ID = re.compile(r"(^|_)(id|ids|by)$")
_DAY = re.compile(r"(_on|^valid_from|^valid_to|_since)$")
_MOMENT = re.compile(r"(^at|_at|_until)$")
_ORDER = tuple(dict.fromkeys([*words.FIRST, *words.FIELD]))  # Services send them by the alphabet.
Row = dict[str, Any]


def label(table: str, field: str, language: str = "vi") -> str:
    """What a column is called; empty for what tells people nothing; itself when a service is newer than this portal."""
    known = words.FIELD_OF.get((table, field), words.FIELD.get(field))
    if known is None:
        return "" if field in words.LEFT_OUT or _ID.search(field) else field
    if language == "vi" or not known:
        return known
    return words.ENGLISH_OF.get((table, field)) or words.ENGLISH.get(field) or _english(field.removesuffix("_id"))


def heading(names: dict[str, str], code: str, language: str) -> str:
    return labels.text(names, code) if language == "vi" else words.ENGLISH.get(code) or _english(code)


def sections(parts: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """For each service its tables that hold something, each with its rows as pairs of a label and a text."""
    reader = _Reader(parts, language)
    return [
        {
            "name": heading(labels.DATA_SERVICE, part["service"], language),
            "collected_at": part["collected_at"],
            "tables": [
                {
                    "name": heading(words.TABLE, table, language),
                    "rows": [list(reader.lines(table, row)) for row in rows],
                }
                for table, rows in sorted(part["tables"].items(), key=lambda one: _place(words.TABLE, one[0]))
                if rows
            ],
        }
        for part in parts
    ]


def _place(order: Iterable[str], name: str) -> int:
    """Where it stands; what is not known, at the end."""
    known = list(order)
    return known.index(name) if name in known else len(known)


def _english(code: str) -> str:
    text = re.sub(r"[._]", " ", code)
    return text[:1].upper() + text[1:]


class _Reader:
    """One copy in one language: it names the dossiers, sessions and criteria that the copy itself tells of."""

    def __init__(self, parts: list[dict[str, Any]], language: str) -> None:
        rows = [(table, row) for part in parts for table, several in part["tables"].items() for row in several]
        self._language, self._text = language, words.TEXT[language]
        self._people = {str(part["person_id"]) for part in parts}
        self._titles = {
            str(row.get("id") or row.get("initiative_id")): row["title"] for _, row in rows if "title" in row
        }
        rules = [row.get("rules") or {} for table, row in rows if table == "session"]
        self._criteria = {one["code"]: one["name"] for rule in rules for one in rule.get("criteria", ())}

    def lines(self, table: str, row: Row) -> Iterator[tuple[str, str]]:
        for field, value in sorted(row.items(), key=lambda one: _place(_ORDER, one[0])):
            name = label(table, field, self._language)
            if name and value not in (None, "", [], {}) and (text := self._shown(table, field, value)):
                yield name, text

    def _shown(self, table: str, field: str, value: Any) -> str:
        if isinstance(value, bool) or field == "on_behalf_of":
            return self._text["yes" if value else "no"]
        if field in ("initiative_id", "session_id"):
            return str(self._titles.get(str(value), ""))
        if field.endswith("unit_id"):
            return _unit(value)
        if isinstance(value, list | dict):
            return self._several(field, value)
        if codes := words.VALUE_OF.get((table, field)) or words.VALUE.get(field):
            return self._word(codes, value)
        if field == "reason" and set(str(value).split(", ")) <= set(labels.REASON):
            return "; ".join(self._word(labels.REASON, code) for code in value.split(", "))
        return _plain(field, value)

    def _several(self, field: str, value: Any) -> str:
        if field == "present":
            return f"{len(value)} {self._text['people']}"
        if field == "scores":
            return "; ".join(f"{self._criteria.get(code, code)}: {number(score)}" for code, score in value.items())
        if field == "authors":
            return "; ".join(str(one["name"]) for one in value)
        if field == "recipients":
            return "; ".join(self._group(one) for one in value if self._is_among(one))
        codes = words.VALUE.get(field, {})
        return "; ".join(self._word(codes, one) for one in value)

    def _is_among(self, recipients: Row) -> bool:
        return any(str(one.get("person_id")) in self._people for one in recipients.get("names", ()))

    def _group(self, recipients: Row) -> str:
        kind = self._word(labels.RECIPIENT_KIND, recipients["kind"])
        return f"{kind}, {self._word(labels.RECIPIENT, recipients['group'])}"

    def _word(self, codes: Any, code: Any) -> str:
        """The English word is the code, unless that is no word (the kind of a file)."""
        is_word = self._language == "en" and code in codes and "/" not in str(code)
        return _english(str(code)) if is_word else labels.text(codes, code)


def _unit(unit_id: Any) -> str:
    """An operator sees no province's units."""
    return "" if signed_in().role == "operator" else unit_name(unit_id)


def _plain(field: str, value: Any) -> str:
    if _DAY.search(field):
        return day(value)
    if _MOMENT.search(field):
        return moment(value)
    if field == "size":
        return size(value)
    return number(value) if field == "score" else str(value)
