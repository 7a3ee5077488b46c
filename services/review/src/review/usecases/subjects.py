"""The erasure of a person, followed."""

from uuid import UUID

from common.database import UnitOfWork

from review.store import erasing


def erase_person(uow: UnitOfWork, person_id: UUID, version: int, initiative_ids: list[UUID]) -> None:
    """Doing it again is safe."""
    erasing.empty_person(uow, person_id, version)
    erasing.forget_words(uow, person_id)
    erasing.empty_dossiers(uow, initiative_ids)
    erasing.redact_copies(uow, [person_id, *initiative_ids])
