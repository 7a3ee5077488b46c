"""Tenants and their standing."""

from datetime import datetime
from typing import Any

from common.database import UnitOfWork
from common.tenants import save_standing
from sqlalchemy import Row, insert, select

from registration.domain.tenants import ACTIVE, Tenant
from registration.store.tables import metadata, tenants

standings = metadata.tables["tenant_standing"]


def add_tenant(uow: UnitOfWork, tenant: Tenant, *, code_prefix: str, created_at: datetime) -> None:
    values = {"tenant": tenant.code, "name": tenant.name, "code_prefix": code_prefix, "created_at": created_at}
    uow.execute(insert(tenants).values(values))


def save_tenant(uow: UnitOfWork, tenant: Tenant) -> None:
    """Its standing; the unit of work acts in the tenant."""
    save_standing(uow, metadata, {"status": tenant.status, "heir": tenant.heir, "version": tenant.version})


def tenant_of(uow: UnitOfWork) -> Row[Any]:
    """The acting tenant's own row."""
    return uow.execute(select(tenants).where(tenants.c.tenant == uow.tenant)).one()


def find_tenant(uow: UnitOfWork, tenant: str) -> Row[Any] | None:
    return uow.find(select(tenants).where(tenants.c.tenant == tenant))


def acting_tenant(uow: UnitOfWork) -> Tenant:
    """The acting tenant with its standing; one of before there were standings is active."""
    query = select(standings).where(standings.c.tenant == uow.tenant)
    name, standing = tenant_of(uow).name, uow.find(query)
    if standing is None:
        return Tenant(uow.tenant, name, ACTIVE, "", 0)
    return Tenant(uow.tenant, name, standing.status, standing.heir, standing.version)


def find_tenant_of_prefix(uow: UnitOfWork, prefix: str) -> str | None:
    row = uow.find(select(tenants.c.tenant).where(tenants.c.code_prefix == prefix))
    return row.tenant if row else None


def tenant_names(uow: UnitOfWork) -> list[str]:
    return [row.tenant for row in uow.rows(select(tenants.c.tenant).order_by(tenants.c.tenant))]
