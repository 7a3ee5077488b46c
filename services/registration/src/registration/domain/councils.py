"""A council as far as registration must know it: where it sits and until when."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Council:
    """`term_to` is the last day of its term; None while it is open."""

    id: UUID
    unit_id: UUID
    name: str
    term_to: date | None
    version: int
