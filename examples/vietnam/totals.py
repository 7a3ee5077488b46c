"""Every total that the reform must leave as it is: from registration's own rows, and as reporting rolls them up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any
from uuid import UUID

from common.database import Context, UnitOfWork
from registration.country.editions import Place, Province, children, places
from registration.country.reform import heir
from registration.country.succession import AFTER, BEFORE, going_on
from reporting.domain.figures import Span
from reporting.store.tables import metadata
from reporting.usecases import figures
from sqlalchemy import Engine, text

SPAN = Span(2010, 2029)
LAST_DAY = date(2025, 6, 30)
Cells = Counter[tuple[int, str]]  # By year and status.

_OWN = {
    "registration": "SELECT unit_id, year, status, count(*) FROM initiative WHERE code <> '' GROUP BY 1, 2, 3",
    "reporting": "SELECT unit_id, year, status, sum(count) FROM own_count GROUP BY 1, 2, 3 HAVING sum(count) <> 0",
}
_BY_PLACE = "SELECT scope_path, year, status, count(*) FROM initiative WHERE code <> '' GROUP BY 1, 2, 3"


@dataclass(frozen=True)
class Readings:
    """Where totals are read: all rows of each service's database, and reporting's as its API reads them."""

    everything: Mapping[str, Engine]
    reader: Engine

    def rows(self, service: str, query: str) -> list[Any]:
        with self.everything[service].connect() as connection:
            return list(connection.execute(text(query)))

    def own(self, service: str) -> dict[UUID, Cells]:
        """Dossiers by the unit they were made under, whatever became of it."""
        return _cells(self.rows(service, _OWN[service]))

    def responsible(self) -> dict[str, Cells]:
        """Dossiers by the path of the unit that answers for them now."""
        return _cells(self.rows("registration", _BY_PLACE))

    def rolled_up(self, tenant: str, unit_id: UUID, as_of: date | None) -> dict[str, Cells]:
        """A unit's total under "", and its direct parts' by their codes; as reporting answers whoever may ask."""
        with UnitOfWork(self.reader, metadata, "/totals", Context(tenant, follows=True)) as uow:
            answer = figures.roll_up(uow, unit_id=unit_id, span=SPAN, by=("unit", "year", "status"), as_of=as_of)
        found: dict[str, Cells] = {"": Counter()}
        for group in answer["groups"]:
            cell = {(group["year"], group["status"]): group["count"]}
            found.setdefault(group["unit"].code, Counter()).update(cell)
            found[""].update(cell)
        return found


def _cells(rows: Iterable[Any]) -> dict[Any, Cells]:
    found: dict[Any, Cells] = {}
    for key, year, status, count in rows:
        found.setdefault(key, Counter())[year, status] += int(count)
    return found


@dataclass(frozen=True)
class Expected:
    """What every level must show, computed from the dossiers' units of origin and the maintained data alone.

    `homes`: the code of the place of 2024 that each unit with dossiers is, or is below of.
    """

    own: Mapping[UUID, Cells]
    homes: Mapping[UUID, str]

    @cached_property
    def before(self) -> dict[str, Cells]:
        """By the code of 2024: the place with everything below it."""
        return _summed(places(BEFORE), ((self.homes[unit], cells) for unit, cells in self.own.items()))

    @cached_property
    def after(self) -> dict[str, Cells]:
        """By the code of 2025."""
        made = ((_today(self.homes[unit]), cells) for unit, cells in self.own.items())
        return _summed(places(AFTER), made)

    @property
    def national(self) -> Cells:
        return sum(self.own.values(), Counter())


def _today(code: str) -> str:
    """The place that answers now for what was made under a place of 2024."""
    return code if code in going_on() else heir(code).code


def by_path(responsible: Mapping[str, Cells]) -> dict[str, Cells]:
    """By the code of each place of 2025 on the path, where it stands below what it should."""
    found: dict[str, Cells] = {}
    for path, cells in responsible.items():
        for above, code in pairwise(path.rstrip("/").split("/")):
            if code in places(AFTER) and places(AFTER)[code].parent == above:
                found.setdefault(code, Counter()).update(cells)
    return found


def _summed(known: Mapping[str, Place], made: Iterable[tuple[str, Cells]]) -> dict[str, Cells]:
    found: dict[str, Cells] = {code: Counter() for code in known}
    for code, cells in made:
        while code:
            found[code].update(cells)
            code = known[code].parent
    return found


def old_structure(readings: Readings, provinces: Iterable[Province], as_of: date | None) -> dict[str, Cells]:
    """Every province, district and commune of 2024, as reporting has them on a day."""
    found: dict[str, Cells] = {}
    for province in provinces:
        asked = [place for place in province.places if place.code in children(BEFORE)]
        for place in asked:
            found |= _named(BEFORE, place, readings.rolled_up(province.tenants[0], place.id, as_of))
    return found


def new_structure(readings: Readings, provinces: Iterable[Province]) -> dict[str, Cells]:
    """Every province and commune of 2025, in today's structure."""
    found: dict[str, Cells] = {}
    for province in provinces:
        found |= _named(AFTER, province.root, readings.rolled_up(province.tenants[0], province.root.id, None))
    return found


def _named(edition: str, place: Place, parts: Mapping[str, Cells]) -> dict[str, Cells]:
    """The place's total and those of the official places below it; what users added there is in the total."""
    below = {code: cells for code, cells in parts.items() if code in children(edition)[place.code]}
    return below | {place.code: parts[""]}


def differences(wanted: Mapping[Any, Cells], found: Mapping[Any, Cells]) -> list[str]:
    """Each total that is not equal, with what was wanted and what was found; a total of nothing need not be there."""
    keys = [key for key in {**wanted, **found} if +wanted.get(key, Counter()) != +found.get(key, Counter())]
    return [f"{key}: {_sum(wanted.get(key))} wanted, {_sum(found.get(key))} found" for key in keys]


def _sum(cells: Cells | None) -> int:
    return sum(cells.values()) if cells else 0
