"""Dossiers of a whole country, made up but the same each time: each goes its way by registration's own rules.

Written in bulk into registration's database, with every event that the ordinary way would have caused.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.text import fold
from registration.country.editions import Province
from registration.domain.codes import dossier_code
from registration.domain.cycles import Cycle
from registration.domain.initiative_facts import InitiativeSnapshot
from registration.domain.initiatives import Actor, Author, Initiative, Step
from registration.domain.people import Grant, GrantIssued, Person
from registration.domain.units import Unit
from registration.domain.vocabulary import Affiliation, Content, Role
from registration.store import cycles as cycle_store
from registration.store import people as people_store
from registration.store import units as unit_store
from registration.store.tables import authors, catalogue, initiatives, steps
from sqlalchemy import Table, insert

YEARS = range(2019, 2025)
FIELDS = ("economy", "society", "culture", "environment", "other")
# How far a dossier gets, and how many of a hundred do.
WAYS = {
    "draft": 2, "submitted": 44, "returned": 2, "withdrawn": 2, "endorsed": 28, "forwarded": 4, "under_review": 2,
    "recognised": 10, "not_recognised": 6,
}  # fmt: skip
AT_ONCE = 1000
DAY = date(2024, 1, 1)


@dataclass
class Batch:
    """What one transaction writes."""

    initiatives: list[Initiative] = field(default_factory=list)
    steps: list[tuple[Initiative, int, Step]] = field(default_factory=list)
    facts: list[InitiativeSnapshot] = field(default_factory=list)


class Generator:
    """One province's dossiers. `count` of them, spread over its communes, years, contents and statuses."""

    def __init__(self, province: Province, issuer: str, without: Sequence[str] = ()) -> None:
        """`without`: districts that get none."""
        self._province, self._issuer = province, issuer
        self._random = random.Random(f"{province.edition.name}/{province.root.code}")  # noqa: S311 -- the same each time.
        with_communes = {place.parent for place in province.places}
        self._makers = [
            place
            for place in province.places
            if place.parent and place.code not in with_communes and not {place.parent, place.code} & set(without)
        ]

    @property
    def makers(self) -> int:
        """How many communes (and districts without communes) dossiers are made in."""
        return len(self._makers)

    def prepare(self, uow: UnitOfWork) -> None:
        """The province's cycles, and officers of its districts and of some communes."""
        known = {unit.code: unit for unit in unit_store.territory(uow, DAY)}
        self._units = known
        self._prefix = self._province.prefix
        self._cycles = {year: self._cycle(uow, known[self._province.root.code], year) for year in YEARS}
        person = Person(self._id(2018), f"Cán bộ {self._province.root.name} (tài khoản sinh ra)")
        people_store.add_person(uow, person)
        uow.emit(person.recorded())
        self._actor = Actor(person.id, Role.OFFICER)
        for place in self._province.places:
            if len(place.code) == 3 or place in self._makers[::10]:
                self._grant(uow, person, known[place.code])

    def batches(self, count: int) -> Iterator[Batch]:
        while count > 0:
            batch = Batch()
            for _ in range(min(count, AT_ONCE)):
                self._dossier(batch)
            count -= AT_ONCE
            yield batch

    def _cycle(self, uow: UnitOfWork, root: Unit, year: int) -> Cycle:
        days = (date(year, 1, 1), date(year, 10, 31), date(year, 11, 30), date(year, 12, 31))
        cycle = Cycle(self._id(year - 1), year, f"Phong trào “Đoàn kết sáng tạo” năm {year}", root.id, *days)
        event = cycle.recorded()
        cycle_store.add_cycle(uow, cycle)
        uow.emit(event)
        return cycle

    def _grant(self, uow: UnitOfWork, person: Person, unit: Unit) -> None:
        made = Grant(
            self._id(2018), person.id, self._issuer, f"generated-{unit.code}", Role.OFFICER, unit.id, unit.scope_path,
            date(2019, 1, 1),
        )  # fmt: skip
        people_store.add_grant(uow, made)
        uow.emit(made.snapshot(GrantIssued))

    def _dossier(self, batch: Batch) -> None:
        place, year = self._random.choice(self._makers), self._random.choice(YEARS)
        (way,) = self._random.choices(list(WAYS), list(WAYS.values()))
        unit = self._units[place.code]
        initiative = Initiative(
            id=self._id(year),
            cycle_id=self._cycles[year].id,
            year=year,
            unit_id=unit.id,
            scope_path=unit.scope_path,
            affiliation=Affiliation(unit.affiliation),
            title=f"Sáng kiến sinh ra để thử, {place.name}, năm {year}",
            content=self._random.choice(list(Content)),
            field=self._random.choice(FIELDS),
            summary="Dữ liệu sinh ra để thử.",
            solution="Dữ liệu sinh ra để thử.",
            effect="Dữ liệu sinh ra để thử.",
            authors=[Author("individual", "Tác giả (sinh ra)", "author", 100)],
        )
        batch.initiatives.append(initiative)
        for act in self._acts(initiative, way):
            fact = act()
            if fact and initiative.last_step:
                batch.facts.append(fact)
                batch.steps.append((initiative, initiative.version, initiative.last_step))

    def _acts(self, initiative: Initiative, way: str) -> Iterator[Callable[[], InitiativeSnapshot | None]]:
        """The acts that lead to where the dossier is to stand, by the domain's own rules."""
        year, cycle, actor = initiative.year, self._cycles[initiative.year], self._actor
        on = [date(year, 2, 1) + timedelta(days=self._random.randrange(200)), date(year, 11, 1), date(year, 12, 15)]
        at = [datetime(day.year, day.month, day.day, 3, tzinfo=UTC) for day in on]
        code = dossier_code(self._prefix, year, initiative.id)
        if way == "draft":
            return
        yield lambda: initiative.submit(actor, cycle, code, at=at[0], on=on[0])
        if way == "returned":
            yield lambda: initiative.send_back(actor, "Bổ sung số liệu", at=at[1], on=on[1])
        if way == "withdrawn":
            yield lambda: initiative.withdraw(actor, "Tác giả rút", at=at[1], on=on[1])
        if way in ("submitted", "returned", "withdrawn"):
            return
        yield lambda: initiative.endorse(actor, cycle, at=at[1], on=on[1])
        if way == "endorsed":
            return
        yield lambda: initiative.forward(actor, cycle, self._council(initiative), at=at[1], on=on[1])
        if way == "under_review":
            yield lambda: initiative.start_review(None, at=at[2], on=on[2])
        if way in ("recognised", "not_recognised"):
            number, score = f"{year}/QĐ-HĐSK", self._random.randrange(50, 100) / 10
            yield lambda: initiative.decide(
                way == "recognised", number=number, on=on[2], score=score, reasons="", at=at[2]
            )

    def _council(self, initiative: Initiative) -> UUID:
        """Of the district; of the island's own where the district has no commune."""
        code = initiative.scope_path.strip("/").split("/")[1]
        return self._units[code].id

    def _id(self, year: int) -> UUID:
        """A version 7 as of some moment of the year, the same each time."""
        start = datetime(year, 1, 1, tzinfo=UTC) + timedelta(seconds=self._random.randrange(365 * 86400))
        number = int(start.timestamp() * 1000) << 80 | self._random.getrandbits(80)
        number = number & ~(0xF << 76) | 7 << 76
        return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


def write(uow: UnitOfWork, batch: Batch, tenant_name: str) -> None:
    """Rows and events, in a handful of statements."""
    _insert(uow, initiatives, [_row(one) for one in batch.initiatives])
    _insert(
        uow, authors, [vars(one.authors[0]) | {"initiative_id": one.id, "position": 0} for one in batch.initiatives]
    )
    _insert(uow, steps, [vars(step) | {"initiative_id": one.id, "version": at} for one, at, step in batch.steps])
    _insert(uow, catalogue, [_entry(one, tenant_name) for one in batch.initiatives if one.status == "recognised"])
    uow.emit(*batch.facts)


def _insert(uow: UnitOfWork, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        statement = insert(table).returning(table.c.tenant)
        uow.execute(statement, [row | {"tenant": uow.tenant} for row in rows])


def _row(one: Initiative) -> dict[str, Any]:
    kept = {name: value for name, value in vars(one).items() if name not in ("authors", "last_step")}
    return kept | {"author_count": 1, "search_text": fold(f"{one.code} {one.title} {one.summary}")}


def _entry(one: Initiative, tenant_name: str) -> dict[str, Any]:
    names = (
        "code",
        "title",
        "summary",
        "solution",
        "effect",
        "content",
        "field",
        "year",
        "decision_number",
        "decided_on",
    )
    unit_name = one.title.split(", ")[1]
    folded = fold(" ".join([one.code, one.title, one.summary, one.solution, unit_name]))
    shown = {"initiative_id": one.id, "unit_name": unit_name, "tenant_name": tenant_name, "search_text": folded}
    return {name: getattr(one, name) for name in names} | shown | {"authors": [one.authors[0].name]}


def shares(generators: Sequence[Generator], count: int) -> list[int]:
    """How many of `count` each province makes: by the number of its communes, and together exactly `count`."""
    total = sum(one.makers for one in generators)
    upto = [count * seen // total for seen in accumulate(one.makers for one in generators)]
    return [last - first for first, last in pairwise([0, *upto])]
