"""A roll-up: one year's figures of a whole province as its Standing Board gave them to the centre, never changed again.

It holds numbers and words of closed lists. What a province can word as it likes (fields, groups, occasions) does not
cross: a field that is not on the list counts as another one.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from common.centre import is_province
from common.errors import Conflict, Forbidden, Invalid

from reporting.domain import tree

Figures = dict[str, Any]
OTHER = "other"
# A line of models, replications or commendations: what tells it from the others, and what is counted.
KEYS = ("origin_year", "from_year", "to_year", "form", "authority")
MEASURES = ("quantity", "collectives", "individuals")
WORDS: dict[str, tuple[str, ...]] = {
    "status": (
        "submitted", "returned", "withdrawn", "endorsed", "forwarded", "under_review", "recognised", "not_recognised",
        OTHER,
    ),
    "content": ("political_system", "production", "public_service", "armed_forces", OTHER),
    "field": ("economy", "society", "culture", "environment", "security", OTHER),
    "affiliation": ("front_system", "member_organisation", "other_agency", OTHER),
    "form": (
        "praise", "emulation_flag", "excellent_labour_collective", "certificate_of_merit",
        "certificate_of_commendation", "cash_reward", "achievement", OTHER,
    ),
    "authority": ("centre", "province", "district", "commune", "organisation", OTHER),
}  # fmt: skip


def closed(what: str, word: str) -> str:
    """The word, if it is on the list; nothing else crosses."""
    return word if word in WORDS[what] else OTHER


@dataclass(frozen=True)
class RollupSent:
    """The province is the event's tenant, also when it has become part of another since."""

    type: ClassVar[str] = "vn.sangtao.reporting.rollup.sent.v1"
    rollup_id: UUID
    version: int
    year: int
    drawn_at: datetime
    figures: Figures

    @property
    def subject(self) -> UUID:
        return self.rollup_id


@dataclass(frozen=True)
class Rollup:
    """`province` is the tenant that sent it; `unit_id` its root. The newest version of a year is the one that holds."""

    province: str
    year: int
    version: int
    unit_id: UUID
    scope_path: str
    drawn_at: datetime
    sent_by: UUID
    figures: Figures

    def sent(self) -> RollupSent:
        return RollupSent(rollup_id(self.province, self.year), self.version, self.year, self.drawn_at, self.figures)


def rollup_id(province: str, year: int) -> UUID:
    """The same for every version."""
    return uuid5(NAMESPACE_URL, f"urn:sangtao:rollup:{province}:{year}")


def tag(version: int, figures: Figures) -> str:
    """Tells what a person has seen: another when any figure, or how often the year was sent, is another by now."""
    seen = json.dumps([version, figures], sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()[:32]


def ensure_as_seen(seen: str | None, version: int, figures: Figures) -> None:
    """Raises Conflict when what would be sent is not what was looked at; None is who looks at nothing."""
    if seen is not None and seen != tag(version, figures):
        raise Conflict("rollup.changed_since")


def ensure_may_send(tenant: str, path: str) -> None:
    """A province gives its figures whole, at its root. Raises Forbidden."""
    if not is_province(tenant):
        raise Forbidden("rollup.of_provinces")
    if tree.parent(path) != "/":
        raise Forbidden("rollup.of_the_root")


def ensure_begun(year: int, this_year: int) -> None:
    """Raises Invalid for a year that has not begun."""
    if year > this_year:
        raise Invalid("rollup.year_ahead", pointer="year", year=this_year)


def ensure_settled(is_moving: bool) -> None:
    """While units of a merged province are on their way, the figures at the root lack them. Raises Conflict."""
    if is_moving:
        raise Conflict("rollup.units_move")


@dataclass(frozen=True)
class Change:
    """A figure that is another than it was; `figure` leads to it, None is a figure that is not there."""

    figure: tuple[str, ...]
    before: int | None
    after: int | None


def changes(before: Figures, after: Figures) -> list[Change]:
    old, new = dict(_flat((), before)), dict(_flat((), after))
    paths = [*new, *(path for path in old if path not in new)]
    return [Change(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]


def _flat(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], int | None]]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _flat((*path, name), below)
    elif isinstance(value, list):
        for line in value:
            key = (str(line[name]) for name in KEYS if name in line)
            yield from _flat((*path, *key), {name: line[name] for name in MEASURES if name in line})
    else:
        yield path, value
