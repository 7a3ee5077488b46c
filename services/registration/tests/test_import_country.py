"""`python -m registration import-country` on a database of its own: once, again, after a release, killed half-way."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from common import clock
from common.database import Context
from registration.country.editions import Province, place_id, places, provinces
from registration.country.reform import heir, plan
from registration.domain.tenants import Tenant
from registration.domain.units import Unit
from registration.domain.vocabulary import Level
from registration.store import units as store
from registration.usecases import country
from registration.usecases.country import Dates
from registration.usecases.tenants import PLATFORM, add_tenant
from sqlalchemy import text

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
UNIT = "vn.sangtao.registration.unit.recorded.v1"
ANNOUNCED = f"SELECT count(*) FROM outbox WHERE type = '{UNIT}'"
DATES = Dates(date(2010, 1, 1), date(2024, 5, 1), BEFORE)
Run = Callable[..., tuple[int, str]]


def count(database: Any, query: str) -> int:
    with database.admin_engine.connect() as connection:
        return int(connection.scalar(text(query)))


def tree(database: Any, tenant: str, as_of: date) -> dict[str, Unit]:
    with database.unit_of_work(Context(tenant)) as uow:
        return {unit.code: unit for unit in store.territory(uow, as_of)}


def province(code: str, edition: str = "2024") -> Province:
    return next(one for one in provinces(edition) if one.root.code == code)


def apply(database: Any, one: Province, dates: Dates = DATES) -> Any:
    with database.unit_of_work(Context(PLATFORM)) as uow:
        return country.import_province(uow, one, dates, clock.now())


def test_one_command_makes_the_whole_old_country(empty: Any, run: Run) -> None:
    status, output = run("--edition", "2024")
    assert status == 0
    assert "63/63 ca-mau: " in output
    assert "63 provinces new, 10794 units added, 0 renamed, 0 provinces not touched" in output
    assert count(empty, "SELECT count(*) FROM tenant") == 63
    levels = "SELECT count(*) FROM unit WHERE level = '{}'"
    assert [count(empty, levels.format(one)) for one in ("province", "district", "commune")] == [63, 696, 10_035]
    before = count(empty, ANNOUNCED)
    assert before == 10_794
    assert count(empty, "SELECT count(*) FROM tenant_settings WHERE document->'levels'->1->>'code' = 'district'") == 63

    status, output = run("--edition", "2024")
    assert status == 0
    assert "0 provinces new, 0 units added, 0 renamed, 0 provinces not touched" in output
    assert count(empty, ANNOUNCED) == before


def test_a_fresh_platform_may_begin_with_the_country_of_today(empty: Any, run: Run) -> None:
    status, output = run("--edition", "2025")
    assert (status, "34 provinces new, 3355 units added" in output) == (0, True)
    assert count(empty, "SELECT count(*) FROM unit_period WHERE valid_from = '2025-07-01'") == 3_355
    assert tree(empty, "lao-cai", AFTER)["15"].name == "Tỉnh Lào Cai"


def test_every_unit_is_announced_in_the_transaction_that_makes_it(empty: Any) -> None:
    apply(empty, province("56"))
    with empty.admin_engine.connect() as connection:
        bodies = [
            json.loads(row.body)
            for row in connection.execute(text(f"SELECT body FROM outbox WHERE type = '{UNIT}' ORDER BY position"))
        ]
    said = {body["data"]["code"]: body["data"] for body in bodies}
    assert {body["tenant"] for body in bodies} == {"khanh-hoa"}
    assert len(said) == len(bodies) == len(province("56").places)
    assert said["22651"]["scope_path"] == "/56/574/22651/"
    assert said["22651"]["unit_id"] == str(place_id("2024", "22651"))


def test_two_levels_and_three_live_side_by_side(empty: Any, run: Run) -> None:
    assert run("--edition", "2024", "--province", "56")[0] == 0
    assert run("--edition", "2025", "--province", "12")[0] == 0
    three, two = tree(empty, "khanh-hoa", AFTER), tree(empty, "lai-chau", AFTER)
    assert {unit.level for unit in three.values()} == {Level.PROVINCE, Level.DISTRICT, Level.COMMUNE}
    assert {unit.level for unit in two.values()} == {Level.PROVINCE, Level.COMMUNE}
    assert len(two) == 1 + 38
    assert {unit.scope_path.count("/") for unit in two.values()} == {2, 3}


def test_the_real_case_finds_its_units_in_its_years(empty: Any) -> None:
    apply(empty, province("56"))
    found = tree(empty, "khanh-hoa", date(2019, 1, 1))
    assert found["574"].name == "Huyện Diên Khánh"
    assert found["574"].parent_id == place_id("2024", "56")


def released(one: Province, **changes: str | None) -> Province:
    """The province as a later release of the data has it: code=name, None where it is gone."""
    names = {code.removeprefix("c"): name for code, name in changes.items()}
    known = tuple(
        replace(place, name=names.get(place.code) or place.name)
        for place in one.places
        if names.get(place.code, "") is not None
    )
    new = [code for code in names if code not in {place.code for place in one.places}]
    return replace(one, places=known + tuple(_new(code, str(names[code])) for code in new))


def _new(code: str, name: str) -> Any:
    some = places("2024")["22651"]
    return replace(some, id=place_id("2025", code), code=code, parent="574", name=name)


def test_a_new_release_applies_only_what_differs(empty: Any) -> None:
    apply(empty, province("56"))
    before = count(empty, ANNOUNCED)
    newer = released(province("56"), c22654="Xã Diên Lâm Mới", c99999="Xã Mới", c22657=None)
    found = apply(empty, newer)
    assert [place.code for place in found.added] == ["99999"]
    assert [(unit.code, name) for unit, name in found.renamed] == [("22654", "Xã Diên Lâm Mới")]
    assert found.left == ["22657 Xã Diên Điền: not in this edition"]
    assert count(empty, ANNOUNCED) == before + 2
    old, new = tree(empty, "khanh-hoa", date(2024, 4, 30)), tree(empty, "khanh-hoa", date(2024, 5, 1))
    assert (old["22654"].name, new["22654"].name) == ("Xã Diên Lâm", "Xã Diên Lâm Mới")
    assert ("99999" in old, "99999" in new, "22657" in new) == (False, True, True)

    again = apply(empty, newer)
    assert (again.added, again.renamed) == ([], [])
    assert count(empty, ANNOUNCED) == before + 2


def test_what_people_must_decide_is_left_to_them(empty: Any) -> None:
    apply(empty, province("56"))
    moved = tuple(replace(place, parent="575") if place.code == "22654" else place for place in province("56").places)
    found = apply(empty, replace(province("56"), places=moved))
    assert found.left == ["22654 Xã Diên Lâm: below another unit than in this edition"]
    too_early = replace(DATES, changed_on=DATES.valid_from)
    found = apply(empty, released(province("56"), c22654="Xã Khác"), too_early)
    assert found.left == ["22654 Xã Diên Lâm: Xã Khác in this edition, but not from 2010-01-01 on"]
    assert tree(empty, "khanh-hoa", BEFORE)["22654"].name == "Xã Diên Lâm"


def test_what_users_added_stays_and_its_code_is_not_taken(empty: Any) -> None:
    apply(empty, province("56"))
    with empty.unit_of_work(Context("khanh-hoa")) as uow:
        commune = store.unit(uow, place_id("2024", "22654"), BEFORE)
        own = Unit(place_id("2025", "1"), "99999", "front", "none", "front_system", "Mặt trận xã", commune.id,
                   f"{commune.scope_path}99999/", date(2019, 1, 1))  # fmt: skip
        store.add_unit(uow, own)
    found = apply(empty, released(province("56"), c99999="Xã Mới"))
    assert found.added == []
    assert found.left == ["99999 Xã Mới: its code or its parent's is another unit's, or has ended"]
    with empty.unit_of_work(Context("khanh-hoa")) as uow:
        assert store.unit(uow, own.id, BEFORE).name == "Mặt trận xã"


def test_a_tenant_that_somebody_made_is_not_touched(empty: Any, run: Run) -> None:
    """As the sample's khanh-hoa, whose root is KH."""
    with empty.unit_of_work(Context(PLATFORM)) as uow:
        add_tenant(uow, Tenant("somewhere", "Nơi khác"), code_prefix="LCH", now=clock.now())
        uow.enter_tenant(PLATFORM)
        add_tenant(uow, Tenant("khanh-hoa", "Tỉnh Khánh Hòa"), code_prefix="KHOA", now=clock.now())
        root = Unit(place_id("2025", "2"), "KH", "administrative", "province", "other_agency", "Tỉnh Khánh Hòa", None,
                    "/KH/", date(2010, 1, 1))  # fmt: skip
        store.add_unit(uow, root)
    status, output = run("--edition", "2024", "--province", "56", "--province", "12", "--province", "58")
    assert status == 1
    assert "khanh-hoa: NOT TOUCHED: there is such a tenant, and on 2025-06-30 its root was not" in output
    assert "lai-chau: NOT TOUCHED: somewhere has the prefix LCH" in output
    assert "1 provinces new" in output
    assert [unit.code for unit in tree(empty, "khanh-hoa", BEFORE).values()] == ["KH"]
    assert count(empty, "SELECT count(*) FROM outbox WHERE tenant <> 'ninh-thuan' AND type LIKE '%unit%'") == 0


def test_one_edition_is_never_laid_over_another(empty: Any, run: Run) -> None:
    assert run("--edition", "2024", "--province", "56", "--province", "58", "--province", "10")[0] == 0
    before = count(empty, ANNOUNCED)
    status, output = run("--edition", "2025", "--province", "56", "--province", "15")
    assert status == 1
    assert "khanh-hoa: NOT TOUCHED: it has the levels of another edition" in output
    assert "lao-cai: NOT TOUCHED: there is such a tenant" in output  # Lào Cai of 2024 is another unit.
    assert "ninh-thuan: not in this edition; left to a reorganisation" in output
    assert count(empty, ANNOUNCED) == before

    empty.empty()
    assert run("--edition", "2025", "--province", "56")[0] == 0
    status, output = run("--edition", "2024", "--province", "56")
    assert (status, "khanh-hoa: NOT TOUCHED: there is such a tenant" in output) == (1, True)


def test_the_reform_is_planned_with_what_users_added(empty: Any, run: Run) -> None:
    assert run("--edition", "2024", "--province", "56", "--province", "58")[0] == 0
    with empty.unit_of_work(Context("ninh-thuan")) as uow:
        district = store.unit(uow, place_id("2024", "582"), BEFORE)
        front = Unit(place_id("2025", "3"), "PR-MT", "front", "none", "front_system", "Mặt trận", district.id,
                     f"{district.scope_path}PR-MT/", date(2019, 1, 1))  # fmt: skip
        store.add_unit(uow, front)
    status, output = run("--province", "56", name="plan-reform")
    (planned,) = [json.loads(line) for line in output.splitlines()]
    own = {"action": "move", "unit_id": str(front.id), "parent_id": str(heir("582").id)}
    assert (status, planned["tenant"], planned["absorbs"]) == (0, "khanh-hoa", ["ninh-thuan"])
    assert [change for change in planned["changes"] if change not in plan("56")["changes"]] == [own]
    assert run("--province", "15", name="plan-reform") == (1, "")


def test_the_reform_leads_to_the_edition_of_2025_and_leaves_that_of_2024(empty: Any, run: Run, tmp_path: Path) -> None:
    assert run("--edition", "2024", "--province", "56", "--province", "58")[0] == 0
    plans = tmp_path / "plans.jsonl"
    plans.write_text(run("--province", "56", name="plan-reform")[1])
    status, output = run(str(plans), name="reorganise")
    assert (status, "1 reorganisations applied" in output) == (0, True)

    before = count(empty, "SELECT count(*) FROM outbox")
    status, output = run("--edition", "2025", "--province", "56")
    assert (status, "khanh-hoa: 0 units added, 0 renamed, 0 left" in output) == (0, True), output
    status, output = run("--edition", "2024", "--province", "56")
    assert (status, "khanh-hoa: 0 units added, 0 renamed, 0 left" in output) == (0, True), output
    assert count(empty, "SELECT count(*) FROM outbox") == before
    now = tree(empty, "khanh-hoa", AFTER)
    wanted = {place.code: (place.id, place.name, place.level) for place in province("56", "2025").places}
    assert {code: (unit.id, unit.name, unit.level) for code, unit in now.items()} == wanted

    status, output = run("--edition", "2024", "--province", "58")
    assert (status, "ninh-thuan: NOT TOUCHED" in output) == (1, True)  # It is part of Khánh Hòa by now.


def test_killed_anywhere_and_run_again_it_is_complete(empty: Any) -> None:
    words = [sys.executable, "-m", "registration", "import-country", "--edition", "2024"]
    environment = {**empty.urls, "PATH": os.environ["PATH"]}
    for stop_after in (1, 20, 40):
        with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            for line in process.stdout:
                if line.startswith(f"{stop_after}/"):
                    process.send_signal(signal.SIGKILL)
                    break
        assert process.returncode == -signal.SIGKILL
        made = count(empty, "SELECT count(*) FROM tenant")
        assert stop_after <= made < 63
        sizes = {one.tenant: len(one.places) for one in provinces("2024")}
        with empty.admin_engine.connect() as connection:
            found = {row.tenant: row.count for row in connection.execute(
                text("SELECT tenant, count(*) FROM unit GROUP BY tenant"))}  # fmt: skip
        assert found == {tenant: sizes[tenant] for tenant in found}
        assert len(found) == made
    last = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert last.stdout.count("\n") == 64
    assert count(empty, "SELECT count(*) FROM unit") == count(empty, ANNOUNCED) == 10_794
