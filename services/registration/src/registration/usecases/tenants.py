"""Tenants: one province each, the centre above them, and the platform itself."""

from datetime import date, datetime, timedelta
from typing import Any

from common.centre import CENTRE
from common.database import UnitOfWork
from common.errors import Conflict, NotFound
from common.ids import new_id
from common.policies import EVERY_TENANT

from registration.domain.people import Grant, GrantIssued, Person
from registration.domain.settings import Quotas, Settings
from registration.domain.tenants import MERGED, Tenant, TenantOpened, TenantRecorded, ensure_root_level, tenant_id
from registration.domain.units import Unit
from registration.domain.vocabulary import Affiliation, Level, Role, UnitKind
from registration.store import people as people_store
from registration.store import settings as settings_store
from registration.store import tenants as store
from registration.store import units as unit_store
from registration.usecases import cycles, exports, settings
from registration.usecases.units import new_unit

PLATFORM = store.PLATFORM


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
    preset: str | None = None,
    ready: bool = False,
) -> dict[str, Any]:
    """A province (or the centre) with its settings, root unit and first administrator.

    `ready`: with a cycle and a rulebook besides. Reaches from the operator's tenant into the new one. Left out,
    `preset` is the law's of the day from which the root exists, and the root's level the topmost.
    """
    add_tenant(uow, Tenant(code, name), code_prefix=code_prefix, now=now)
    values = {"tenant": code, "name": name, "code_prefix": code_prefix, "created_at": now}
    chosen = preset or (Level.CENTRE if code == CENTRE else None)
    document = settings.adopt_preset(uow, preset=chosen, valid_from=valid_from, now=now)
    root = root | {"level": root.get("level") or document.levels[0].code}
    ensure_root_level(code, root["level"])
    unit = new_unit(None, affiliation=Affiliation.OTHER_AGENCY, valid_from=valid_from, **root)
    document.ensure_level(unit.level, None)
    unit_store.add_unit(uow, unit)
    uow.emit(unit.recorded())
    return values | _equip(uow, unit, administrator, issuer, today, ready=ready)


def appoint_administrator(
    uow: UnitOfWork, tenant: str, *, administrator: dict[str, Any], issuer: str, today: date, ready: bool
) -> dict[str, Any]:
    """The first of a province that has none, such as an imported one. Raises NotFound, and Conflict when it has one."""
    found = store.find_tenant(uow, tenant)
    if found is None or tenant == PLATFORM:
        raise NotFound("tenant.not_found")
    uow.enter_tenant(tenant)
    root = unit_store.find_root(uow, today)
    if root is None:
        raise NotFound("tenant.not_found")
    people_store.lock_tenant(uow)
    if people_store.has_administrator(uow, root, today):
        raise Conflict("tenant.has_administrator")
    return dict(found._mapping) | _equip(uow, root, administrator, issuer, today, ready=ready)


def _equip(
    uow: UnitOfWork, root: Unit, administrator: dict[str, Any], issuer: str, today: date, *, ready: bool
) -> dict[str, Any]:
    person = Person(new_id(), administrator["name"], administrator.get("email", ""))
    people_store.add_person(uow, person)
    subject = administrator["subject"]
    grant = Grant(new_id(), person.id, issuer, subject, Role.ADMINISTRATOR, root.id, root.scope_path, today)
    people_store.add_grant(uow, grant)
    uow.emit(person.recorded(), grant.issued(root, root.scope_path))
    if ready:
        _make_ready(uow, root, today)
    return {"root_unit_id": root.id, "administrator_grant_id": grant.id}


def _make_ready(uow: UnitOfWork, root: Unit, today: date) -> None:
    """This year's cycle; the other services make their part of it when they hear."""
    cycles.record_cycle(uow, scope=root.scope_path, today=today, unit_id=root.id, **settings_store.usual_cycle(today))
    uow.emit(TenantOpened(tenant_id(uow.tenant), 1, root.id, today))


def add_tenant(uow: UnitOfWork, tenant: Tenant, *, code_prefix: str, now: datetime) -> None:
    """The bare tenant; the unit of work goes on in it."""
    store.add_tenant(uow, tenant, code_prefix=code_prefix, created_at=now)
    uow.enter_tenant(tenant.code)
    store.save_tenant(uow, tenant)
    uow.emit(tenant.recorded())


def show_tenant(uow: UnitOfWork, code: str) -> dict[str, Any]:
    """Its standing, and what it may use; one that is part of another or deleted uses nothing any more."""
    uow.enter_tenant(EVERY_TENANT)
    row = store.listed_tenant(uow, code)
    if row.status == MERGED or row.purged_at:
        return {**row._mapping, "quotas": None}
    uow.enter_tenant(code)
    return {**row._mapping, "quotas": settings_store.settings(uow).document.quotas}


def suspend_tenant(uow: UnitOfWork, code: str, *, reason: str) -> Tenant:
    """Everybody of it is refused within seconds, on every service; what is on its way is still applied."""
    tenant = _enter(uow, code)
    return _record(uow, tenant, tenant.suspend(reason))


def resume_tenant(uow: UnitOfWork, code: str, *, today: date) -> Tenant:
    tenant = _enter(uow, code)
    return _record(uow, tenant, tenant.resume(today))


def close_tenant(uow: UnitOfWork, code: str, *, reason: str, today: date, now: datetime) -> Tenant:
    """It leaves: its rows are exported now, and deleted after the retention that its own settings give."""
    tenant = _enter(uow, code)
    kept = timedelta(days=settings_store.settings(uow).document.retention.closed_days)
    event = tenant.close(reason, today + kept)
    exports.ask_for_rows(uow, new_id(), now)
    return _record(uow, tenant, event)


def set_quotas(uow: UnitOfWork, code: str, quotas: Quotas, *, now: datetime) -> Settings:
    _enter(uow, code)
    return settings.set_quotas(uow, quotas, now=now)


def _enter(uow: UnitOfWork, code: str) -> Tenant:
    """Raises NotFound for what is no province, or no longer."""
    store.enter_province(uow, code)
    return store.acting_tenant(uow)


def _record(uow: UnitOfWork, tenant: Tenant, event: TenantRecorded) -> Tenant:
    store.save_tenant(uow, tenant)
    uow.emit(event)
    return tenant


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
