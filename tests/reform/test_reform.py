"""`make reform`, the small one: Khánh Hòa and Ninh Thuận with the real case, every service listening."""

import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from common import clock
from common.database import Context
from local.platform import Platform
from local.ports import free_base
from registration.country.editions import provinces
from registration.store.tables import metadata
from registration.usecases.country import Dates, import_province
from registration.usecases.tenants import PLATFORM
from sqlalchemy import text

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "examples" / "vietnam"))


@pytest.mark.timeout(900)
def test_two_provinces_become_one_and_every_total_stays(tmp_path: Path) -> None:
    from reform import opened, run
    from totals import differences

    lines: list[str] = []
    platform = Platform(tmp_path / "state", free_base())
    with platform, opened(platform, frozenset({"56", "58"}), lines.append) as country:
        assert run(country, 1000), "\n".join(lines)
        # The same dossiers each time: 977 of the thousand are no drafts, and the real case has 139.
        assert any("national: 1116 dossiers handed in" in line for line in lines), "\n".join(lines)
        before = country.readings.own("registration")
        with country.readings.everything["registration"].begin() as connection:
            connection.execute(
                text("UPDATE initiative SET year = 2018 WHERE code = (SELECT max(code) FROM initiative)")
            )
        assert len(differences(before, country.readings.own("registration"))) == 1
    platform.discard()


def test_dossiers_are_the_same_each_time_and_tell_every_act(service_database: Callable[..., Any]) -> None:
    from generated import Generator, write

    database = service_database("registration", metadata, "generated")
    (khanh_hoa,) = [one for one in provinces("2024") if one.root.code == "56"]
    made = []
    for _ in range(2):
        database.empty()
        with database.unit_of_work(Context(PLATFORM)) as uow:
            dates = Dates(date(2010, 1, 1), date(2025, 1, 1), date(2025, 1, 1))
            import_province(uow, khanh_hoa, dates, clock.now())
        with database.unit_of_work(Context("khanh-hoa")) as uow:
            generator = Generator(khanh_hoa, "issuer", without=["574"])
            generator.prepare(uow)
            (batch,) = generator.batches(200)
            write(uow, batch, khanh_hoa.root.name)
        with database.admin_engine.connect() as connection:
            query = "SELECT id, code, year, status, unit_id, scope_path FROM initiative ORDER BY id"
            made.append([tuple(row) for row in connection.execute(text(query))])
            acts = connection.scalar(text("SELECT count(*) FROM initiative_step"))
            told = connection.scalar(text("SELECT count(*) FROM outbox WHERE type LIKE '%.initiative.%'"))
        assert (len(made[-1]), acts, told) == (200, len(batch.facts), len(batch.facts))
    assert made[0] == made[1]
    assert not [path for *_, path in made[0] if "/574/" in path]


def test_a_total_that_differs_is_named() -> None:
    from totals import by_path, differences

    one, other = Counter({(2019, "submitted"): 2}), Counter({(2019, "submitted"): 1})
    assert differences({"a": one, "b": Counter()}, {"a": one}) == []
    assert differences({"a": one}, {"a": other}) == ["a: 2 wanted, 1 found"]
    assert differences({"a": one}, {}) == ["a: 2 wanted, 0 found"]
    assert differences({}, {"a": one}) == ["a: 0 wanted, 2 found"]
    # The commune's code may be the old one's: only the whole path tells that a dossier has moved.
    assert by_path({"/56/22651/DK-MT/": one}) == {"56": one, "22651": one}
    assert by_path({"/56/574/22651/": one}) == {"56": one}


def test_there_are_as_many_dossiers_as_asked_for_and_none_in_dien_khanh() -> None:
    from generated import Generator, shares

    made = [Generator(one, "issuer", without=["574"]) for one in provinces("2024")]
    assert sum(one.makers for one in made) == 10_035 + 5 - 17
    for count in (1_000, 100_000):
        assert sum(shares(made, count)) == count
