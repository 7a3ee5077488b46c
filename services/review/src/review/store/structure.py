"""The units of a past day, what they were called and which stood below which; and who answers for one that ended."""

from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from review.domain.reference import Unit
from review.store.queries import own
from review.store.tables import unit
from review.store.tables import unit_version as table


def note(uow: UnitOfWork, told: Unit) -> None:
    """Keep a version, whatever order they come in."""
    values = {name: getattr(told, name) for name in ("version", "name", "valid_from", "ended")}
    row = values | {"tenant": uow.tenant, "unit_id": told.id, "path": told.scope_path}
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


def answered_by(uow: UnitOfWork, unit_id: UUID) -> Select[Any]:
    """Whose dossiers the unit's council judges: its own, and those of the units that ended into it (ADR 10)."""
    return _in_its_place(uow, unit_id, ended=True)


def answering(uow: UnitOfWork, unit_id: UUID) -> Select[Any]:
    """Whose councils judge the unit's dossiers: its own, and that of the heir it ended into."""
    return _in_its_place(uow, unit_id, ended=False)


def _in_its_place(uow: UnitOfWork, unit_id: UUID, *, ended: bool) -> Select[Any]:
    """The unit; with a living one those that ended into it, with an ended one its heir: they stand in one place."""
    it = unit.alias()
    place = select(it.c.scope_path).where(it.c.tenant == uow.tenant, it.c.id == unit_id, it.c.ended.is_not(ended))
    stands_there = and_(unit.c.ended.is_(ended), unit.c.scope_path == place.scalar_subquery())
    return select(unit.c.id).where(own(uow, unit), or_(unit.c.id == unit_id, stands_there))


def _of_day(uow: UnitOfWork, day: date) -> Select[Any]:
    """One version of each unit: of those whose day had come the newest, or, before its time, its first."""
    began = table.c.valid_from <= day
    query = select(table).where(own(uow, table)).ext(distinct_on(table.c.unit_id))
    return query.order_by(table.c.unit_id, began.desc(), case((began, -table.c.version), else_=table.c.version))
