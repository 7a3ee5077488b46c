"""People and their grants."""

from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Invalid, NotFound
from common.ids import new_id

from registration.domain.people import GrantIssued, GrantRevoked, Person
from registration.national_ids import Seal
from registration.store import erasing
from registration.store import national_ids as sealed_store
from registration.store import people as store
from registration.store import settings as settings_store


def ensure_within_reach(uow: UnitOfWork, person_id: UUID, scope: str) -> None:
    """An administrator of a part of the province reads and corrects its own people. Raises NotFound for others."""
    if not store.is_within_reach(uow, person_id, scope):
        raise NotFound("person.not_found")


def record_person(uow: UnitOfWork, seal: Seal, *, national_id: str, **values: Any) -> Person:
    """With the national id where the province's rule asks for it, and nowhere else."""
    person = Person(id=new_id(), **values)
    is_asked_for = _ensure_asked_for(uow, national_id)
    if is_asked_for and not national_id:
        raise Invalid("person.national_id_required", pointer="/national_id")
    store.add_person(uow, person)
    _keep(uow, seal, person.id, national_id)
    uow.emit(person.recorded())
    return person


def correct_person(
    uow: UnitOfWork, seal: Seal, person_id: UUID, *, expected: int | None, national_id: str, **values: Any
) -> Person:
    """What others have copied of the person follows by the event. The national id stays when none is given."""
    erasing.ensure_not_erased(uow, person_id)
    person = store.person(uow, person_id, lock=True)
    event = person.correct(expected, **values)
    _ensure_asked_for(uow, national_id)
    store.save_person(uow, person)
    _keep(uow, seal, person.id, national_id)
    uow.emit(event)
    return person


def _ensure_asked_for(uow: UnitOfWork, national_id: str) -> bool:
    """Raises Invalid for a national id that no rule asks for: what is not stored cannot be lost."""
    is_asked_for = settings_store.settings(uow).document.national_id == "required"
    if national_id and not is_asked_for:
        raise Invalid("person.national_id_not_asked_for", pointer="/national_id")
    return is_asked_for


def _keep(uow: UnitOfWork, seal: Seal, person_id: UUID, national_id: str) -> None:
    if national_id:
        sealed_store.keep(uow, seal.close(uow.tenant, person_id, national_id))


def reveal_national_id(uow: UnitOfWork, seal: Seal, person_id: UUID, **disclosure: Any) -> str:
    """Noted for good in the same transaction: who, on whose behalf, when, and why."""
    sealed = sealed_store.find(uow, person_id)
    if sealed is None:
        raise NotFound("person.no_national_id")
    sealed_store.add_disclosure(uow, person_id=person_id, **disclosure)
    return seal.open(sealed)


def reseal_national_ids(uow: UnitOfWork, seal: Seal) -> int:
    """After an exchange of keys: those of the acting tenant that another key than the first has sealed."""
    others = sealed_store.sealed_otherwise(uow, seal.current)
    for sealed in others:
        sealed_store.keep(uow, seal.close(sealed.sealed_in, sealed.person_id, seal.open(sealed)))
    return len(others)


def move_issuer(uow: UnitOfWork, *, before: str, after: str) -> None:
    """The identity provider has a new address: the same subjects keep their grants, on every service.

    Revoked ones go along: whom a login has stood for is known by them.
    """
    for grant in store.grants_of_issuer(uow, before):
        grant.issuer, grant.version = after, grant.version + 1
        store.save_grant(uow, grant)
        uow.emit(grant.snapshot(GrantRevoked if grant.revoked_at else GrantIssued))
