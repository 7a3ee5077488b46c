"""The country on a platform: imported as it was, filled with the real case and with many dossiers, then reformed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import notifications.consumers
import registration.consumers
import reporting.consumers
import review.consumers
from case import SERVICES, Case
from client import wait_for
from common.database import Context, UnitOfWork
from generated import Generator, shares, write
from local.platform import Platform
from registration.country.editions import Province, place_id, places, provinces
from registration.country.succession import AFTER, BEFORE
from registration.store.tables import metadata
from sqlalchemy import Engine
from totals import LAST_DAY, Readings

KHANH_HOA, DIEN_KHANH = "56", "574"
PATIENCE_SECONDS = 3600.0
Say = Callable[[str], None]
_HANDLERS: dict[str, Collection[str]] = {
    "registration": registration.consumers.HANDLERS,
    "review": review.consumers.HANDLERS,
    "reporting": reporting.consumers.HANDLERS,
    "notifications": notifications.consumers.HANDLERS,
}
_MOVABLE = {
    "tenants": "SELECT tenant, status, heir FROM tenant_standing",
    "units": "SELECT id, tenant, version FROM unit",
    "dossiers": "SELECT id, tenant, scope_path FROM initiative",
    "grants": "SELECT id, tenant, scope_path, version FROM access_grant",
}


@dataclass(frozen=True)
class Country:
    """`codes`: the provinces of 2024 that take part, all or some. `services`: those that are waited for."""

    platform: Platform
    readings: Readings
    writer: Engine
    codes: frozenset[str]
    say: Say
    services: tuple[str, ...] = SERVICES

    @property
    def old(self) -> list[Province]:
        return [one for one in provinces(BEFORE) if one.root.code in self.codes]

    @property
    def new(self) -> list[Province]:
        return [one for one in provinces(AFTER) if one.root.code in self.codes]

    def import_old(self) -> None:
        output = self.platform.run("registration", "import-country", "--edition", BEFORE, *self._words(self.codes))
        self.say(f"  {output.splitlines()[-1]}")

    def load_case(self) -> Case:
        """The real case below the imported district."""
        known = {"KH": str(place_id(BEFORE, KHANH_HOA)), "DK": str(place_id(BEFORE, DIEN_KHANH))}
        urls = {service: self.platform.urls[service] for service in SERVICES}
        case = Case(urls, self.platform.urls["identity"], lambda line: self.say(f"  {line}"), known)
        case.load()
        return case

    def generate(self, dossiers: int) -> None:
        """In every commune but those of Diên Khánh, whose figures are the real ones."""
        made = [Generator(one, self.platform.urls["identity"], without=[DIEN_KHANH]) for one in self.old]
        for generator, province, count in zip(made, self.old, shares(made, dossiers), strict=True):
            with self._acting(province.tenant) as uow:
                generator.prepare(uow)
            for batch in generator.batches(count):
                with self._acting(province.tenant) as uow:
                    write(uow, batch, province.root.name)

    def _acting(self, tenant: str) -> UnitOfWork:
        return UnitOfWork(self.writer, metadata, "/registration", Context(tenant))

    def settle(self) -> None:
        """Until every event is applied by every service that listens to it; a dead letter ends everything."""
        wait_for("all events", lambda: self._unheard() == 0, PATIENCE_SECONDS)

    def _unheard(self) -> int:
        """What was heard is read first: nothing told meanwhile can hide an event that is still on its way."""
        heard = sum(self._heard(service) for service in self.services)
        told: Counter[str] = Counter()
        for service in SERVICES:
            for type_, count in self.readings.rows(service, "SELECT type, count(*) FROM outbox GROUP BY type"):
                told[type_] += count
        return sum(told[type_] for service in self.services for type_ in _HANDLERS[service]) - heard

    def _heard(self, service: str) -> int:
        if letters := self.readings.rows(service, "SELECT tenant, type, error FROM dead_letter LIMIT 3"):
            raise SystemExit(f"{service} could not apply {letters}")
        return int(self.readings.rows(service, "SELECT count(*) FROM inbox")[0][0])

    def homes(self) -> dict[UUID, str]:
        """By the id of each unit of then: the code of the place that it is or lies in."""
        known = places(BEFORE)
        query = f"SELECT unit_id, scope_path FROM unit_period WHERE valid_from <= '{LAST_DAY}'"  # noqa: S608
        rows = self.readings.rows("registration", query)
        return {unit: [code for code in path.split("/") if code in known][-1] for unit, path in rows}

    def reform(self) -> None:
        """As an operator does it: the plans printed, and handed to the command that applies them."""
        file = self.platform.state / "plans.jsonl"
        file.write_text(
            self.platform.run("registration", "plan-reform", *self._words(one.root.code for one in self.new))
        )
        for line in self.platform.run("registration", "reorganise", str(file)).splitlines():
            self.say(f"  {line}")

    def import_new(self) -> str:
        """What the import of the new country still finds to do: nothing, when the reform has led there."""
        words = self._words(one.root.code for one in self.new)
        return self.platform.run("registration", "import-country", "--edition", AFTER, *words)

    @staticmethod
    def _words(codes: Iterable[str]) -> list[str]:
        return [word for code in sorted(codes) for word in ("--province", code)]

    def state(self) -> dict[str, dict[Any, Any]]:
        """What a reform may move, by id."""
        return {
            name: {row[0]: tuple(row[1:]) for row in self.readings.rows("registration", query)}
            for name, query in _MOVABLE.items()
        }

    def say_moved(self, before: dict[str, dict[Any, Any]]) -> None:
        """How many tenants, units, dossiers and grants are not what or where they were."""
        for name, rows in self.state().items():
            moved = sum(rows.get(key) != value for key, value in before[name].items())
            self.say(f"  {name}: {len(before[name])} before, {moved} of them changed, {len(rows)} after")
