"""A council (hội đồng xét sáng kiến): established by a decision, with members, for a term."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from common.errors import Forbidden, Invalid

from review.domain.vocabulary import EVENTS, Seat


@dataclass(frozen=True)
class CouncilRecorded:
    type: ClassVar[str] = f"{EVENTS}.council.recorded.v1"
    council_id: UUID
    version: int
    name: str
    unit_id: UUID
    scope_path: str
    member_ids: list[UUID]
    term_from: date
    term_to: date | None

    @property
    def subject(self) -> UUID:
        return self.council_id


@dataclass(frozen=True)
class Member:
    """A person's seat; `title` is what they are in their own work, as the establishing decision names it."""

    person_id: UUID
    name: str
    role: Seat
    title: str = ""


@dataclass(frozen=True)
class Signed:
    """A legal act: its number and the day it was signed."""

    number: str
    signed_on: date


@dataclass(eq=False)
class Council:
    """`term_to` is the last day of the term; None while it is open."""

    id: UUID
    unit_id: UUID
    scope_path: str
    name: str
    established_by: Signed
    term_from: date
    term_to: date | None
    members: tuple[Member, ...]
    version: int = 1

    @property
    def member_ids(self) -> frozenset[UUID]:
        return frozenset(member.person_id for member in self.members)

    @property
    def chair_id(self) -> UUID:
        return next(member.person_id for member in self.members if member.role is Seat.CHAIR)

    def recorded(self) -> CouncilRecorded:
        """The event for a new council. Raises Invalid when its members or its term make no council."""
        if len(self.member_ids) < len(self.members):
            raise Invalid("council.member_twice", pointer="/members")
        if [member.role for member in self.members].count(Seat.CHAIR) != 1:
            raise Invalid("council.one_chair", pointer="/members")
        if self.term_to and self.term_to < self.term_from:
            raise Invalid("council.term_ends_before_start", pointer="/term_to")
        members = [member.person_id for member in self.members]
        place, term = (self.name, self.unit_id, self.scope_path), (self.term_from, self.term_to)
        return CouncilRecorded(self.id, self.version, *place, members, *term)

    def ensure_in_term(self, on: date) -> None:
        if on < self.term_from or (self.term_to and on > self.term_to):
            raise Invalid("session.outside_term", pointer="/held_on")

    def ensure_member(self, person_id: UUID) -> None:
        if person_id not in self.member_ids:
            raise Forbidden("council.not_a_member")
