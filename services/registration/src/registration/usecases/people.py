"""People and their grants."""

from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.ids import new_id

from registration.domain.people import GrantIssued, Person
from registration.store import erasing
from registration.store import people as store


def record_person(uow: UnitOfWork, **values: Any) -> Person:
    person = Person(id=new_id(), **values)
    store.add_person(uow, person)
    uow.emit(person.recorded())
    return person


def correct_person(uow: UnitOfWork, person_id: UUID, *, expected: int | None, **values: Any) -> Person:
    """What others have copied of the person follows by the event."""
    erasing.ensure_not_erased(uow, person_id)
    person = store.person(uow, person_id, lock=True)
    event = person.correct(expected, **values)
    store.save_person(uow, person)
    uow.emit(event)
    return person


def move_issuer(uow: UnitOfWork, *, before: str, after: str) -> None:
    """The identity provider has a new address: the same subjects keep their grants, on every service."""
    for grant in store.grants_of_issuer(uow, before):
        grant.issuer, grant.version = after, grant.version + 1
        store.save_grant(uow, grant)
        uow.emit(grant.snapshot(GrantIssued))
