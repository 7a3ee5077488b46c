"""The units of a past day: what they were called, and which stood below which."""

from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from review.domain.reference import Unit
from review.store.queries import own
from review.store.tables import unit_version as table


def note(uow: UnitOfWork, unit: Unit) -> None:
    """Keep a version, whatever order they come in."""
    values = {name: getattr(unit, name) for name in ("version", "name", "valid_from", "ended")}
    row = values | {"tenant": uow.tenant, "unit_id": unit.id, "path": unit.scope_path}
    uow.execute(insert(table).values(row).on_conflict_do_nothing())


def name_on(uow: UnitOfWork, unit_id: UUID, day: date) -> str:
    """Empty for one that was never heard of."""
    row = uow.find(_of_day(uow, day).where(table.c.unit_id == unit_id))
    return row.name if row else ""


def made_below(
    uow: UnitOfWork, unit_column: ColumnElement[Any], under: UUID | None, as_of: date
) -> list[ColumnElement[bool]]:
    """For a query: rows of units that stood below `under` on the day; nothing to add without it. Raises NotFound."""
    if under is None:
        return []
    area = uow.find(_of_day(uow, as_of).where(table.c.unit_id == under))
    if area is None or area.ended:
        raise NotFound("unit.unknown")
    stood = _of_day(uow, as_of).subquery()
    return [unit_column.in_(select(stood.c.unit_id).where(stood.c.path.startswith(area.path, autoescape=True)))]


def _of_day(uow: UnitOfWork, day: date) -> Select[Any]:
    """One version of each unit: of those whose day had come the newest, or, before its time, its first."""
    began = table.c.valid_from <= day
    query = select(table).where(own(uow, table)).ext(distinct_on(table.c.unit_id))
    return query.order_by(table.c.unit_id, began.desc(), case((began, -table.c.version), else_=table.c.version))
