"""What registration holds of one person, found and taken out."""

from collections.abc import Iterable
from uuid import UUID

from common import audit, erasure
from common.database import UnitOfWork
from common.errors import Conflict, NotFound
from sqlalchemy import delete, or_, select, update

from registration.domain.erasure import ERASED_PERSON, blank_filename
from registration.domain.initiative_states import Action
from registration.domain.initiatives import Initiative
from registration.domain.people import Grant, Person
from registration.domain.vocabulary import Role
from registration.store.tables import attachments, authors, initiatives, metadata, national_ids, people, steps

_grants = metadata.tables["access_grant"]
_erased = metadata.tables["erased"]


def is_erased(uow: UnitOfWork, person_id: UUID) -> bool:
    return uow.find(select(_erased.c.id).where(_erased.c.tenant == uow.tenant, _erased.c.id == person_id)) is not None


def erased_among(uow: UnitOfWork, person_ids: Iterable[UUID]) -> set[UUID]:
    query = select(_erased.c.id).where(_erased.c.tenant == uow.tenant, _erased.c.id.in_(list(person_ids)))
    return {row.id for row in uow.rows(query)}


def ensure_not_erased(uow: UnitOfWork, person_id: UUID) -> None:
    """Nothing is written about who has been erased. Raises Conflict."""
    if is_erased(uow, person_id):
        raise Conflict("person.erased")


def person(uow: UnitOfWork, person_id: UUID) -> Person:
    """Locked for change. Raises NotFound."""
    row = uow.find(select(people).where(people.c.tenant == uow.tenant, people.c.id == person_id).with_for_update())
    if row is None:
        raise NotFound("person.not_found")
    return Person(row.id, row.name, row.email, row.phone, row.version)


def empty_person(uow: UnitOfWork, person: Person) -> None:
    uow.execute(delete(national_ids).where(national_ids.c.tenant == uow.tenant, national_ids.c.person_id == person.id))
    mine = (people.c.tenant == uow.tenant) & (people.c.id == person.id)
    uow.execute(update(people).where(mine).values(name=ERASED_PERSON, email="", phone="", version=person.version))


def grants_of(uow: UnitOfWork, person_id: UUID) -> list[Grant]:
    """All they ever had, locked for change."""
    query = select(_grants).where(_grants.c.tenant == uow.tenant, _grants.c.person_id == person_id)
    rows = uow.rows(query.order_by(_grants.c.id).with_for_update())
    kept = Grant.__dataclass_fields__
    values = [{name: value for name, value in row._mapping.items() if name in kept} for row in rows]
    return [Grant(**{**one, "role": Role(one["role"])}) for one in values]


def save_grant(uow: UnitOfWork, grant: Grant) -> None:
    """Its end, and the login that is forgotten."""
    values = {"subject": grant.subject, "revoked_at": grant.revoked_at, "version": grant.version}
    uow.execute(update(_grants).where(_grants.c.tenant == uow.tenant, _grants.c.id == grant.id).values(values))


def initiatives_of(uow: UnitOfWork, person_id: UUID) -> list[UUID]:
    """Dossiers that they own or are named in."""
    named = select(authors.c.initiative_id).where(authors.c.tenant == uow.tenant, authors.c.person_id == person_id)
    theirs = or_(initiatives.c.owner_ids.contains([person_id]), initiatives.c.id.in_(named))
    query = select(initiatives.c.id).where(initiatives.c.tenant == uow.tenant, theirs)
    return [row.id for row in uow.rows(query.order_by(initiatives.c.id))]


def rename_files(uow: UnitOfWork, person_id: UUID) -> None:
    """Those they attached to dossiers of others too."""
    table = attachments
    query = select(table.c.id, table.c.filename).where(table.c.tenant == uow.tenant, table.c.uploaded_by == person_id)
    for row in uow.rows(query):
        mine = (table.c.tenant == uow.tenant) & (table.c.id == row.id)
        uow.execute(update(table).where(mine).values(filename=blank_filename(row.filename)))


def forget_reasons(uow: UnitOfWork, person_id: UUID, *, emptied: list[UUID], alone: list[UUID]) -> None:
    """What was written at each step of emptied dossiers, and names of files; that the step was made stays."""
    uow.allow_erasing([person_id, *alone])
    is_file = steps.c.action.in_((Action.ATTACH, Action.DETACH))
    theirs = steps.c.initiative_id.in_(alone) | (steps.c.by == person_id)
    gone = steps.c.initiative_id.in_(emptied) | (is_file & theirs)
    uow.execute(update(steps).where(steps.c.tenant == uow.tenant, gone).values(reason=""))


def forget_names(uow: UnitOfWork, dossiers: list[Initiative]) -> None:
    """In the audit: an author's row may name the person without their id."""
    audit.redact(uow, authors.name, [{"initiative_id": one.id} for one in dossiers], "erasure")


def redact_copies(uow: UnitOfWork, ids: list[UUID]) -> None:
    """Outbox, dead letters and stored answers."""
    erasure.erase(uow, metadata, ids)
