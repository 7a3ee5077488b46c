"""What the review holds of one person, taken out; decisions, verdicts and commendations are public acts and stay."""

from uuid import UUID

from common import erasure
from common.database import UnitOfWork
from sqlalchemy import update

from review.store import tables
from review.store.queries import keep_newest, own


def empty_person(uow: UnitOfWork, person_id: UUID, version: int) -> None:
    """Also where nothing was told of them yet: what comes later is older."""
    keep_newest(uow, tables.person, {"id": person_id, "version": version, "name": erasure.ERASED_PERSON})
    seats = tables.council_member
    theirs = update(seats).where(own(uow, seats), seats.c.person_id == person_id)
    uow.execute(theirs.values(name=erasure.ERASED_PERSON, title=""))


def forget_words(uow: UnitOfWork, person_id: UUID) -> None:
    """Scores and votes stay, as a council's result rests on them; what the member wrote beside them goes."""
    for table, column in ((tables.score_sheet, "comment"), (tables.conflict, "reason")):
        uow.execute(update(table).where(own(uow, table), table.c.person_id == person_id).values({column: ""}))


def empty_dossiers(uow: UnitOfWork, initiative_ids: list[UUID]) -> None:
    table = tables.dossier
    gone = update(table).where(own(uow, table), table.c.initiative_id.in_(initiative_ids))
    uow.execute(gone.values(title=erasure.ERASED_TEXT))


def redact_copies(uow: UnitOfWork, ids: list[UUID]) -> None:
    erasure.erase(uow, tables.metadata, ids)
