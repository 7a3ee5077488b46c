"""A commendation (khen thưởng): who commended whom, as counts by group; the names may come later."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from common.errors import Invalid, Stale

from review.domain.councils import Signed
from review.domain.vocabulary import EVENTS, Authority, CommendationForm, RecipientKind


@dataclass(frozen=True)
class CommendationRecorded:
    """Counts only: names stay in this service."""

    type: ClassVar[str] = f"{EVENTS}.commendation.recorded.v1"
    commendation_id: UUID
    version: int
    title: str
    form: str
    authority: str
    occasion: str
    from_year: int
    to_year: int
    unit_id: UUID
    scope_path: str
    decision_number: str | None
    signed_on: date | None
    recipients: list[dict[str, Any]]

    @property
    def subject(self) -> UUID:
        return self.commendation_id


@dataclass(frozen=True)
class Named:
    """One recipient by name; `person_id` where the platform knows the person."""

    name: str
    person_id: UUID | None = None


@dataclass(frozen=True)
class Recipients:
    """`count` collectives or individuals of a group; `of_which` counts some of them again under a label."""

    kind: RecipientKind
    group: str
    count: int
    of_which: dict[str, int] = field(default_factory=dict)
    names: tuple[Named, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.group

    def counts(self) -> dict[str, Any]:
        return {"kind": self.kind, "group": self.group, "count": self.count, "of_which": self.of_which}


@dataclass(eq=False)
class Commendation:
    id: UUID
    unit_id: UUID
    scope_path: str
    title: str
    form: CommendationForm
    authority: Authority
    occasion: str
    from_year: int
    to_year: int
    decision: Signed | None
    source_note: str
    recipients: tuple[Recipients, ...]
    version: int = 1

    def recorded(self) -> CommendationRecorded:
        """The event of a new or changed commendation. Raises Invalid when its figures contradict each other."""
        self._ensure_consistent()
        return CommendationRecorded(
            commendation_id=self.id,
            version=self.version,
            title=self.title,
            form=self.form,
            authority=self.authority,
            occasion=self.occasion,
            from_year=self.from_year,
            to_year=self.to_year,
            unit_id=self.unit_id,
            scope_path=self.scope_path,
            decision_number=self.decision.number if self.decision else None,
            signed_on=self.decision.signed_on if self.decision else None,
            recipients=[recipients.counts() for recipients in self.recipients],
        )

    def _ensure_consistent(self) -> None:
        if self.to_year < self.from_year:
            raise Invalid("commendation.years_out_of_order", pointer="/to_year")
        if len({recipients.key for recipients in self.recipients}) < len(self.recipients):
            raise Invalid("commendation.group_twice", pointer="/recipients")
        for index, recipients in enumerate(self.recipients):
            if any(part > recipients.count for part in recipients.of_which.values()):
                raise Invalid("commendation.part_above_count", pointer=f"/recipients/{index}/of_which")

    def name(self, kind: RecipientKind, group: str, names: tuple[Named, ...], expected: int | None) -> None:
        """Replace the names of one group; never more than its count."""
        if expected is not None and expected != self.version:
            raise Stale("request.stale")
        chosen = next((recipients for recipients in self.recipients if recipients.key == (kind, group)), None)
        if chosen is None:
            raise Invalid("commendation.no_such_group", pointer="/group")
        if len(names) > chosen.count:
            raise Invalid("commendation.more_names_than_count", pointer="/names", count=chosen.count)
        named = replace(chosen, names=names)
        self.recipients = tuple(named if each is chosen else each for each in self.recipients)
        self.version += 1
