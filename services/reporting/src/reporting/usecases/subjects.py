"""The erasure of a person, followed: figures name nobody, only copies of what was told are left to redact."""

from uuid import UUID

from common.database import UnitOfWork

from reporting.store import subjects as store


def erase_person(uow: UnitOfWork, ids: list[UUID]) -> None:
    """Of the person and the dossiers that went with them. Doing it again is safe."""
    store.redact_copies(uow, ids)
