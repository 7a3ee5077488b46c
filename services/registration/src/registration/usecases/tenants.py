"""Tenants (one province each), units and cycles."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.ids import new_id

from registration.domain.cycles import Cycle
from registration.domain.people import Grant, GrantIssued, Person
from registration.domain.units import Unit, path_below
from registration.domain.vocabulary import Affiliation, Level, Role, UnitKind
from registration.store import cycles as cycle_store
from registration.store import people as people_store
from registration.store import units as unit_store

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
    """A province with its root unit and first administrator. The only act that reaches from one tenant into another."""
    values = {"tenant": code, "name": name, "code_prefix": code_prefix, "created_at": now}
    unit_store.add_tenant(uow, values)
    uow.enter_tenant(code)
    unit = _new_unit(None, affiliation=Affiliation.OTHER_AGENCY, valid_from=valid_from, **root)
    unit_store.add_unit(uow, unit)
    person = Person(new_id(), administrator["name"], administrator.get("email", ""))
    people_store.add_person(uow, person)
    grant = Grant(
        new_id(), person.id, issuer, administrator["subject"], Role.ADMINISTRATOR, unit.id, unit.scope_path, today
    )
    people_store.add_grant(uow, grant)
    uow.emit(unit.recorded(), person.recorded(), grant.issued(unit, unit.scope_path))
    return values | {"root_unit_id": unit.id, "administrator_grant_id": grant.id}


def tenant_names(uow: UnitOfWork) -> list[str]:
    """Every province on the platform, and the platform itself."""
    return unit_store.tenant_names(uow)


def make_operator(uow: UnitOfWork, *, issuer: str, subject: str, today: date, now: datetime) -> None:
    """Let a subject operate the platform; does nothing when it already does. The unit of work acts as PLATFORM."""
    people_store.lock_platform(uow)
    if people_store.find_operator(uow, issuer, subject):
        return
    root = unit_store.find_root(uow, today)
    if root is None:
        unit_store.add_tenant(uow, {"tenant": PLATFORM, "name": "Nền tảng", "code_prefix": "NT", "created_at": now})
        kind, level = UnitKind.ADMINISTRATIVE, Level.CENTRE
        root = _new_unit(None, "PLATFORM", "Vận hành nền tảng", kind, level, Affiliation.OTHER_AGENCY, today)
        unit_store.add_unit(uow, root)
        uow.emit(root.recorded())
    person = Person(new_id(), "Người vận hành nền tảng")
    people_store.add_person(uow, person)
    grant = Grant(new_id(), person.id, issuer, subject, Role.OPERATOR, root.id, root.scope_path, today)
    people_store.add_grant(uow, grant)
    uow.emit(person.recorded(), grant.snapshot(GrantIssued))


def _new_unit(
    parent: Unit | None, code: str, name: str, kind: str, level: str, affiliation: str, valid_from: date
) -> Unit:
    return Unit(
        id=new_id(),
        code=code,
        kind=kind,
        level=level,
        affiliation=affiliation,
        name=name,
        parent_id=parent.id if parent else None,
        scope_path=path_below(parent, code),
        valid_from=valid_from,
    )


def create_unit(uow: UnitOfWork, *, parent_id: UUID, scope: str, valid_from: date, **values: Any) -> Unit:
    """A unit below a parent of the own subtree; raises NotFound for another parent."""
    parent = unit_store.unit(uow, parent_id, valid_from)
    if not parent.is_under(scope):
        raise NotFound("unit.not_found")
    unit = _new_unit(parent, valid_from=valid_from, **values)
    unit_store.add_unit(uow, unit)
    uow.emit(unit.recorded())
    return unit


def change_unit(uow: UnitOfWork, unit_id: UUID, *, scope: str, name: str, valid_from: date) -> Unit:
    """A new name from a day on."""
    unit = unit_store.unit(uow, unit_id, valid_from)
    if not unit.is_under(scope):
        raise NotFound("unit.not_found")
    unit.rename(name, valid_from)
    unit_store.add_change(uow, unit)
    uow.emit(unit.recorded())
    return unit


def record_cycle(uow: UnitOfWork, *, scope: str, today: date, **values: Any) -> Cycle:
    """A year's plan of a unit in the own subtree."""
    if not unit_store.unit(uow, values["unit_id"], today).is_under(scope):
        raise NotFound("unit.not_found")
    cycle = Cycle(id=new_id(), **values)
    event = cycle.recorded()
    cycle_store.add_cycle(uow, cycle)
    uow.emit(event)
    return cycle


def change_cycle(
    uow: UnitOfWork, cycle_id: UUID, *, scope: str, today: date, expected: int | None, **values: Any
) -> Cycle:
    """New name or deadlines for a cycle of the own subtree; what was handed in under the old ones stays."""
    cycle = cycle_store.cycle(uow, cycle_id, lock=True)
    if not unit_store.unit(uow, cycle.unit_id, today).is_under(scope):
        raise NotFound("cycle.not_found")
    cycle.ensure_version(expected)
    for name, value in values.items():
        setattr(cycle, name, value)
    cycle.version += 1
    event = cycle.recorded()
    cycle_store.save_cycle(uow, cycle)
    uow.emit(event)
    return cycle
