"""Tenants: one province each, and the platform itself."""

from datetime import date, datetime
from typing import Any

from common.database import UnitOfWork
from common.ids import new_id

from registration.domain.people import Grant, GrantIssued, Person
from registration.domain.tenants import Tenant
from registration.domain.vocabulary import Affiliation, Level, Role, UnitKind
from registration.store import people as people_store
from registration.store import tenants as store
from registration.store import units as unit_store
from registration.usecases.units import new_unit

PLATFORM = "platform"


def create_tenant(
    uow: UnitOfWork,
    *,
    code: str,
    name: str,
    code_prefix: str,
    root: dict[str, Any],
    administrator: dict[str, Any],
    issuer: str,
    valid_from: date,
    today: date,
    now: datetime,
) -> dict[str, Any]:
    """A province with its root unit and first administrator. Reaches from the operator's tenant into the new one."""
    add_tenant(uow, Tenant(code, name), code_prefix=code_prefix, now=now)
    unit = new_unit(None, affiliation=Affiliation.OTHER_AGENCY, valid_from=valid_from, **root)
    unit_store.add_unit(uow, unit)
    person = Person(new_id(), administrator["name"], administrator.get("email", ""))
    people_store.add_person(uow, person)
    grant = Grant(
        new_id(), person.id, issuer, administrator["subject"], Role.ADMINISTRATOR, unit.id, unit.scope_path, today
    )
    people_store.add_grant(uow, grant)
    uow.emit(unit.recorded(), person.recorded(), grant.issued(unit, unit.scope_path))
    values = {"tenant": code, "name": name, "code_prefix": code_prefix, "created_at": now}
    return values | {"root_unit_id": unit.id, "administrator_grant_id": grant.id}


def add_tenant(uow: UnitOfWork, tenant: Tenant, *, code_prefix: str, now: datetime) -> None:
    """The bare tenant; the unit of work goes on in it."""
    store.add_tenant(uow, tenant, code_prefix=code_prefix, created_at=now)
    uow.enter_tenant(tenant.code)
    store.save_tenant(uow, tenant)
    uow.emit(tenant.recorded())


def tenant_names(uow: UnitOfWork) -> list[str]:
    """Every province on the platform, and the platform itself."""
    return store.tenant_names(uow)


def make_operator(uow: UnitOfWork, *, issuer: str, subject: str, today: date, now: datetime) -> None:
    """Let a subject operate the platform; does nothing when it already does. The unit of work acts as PLATFORM."""
    people_store.lock_platform(uow)
    if people_store.find_operator(uow, issuer, subject):
        return
    root = unit_store.find_root(uow, today)
    if root is None:
        add_tenant(uow, Tenant(PLATFORM, "Nền tảng"), code_prefix="NT", now=now)
        kind, level = UnitKind.ADMINISTRATIVE, Level.CENTRE
        root = new_unit(None, "PLATFORM", "Vận hành nền tảng", kind, level, Affiliation.OTHER_AGENCY, today)
        unit_store.add_unit(uow, root)
        uow.emit(root.recorded())
    person = Person(new_id(), "Người vận hành nền tảng")
    people_store.add_person(uow, person)
    grant = Grant(new_id(), person.id, issuer, subject, Role.OPERATOR, root.id, root.scope_path, today)
    people_store.add_grant(uow, grant)
    uow.emit(person.recorded(), grant.snapshot(GrantIssued))
