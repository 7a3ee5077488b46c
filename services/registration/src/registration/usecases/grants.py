"""Grants given, changed, lent and revoked; the rules are the domain's."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Invalid, NotFound
from common.ids import new_id

from registration.domain.people import Grant, GrantIssued
from registration.domain.vocabulary import Role
from registration.store import erasing
from registration.store import grants as store
from registration.store import people as people_store
from registration.store import units as unit_store


@dataclass(frozen=True)
class Giver:
    """An administrator in the own subtree; `selves` are all whom they act for."""

    scope: str
    selves: frozenset[UUID]


def issue_grant(uow: UnitOfWork, giver: Giver, *, today: date, role: str, unit_id: UUID, **values: Any) -> Grant:
    """Give another person a role at a unit of the own subtree. Raises Forbidden for what is not one's to give."""
    _ensure_there(uow, values["person_id"])
    unit = unit_store.unit(uow, unit_id, max(today, values["valid_from"]))
    grant = Grant(id=new_id(), role=Role(role), unit_id=unit_id, scope_path=unit.scope_path, **values)
    event = grant.issued(unit, giver.scope)
    grant.ensure_not_of(giver.selves)
    people_store.add_grant(uow, grant)
    uow.emit(event)
    return grant


def change_grant(
    uow: UnitOfWork,
    giver: Giver,
    grant_id: UUID,
    *,
    expected: int | None,
    valid_from: date,
    valid_to: date | None,
    now: datetime,
) -> Grant:
    """Another period; what the holder has lent keeps within it."""
    grant = _of_another(uow, giver, grant_id)
    grant.ensure_version(expected)
    event = grant.hold(valid_from, valid_to)
    people_store.save_grant(uow, grant)
    uow.emit(event)
    bring_along(uow, grant, now)
    return grant


def revoke_grant(uow: UnitOfWork, giver: Giver, grant_id: UUID, *, now: datetime) -> Grant:
    """Stops working on every service within seconds, and so does what the holder has lent."""
    return _end(uow, _of_another(uow, giver, grant_id), now)


def delegate_grant(
    uow: UnitOfWork, holder: UUID, grant_id: UUID, *, person_id: UUID, valid_from: date, valid_to: date, today: date
) -> Grant:
    """Lend one's own grant. The delegate uses the login under which they were last given something."""
    grant = people_store.grant(uow, grant_id)
    if grant.person_id != holder:
        raise NotFound("grant.not_found")
    login = store.find_login(uow, person_id, today)
    if login is None:
        raise Invalid("grant.delegate_has_no_login", pointer="/person_id")
    _ensure_there(uow, person_id)
    lent = grant.lend(new_id(), login, valid_from, valid_to, today, store.lent_of(uow, grant_id))
    people_store.add_grant(uow, lent)
    uow.emit(lent.snapshot(GrantIssued))
    return lent


def revoke_delegation(uow: UnitOfWork, person_id: UUID, grant_id: UUID, *, now: datetime) -> Grant:
    """By who lent it or who took it; an administrator revokes it as any other grant."""
    grant = people_store.grant(uow, grant_id)
    if grant.delegated_from is None or person_id not in (grant.person_id, grant.on_behalf_of):
        raise NotFound("grant.not_found")
    return _end(uow, grant, now)


def _ensure_there(uow: UnitOfWork, person_id: UUID) -> None:
    """Locked, so that an erasure under way ends first: it would miss a grant given meanwhile."""
    people_store.person(uow, person_id, lock=True)
    erasing.ensure_not_erased(uow, person_id)


def _of_another(uow: UnitOfWork, giver: Giver, grant_id: UUID) -> Grant:
    grant = people_store.grant(uow, grant_id)
    if not grant.scope_path.startswith(giver.scope):
        raise NotFound("grant.not_found")
    grant.ensure_not_of(giver.selves)
    return grant


def _end(uow: UnitOfWork, grant: Grant, now: datetime) -> Grant:
    event = grant.revoke(now)
    people_store.save_grant(uow, grant)
    uow.emit(event)
    bring_along(uow, grant, now)
    return grant


def bring_along(uow: UnitOfWork, held: Grant, now: datetime) -> None:
    """What was lent of a grant that changed or ended. The grant is locked, so no more is lent of it meanwhile."""
    for lent in store.lent_of(uow, held.id):
        if event := lent.follow(held, now):
            people_store.save_grant(uow, lent)
            uow.emit(event)
