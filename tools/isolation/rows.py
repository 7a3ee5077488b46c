"""Rows for any table, made from its MetaData alone: a new table is covered by being there.

Identifiers are made of the place and of what they identify, so that a row's neighbours in other tables are its own:
`initiative.id` of a place is every `initiative_id` of that place, whether a foreign key says so or not.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

Row = dict[str, Any]
_MOST_TRIES = 2000
_LISTED = re.compile(r"(\w+) IN \(([^)]*)\)")


@dataclass(frozen=True)
class Place:
    """Where a row belongs: a unit of a tenant. `variant` tells two rows of one place apart."""

    number: int
    tenant: str
    scope: str
    variant: str = ""

    def id(self, what: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"{self.tenant}{self.scope}{what}")

    @property
    def word(self) -> str:
        return f"ROW-{self.number}{self.variant.upper()}"


def identity(table: sa.Table, column: sa.Column[Any]) -> str:
    """What an identifier identifies: `id` of a table is its `<table>_id` elsewhere, or what its foreign key says."""
    for key in column.foreign_keys if column.name != "tenant" else ():
        return identity(key.column.table, key.column)
    return f"{table.name}_id" if column.name == "id" else column.name


def identities(table: sa.Table) -> set[str]:
    """What identifies a row inside its tenant."""
    return {identity(table, column) for column in table.primary_key.columns if column.name != "tenant"}


def key_values(table: sa.Table, row: Row) -> list[Any]:
    return [row[column.name] for column in table.primary_key.columns]


def key_of(table: sa.Table, row: Row) -> Any:
    """The condition that picks exactly this row."""
    return sa.and_(*(column == row[column.name] for column in table.primary_key.columns))


def row_of(table: sa.Table, place: Place) -> Row:
    """A row of the table at a place, before the table's CHECK constraints have had their say."""
    return {
        column.name: _value(table, column, place)
        for column in table.columns
        if column.identity is None and column.computed is None and (column.server_default is None or column.primary_key)
    }


def _value(table: sa.Table, column: sa.Column[Any], place: Place) -> Any:
    if column.name == "tenant":
        return place.tenant
    if column.name in ("scope_path", "path"):
        return place.scope
    if column.nullable:
        return None
    if isinstance(column.type, sa.String) and column.server_default is not None:
        return ""  # Not said yet: a dossier without a code is a draft.
    if words := _words(table).get(column.name):
        return words[0]
    return _plain(column.type, identity(table, column), place, fresh=_is_fresh(column, place))


def _is_fresh(column: sa.Column[Any], place: Place) -> bool:
    """A second row of a place has a key of its own, and the same row above it."""
    return bool(place.variant) and column.primary_key and not column.foreign_keys


def _plain(type_: Any, what: str, place: Place, *, fresh: bool = False) -> Any:
    if isinstance(type_, sa.ARRAY):
        return [_plain(type_.item_type, what.replace("owner_ids", "person_id"), place)]
    made: dict[type, Any] = {
        sa.Uuid: place.id(what + (place.variant if fresh else "")),
        sa.Boolean: True,
        sa.Integer: place.number + (1000 if fresh else 0),
        sa.Numeric: place.number,
        sa.DateTime: datetime.now(UTC).replace(microsecond=place.number),
        sa.Date: date(2020, 1, place.number) + timedelta(days=50 if fresh else 0),
        sa.Time: time(place.number),
        JSONB: {},
        sa.JSON: {},
        sa.LargeBinary: place.word.encode(),
    }
    if isinstance(type_, sa.String):
        return place.word[: type_.length]
    for kind, value in made.items():
        if isinstance(type_, kind):
            return value
    raise LookupError(f"no value of {type_!r}; teach isolation/rows.py")


def _words(table: sa.Table) -> dict[str, list[str]]:
    """The closed lists that CHECK constraints name."""
    checks = [str(check.sqltext) for check in table.constraints if isinstance(check, sa.CheckConstraint)]
    found = [(name, re.findall(r"'([^']*)'", listed)) for text in checks for name, listed in _LISTED.findall(text)]
    return dict(
        sorted(found, key=lambda one: len(one[1]))
    )  # Of several lists of a column the longest is the closed one.


def insert(connection: sa.Connection, table: sa.Table, place: Place) -> Row:
    """Put a row there, with whatever values its CHECK constraints let in; `connection` is a superuser's.

    Triggers rest meanwhile: what they would write is no row of this test.
    """
    connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
    wanted = row_of(table, place)
    for row in itertools.islice(_variations(table, wanted, place), _MOST_TRIES):
        if (found := _try(connection, table, row)) is not None:
            return found
    raise LookupError(f"no row of {table.name} passes its CHECK constraints; teach isolation/rows.py")


def _try(connection: sa.Connection, table: sa.Table, row: Row) -> Row | None:
    try:
        with connection.begin_nested():
            made = connection.execute(sa.insert(table).values(row).returning(*table.columns)).one()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", "") == "23505":  # One row for the whole tenant, and it is there.
            made = connection.execute(sa.select(table).where(key_of(table, row))).one()
        elif getattr(error.orig, "sqlstate", "") == "23514":
            return None
        else:
            raise
    return dict(made._mapping)


def _variations(table: sa.Table, row: Row, place: Place) -> Iterator[Row]:
    """The row itself, then with other values in the columns that the violated constraint names."""
    yield row
    named = [column for column in table.columns if column.name in _named_by_checks(table) and column.name in row]
    for values in itertools.product(*(_choices(table, column, row[column.name], place) for column in named)):
        yield row | dict(zip((column.name for column in named), values, strict=True))


def _named_by_checks(table: sa.Table) -> set[str]:
    checks = [str(check.sqltext) for check in table.constraints if isinstance(check, sa.CheckConstraint)]
    return {word for text in checks for word in re.findall(r"\w+", text)} - {"tenant", "scope_path", "path"}


def _choices(table: sa.Table, column: sa.Column[Any], first: Any, place: Place) -> list[Any]:
    choices = [first, *(_words(table).get(column.name, []))]
    if column.nullable:
        choices.append(_plain(column.type, identity(table, column), place))
    if isinstance(column.type, sa.String) and column.name not in _words(table):
        choices += [place.word.lower(), place.word.lower().replace("-", "_"), ""]
    return list(dict.fromkeys(choices))
