"""What the centre has of a dossier that a province recommended: a copy, given once, and the centre's answer."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from common.errors import Conflict, Invalid, Stale

from registration.domain.erasure import ERASED_PERSON
from registration.domain.initiatives import Author, Initiative
from registration.domain.vocabulary import EVENTS


class State(StrEnum):
    """Waiting for the centre's answer, one of its answers, or taken back before there was one."""

    WAITING = "waiting"
    NOTED = "noted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


ANSWERS = (State.NOTED, State.ACCEPTED, State.DECLINED)
REPLACEABLE = (State.WAITING, State.WITHDRAWN)  # What the province may still change.
_OPEN = frozenset({State.WAITING, State.NOTED})
_ABOUT_THE_DOSSIER = (
    "code", "content", "field", "affiliation", "unit_name", "title", "summary", "problem", "solution", "effect",
    "decision_number", "statement",
)  # fmt: skip


@dataclass(frozen=True)
class RecommendedDossierAnswered:
    """Told under the centre's name; `province` gave the dossier, and it or its heir hears the answer."""

    type: ClassVar[str] = f"{EVENTS}.recommended_dossier.answered.v1"
    initiative_id: UUID
    version: int
    province: str
    answer: str
    reason: str
    answered_on: date

    @property
    def subject(self) -> UUID:
        return self.initiative_id


@dataclass(frozen=True)
class Judged:
    """The council's result, as the event tells it."""

    score: float | None
    yes: int
    no: int
    abstain: int
    present: int


@dataclass(eq=False)
class RecommendedDossier:
    """Nothing in it is asked of the province again. `given_version`: of the province's act that it follows.

    `province` gave it, under the name of that day; `held_by` answers for it since provinces have merged.
    """

    initiative_id: UUID
    given_version: int
    province: str
    province_name: str
    held_by: str
    held_by_name: str
    code: str
    year: int
    content: str
    field: str
    affiliation: str
    unit_name: str
    title: str
    summary: str
    problem: str
    solution: str
    effect: str
    authors: list[dict[str, Any]]
    decision_number: str
    decided_on: date
    score: float | None
    yes: int
    no: int
    abstain: int
    present: int
    statement: str
    recommended_on: date
    state: State = State.WAITING
    answer_reason: str = ""
    answered_on: date | None = None
    answered_by: UUID | None = None
    version: int = 1

    def withdrawn(self) -> "RecommendedDossier":
        """What stays of it: that it was there. A recommendation that comes late does not bring it back."""
        blank = dict.fromkeys(_ABOUT_THE_DOSSIER, "")
        return replace(self, state=State.WITHDRAWN, authors=[], **blank)  # type: ignore[arg-type]

    @property
    def answers(self) -> list[State]:
        """Those that can be given now."""
        return [answer for answer in ANSWERS if self.state in _OPEN and answer is not self.state]

    def answer(
        self, answer: State, by: UUID, *, reason: str, on: date, expected: int | None
    ) -> RecommendedDossierAnswered:
        """To take note can be followed by the other two, which are for good. Raises Stale, Conflict or Invalid."""
        if expected is not None and expected != self.version:
            raise Stale("request.stale")
        if answer not in self.answers:
            raise Conflict("recommended.answered")
        if answer is State.DECLINED and not reason:
            raise Invalid("recommended.why_declined", pointer="/reason")
        self.state, self.answer_reason, self.answered_on, self.answered_by = answer, reason, on, by
        self.version += 1
        return RecommendedDossierAnswered(self.initiative_id, self.version, self.province, answer, reason, on)


@dataclass(frozen=True)
class Shown:
    """Whom the centre's copy names. It is no public act: who was erased is in it no more (docs/adr/0012, 0016)."""

    authors: list[dict[str, Any]]
    is_nobodys: bool

    @classmethod
    def of(cls, initiative: Initiative, erased: frozenset[UUID]) -> "Shown":
        named = {author.person_id for author in initiative.authors}
        # An owner who is gone and named without an id: which of those without one it is, nobody can tell any more.
        unknown = not (erased & set(initiative.owner_ids)) <= named

        def is_gone(author: Author) -> bool:
            return author.person_id in erased or (unknown and author.person_id is None and author.kind == "individual")

        gone = [is_gone(author) for author in initiative.authors]
        authors = [
            {"name": ERASED_PERSON if lost else one.name, "kind": one.kind, "role": one.role, "share": one.share}
            for one, lost in zip(initiative.authors, gone, strict=True)
        ]
        return cls(authors, all(gone) and set(initiative.owner_ids) <= erased)
