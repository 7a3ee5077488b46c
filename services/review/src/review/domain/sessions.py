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


@dataclass(eq=False)
class Session:
    """`rules` is None until the opening and never changes after it."""

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

    def open(self, council: Council, rules: Rules, dossier_count: int, at: datetime) -> SessionOpened:
        """Freezes the rules. Raises Conflict without an agenda, or without a quorum (with its numbers)."""
        self.ensure_planned()
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

    def decide(self) -> None:
        """Raises Conflict unless closed and still undecided."""
        self.ensure_over()
        if self.status is SessionStatus.DECIDED:
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
