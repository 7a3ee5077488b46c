"""What provinces gave the centre. The unit of work acts in the centre."""

from collections.abc import Mapping
from typing import Any

from common.database import UnitOfWork
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from reporting.domain.figures import Span
from reporting.domain.national import Province, Received
from reporting.store.tables import provinces, received_rollups


def save_received(uow: UnitOfWork, one: Received) -> None:
    """Unless the same or a newer version is there."""
    table = received_rollups
    statement = insert(table).values(tenant=uow.tenant, **vars(one))
    values = {name: statement.excluded[name] for name in ("version", "drawn_at", "figures")}
    newer = table.c.version < statement.excluded.version
    uow.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values, where=newer))


def save_province(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    """Unless the same or a newer version is there; when it merged stays what it was said to be first."""
    statement = insert(provinces).values(tenant=uow.tenant, **values)
    changed: dict[str, Any] = {name: statement.excluded[name] for name in values if name != "province"}
    changed["merged_at"] = func.coalesce(provinces.c.merged_at, statement.excluded.merged_at)
    newer = provinces.c.version < statement.excluded.version
    uow.execute(statement.on_conflict_do_update(index_elements=list(provinces.primary_key), set_=changed, where=newer))


def known_provinces(uow: UnitOfWork) -> dict[str, Province]:
    columns = [provinces.c[name] for name in ("province", "name", "status", "heir", "merged_at")]
    found = uow.rows(select(*columns).where(provinces.c.tenant == uow.tenant))
    return {row.province: Province(row.province, row.name, row.status, row.heir, row.merged_at) for row in found}


def received(uow: UnitOfWork, span: Span) -> list[Received]:
    table = received_rollups
    columns = [table.c[name] for name in ("province", "year", "version", "drawn_at", "figures")]
    query = select(*columns).where(table.c.tenant == uow.tenant, table.c.year.between(span.from_year, span.to_year))
    return [Received(**row._mapping) for row in uow.rows(query.order_by(table.c.province, table.c.year))]
