"""What registration has told about units, people and cycles; kept here, owned there."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.errors import Invalid


@dataclass(frozen=True)
class Unit:
    """As it is from `valid_from` on. One that has ended stands where its heir stands, which answers for its rows."""

    id: UUID
    version: int
    code: str
    name: str
    kind: str
    level: str
    affiliation: str
    parent_id: UUID | None
    scope_path: str
    valid_from: date
    valid_to: date | None
    ended: bool = False

    def ensure_under(self, scope: str) -> None:
        """A unit outside the acting unit's subtree, or one that has ended, is answered like one that does not exist."""
        if self.ended or not self.scope_path.startswith(scope):
            raise Invalid("unit.unknown", pointer="/unit_id")


@dataclass(frozen=True)
class Person:
    id: UUID
    version: int
    name: str


@dataclass(frozen=True)
class Cycle:
    id: UUID
    version: int
    year: int
    name: str
    unit_id: UUID
    review_closes_on: date
