"""Counting initiatives: the cell one falls into, and how a cell changes the count of every level above it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from reporting.domain import tree
from reporting.domain.facts import Home, Initiative, Told

T = TypeVar("T", bound=Told)


@dataclass(frozen=True)
class Cell:
    """One combination of everything that figures are broken down by."""

    year: int
    status: str
    content: str
    field: str
    affiliation: str


OwnCounts = Counter[tuple[Home, Cell]]
LevelCounts = Counter[tuple[str, Cell]]


def newest(told: Iterable[T]) -> dict[UUID, T]:
    """The highest version of each aggregate, whatever order they came in."""
    found: dict[UUID, T] = {}
    for one in told:
        if one.id not in found or found[one.id].version < one.version:
            found[one.id] = one
    return found


def cell_of(initiative: Initiative) -> Cell:
    return Cell(initiative.year, initiative.status, initiative.content, initiative.field, initiative.affiliation)


def changes(before: Mapping[UUID, Initiative], after: Iterable[Initiative]) -> OwnCounts:
    """What the new states add to and take from the counts of the initiatives' own units."""
    counts: OwnCounts = Counter()
    for initiative in after:
        counts[initiative.home, cell_of(initiative)] += 1
        if known := before.get(initiative.id):
            counts[known.home, cell_of(known)] -= 1
    return _without_zeros(counts)


def on_every_level(counts: OwnCounts, places: Mapping[UUID, str]) -> LevelCounts:
    """The same changes for each level from the unit up to the root."""
    spread: LevelCounts = Counter()
    for (home, cell), count in counts.items():
        for path in tree.levels(places[home.home_id]):
            spread[path, cell] += count
    return _without_zeros(spread)


def moved(counts: OwnCounts, before: Mapping[UUID, str], after: Mapping[UUID, str]) -> LevelCounts:
    """What a reorganisation takes from the levels above the units' old places and adds above the new."""
    spread = on_every_level(counts, after)
    spread.subtract(on_every_level(counts, before))
    return _without_zeros(spread)


K = TypeVar("K")


def _without_zeros(counts: "Counter[K]") -> "Counter[K]":
    return Counter({key: count for key, count in counts.items() if count})
