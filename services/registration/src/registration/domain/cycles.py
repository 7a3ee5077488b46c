"""A cycle (đợt thi đua): one year's plan with its deadlines, each the last day on which the act is in time."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from common.errors import Conflict, Invalid, Stale

from registration.domain.vocabulary import EVENTS


@dataclass(frozen=True)
class CycleRecorded:
    type: ClassVar[str] = f"{EVENTS}.cycle.recorded.v1"
    cycle_id: UUID
    version: int
    year: int
    name: str
    unit_id: UUID
    opens_on: date
    registration_closes_on: date
    endorsement_closes_on: date
    review_closes_on: date

    @property
    def subject(self) -> UUID:
        return self.cycle_id


@dataclass(eq=False)
class Cycle:
    """Deadlines are inclusive legal dates."""

    id: UUID
    year: int
    name: str
    unit_id: UUID
    opens_on: date
    registration_closes_on: date
    endorsement_closes_on: date
    review_closes_on: date
    version: int = 1

    def ensure_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.version:
            raise Stale("request.stale")

    def recorded(self) -> CycleRecorded:
        """The event for a new or changed cycle. Raises Invalid when the deadlines are out of order."""
        dates = [self.opens_on, self.registration_closes_on, self.endorsement_closes_on, self.review_closes_on]
        if dates != sorted(dates):
            raise Invalid("cycle.dates_out_of_order", pointer="/registration_closes_on")
        return CycleRecorded(
            cycle_id=self.id,
            version=self.version,
            year=self.year,
            name=self.name,
            unit_id=self.unit_id,
            opens_on=self.opens_on,
            registration_closes_on=self.registration_closes_on,
            endorsement_closes_on=self.endorsement_closes_on,
            review_closes_on=self.review_closes_on,
        )

    def ensure_registration_open(self, on: date) -> None:
        if on < self.opens_on:
            raise Conflict("cycle.not_open_yet", opens_on=_day(self.opens_on))
        if on > self.registration_closes_on:
            raise Conflict("cycle.registration_closed", closed_on=_day(self.registration_closes_on))

    def ensure_endorsement_open(self, on: date) -> None:
        if on > self.endorsement_closes_on:
            raise Conflict("cycle.endorsement_closed", closed_on=_day(self.endorsement_closes_on))


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
