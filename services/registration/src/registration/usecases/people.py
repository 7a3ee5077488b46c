"""People and their grants."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.ids import new_id

from registration.domain.people import Grant, GrantIssued, Person
from registration.domain.vocabulary import Role
from registration.store import people as store
from registration.store import units as unit_store


def record_person(uow: UnitOfWork, **values: Any) -> Person:
    person = Person(id=new_id(), **values)
    store.add_person(uow, person)
    uow.emit(person.recorded())
    return person


def issue_grant(uow: UnitOfWork, *, scope: str, today: date, role: str, unit_id: UUID, **values: Any) -> Grant:
    """Give a person a role at a unit of the own subtree. Raises Forbidden for another unit or a platform role."""
    store.person(uow, values["person_id"])
    unit = unit_store.unit(uow, unit_id, max(today, values["valid_from"]))
    grant = Grant(id=new_id(), role=Role(role), unit_id=unit_id, scope_path=unit.scope_path, **values)
    event = grant.issued(unit, scope)
    store.add_grant(uow, grant)
    uow.emit(event)
    return grant


def revoke_grant(uow: UnitOfWork, grant_id: UUID, *, scope: str, now: datetime) -> Grant:
    """Stops working on every service within seconds."""
    grant = store.grant(uow, grant_id)
    if not grant.scope_path.startswith(scope):
        raise NotFound("grant.not_found")
    event = grant.revoke(now)
    store.save_grant(uow, grant)
    uow.emit(event)
    return grant


def move_issuer(uow: UnitOfWork, *, before: str, after: str) -> None:
    """The identity provider has a new address: the same subjects keep their grants, on every service."""
    for grant in store.grants_of_issuer(uow, before):
        grant.issuer, grant.version = after, grant.version + 1
        store.save_grant(uow, grant)
        uow.emit(grant.snapshot(GrantIssued))
