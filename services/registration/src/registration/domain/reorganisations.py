"""A reorganisation: prepared by one person, approved by another, applied at its date, undone while nothing rests on it.

It never rewrites what was recorded: a dossier keeps its unit of origin, and only who answers for it changes.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from common.errors import Conflict, Forbidden, Invalid, Stale

from registration.domain.tree import ACTIONS, Change, End
from registration.domain.vocabulary import EVENTS


class Status(StrEnum):
    """Where a reorganisation stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    APPLIED = "applied"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ReorganisationSnapshot:
    """What was applied or undone; the units tell of themselves."""

    type: ClassVar[str]
    reorganisation_id: UUID
    version: int
    title: str
    legal_basis: str
    effective_on: date
    status: str
    absorbed_tenants: list[str]
    created: int
    ended: int
    changed: int

    @property
    def subject(self) -> UUID:
        return self.reorganisation_id


class ReorganisationApplied(ReorganisationSnapshot):
    type: ClassVar[str] = f"{EVENTS}.reorganisation.applied.v1"


class ReorganisationUndone(ReorganisationSnapshot):
    type: ClassVar[str] = f"{EVENTS}.reorganisation.undone.v1"


T = TypeVar("T", bound=ReorganisationSnapshot)


@dataclass(frozen=True)
class Assignment:
    """A dossier of a unit that is split goes to this successor instead of the heir."""

    initiative_id: UUID
    unit_id: UUID


@dataclass(frozen=True)
class Journal:
    """What applying it found: as much as undoing it needs, and what there is to tell."""

    units: list[dict[str, Any]] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    grants: list[dict[str, Any]] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)


@dataclass(eq=False)
class Reorganisation:
    """`changes` are applied in order. `absorbs` names tenants that become part of this one first."""

    id: UUID
    title: str
    legal_basis: str
    effective_on: date
    changes: list[dict[str, Any]]
    prepared_by: UUID | None
    prepared_at: datetime
    absorbs: list[str] = field(default_factory=list)
    assignments: list[dict[str, Any]] = field(default_factory=list)
    status: Status = Status.DRAFT
    approved_by: UUID | None = None
    approved_at: datetime | None = None
    applied_at: datetime | None = None
    undone_at: datetime | None = None
    journal: dict[str, Any] | None = None
    version: int = 1

    def parsed(self) -> list[Change]:
        """The changes as the tree takes them. Raises Invalid for one that is none."""
        return [_change(line, position) for position, line in enumerate(self.changes)]

    def assigned(self) -> list[Assignment]:
        return [Assignment(UUID(one["initiative_id"]), UUID(one["unit_id"])) for one in self.assignments]

    def ensure_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.version:
            raise Stale("request.stale")

    def ensure_of_operator(self) -> None:
        """What a province does within itself is its own. Raises Forbidden unless provinces merge."""
        if not self.absorbs:
            raise Forbidden("reorganisation.of_the_province")

    def ensure_of_province(self) -> None:
        """Its people read a merge and decide; what it does to another province they do not write. Raises Forbidden."""
        if self.absorbs:
            raise Forbidden("reorganisation.merge_is_the_operators")

    def edit(self, by: UUID | None, at: datetime, **values: Any) -> None:
        """Only a draft: what was approved is applied as it was approved. Who wrote it last has prepared it."""
        self._ensure(Status.DRAFT)
        for name, value in values.items():
            setattr(self, name, value)
        self.prepared_by, self.prepared_at = by, at
        self._next(self.status)

    def assign(self, assignments: list[dict[str, Any]]) -> None:
        """Only in a draft. It prepares nothing: the units stand already, and among those that the draft names the
        Standing Board, whose part this is, gives dossiers out before it approves.
        """
        self._ensure(Status.DRAFT)
        self.assignments = assignments
        self._next(self.status)

    def approve(self, by: UUID | None, at: datetime) -> None:
        """By another person than who prepared it; nobody (None) is the operator's command, with the law in hand."""
        self._ensure(Status.DRAFT)
        if by is not None and by == self.prepared_by:
            raise Forbidden("reorganisation.own")
        if not self.changes:
            raise Invalid("reorganisation.empty", pointer="/changes")
        self.approved_by, self.approved_at = by, at
        self._next(Status.APPROVED)

    def withdraw(self) -> None:
        self._ensure(Status.DRAFT, Status.APPROVED)
        self._next(Status.WITHDRAWN)

    def ensure_due(self, today: date) -> None:
        """Raises Conflict before its day, and for one that is not approved."""
        self._ensure(Status.APPROVED)
        if today < self.effective_on:
            raise Conflict("reorganisation.not_yet", on=self.effective_on.strftime("%d/%m/%Y"))

    def apply(self, journal: Journal, at: datetime) -> ReorganisationApplied:
        self._ensure(Status.APPROVED)
        self.journal, self.applied_at = vars(journal), at
        self._next(Status.APPLIED)
        return self._snapshot(ReorganisationApplied)

    def undo(self, at: datetime) -> ReorganisationUndone:
        self.undone_at = at
        self._next(Status.UNDONE)
        return self._snapshot(ReorganisationUndone)

    def ensure_undoable(self) -> Journal:
        """Raises Conflict unless it is applied; also for a merge of provinces, which other systems have acted on."""
        self._ensure(Status.APPLIED)
        if self.absorbs:
            raise Conflict("reorganisation.merge_is_final")
        return Journal(**(self.journal or {}))

    def _ensure(self, *statuses: Status) -> None:
        if self.status not in statuses:
            raise Conflict("reorganisation.wrong_status", status=self.status)

    def _next(self, status: Status) -> None:
        self.status, self.version = status, self.version + 1

    def _snapshot(self, fact: type[T]) -> T:
        journal = Journal(**(self.journal or {}))
        ended = sum(isinstance(change, End) for change in self.parsed())
        return fact(
            reorganisation_id=self.id,
            version=self.version,
            title=self.title,
            legal_basis=self.legal_basis,
            effective_on=self.effective_on,
            status=self.status,
            absorbed_tenants=self.absorbs,
            created=len(journal.created),
            ended=ended,
            changed=len(journal.units) - ended,
        )


def _change(line: dict[str, Any], position: int) -> Change:
    """Ids come as text, from JSON."""
    try:
        kind = ACTIONS[line["action"]]
        values = {name: _value(name, value) for name, value in line.items() if name != "action"}
        return kind(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("reorganisation.bad_change", pointer=f"/changes/{position}") from error


def _value(name: str, value: Any) -> Any:
    if name.endswith("_ids"):
        return tuple(UUID(str(one)) for one in value)
    return UUID(str(value)) if name.endswith("_id") else value
