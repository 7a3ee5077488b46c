"""What reporting holds of one person: grants, roll-ups they sent, and copies of what was told; figures name nobody."""

from uuid import UUID

from common import erasure
from common.database import UnitOfWork
from common.subject_data import Finders

from reporting.store.tables import metadata, rollups

_grants = metadata.tables["access_grant"]

FINDERS: Finders = {
    _grants: lambda person_id: _grants.c.person_id == person_id,
    rollups: lambda person_id: rollups.c.sent_by == person_id,
}


def redact_copies(uow: UnitOfWork, ids: list[UUID]) -> None:
    """Doing it again is safe."""
    erasure.erase(uow, metadata, ids)
