"""What the other services told, each with the version of its aggregate. Knows no storage and no envelope."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID


class Told(Protocol):
    """Something with an identity and a version; of two, the higher version holds."""

    @property
    def id(self) -> UUID: ...

    @property
    def version(self) -> int: ...


@dataclass(frozen=True)
class Unit:
    """A unit as it is from `valid_from` on; every version stays, so that a past day keeps its structure.

    One that has ended stands from then on where its heir stands.
    """

    id: UUID
    version: int
    code: str
    name: str
    kind: str
    level: str
    affiliation: str
    parent_id: UUID | None
    scope_path: str
    valid_from: date
    valid_to: date | None
    ended: bool = False


@dataclass(frozen=True)
class Cycle:
    id: UUID
    version: int
    year: int
    name: str
    unit_id: UUID
    opens_on: date
    registration_closes_on: date
    endorsement_closes_on: date
    review_closes_on: date


@dataclass(frozen=True)
class Initiative:
    """Only what figures need: no title, no author."""

    id: UUID
    version: int
    unit_id: UUID
    scope_path: str
    year: int
    status: str
    content: str
    field: str
    affiliation: str
    responsible_unit_id: UUID | None = None
    responsible_since: date | None = None

    @property
    def home(self) -> "Home":
        return Home(self.unit_id, self.responsible_unit_id or self.unit_id, self.responsible_since or date.min)


@dataclass(frozen=True)
class Home:
    """Where an initiative counts: under the unit it was made under, and since a day under the one that it went to."""

    unit_id: UUID
    home_id: UUID
    home_since: date = date.min


@dataclass(frozen=True)
class Model:
    id: UUID
    version: int
    unit_id: UUID
    scope_path: str
    theme: str
    from_year: int
    to_year: int
    quantity: int


@dataclass(frozen=True)
class Replication:
    id: UUID
    version: int
    model_id: UUID
    unit_id: UUID
    scope_path: str
    origin_year: int
    adopted_from_year: int
    adopted_to_year: int
    quantity: int


RECIPIENT_KINDS = ("collective", "individual")


@dataclass(frozen=True)
class Recipients:
    """A number of collectives or individuals of a group; with `of_which`, only those of them that the label names."""

    kind: str
    group: str
    of_which: str
    count: int


def recipients(told: Iterable[Mapping[str, Any]]) -> list[Recipients]:
    """Counts of a commendation's recipients as told: {kind, group, count, of_which: {label: count}}."""
    counts = []
    for line in told:
        if line["kind"] not in RECIPIENT_KINDS:
            raise ValueError(f"unknown kind of recipient: {line['kind']}")
        parts = {"": line["count"], **(line.get("of_which") or {})}
        counts += [Recipients(line["kind"], line["group"], label, int(count)) for label, count in parts.items()]
    return counts


@dataclass(frozen=True)
class Commendation:
    """Who was commended, as numbers of recipients."""

    id: UUID
    version: int
    unit_id: UUID
    scope_path: str
    form: str
    authority: str
    occasion: str
    from_year: int
    to_year: int
    counts: list[Recipients]


@dataclass(frozen=True)
class Decision:
    id: UUID
    version: int
    unit_id: UUID
    scope_path: str
    year: int
    number: str
    signed_on: date
    signatory: str
    recognised: int
    not_recognised: int
