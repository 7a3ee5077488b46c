"""Exports of a province: who asked, how far they are, until when they can be fetched."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from common import exports
from common.database import UnitOfWork
from common.tenants import still_there
from sqlalchemy import Row, insert, select, update

from registration.store.tables import metadata, tenant_archives


def ask_for_rows(uow: UnitOfWork, export_id: UUID, asked_at: datetime) -> None:
    """This service's own part of an export."""
    exports.ask(uow, metadata, export_id, asked_at)


def add_archive(uow: UnitOfWork, values: dict[str, Any]) -> Row[Any]:
    """Of the acting tenant; no part of it is there yet."""
    made = insert(tenant_archives).values(tenant=uow.tenant, parts=[], **values).returning(tenant_archives)
    return uow.execute(made).one()


def archives(uow: UnitOfWork) -> list[Row[Any]]:
    """The acting tenant's latest, newest first."""
    query = select(tenant_archives).where(tenant_archives.c.tenant == uow.tenant)
    return uow.rows(query.order_by(tenant_archives.c.asked_at.desc()).limit(20))


def find_archive(uow: UnitOfWork, archive_id: UUID) -> Row[Any] | None:
    mine = (tenant_archives.c.tenant == uow.tenant, tenant_archives.c.id == archive_id)
    return uow.find(select(tenant_archives).where(*mine))


def unfinished(uow: UnitOfWork, now: datetime) -> list[Row[Any]]:
    """Of every tenant: archives that wait for parts and can still be fetched. The unit of work acts for all tenants."""
    archives = tenant_archives
    waiting = (archives.c.ready_at.is_(None), archives.c.expires_at > now, still_there(archives))
    return uow.rows(select(archives).where(*waiting).order_by(archives.c.asked_at))


def expired(uow: UnitOfWork, now: datetime, within: timedelta) -> list[Row[Any]]:
    """Of every tenant: archives that ended lately. The unit of work acts for all tenants."""
    ends = tenant_archives.c.expires_at
    return uow.rows(select(tenant_archives).where(ends < now, ends > now - within))


def save_archive(uow: UnitOfWork, archive_id: UUID, **values: Any) -> None:
    mine = (tenant_archives.c.tenant == uow.tenant, tenant_archives.c.id == archive_id)
    uow.execute(update(tenant_archives).where(*mine).values(**values))
