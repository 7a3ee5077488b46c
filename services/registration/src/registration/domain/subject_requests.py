"""What a person may ask about the own data: a copy, a correction, erasure; and by when they are answered.

Law 91/2025/QH15; Decree 356/2025/NĐ-CP: an answer within two working days.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from common.errors import Conflict, Forbidden, Invalid

from registration.domain.vocabulary import EVENTS
from registration.domain.working_days import working_days_after

ANSWER_WORKING_DAYS = 2
EXPORT_OPEN = timedelta(days=3)  # For how long an administrator may fetch a copy that somebody asked for on paper.


class Kind(StrEnum):
    """What is asked for."""

    EXPORT = "export"
    CORRECTION = "correction"
    ERASURE = "erasure"


class State(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REFUSED = "refused"


OPEN = (State.RECEIVED, State.IN_PROGRESS)


@dataclass(frozen=True)
class _RequestFact:
    """Ids, a kind and a date: what was written in it stays in this service."""

    type: ClassVar[str]
    request_id: UUID
    version: int
    person_id: UUID
    kind: str

    @property
    def subject(self) -> UUID:
        return self.request_id


@dataclass(frozen=True)
class SubjectRequestReceived(_RequestFact):
    """`due_on` is the last day for an answer."""

    type: ClassVar[str] = f"{EVENTS}.subject_request.received.v1"
    due_on: date


@dataclass(frozen=True)
class SubjectRequestStarted(_RequestFact):
    """Until `open_until` each service gives an administrator what it holds, when a copy was asked for."""

    type: ClassVar[str] = f"{EVENTS}.subject_request.started.v1"
    open_until: datetime | None


@dataclass(frozen=True)
class SubjectRequestClosed(_RequestFact):
    """`outcome`: done or refused."""

    type: ClassVar[str] = f"{EVENTS}.subject_request.closed.v1"
    outcome: str


@dataclass(eq=False)
class SubjectRequest:
    """`received_on` is the day it came, earlier than its record for one on paper."""

    id: UUID
    person_id: UUID
    kind: Kind
    details: str
    on_paper: bool
    recorded_by: UUID
    received_on: date
    due_on: date
    state: State = State.RECEIVED
    open_until: datetime | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    reason: str = ""
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def is_overdue(self, today: date) -> bool:
        return self.is_open and today > self.due_on

    def received(self, today: date) -> SubjectRequestReceived:
        """Raises Invalid for a day to come, and for a correction that does not say what is wrong."""
        if self.received_on > today:
            raise Invalid("subject_request.in_future", pointer="/received_on")
        if self.kind is Kind.CORRECTION and not self.details:
            raise Invalid("subject_request.what_is_wrong", pointer="/details")
        return SubjectRequestReceived(self.id, self.version, self.person_id, self.kind, self.due_on)

    def start(self, by: UUID, *, at: datetime) -> SubjectRequestStarted:
        self._ensure(State.RECEIVED, by=by)
        self._move(State.IN_PROGRESS)
        self.open_until = at + EXPORT_OPEN if self.kind is Kind.EXPORT else None
        return SubjectRequestStarted(self.id, self.version, self.person_id, self.kind, self.open_until)

    def complete(self, by: UUID, *, at: datetime, reason: str = "", is_corrected: bool = False) -> SubjectRequestClosed:
        """With what the person is told. Raises Conflict for a correction after which all is as it was, unexplained."""
        self._ensure(State.IN_PROGRESS, by=by)
        if self.kind is Kind.CORRECTION and not (is_corrected or reason):
            raise Conflict("subject_request.nothing_corrected", pointer="/reason")
        self.reason = reason
        return self._close(State.DONE, by, at)

    def refuse(self, by: UUID, reason: str, *, at: datetime) -> SubjectRequestClosed:
        self._ensure(*OPEN, by=by)
        self.reason = reason
        return self._close(State.REFUSED, by, at)

    def _ensure(self, *states: State, by: UUID) -> None:
        """Nobody decides on their own erasure: it takes acts away from others' sight too."""
        if self.state not in states:
            raise Conflict("subject_request.wrong_state", state=self.state)
        if self.kind is Kind.ERASURE and by == self.person_id:
            raise Forbidden("subject_request.own")

    def _move(self, state: State) -> None:
        self.state, self.version = state, self.version + 1

    def _close(self, state: State, by: UUID, at: datetime) -> SubjectRequestClosed:
        self._move(state)
        self.decided_by, self.decided_at, self.open_until = by, at, None
        return SubjectRequestClosed(self.id, self.version, self.person_id, self.kind, state)


def due_on(received_on: date) -> date:
    return working_days_after(received_on, ANSWER_WORKING_DAYS)
