"""Activities: the rows that are recorded here and nowhere else."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from common import keyset
from common.database import UnitOfWork
from common.errors import NotFound
from sqlalchemy import ColumnElement, Row, Select, insert, select, update

from reporting.domain.activities import Activity, Reach
from reporting.domain.tree import Area
from reporting.store.tables import activities as table
from reporting.store.units import Located


def add(uow: UnitOfWork, activity: Activity) -> None:
    uow.execute(insert(table).values(tenant=uow.tenant, **_values(activity)))


def save(uow: UnitOfWork, activity: Activity) -> None:
    uow.execute(update(table).where(*_is(uow, activity.id)).values(_values(activity)))


def activity(uow: UnitOfWork, activity_id: UUID, *, for_change: bool = False) -> Activity:
    """The activity, locked when it is to be changed. Raises NotFound, also for one of another subtree."""
    query: Select[Any] = select(table).where(*_is(uow, activity_id))
    found = uow.find(query.with_for_update() if for_change else query)
    if found is None:
        raise NotFound("activity.not_found")
    return _activity(found)


def page(
    uow: UnitOfWork, area: Area, *, kind: str | None, years: tuple[int | None, int | None], limit: int,
    cursor: list[str] | None,
) -> list[Activity]:  # fmt: skip
    """Activities of the area by date, the newest first, one more than `limit`."""
    located = Located(uow, table, area)
    query = select(table).select_from(located.source).where(located.within)
    if kind:
        query = query.where(table.c.kind == kind)
    first, last = years
    if first:
        query = query.where(table.c.to_date >= date(first, 1, 1))
    if last:
        query = query.where(table.c.from_date <= date(last, 12, 31))
    found = uow.rows(keyset.page(query, cursor, limit, table.c.from_date, table.c.id, newest_first=True))
    return [_activity(row) for row in found]


def _activity(row: Row[Any]) -> Activity:
    values = dict(row._mapping)
    del values["tenant"]
    reach = Reach(values.pop("agencies"), values.pop("villages"), values.pop("people"))
    return Activity(**values, reach=reach)


def _is(uow: UnitOfWork, activity_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.tenant == uow.tenant, table.c.id == activity_id


def _values(activity: Activity) -> dict[str, Any]:
    values = asdict(activity)
    reach = values.pop("reach")
    return {**values, **reach}
