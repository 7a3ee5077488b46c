"""Roll-ups that the province has sent."""

from typing import Any

from common import keyset
from common.database import UnitOfWork
from sqlalchemy import Row, Select, exists, insert, not_, select

from reporting.domain.rollups import Rollup
from reporting.domain.tree import Area
from reporting.store.tables import places, rollups
from reporting.store.units import is_below


def add(uow: UnitOfWork, rollup: Rollup) -> None:
    uow.execute(insert(rollups).values(tenant=uow.tenant, **vars(rollup)))


def newest(uow: UnitOfWork, year: int) -> Row[Any] | None:
    """What the acting tenant itself sent last of the year."""
    query = select(rollups).where(rollups.c.tenant == uow.tenant, rollups.c.province == uow.tenant)
    return uow.find(query.where(rollups.c.year == year).order_by(rollups.c.version.desc()).limit(1))


def page(uow: UnitOfWork, *, limit: int, cursor: list[str] | None) -> list[Row[Any]]:
    """The newest year first, in it the newest version, one more than `limit`."""
    query: Select[Any] = select(rollups).where(rollups.c.tenant == uow.tenant)
    key = (rollups.c.year, rollups.c.version, rollups.c.province)
    return uow.rows(keyset.page(query, cursor, limit, *key, newest_first=True))


def is_moving(uow: UnitOfWork, area: Area) -> bool:
    """Some unit of the tenant is not below its root: those of a province that merged come one event after the other."""
    outside = exists().where(places.c.tenant == uow.tenant, not_(is_below(places.c.scope_path, area.path)))
    return bool(uow.execute(select(outside)).scalar_one())
