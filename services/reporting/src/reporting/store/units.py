"""Units in the structure of a day: the area a figure is asked for, and where everything stood that day."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from sqlalchemy import ColumnElement, FromClause, ScalarSelect, Select, Subquery, Table, case, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by, distinct_on

from reporting.domain.tree import Area
from reporting.store.tables import units

_OF_AREA = ("id", "code", "name", "level", "valid_to")


def area(uow: UnitOfWork, unit_id: UUID, as_of: date | None = None) -> Area:
    """The unit and all below it. Raises NotFound, also for what lies outside the own subtree."""
    record = _records(uow, as_of, units.c.id == unit_id).subquery()
    found = uow.find(_living(record))
    if found is None:
        raise NotFound("unit.not_found")
    return Area(**found._mapping, as_of=as_of)


def areas_at(uow: UnitOfWork, paths: Collection[str], as_of: date | None) -> dict[str, Area]:
    """The units at these paths; one not told of yet is shown by its code."""
    record = _records(uow, as_of).subquery()
    found = uow.rows(_living(record).where(record.c.path.in_(paths)))
    known = {row.path: Area(**row._mapping, as_of=as_of) for row in found}
    return {path: known.get(path) or Area.unheard(path, as_of) for path in paths}


def _records(uow: UnitOfWork, as_of: date | None, *where: ColumnElement[bool]) -> Select[Any]:
    """One record of each unit: the newest, or that in force on the day, or, before its time, its first.

    A version says how the unit is from its day on: of those whose day had come, the newest holds.
    """
    path = (units.c.scope_path if as_of is None else units.c.path).label("path")
    query = select(*(units.c[name] for name in _OF_AREA), units.c.ended, path)
    query = query.where(units.c.tenant == uow.tenant, *where).ext(distinct_on(units.c.id))
    if as_of is None:
        return query.order_by(units.c.id, units.c.version.desc())
    began = units.c.valid_from <= as_of
    return query.order_by(units.c.id, began.desc(), case((began, -units.c.version), else_=units.c.version))


def stands(uow: UnitOfWork, unit_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Every place the unit ever had, newest version first: [valid_from, path, ended]. Null of one merely heard of."""
    one = func.jsonb_build_array(units.c.valid_from, units.c.path, units.c.ended)
    query = select(func.jsonb_agg(aggregate_order_by(one, units.c.version.desc()), type_=JSONB))
    return query.where(units.c.tenant == uow.tenant, units.c.id == unit_id).correlate_except(units).scalar_subquery()


def _living(record: Subquery) -> Select[Any]:
    """Of the records, those of units that had not ended: these are areas, with a name and a path of their own."""
    return select(*(record.c[name] for name in (*_OF_AREA, "path"))).where(record.c.ended.is_(False))


class Located:
    """A table's rows at the place where their unit stood: today, or on the area's day."""

    def __init__(self, uow: UnitOfWork, table: Table, area: Area, unit_id: ColumnElement[Any] | None = None) -> None:
        """`unit_id`: the unit whose place a row had on the day, where that is not simply the one it was made under."""
        self.source: FromClause = table
        self.path: ColumnElement[str] = table.c.scope_path
        if area.as_of is not None:
            record: Subquery = _records(uow, area.as_of).subquery()
            self.source = table.outerjoin(record, record.c.id == (table.c.unit_id if unit_id is None else unit_id))
            self.path = func.coalesce(record.c.path, table.c.scope_path)
        self.within = (table.c.tenant == uow.tenant) & is_below(self.path, area.path)


def is_below(path: ColumnElement[str], area: str) -> ColumnElement[bool]:
    """In the subtree: a range, which an index on "C"-collated text serves; `0` is the character after `/`."""
    return (path >= area) & (path < f"{area[:-1]}0")
