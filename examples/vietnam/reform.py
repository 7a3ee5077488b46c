"""`make reform`: the reform of 2025 on a throwaway platform with the country of 2024, the real case and many dossiers.

Every total is taken before and after. The last line says whether all are equal, and so does the exit status.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common.database import connect_engine
from local.platform import Platform
from local.ports import free_base
from sqlalchemy.engine import make_url

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / "dien-khanh")]

from case import SERVICES, Case
from dossiers import expected
from figures import FIGURES, from_evaluation
from figures import rows as lines
from meter import measured
from nation import DIEN_KHANH, KHANH_HOA, Country, Say
from registration.country.editions import Province
from registration.country.reform import heir, origins
from totals import LAST_DAY, Expected, Readings, by_path, differences, new_structure, old_structure

DOSSIERS = 100_000
# Above this many, notifications does not listen: it writes to people one by one, and no total is kept there.
MOST_NOTICES = 10_000


class Comparison:
    """What was compared, and whether all of it was equal."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.equal, self.count = True, 0

    def note(self, title: str, count: int, differing: Sequence[str]) -> None:
        self.equal, self.count = self.equal and not differing, self.count + count
        self._say(f"  {title}: {count} totals, {f'{len(differing)} DIFFER' if differing else 'all equal'}")
        for line in differing[:10]:
            self._say(f"    {line}")

    def note_tree(self, output: str) -> None:
        """The reformed country is the maintained one: its import finds nothing to add, to rename or to leave."""
        *provinces, total = output.splitlines()
        left = [line for line in provinces if not line.endswith(": 0 units added, 0 renamed, 0 left")]
        self.note(f"units against the edition of 2025 ({total})", len(provinces), left)

    def note_case(self, title: str, found: dict[str, Any]) -> None:
        """The figures of the source."""
        wanted = {name: expected()[name] for name in FIGURES}
        table = list(lines(wanted, found))
        self.note(
            title, len(table), [f"{name}: {one} wanted, {other} found" for name, one, other in table if one != other]
        )


def evaluation(case: Case, unit_id: Any, as_of: str = "") -> dict[str, Any]:
    """As the province's administrator is answered: the district's own people are gone after the reform."""
    asked = f"unit_id={unit_id}&from_year=2019&to_year=2021" + (f"&as_of={as_of}" if as_of else "")
    return from_evaluation(case.person("admin-kh").get("reporting", f"/v1/evaluations?{asked}"))


def compare_before(country: Country, case: Case, comparison: Comparison) -> Expected:
    """Reporting against registration's own rows, in the structure of 2024; what comes out is what must stay."""
    readings = country.readings
    wanted = Expected(readings.own("registration"), country.homes())
    comparison.note("dossiers by unit", len(wanted.own), differences(wanted.own, readings.own("reporting")))
    found = old_structure(readings, country.old, None)
    comparison.note("provinces, districts, communes", count(country.old), differences(wanted.before, found))
    comparison.note_case("Diên Khánh's figures", evaluation(case, case.units["DK"]))
    return wanted


def compare_after(country: Country, case: Case, wanted: Expected, comparison: Comparison) -> None:
    readings = country.readings
    for service in ("registration", "reporting"):
        own = readings.own(service)
        comparison.note(f"dossiers by unit of origin, {service}", len(own), differences(wanted.own, own))
    then, now = old_structure(readings, country.old, LAST_DAY), new_structure(readings, country.new)
    title = f"as of {LAST_DAY}: provinces, districts, communes"
    comparison.note(title, count(country.old), differences(wanted.before, then))
    comparison.note("today: provinces, communes", count(country.new), differences(wanted.after, now))
    answering = by_path(readings.responsible())
    comparison.note("today: who answers for them", count(country.new), differences(wanted.after, answering))
    comparison.note_tree(country.import_new())
    comparison.note_case("Diên Khánh's figures as of then", evaluation(case, case.units["DK"], LAST_DAY.isoformat()))
    comparison.note_case(f"the same today, under {heir(DIEN_KHANH).name}", evaluation(case, heir(DIEN_KHANH).id))


def count(provinces: Sequence[Province]) -> int:
    """How many places have a total."""
    return sum(len(one.places) for one in provinces)


def say_totals(wanted: Expected, say: Say) -> None:
    for title, part in (("year", 0), ("status", 1)):
        sums: Counter[Any] = Counter()
        for cell, dossiers in wanted.national.items():
            sums[cell[part]] += dossiers
        say(f"  by {title}: " + ", ".join(f"{key} {dossiers}" for key, dossiers in sorted(sums.items())))
    say(f"  national: {sum(wanted.national.values())} dossiers handed in")


def run(country: Country, dossiers: int) -> bool:
    """True when every total is equal."""
    say, comparison = country.say, Comparison(country.say)
    with measured("the country of 2024", say):
        country.import_old()
        country.settle()
    with measured("the real case", say):
        case = country.load_case()
    with measured(f"{dossiers} dossiers", say):
        country.generate(dossiers)
    with measured("their events", say):
        country.settle()
    with measured("totals before", say):
        wanted = compare_before(country, case, comparison)
        say_totals(wanted, say)
    before = country.state()
    with measured("the reform", say):
        country.reform()
    with measured("its events", say):
        country.settle()
    country.say_moved(before)
    with measured("totals after", say):
        compare_after(country, case, wanted, comparison)
    say(f"{comparison.count} totals compared: {'all equal' if comparison.equal else 'NOT EQUAL'}")
    return comparison.equal


@contextmanager
def opened(
    platform: Platform, codes: frozenset[str], say: Say, services: tuple[str, ...] = SERVICES
) -> Iterator[Country]:
    admin = make_url(platform.postgres.url)
    engines = {service: connect_engine(admin.set(database=service).render_as_string(False)) for service in SERVICES}
    addresses = (platform.environment.database_url(service, "app") for service in ("registration", "reporting"))
    writer, reader = (connect_engine(address) for address in addresses)
    try:
        yield Country(platform, Readings(engines, reader), writer, codes, say, services)
    finally:
        for engine in (*engines.values(), writer, reader):
            engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=DOSSIERS)
    parser.add_argument("--province", action="append", metavar="CODE", help="only these of today, and 56")
    arguments = parser.parse_args()
    wanted = {*arguments.province, KHANH_HOA} if arguments.province else origins()
    codes = frozenset(old for code in wanted for old in origins()[code])
    began = time.monotonic()
    platform = Platform(Path(tempfile.mkdtemp(prefix="sangtao-reform-")), free_base())

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {line}", flush=True)

    listening: tuple[str, ...] = SERVICES
    try:
        with platform:
            if arguments.dossiers > MOST_NOTICES:
                listening = tuple(service for service in SERVICES if service != "notifications")
                platform.stop("notifications-consume")
                say("notifications does not listen: it would write to people for hours")
            with opened(platform, codes, say, listening) as country:
                equal = run(country, arguments.dossiers)
    finally:
        platform.discard()
    print(json.dumps({"dossiers": arguments.dossiers, "provinces": len(codes), "equal": equal}))
    raise SystemExit(0 if equal else 1)


if __name__ == "__main__":
    main()
