"""Forms declared as data: what was typed, what is wrong with it, and the JSON that a service takes.

A field is named like its JSON pointer with dots ("reach.agencies", "authors.0.share"), so a service's reason for a
field finds its way back to it. Knows no service.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from common.ids import new_id
from common.text import clean
from flask import request
from werkzeug.datastructures import MultiDict

from portal import formats
from portal.clients import ApiError, text

Choices = Mapping[str, str]
MOST_ROWS = 200  # More than any list of the services takes; what a request names beyond it was sent by no page of ours.
_KEY = re.compile(r"[A-Za-z0-9-]{1,70}")  # Short enough to be the boundary of a multipart body.
STALE = (412, 428)  # Changed meanwhile; or there is something to change now where there was nothing.


@dataclass(frozen=True)
class Field:
    """One question. kind: text, textarea, integer, decimal, date, select, radio, email, tel, hidden, lookup.

    `note` replaces "không bắt buộc" beside a field that may stay empty.
    """

    name: str
    label: str
    kind: str = "text"
    help: str = ""
    required: bool = True
    choices: Choices = field(default_factory=dict)
    default: str = ""
    tall: int = 4
    width: str = ""
    note: str = ""

    def at(self, prefix: str) -> "Field":
        """The same question in a row or part of the form."""
        return Field(**{**vars(self), "name": f"{prefix}.{self.name}"})


@dataclass(frozen=True)
class Rows:
    """The same questions again and again, like co-authors. `total`: the field whose numbers have to add up to 100."""

    name: str
    label: str
    fields: tuple[Field, ...]
    add: str
    least: int = 1
    help: str = ""
    total: str = ""


@dataclass(frozen=True)
class Heading:
    """Begins a part of a long form."""

    text: str
    help: str = ""


Part = Field | Rows | Heading


class Form:
    """One showing of a form: fresh, filled from what is saved, or as it was sent."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        saved: Mapping[str, Any] | None = None,
        choices: Mapping[str, Choices] | None = None,
        part: str = "",
        lookup: str = "",
    ) -> None:
        """`saved`: the resource being edited or defaults; `part`: tells this form from others on the same page.

        `lookup`: the address that finds choices for what is being typed in a field of the kind lookup.
        """
        self.parts, self.part, self.lookup = parts, part, lookup
        self._choices = choices or {}
        self.errors: dict[str, str] = {}
        self.problem = ""
        self.status = 200
        self.answer: dict[str, Any] = {}
        self.newer: dict[str, str] = {}
        self.is_sent = request.method == "POST" and request.form.get("_part", "") == part
        self.values = _sent(request.form, parts) if self.is_sent else _flat(saved or {}, parts)
        sent_key = request.form.get("_key", "") if self.is_sent else ""
        self.key = sent_key if _KEY.fullmatch(sent_key) else str(new_id())
        self.version = str((request.form.get("_version") if self.is_sent else (saved or {}).get("version")) or "")

    def send(self, act: Callable[[dict[str, Any]], dict[str, Any] | None]) -> bool:
        """Let `act` pass the body on. False: show the form again, with what was typed and what is wrong."""
        if not self.is_sent or self._change_rows():
            return False
        body = self.body()
        if self.errors:
            self.status, self.problem = 422, "Có mục chưa đúng. Xin xem lý do ở từng mục rồi gửi lại."
            return False
        try:
            self.answer = act(body) or {}
        except ApiError as error:
            self.refuse(error)
            return False
        return True

    def refuse(self, error: ApiError) -> None:
        """Show a service's reasons. Raises the error again when the person cannot do anything about it in the form."""
        if error.status in (401, 404) or error.code.startswith("auth."):
            raise error
        self.status, self.problem = error.status, text("portal.stale") if error.status in STALE else error.text
        if error.code == "request.idempotency_key_reused":
            # Gone back to and changed: whoever really wants a second one presses again, now with a key of its own.
            self.key, self.problem = str(new_id()), text("portal.sent_before")
        for pointer, reason in error.fields.items():
            self.errors[pointer.strip("/").replace("/", ".")] = reason

    def show_newer(self, saved: Mapping[str, Any]) -> None:
        """Somebody saved another version meanwhile: keep what was typed, show what is saved, and aim at that."""
        self.newer = {name: value for name, value in _flat(saved, self.parts).items() if value != self.value(name)}
        self.version = str(saved.get("version", ""))
        self.problem = text("portal.newer")

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def id(self, name: str) -> str:
        """The field's id on the page, where another form may have one of that name."""
        return f"{self.part}-{name}" if self.part else name

    def shown(self, asked: Field) -> str:
        """What stands in the field: what was typed or saved, else its default."""
        return self.values.get(asked.name, asked.default)

    def choices(self, asked: Field) -> Choices:
        """The words to choose from; those that depend on the visitor were given to the form."""
        plain = ".".join(word for word in asked.name.split(".") if not word.isdecimal())
        return self._choices.get(plain) or asked.choices

    def rows(self, part: Rows) -> list[list[Field]]:
        count = max(_row_count(self.values, part.name), part.least)
        return [[asked.at(f"{part.name}.{index}") for asked in part.fields] for index in range(count)]

    def row_errors(self, part: Rows) -> str:
        """What is wrong with the rows together."""
        return self.errors.get(part.name, "")

    def sum(self, part: Rows) -> str:
        numbers = [self.value(f"{part.name}.{index}.{part.total}") for index in range(len(self.rows(part)))]
        try:
            return formats.number(sum(formats.read_whole(one) for one in numbers if one))
        except ValueError:
            return "?"

    def unplaced(self) -> list[str]:
        """Reasons that belong to no field that is shown, and are not said already."""
        shown = {asked.name for asked in self._fields()} | {part.name for part in self.parts if isinstance(part, Rows)}
        return [reason for name, reason in self.errors.items() if name not in shown and reason != self.problem]

    def listed_errors(self) -> list[tuple[str, str, str]]:
        """Name, label and reason of every field that is wrong, in the order of the form; of a row, with its number."""
        listed = []
        for part in self.parts:
            if isinstance(part, Field):
                listed.append((part.name, part.label))
            elif isinstance(part, Rows):
                for number, row in enumerate(self.rows(part), 1):
                    listed += [(asked.name, f"{part.label} {number}, {asked.label.lower()}") for asked in row]
        return [(name, label, self.errors[name]) for name, label in listed if name in self.errors]

    def typed(self) -> list[tuple[str, str, str]]:
        """Id, label and words of every field that was filled in: to copy from, where the form is not open any more."""
        asked = [one for one in self._fields() if one.kind != "hidden" and self.value(one.name)]
        values = [(one, self.value(one.name)) for one in asked]
        return [(self.id(one.name), one.label, self.choices(one).get(value, value)) for one, value in values]

    def body(self) -> dict[str, Any]:
        """The JSON for the service; what cannot be read becomes an error at its field."""
        body: dict[str, Any] = {}
        for asked in self._fields():
            value = self._read(asked)
            if value is not None:
                _put(body, asked.name.split("."), value)
        return cast("dict[str, Any]", _lists(body))

    def _fields(self) -> Iterable[Field]:
        for part in self.parts:
            if isinstance(part, Field):
                yield part
            elif isinstance(part, Rows):
                for row in self.rows(part):
                    yield from row

    def _read(self, asked: Field) -> Any:
        typed = self.value(asked.name)
        if not typed:
            if asked.required:
                self.errors[asked.name] = text("field.required")
            return None
        try:
            return _READERS.get(asked.kind, str)(typed)
        except ValueError:
            self.errors[asked.name] = text(f"field.{_REASON.get(asked.kind, asked.kind)}")
            return None

    def _change_rows(self) -> bool:
        """A press on "add a row" or "remove": works without JavaScript, because the server does it."""
        if name := request.form.get("_add"):
            for part in self._rows_named(name):
                count = len(self.rows(part))
                self.values |= {f"{name}.{count}.{asked.name}": asked.default for asked in part.fields}
            return True
        if name := request.form.get("_remove"):
            rows, _, gone = name.rpartition(".")
            for part in self._rows_named(rows):
                self.values = _kept_rows(self.values, part, lambda place, _: str(place) != gone)
            return True
        return False

    def _rows_named(self, name: str) -> list[Rows]:
        return [part for part in self.parts if isinstance(part, Rows) and part.name == name]


def _decimal(typed: str) -> float | int:
    value = formats.read_number(typed)
    return int(value) if value == int(value) else float(value)


_READERS: dict[str, Callable[[str], Any]] = {
    "integer": formats.read_whole,
    "decimal": _decimal,
    "date": formats.read_day,
}
_REASON = {"decimal": "number"}


def _sent(form: MultiDict[str, str], parts: Sequence[Part]) -> dict[str, str]:
    """What was typed, by name; a row in which nothing was typed is left out, and those after it move up."""
    values = {}
    for name in form:
        if not name.startswith("_"):
            values[name] = clean(form[name].replace("\0", ""))
    if "_add" in form or "_remove" in form:
        return values  # The press means a row as it is numbered on the page.
    for part in parts:
        if isinstance(part, Rows):
            values = _without_blank_rows(values, part)
    return values


def _without_blank_rows(values: dict[str, str], part: Rows) -> dict[str, str]:
    return _kept_rows(values, part, lambda _, row: any(_is_filled(asked, row[asked.name]) for asked in part.fields))


def _kept_rows(values: dict[str, str], part: Rows, keeps: Callable[[int, dict[str, str]], bool]) -> dict[str, str]:
    """The rows that `keeps` wants, by their place and what was typed; they close ranks."""
    kept = {name: value for name, value in values.items() if not name.startswith(f"{part.name}.")}
    place = 0
    for index in range(_row_count(values, part.name)):
        row = {asked.name: values.get(f"{part.name}.{index}.{asked.name}", "") for asked in part.fields}
        if keeps(index, row):
            kept |= {f"{part.name}.{place}.{name}": value for name, value in row.items()}
            place += 1
    return kept


def _is_filled(asked: Field, value: str) -> bool:
    """Somebody typed or chose it: more than what a row shows when it is added."""
    return asked.kind != "hidden" and value not in ("", asked.default if asked.kind == "select" else "")


def _row_count(values: Mapping[str, str], rows: str) -> int:
    """Counts on nothing in a name: anybody can send a row of any number, or of none."""
    places = [name.removeprefix(f"{rows}.").split(".")[0] for name in values if name.startswith(f"{rows}.")]
    counts = [int(place) + 1 for place in places if len(place) <= 3 and place.isascii() and place.isdecimal()]
    return min(max(counts, default=0), MOST_ROWS)


def _flat(saved: Mapping[str, Any], parts: Sequence[Part]) -> dict[str, str]:
    """A resource as the text of the form's fields."""
    values = {}
    for part in parts:
        if isinstance(part, Field):
            values[part.name] = _shown(_dig(saved, part.name), part)
        elif isinstance(part, Rows):
            for index, row in enumerate(saved.get(part.name) or []):
                for asked in part.fields:
                    values[f"{part.name}.{index}.{asked.name}"] = _shown(_dig(row, asked.name), asked)
    return values


def _dig(saved: Any, name: str) -> Any:
    for word in name.split("."):
        saved = saved.get(word) if isinstance(saved, Mapping) else None
    return saved


def _shown(value: Any, asked: Field) -> str:
    if value is None:
        return asked.default
    if asked.kind == "integer":
        return str(value)  # A year is no quantity: no point in it.
    if asked.kind == "date":
        return formats.day(value)
    return formats.plain_number(value) if asked.kind == "decimal" else str(value)


def _put(body: dict[str, Any], words: list[str], value: Any) -> None:
    for word in words[:-1]:
        body = body.setdefault(word, {})
    body[words[-1]] = value


def _lists(body: Any) -> Any:
    """{"0": ..., "1": ...} as a list."""
    if not isinstance(body, dict):
        return body
    if body and all(word.isdecimal() for word in body):
        return [_lists(body[word]) for word in sorted(body, key=int)]
    return {word: _lists(value) for word, value in body.items()}
