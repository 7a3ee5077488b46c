"""A recommendation: a province proposes to the centre a dossier that its own council has recognised."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from common.errors import Conflict

from review.domain.dossiers import Dossier
from review.domain.judging import Result
from review.domain.vocabulary import EVENTS, Answer, DossierState, Outcome


@dataclass(frozen=True)
class DossierRecommended:
    """With what the council's result was. `version` counts the dossier's changes, as in `dossier.decided`."""

    type: ClassVar[str] = f"{EVENTS}.dossier.recommended.v1"
    initiative_id: UUID
    version: int
    council_unit_id: UUID
    score: float | None
    yes: int
    no: int
    abstain: int
    present: int
    statement: str
    recommended_on: date
    acted_by: UUID
    acted_as: str
    on_behalf_of: UUID | None

    @property
    def subject(self) -> UUID:
        return self.initiative_id


@dataclass(frozen=True)
class DossierRecommendationWithdrawn:
    """It holds only when the centre has not answered by then."""

    type: ClassVar[str] = f"{EVENTS}.dossier.recommendation_withdrawn.v1"
    initiative_id: UUID
    version: int
    reason: str
    withdrawn_on: date
    acted_by: UUID
    acted_as: str
    on_behalf_of: UUID | None

    @property
    def subject(self) -> UUID:
        return self.initiative_id


@dataclass(frozen=True)
class DossierRecommendationAnswered:
    """The centre's answer, in the province's own name."""

    type: ClassVar[str] = f"{EVENTS}.dossier.recommendation_answered.v1"
    initiative_id: UUID
    version: int
    answer: str
    reason: str
    answered_on: date

    @property
    def subject(self) -> UUID:
        return self.initiative_id


@dataclass(frozen=True)
class Given:
    """What the centre said; `version` counts its answers to one dossier."""

    answer: Answer
    reason: str
    on: date
    version: int


@dataclass(frozen=True)
class Proposer:
    """Who acts for the province: a person under a role at a unit, perhaps lent by somebody."""

    person_id: UUID
    role: str
    unit_id: UUID
    on_behalf_of: UUID | None


@dataclass(eq=False)
class Recommendation:
    """The newest one of a dossier, with the newest answer to it."""

    initiative_id: UUID
    statement: str
    recommended_on: date
    recommended_by: UUID
    withdrawn_on: date | None = None
    withdrawal_reason: str = ""
    answer: Answer | None = None
    answer_reason: str = ""
    answered_on: date | None = None
    answer_version: int = 0

    @property
    def stands(self) -> bool:
        """Before the centre, or answered by it: an answer that crossed a withdrawal holds."""
        return self.withdrawn_on is None or self.answer is not None

    @property
    def may_be_withdrawn(self) -> bool:
        return self.withdrawn_on is None and self.answer is None

    def withdraw(self, dossier: Dossier, proposer: Proposer, reason: str, on: date) -> DossierRecommendationWithdrawn:
        """Until the centre has answered. Raises Conflict."""
        if self.answer is not None:
            raise Conflict("recommendation.answered")
        if self.withdrawn_on is not None:
            raise Conflict("recommendation.withdrawn")
        self.withdrawn_on, self.withdrawal_reason = on, reason
        dossier.version += 1
        who = (proposer.person_id, proposer.role, proposer.on_behalf_of)
        return DossierRecommendationWithdrawn(dossier.id, dossier.version, reason, on, *who)

    def hear(self, dossier: Dossier, given: Given) -> DossierRecommendationAnswered | None:
        """None for what the centre said before the newest that is known, or again."""
        if given.version <= self.answer_version:
            return None
        self.answer, self.answer_reason, self.answered_on = given.answer, given.reason, given.on
        self.answer_version = given.version
        dossier.version += 1
        return DossierRecommendationAnswered(dossier.id, dossier.version, given.answer, given.reason, given.on)


def ensure_recognised(dossier: Dossier, result: Result | None) -> Result:
    """Only what a council has recognised can be recommended. Raises Conflict."""
    if dossier.state is not DossierState.DECIDED or result is None or result.outcome is not Outcome.RECOGNISED:
        raise Conflict("recommendation.not_recognised", dossier=dossier.initiative.code)
    return result


def recommend(
    dossier: Dossier, result: Result | None, known: Recommendation | None, proposer: Proposer, statement: str, on: date
) -> tuple[Recommendation, DossierRecommended]:
    """Once; again only after it was withdrawn. Raises Conflict."""
    found = ensure_recognised(dossier, result)
    if known is not None and known.stands:
        raise Conflict("recommendation.already_made", dossier=dossier.initiative.code)
    dossier.version += 1
    event = DossierRecommended(
        initiative_id=dossier.id,
        version=dossier.version,
        council_unit_id=dossier.unit_id,
        score=float(found.score.mean) if found.score else None,
        yes=found.votes.yes,
        no=found.votes.no,
        abstain=found.votes.abstain,
        present=found.present,
        statement=statement,
        recommended_on=on,
        acted_by=proposer.person_id,
        acted_as=proposer.role,
        on_behalf_of=proposer.on_behalf_of,
    )
    return Recommendation(dossier.id, statement, on, proposer.person_id), event
