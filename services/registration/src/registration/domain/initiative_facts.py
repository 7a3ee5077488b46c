"""What is told of an initiative: each event carries its state after the act, without anybody's name."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from registration.domain.vocabulary import EVENTS


@dataclass(frozen=True)
class InitiativeSnapshot:
    """What every event about an initiative carries: its state after the act, without anybody's name.

    `acted_by`: whose act it was, who need not be told of it; None for the council's.
    """

    type: ClassVar[str]
    initiative_id: UUID
    version: int
    code: str
    title: str
    cycle_id: UUID
    year: int
    unit_id: UUID
    scope_path: str
    council_unit_id: UUID | None
    content: str
    field: str
    affiliation: str
    status: str
    author_ids: list[UUID]
    author_count: int
    happened_on: date
    reason: str
    decision_number: str
    responsible_unit_id: UUID | None
    responsible_since: date | None
    owner_ids: list[UUID]
    acted_by: UUID | None

    @property
    def subject(self) -> UUID:
        return self.initiative_id


class InitiativeTransferred(InitiativeSnapshot):
    """Another unit answers for it from now on; its unit of origin stays."""

    type: ClassVar[str] = f"{EVENTS}.initiative.transferred.v1"


class InitiativeSubmitted(InitiativeSnapshot):
    type: ClassVar[str] = f"{EVENTS}.initiative.submitted.v1"


class InitiativeReturned(InitiativeSnapshot):
    type: ClassVar[str] = f"{EVENTS}.initiative.returned.v1"


class InitiativeWithdrawn(InitiativeSnapshot):
    type: ClassVar[str] = f"{EVENTS}.initiative.withdrawn.v1"


class InitiativeEndorsed(InitiativeSnapshot):
    type: ClassVar[str] = f"{EVENTS}.initiative.endorsed.v1"


class InitiativeForwarded(InitiativeSnapshot):
    type: ClassVar[str] = f"{EVENTS}.initiative.forwarded.v1"


class InitiativeRecalled(InitiativeSnapshot):
    type: ClassVar[str] = f"{EVENTS}.initiative.recalled.v1"


class InitiativeReviewStarted(InitiativeSnapshot):
    type: ClassVar[str] = f"{EVENTS}.initiative.review_started.v1"


class InitiativeReinstated(InitiativeSnapshot):
    """A withdrawal or recall came after the session that judged it had closed: it is before that council again."""

    type: ClassVar[str] = f"{EVENTS}.initiative.reinstated.v1"


class InitiativeRecognised(InitiativeSnapshot):
    type: ClassVar[str] = f"{EVENTS}.initiative.recognised.v1"


class InitiativeNotRecognised(InitiativeSnapshot):
    type: ClassVar[str] = f"{EVENTS}.initiative.not_recognised.v1"


class InitiativeRecommended(InitiativeSnapshot):
    """Proposed to the centre; its status stays."""

    type: ClassVar[str] = f"{EVENTS}.initiative.recommended.v1"


class InitiativeRecommendationWithdrawn(InitiativeSnapshot):
    type: ClassVar[str] = f"{EVENTS}.initiative.recommendation_withdrawn.v1"


@dataclass(frozen=True)
class InitiativeRecommendationAnswered(InitiativeSnapshot):
    """`reason` is what the centre wrote beside its answer; `province_unit_id`: the root that answers for it today."""

    type: ClassVar[str] = f"{EVENTS}.initiative.recommendation_answered.v1"
    answer: str
    province_unit_id: UUID | None
