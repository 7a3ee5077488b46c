"""What launches reached: each body counts once, whoever launched and however often, also when units merge.

- Launches of a unit reach the same bodies year after year: the widest counts, not the sum.
- A unit's parts reach other bodies than each other, but the same as its own: it reached what it says or what its parts
  add up to. Whose part a unit was is a matter of the day, so a reorganisation changes nothing of what was reached.
- A unit that has taken others in reaches their bodies too: only what goes beyond all that they reached is more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from reporting.domain import tree

MEASURES = ("agencies", "villages")


@dataclass(frozen=True)
class Stand:
    """A unit's place from a day on; once it has ended, that of its heir."""

    since: date
    path: str
    ended: bool = False


@dataclass(frozen=True)
class Launch:
    """`stands`: every place its unit ever had, told last first. Of those whose day has come the first holds."""

    unit_id: UUID
    day: date
    agencies: int
    villages: int
    stands: tuple[Stand, ...]

    @property
    def path(self) -> str:
        """Where the unit stood on that day in its own right, never at its heir's."""
        return _path([stand for stand in self.stands if not stand.ended] or self.stands, self.day)

    def path_on(self, day: date) -> str:
        return _path(self.stands, day)

    def levels(self) -> set[str]:
        """Whatever the unit ever stood at or below."""
        return {level for stand in self.stands for level in tree.levels(stand.path)}


def _path(stands: Sequence[Stand], day: date) -> str:
    return next((stand.path for stand in stands if stand.since <= day), stands[-1].path)


@dataclass(frozen=True)
class Part:
    """So many bodies that no other part holds, but for the parts above its path and below."""

    path: str
    count: int
    launch: Launch


def reached(launches: Iterable[Launch]) -> dict[str, int]:
    """Agencies and villages that all of them together reached."""
    launches = sorted(launches, key=lambda one: one.day)
    ever: defaultdict[str, list[Launch]] = defaultdict(list)
    for one in launches:
        for level in one.levels():
            ever[level].append(one)
    first: list[Launch] = []
    later: list[Launch] = []
    for one in launches:
        (later if _has_taken_in(one, ever[one.path]) else first).append(one)
    return {f"{measure}_reached": _total(_parts(first, later, measure)) for measure in MEASURES}


def _has_taken_in(launch: Launch, others: Iterable[Launch]) -> bool:
    """On its day there was something below the unit that had been elsewhere at its own launch."""
    here = launch.path
    return any(
        one.path_on(launch.day).startswith(here) and not one.path.startswith(here)
        for one in others
        if one.unit_id != launch.unit_id
    )


def _parts(first: Iterable[Launch], later: Iterable[Launch], measure: str) -> list[Part]:
    widest: dict[UUID, Part] = {}
    for one in first:
        known = widest.get(one.unit_id, Part(one.path, 0, one))
        widest[one.unit_id] = Part(known.path, max(known.count, getattr(one, measure)), known.launch)
    parts = list(widest.values())
    ever: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        _note(ever, part)
    for one in sorted(later, key=lambda one: -len(one.path)):
        held = _total(part for part in ever[one.path] if part.launch.path_on(one.day).startswith(one.path))
        beside = f"{tree.parent(one.path)}+{tree.code(one.path)}/"
        parts.append(Part(beside, max(0, getattr(one, measure) - held), one))
        _note(ever, parts[-1])
    return parts


def _note(ever: defaultdict[str, list[Part]], part: Part) -> None:
    for level in part.launch.levels():
        ever[level].append(part)


def _total(parts: Iterable[Part]) -> int:
    own, sums = Counter[str](), Counter[str]()
    for part in parts:
        own[part.path] += part.count
    paths = {level for path in own for level in tree.levels(path)}
    for path in sorted(paths, key=len, reverse=True):
        sums[path] = max(sums[path], own[path])
        sums[tree.parent(path)] += sums[path]
    return sums["/"]
