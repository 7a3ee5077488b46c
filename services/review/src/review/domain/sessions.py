"""A session (phiên họp) of a council: agenda, attendance, quorum, and the rulebook's content frozen at its opening."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, TypeVar
from uuid import UUID

from common.errors import Conflict, Invalid, Stale

from review.domain.councils import Council
from review.domain.judging import ensure_quorum
from review.domain.rulebooks import Rules
from review.domain.vocabulary import EVENTS, SessionStatus


@dataclass(frozen=True)
class SessionSnapshot:
    session_id: UUID
    version: int
    council_id: UUID
    unit_id: UUID
    scope_path: str
    year: int
    held_on: date
    dossier_count: int

    @property
    def subject(self) -> UUID:
        return self.session_id


T = TypeVar("T", bound=SessionSnapshot)


class SessionOpened(SessionSnapshot):
    type: ClassVar[str] = f"{EVENTS}.session.opened.v1"


class SessionClosed(SessionSnapshot):
    type: ClassVar[str] = f"{EVENTS}.session.closed.v1"


@dataclass(frozen=True)
class SessionCancelled(SessionSnapshot):
    """Called off with a reason; its dossiers wait again."""

    type: ClassVar[str] = f"{EVENTS}.session.cancelled.v1"
    reason: str


@dataclass(eq=False)
class Session:
    """`rules` is None until the opening and never changes after it. `reason` says why it was cancelled."""

    id: UUID
    council_id: UUID
    rulebook_id: UUID
    unit_id: UUID
    scope_path: str
    year: int
    title: str
    held_on: date
    place: str
    status: SessionStatus = SessionStatus.PLANNED
    present: frozenset[UUID] = frozenset()
    rules: Rules | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    reason: str = ""
    version: int = 1

    @property
    def is_over(self) -> bool:
        """Closed, whatever came of it: then members see each other's sheets."""
        return self.status not in (SessionStatus.PLANNED, SessionStatus.OPEN)

    @property
    def frozen_rules(self) -> Rules:
        """Raises Conflict before the opening."""
        if self.rules is None:
            raise Conflict("session.not_open", status=self.status)
        return self.rules

    def ensure_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.version:
            raise Stale("request.stale")

    def ensure_planned(self) -> None:
        if self.status is not SessionStatus.PLANNED:
            raise Conflict("session.already_opened")

    def ensure_open(self) -> None:
        """Raises Conflict: only an open session takes sheets and ballots."""
        if self.status is not SessionStatus.OPEN:
            raise Conflict("session.not_open", status=self.status)

    def ensure_over(self) -> None:
        """Raises Conflict: nobody sees results while members still score."""
        if not self.is_over:
            raise Conflict("session.not_closed")

    def change(self, council: Council, *, title: str, held_on: date, place: str) -> None:
        """Give a planned session another title, day or place. Raises Conflict once it is open."""
        self.ensure_planned()
        council.ensure_in_term(held_on)
        self.title, self.held_on, self.place = title, held_on, place
        self.version += 1

    def change_agenda(self) -> None:
        self.ensure_planned()
        self.version += 1

    def attend(self, present: frozenset[UUID], council: Council, judged: frozenset[UUID]) -> None:
        """Who is there. While open it stays quorate, and who has already scored or voted stays on the list."""
        if self.is_over:
            raise Conflict("session.not_open", status=self.status)
        if not present <= council.member_ids:
            raise Invalid("council.not_a_member", pointer="/present")
        if not judged <= present:
            raise Conflict("session.has_judged")
        if self.rules:
            ensure_quorum(self.rules, len(council.members), len(present))
        self.present, self.version = present, self.version + 1

    def open(
        self, council: Council, rules: Rules, dossier_count: int, *, at: datetime, today: date, move: bool
    ) -> SessionOpened:
        """Freeze the rules. With `move`, a session that is opened before its day is held today instead.

        Raises Conflict without an agenda, without a quorum (with its numbers), or before its day without `move`.
        """
        self.ensure_planned()
        if today < self.held_on:
            if not move:
                raise Conflict("session.before_its_day", held_on=f"{self.held_on:%d/%m/%Y}")
            self.held_on = today
        if not dossier_count:
            raise Conflict("session.no_agenda")
        ensure_quorum(rules, len(council.members), len(self.present))
        self.rules, self.opened_at = rules, at
        self._become(SessionStatus.OPEN)
        return self._snapshot(SessionOpened, dossier_count)

    def close(self, dossier_count: int, at: datetime) -> SessionClosed:
        """From now on nobody scores or votes, and the results can be read. Without any dossier left it lapses."""
        self.ensure_open()
        self.closed_at = at
        self._become(SessionStatus.CLOSED if dossier_count else SessionStatus.LAPSED)
        return self._snapshot(SessionClosed, dossier_count)

    def cancel(self, reason: str, is_judged: bool, dossier_count: int) -> SessionCancelled:
        """Call the session off. Raises Conflict once anybody has scored or voted, or when it is over."""
        if self.is_over:
            raise Conflict("session.cannot_cancel", status=self.status)
        if is_judged:
            raise Conflict("session.is_judged")
        self.reason = reason
        self._become(SessionStatus.CANCELLED)
        return SessionCancelled(**vars(self._snapshot(SessionSnapshot, dossier_count)), reason=reason)

    def decide(self, opened_on: date) -> None:
        """End a closed session in its decision. One that was opened before its day was held when it was opened.

        Raises Conflict unless closed and still undecided.
        """
        self.ensure_over()
        self.held_on = min(self.held_on, opened_on)
        if self.status in (SessionStatus.LAPSED, SessionStatus.CANCELLED):
            raise Conflict("decision.nothing_to_decide")
        if self.status is not SessionStatus.CLOSED:
            raise Conflict("session.already_decided")
        self._become(SessionStatus.DECIDED)

    def _become(self, status: SessionStatus) -> None:
        self.status, self.version = status, self.version + 1

    def _snapshot(self, fact: type[T], dossier_count: int) -> T:
        return fact(
            session_id=self.id,
            version=self.version,
            council_id=self.council_id,
            unit_id=self.unit_id,
            scope_path=self.scope_path,
            year=self.year,
            held_on=self.held_on,
            dossier_count=dossier_count,
        )
