"""Tenants and their standing."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from common import centre
from common.database import UnitOfWork
from common.errors import NotFound
from common.tenants import save_standing
from common.text import reads_like
from sqlalchemy import Row, Select, func, insert, select

from registration.domain.tenants import ACTIVE, Tenant
from registration.store.tables import metadata, tenants

PLATFORM = centre.PLATFORM
standings = metadata.tables["tenant_standing"]
_status = func.coalesce(standings.c.status, ACTIVE)


def add_tenant(uow: UnitOfWork, tenant: Tenant, *, code_prefix: str, created_at: datetime) -> None:
    values = {"tenant": tenant.code, "name": tenant.name, "code_prefix": code_prefix, "created_at": created_at}
    uow.execute(insert(tenants).values(values))


def save_tenant(uow: UnitOfWork, tenant: Tenant) -> None:
    """Its standing; the unit of work acts in the tenant."""
    names = ("status", "heir", "reason", "delete_after", "version")
    save_standing(uow, metadata, {name: getattr(tenant, name) for name in names})


def tenant_of(uow: UnitOfWork) -> Row[Any]:
    """The acting tenant's own row."""
    return uow.execute(select(tenants).where(tenants.c.tenant == uow.tenant)).one()


def find_tenant(uow: UnitOfWork, tenant: str) -> Row[Any] | None:
    return uow.find(select(tenants).where(tenants.c.tenant == tenant))


def names_of(uow: UnitOfWork, codes: Collection[str]) -> list[str]:
    """What these tenants are called, in the order of their names."""
    if not codes:
        return []
    return [row.name for row in uow.rows(select(tenants).where(tenants.c.tenant.in_(codes)).order_by(tenants.c.name))]


def enter_province(uow: UnitOfWork, code: str) -> None:
    """Go on in the province that the operator names. Raises NotFound for what is none."""
    if code == PLATFORM or find_tenant(uow, code) is None:
        raise NotFound("tenant.not_found")
    uow.enter_tenant(code)


def acting_tenant(uow: UnitOfWork) -> Tenant:
    """The acting tenant with its standing, locked for change; one of before there were standings is active."""
    query = select(standings).where(standings.c.tenant == uow.tenant).with_for_update()
    name, standing = tenant_of(uow).name, uow.find(query)
    if standing is None:
        return Tenant(uow.tenant, name, ACTIVE, "", 0)
    if standing.purged_at:
        raise NotFound("tenant.not_found")
    values = (standing.status, standing.heir, standing.version, standing.reason, standing.delete_after)
    return Tenant(uow.tenant, name, *values)


def listed_tenant(uow: UnitOfWork, code: str) -> Row[Any]:
    """A province with its standing, in whatever standing it is. The unit of work acts for all tenants."""
    found = uow.find(_listed().where(tenants.c.tenant == code))
    if found is None:
        raise NotFound("tenant.not_found")
    return found


def tenant_page(uow: UnitOfWork, *, q: str, status: str | None, limit: int, after: str) -> list[Row[Any]]:
    """Every province with its standing, by code, one more than `limit`. The unit of work acts for all tenants."""
    query = _listed()
    if status:
        query = query.where(_status == status)
    if q:
        query = query.where(reads_like(tenants.c.name, q) | (tenants.c.tenant == q))
    if after:
        query = query.where(tenants.c.tenant > after)
    return uow.rows(query.order_by(tenants.c.tenant).limit(limit + 1))


def _listed() -> Select[Any]:
    standing = [standings.c[name] for name in ("heir", "reason", "delete_after", "purged_at", "version")]
    joined = tenants.outerjoin(standings, standings.c.tenant == tenants.c.tenant)
    return select(tenants, _status.label("status"), *standing).select_from(joined).where(tenants.c.tenant != PLATFORM)


def find_tenant_of_prefix(uow: UnitOfWork, prefix: str) -> str | None:
    row = uow.find(select(tenants.c.tenant).where(tenants.c.code_prefix == prefix))
    return row.tenant if row else None


def absorbed_by(uow: UnitOfWork, code: str) -> list[str]:
    """Every tenant that has become part of it, at whatever remove. The unit of work acts for all tenants."""
    found = select(standings.c.tenant).where(standings.c.heir == code).cte("absorbed", recursive=True)
    further = select(standings.c.tenant).where(standings.c.heir == found.c.tenant)
    return [row.tenant for row in uow.rows(select(found.union(further).c.tenant))]


def tenant_names(uow: UnitOfWork) -> list[str]:
    return [row.tenant for row in uow.rows(select(tenants.c.tenant).order_by(tenants.c.tenant))]
