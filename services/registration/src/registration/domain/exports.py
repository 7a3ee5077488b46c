"""An export of a whole province: made in parts by every service, fetched by its administrators until it expires."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from registration.domain.vocabulary import EVENTS

PARTS = ("registration", "review", "reporting", "notifications")  # Every service that holds a province's rows.
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class ExportAsked:
    """Every service is to write its part."""

    type: ClassVar[str] = f"{EVENTS}.tenant.export_asked.v1"
    export_id: UUID
    version: int
    asked_at: datetime

    @property
    def subject(self) -> UUID:
        return self.export_id
