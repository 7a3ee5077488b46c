"""Everything a service holds of one person, read from its own tables when it is asked; nothing is stored or sent."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select

from common.database import UnitOfWork

# For each table that holds personal data: which of its rows are about a person.
Finders = Mapping[Table, Callable[[UUID], ColumnElement[bool]]]
_NOT_THEIRS = frozenset({"tenant", "search_text", "sealed", "blind_index", "figures"})


def collect(uow: UnitOfWork, finders: Finders, person_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Every row about the person, by table; columns that are copies for searching, sealed, or numbers are left out."""
    uow.turn_to(person_id)
    return {
        table.name: [_plain(row._asdict()) for row in uow.rows(_rows(uow, table, find(person_id)))]
        for table, find in finders.items()
    }


def _rows(uow: UnitOfWork, table: Table, theirs: ColumnElement[bool]) -> Any:
    shown = [column for column in table.c if column.name not in _NOT_THEIRS]
    return select(*shown).where(table.c.tenant == uow.tenant, theirs).order_by(*table.primary_key.columns)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in row.items()}


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool | dict):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
