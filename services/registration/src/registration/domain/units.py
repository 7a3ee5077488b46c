"""A unit in the dated tree: its name and place hold for a period; its code and kind for its life."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from common.errors import Invalid

from registration.domain.vocabulary import EVENTS, Level


@dataclass(frozen=True)
class UnitRecorded:
    """A unit as it is from `valid_from` on.

    `level` is of the closed list that v1 began with; `level_code` is the tenant's own.
    One that has `ended` stays in the tree of the days before. From then on `scope_path` is that of its heir, the unit
    that answers for what was made under it.
    """

    type: ClassVar[str] = f"{EVENTS}.unit.recorded.v1"
    unit_id: UUID
    version: int
    code: str
    name: str
    kind: str
    level: str
    level_code: str
    affiliation: str
    parent_id: UUID | None
    scope_path: str
    valid_from: date
    valid_to: date | None
    ended: bool = False
    heir_id: UUID | None = None

    @property
    def subject(self) -> UUID:
        return self.unit_id


@dataclass(eq=False)
class Unit:
    """The unit in its newest period. `scope_path` lists codes from the root, with slashes at both ends.

    `ended_on` is the first day on which it is no more; its path and parent are then those of its heir.
    """

    id: UUID
    code: str
    kind: str
    level: str
    affiliation: str
    name: str
    parent_id: UUID | None
    scope_path: str
    valid_from: date
    valid_to: date | None = None
    version: int = 1
    ended_on: date | None = None
    heir_id: UUID | None = None

    def recorded(self) -> UnitRecorded:
        return UnitRecorded(
            unit_id=self.id,
            version=self.version,
            code=self.code,
            name=self.name,
            kind=self.kind,
            level=self.level if self.level in set(Level) else Level.NONE,
            level_code=self.level,
            affiliation=self.affiliation,
            parent_id=self.parent_id,
            scope_path=self.scope_path,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            ended=self.ended_on is not None,
            heir_id=self.heir_id,
        )

    def rename(self, name: str, valid_from: date) -> None:
        """A new name from a day on; the old one stays true for the days before."""
        if valid_from <= self.valid_from:
            raise Invalid("unit.change_before_current", pointer="/valid_from", current=self.valid_from.isoformat())
        self.name, self.valid_from, self.version = name, valid_from, self.version + 1

    def is_under(self, scope: str) -> bool:
        return self.scope_path.startswith(scope)


def path_below(parent: Unit | None, code: str) -> str:
    return f"{parent.scope_path if parent else '/'}{code}/"


def path_above(path: str) -> str:
    """Of the unit that this path's unit is below."""
    return path[: path.rstrip("/").rfind("/") + 1]
