"""An activity (hoạt động tuyên truyền): a launch or outreach with its form, dates and reach."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from common.errors import Invalid, Stale


class Kind(StrEnum):
    """A launch (phát động) tells who takes part; all other propaganda is outreach."""

    LAUNCH = "launch"
    OUTREACH = "outreach"


class Form(StrEnum):
    """The forms of propaganda (evaluation of Diên Khánh, part 2; plan 84/KH-MTTQ of Tam Đường)."""

    CONFERENCE = "conference"
    MEETING = "meeting"
    RADIO = "radio"
    WEB = "web"
    PRESS = "press"
    SOCIAL = "social"
    OTHER = "other"


@dataclass(frozen=True)
class Reach:
    """How many it reached, as the sources count it."""

    agencies: int = 0
    villages: int = 0
    people: int = 0


@dataclass(frozen=True)
class ActivityRecorded:
    """The whole activity after it was entered or corrected."""

    type: ClassVar[str] = "vn.sangtao.reporting.activity.recorded.v1"
    activity_id: UUID
    version: int
    kind: str
    form: str
    unit_id: UUID
    scope_path: str
    from_date: date
    to_date: date
    reach: Reach

    @property
    def subject(self) -> UUID:
        return self.activity_id


@dataclass(eq=False)
class Activity:
    """Dates are legal dates, both inclusive. `scope_path` is the unit's place now."""

    id: UUID
    kind: str
    title: str
    form: str
    unit_id: UUID
    scope_path: str
    from_date: date
    to_date: date
    reach: Reach
    note: str = ""
    version: int = 1

    def recorded(self) -> ActivityRecorded:
        """The event for a new or corrected activity. Raises Invalid when it ends before it begins."""
        if self.to_date < self.from_date:
            raise Invalid("activity.dates_reversed", pointer="/to_date")
        return ActivityRecorded(
            activity_id=self.id,
            version=self.version,
            kind=self.kind,
            form=self.form,
            unit_id=self.unit_id,
            scope_path=self.scope_path,
            from_date=self.from_date,
            to_date=self.to_date,
            reach=self.reach,
        )

    def revise(self, expected_version: int | None, **values: Any) -> ActivityRecorded:
        """Correct it. Raises Stale when the caller saw another version."""
        if expected_version is not None and expected_version != self.version:
            raise Stale("request.stale")
        for name, value in values.items():
            setattr(self, name, value)
        self.version += 1
        return self.recorded()
