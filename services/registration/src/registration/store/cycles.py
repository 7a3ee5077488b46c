"""Cycles."""

from typing import Any
from uuid import UUID

from common import keyset
from common.database import UnitOfWork
from common.errors import NotFound
from sqlalchemy import Row, insert, select, update

from registration.domain.cycles import Cycle
from registration.store.tables import cycles

_COLUMNS = [column for column in cycles.c if column.name != "tenant"]


def add_cycle(uow: UnitOfWork, cycle: Cycle) -> None:
    uow.execute(insert(cycles).values(tenant=uow.tenant, **vars(cycle)))


def save_cycle(uow: UnitOfWork, cycle: Cycle) -> None:
    uow.execute(update(cycles).where(cycles.c.tenant == uow.tenant, cycles.c.id == cycle.id).values(**vars(cycle)))


def cycle(uow: UnitOfWork, cycle_id: UUID, *, lock: bool = False) -> Cycle:
    query = select(*_COLUMNS).where(cycles.c.tenant == uow.tenant, cycles.c.id == cycle_id)
    row = uow.find(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("cycle.not_found")
    return Cycle(**row._mapping)


def cycle_page(uow: UnitOfWork, *, limit: int, cursor: list[str] | None) -> list[Row[Any]]:
    """Newest year first, one more than `limit`."""
    query = select(*_COLUMNS).where(cycles.c.tenant == uow.tenant)
    return uow.rows(keyset.page(query, cursor, limit, cycles.c.year, cycles.c.id, newest_first=True))
