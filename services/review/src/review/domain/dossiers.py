"""A dossier: an initiative before the council it was forwarded to, from its arrival to its decision."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from common.errors import Conflict

from review.domain.vocabulary import EVENTS, DossierState


@dataclass(frozen=True)
class DossierOpened:
    """`initiative_version`: the state of the initiative that the council received."""

    type: ClassVar[str] = f"{EVENTS}.dossier.opened.v1"
    initiative_id: UUID
    version: int
    council_unit_id: UUID
    initiative_version: int

    @property
    def subject(self) -> UUID:
        return self.initiative_id


@dataclass(frozen=True)
class DossierJudged:
    """Its session has closed: from now on nobody takes the dossier back, and the decision follows."""

    type: ClassVar[str] = f"{EVENTS}.dossier.judged.v1"
    initiative_id: UUID
    version: int
    council_unit_id: UUID
    session_id: UUID
    closed_on: date

    @property
    def subject(self) -> UUID:
        return self.initiative_id


@dataclass(frozen=True)
class DossierDecided:
    """`present`: members present and entitled to judge this dossier; `score` is None when nobody scored it.

    `council_unit_id`: the unit whose council the dossier was forwarded to.
    """

    type: ClassVar[str] = f"{EVENTS}.dossier.decided.v1"
    initiative_id: UUID
    version: int
    outcome: str
    score: float | None
    yes: int
    no: int
    abstain: int
    present: int
    reasons: list[str]
    decision_id: UUID
    decision_number: str
    decided_on: date
    council_unit_id: UUID

    @property
    def subject(self) -> UUID:
        return self.initiative_id


@dataclass(frozen=True)
class Initiative:
    """What the council needs to know of an initiative, as its event told; `version` counts its changes there."""

    id: UUID
    version: int
    code: str
    title: str
    cycle_id: UUID
    year: int
    unit_id: UUID
    content: str
    field: str
    affiliation: str
    author_ids: tuple[UUID, ...]
    author_count: int
    forwarded_on: date


@dataclass(eq=False)
class Dossier:
    """`unit_id`: of the unit whose council it was forwarded to; once that has ended its heir's council judges.

    `scope_path` is where that unit stands, or its heir. `version` counts changes here, not in registration."""

    initiative: Initiative
    unit_id: UUID
    scope_path: str
    state: DossierState = DossierState.WAITING
    session_id: UUID | None = None
    position: int | None = None
    version: int = 0

    @property
    def id(self) -> UUID:
        return self.initiative.id

    def receive(self, initiative: Initiative, unit_id: UUID, scope_path: str) -> DossierOpened | None:
        """Wait for a session, perhaps again after a revision. Ignored for a decided dossier.

        The caller must not pass a dossier whose session has closed.
        """
        if self.state is DossierState.DECIDED:
            return None
        self.initiative, self.unit_id, self.scope_path = initiative, unit_id, scope_path
        self.state, self.session_id, self.position = DossierState.WAITING, None, None
        self.version += 1
        return DossierOpened(self.id, self.version, unit_id, initiative.version)

    def judged(self, session_id: UUID, closed_on: date) -> DossierJudged:
        """Return the event that says that its session has closed; the version counts that already."""
        return DossierJudged(self.id, self.version, self.unit_id, session_id, closed_on)

    def withdraw(self) -> None:
        """Take it off the council's table, unless it is decided.

        The caller must not pass a dossier whose session has closed.
        """
        if self.state is not DossierState.DECIDED:
            self.state, self.version = DossierState.WITHDRAWN, self.version + 1

    def ensure_pending(self) -> None:
        """Raises Conflict for one that is no longer, or no more to be, judged."""
        if self.state is DossierState.DECIDED:
            raise Conflict("dossier.decided", dossier=self.initiative.code)
        if self.state is DossierState.WITHDRAWN:
            raise Conflict("dossier.withdrawn", dossier=self.initiative.code)

    def ensure_schedulable(self, judged: Collection[UUID], session_id: UUID) -> None:
        """`judged`: the units whose dossiers the session's council judges."""
        if self.unit_id not in judged:
            raise Conflict("dossier.of_another_council", dossier=self.initiative.code)
        self.ensure_pending()
        if self.session_id not in (None, session_id):
            raise Conflict("dossier.scheduled_elsewhere", dossier=self.initiative.code)
