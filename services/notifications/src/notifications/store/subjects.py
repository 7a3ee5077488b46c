"""What notifications holds of one person: found, and taken out."""

from collections.abc import Iterable
from uuid import UUID

from common import erasure
from common.database import UnitOfWork
from common.subject_data import Finders
from sqlalchemy import delete, select, update

from notifications.store import tables

_grants, _erased = tables.metadata.tables["access_grant"], tables.metadata.tables["erased"]

FINDERS: Finders = {
    tables.person: lambda person_id: tables.person.c.id == person_id,
    _grants: lambda person_id: _grants.c.person_id == person_id,
    tables.message: lambda person_id: tables.message.c.person_id == person_id,
    tables.preference: lambda person_id: tables.preference.c.person_id == person_id,
}


def erased_among(uow: UnitOfWork, ids: Iterable[UUID]) -> set[UUID]:
    query = select(_erased.c.id).where(_erased.c.tenant == uow.tenant, _erased.c.id.in_(list(ids)))
    return {row.id for row in uow.rows(query)}


def drop_messages(uow: UnitOfWork, person_id: UUID) -> None:
    """Their inbox and choices; e-mails that wait go with their messages."""
    for table in (tables.message, tables.preference):
        uow.execute(delete(table).where(table.c.tenant == uow.tenant, table.c.person_id == person_id))


def empty_dossiers(uow: UnitOfWork, initiative_ids: list[UUID]) -> None:
    """What others were told about dossiers that went with the person; what was told without a title stays."""
    notice, message = tables.notice, tables.message
    told = (notice.c.tenant == uow.tenant) & notice.c.initiative_id.in_(initiative_ids)
    without = select(notice.c.event_id).where(told, notice.c.title == erasure.ERASED_TEXT, notice.c.reason == "")
    theirs = (message.c.tenant == uow.tenant) & message.c.initiative_id.in_(initiative_ids)
    read = theirs & message.c.event_id.not_in(without)
    uow.execute(update(message).where(read).values(subject=erasure.ERASED_TEXT, text=erasure.ERASED_TEXT))
    uow.execute(update(notice).where(told).values(title=erasure.ERASED_TEXT, reason=""))


def redact_copies(uow: UnitOfWork, ids: list[UUID]) -> None:
    erasure.erase(uow, tables.metadata, ids)
