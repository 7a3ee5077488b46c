"""A tenant's whole chain as its administrators read it: newest first, narrowed by time, kind of row, person and act."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from common.database import UnitOfWork

_SHOWN = (
    "position", "at", "person_id", "grant_id", "role", "unit_id", "request_id", "process", "cause", "table_name",
    "subject", "operation", "before", "after",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Which entries: from `since` on and before `until`, and where something is named, only those."""

    since: datetime | None = None
    until: datetime | None = None
    table: str | None = None
    person_id: UUID | None = None
    operation: str | None = None


def journal(uow: UnitOfWork, wanted: Wanted, *, limit: int, below: int | None) -> list[Row[Any]]:
    """Entries of the acting tenant under the position `below`, one more than `limit`."""
    entry = uow.metadata.tables["audit_entry"]
    query = select(*[entry.c[name] for name in _SHOWN], entry.c.salt.is_(None).label("redacted"))
    query = query.where(entry.c.tenant == uow.tenant)
    if below is not None:
        query = query.where(entry.c.position < below)
    if wanted.since:
        query = query.where(entry.c.position >= _first_of(uow, wanted.since), entry.c.at >= wanted.since)
    if wanted.until:
        query = query.where(entry.c.position < _first_of(uow, wanted.until), entry.c.at < wanted.until)
    named = {"table_name": wanted.table, "person_id": wanted.person_id, "operation": wanted.operation}
    for column, value in named.items():
        if value:
            query = query.where(entry.c[column] == value)
    return uow.rows(query.order_by(entry.c.position.desc()).limit(limit + 1))


def _first_of(uow: UnitOfWork, moment: datetime) -> int:
    """The position of the first entry at the moment or after it.

    A chain has no index by time and needs none: its entries follow each other in time, so it is found by halves.
    """
    entry = uow.metadata.tables["audit_entry"]
    mine = entry.c.tenant == uow.tenant
    low, high = 1, (uow.execute(select(func.max(entry.c.position)).where(mine)).scalar_one() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        at = uow.execute(select(entry.c.at).where(mine, entry.c.position == middle)).scalar()
        low, high = (middle + 1, high) if at is None or at < moment else (low, middle)
    return low
