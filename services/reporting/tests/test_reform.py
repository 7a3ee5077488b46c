"""A district ends, its communes merge and split, two provinces become one: every total is what it was, on every day."""

import json
import random
from typing import Any

import pytest
from sqlalchemy import text

THEN, NOW = "2025-06-30", "2025-07-01"
SPAN = "from_year=2019&to_year=2021"
END = {"ended": True, "valid_from": NOW}


@pytest.fixture
def before(story: Any) -> list[str]:
    """KH over the district DK over X and Y; five initiatives, a model, a decision and a commendation."""
    return [
        story.unit("KH", level="province"),
        story.unit("DK", "KH", level="district"),
        story.unit("X", "DK"),
        story.unit("Y", "DK"),
        story.grant("kh", "standing", "KH"),
        story.grant("x", "officer", "X"),
        *story.life("x-1", "X", 2019, "recognised"),
        *story.life("x-2", "X", 2020, "submitted"),
        *story.life("y-1", "Y", 2019, "recognised"),
        *story.life("y-2", "Y", 2019, "not_recognised"),
        *story.life("dk-1", "DK", 2021, "withdrawn"),
        story.model("m", "Y", 2019, 2020, 4),
        story.decision(2019, "DK", 2, 1),
    ]


def reform(story: Any) -> list[str]:
    """N is made of X and of a part of Y, Z of the rest of Y; the district's heir is N. One dossier of Y goes to Z."""
    made = [
        story.unit("N", "KH", valid_from=NOW),
        story.unit("Z", "KH", valid_from=NOW),
        *(story.unit(code, "", version=2, path="/KH/N/", **END) for code in ("X", "Y", "DK")),
        story.grant("x", "officer", "N", version=2),
    ]
    given = {"responsible_unit_id": str(story.id("Z")), "responsible_since": NOW, "scope_path": "/KH/Z/"}
    moved = json.loads(story.initiative("y-2", "N", 2019, "not_recognised", 9, unit_id=str(story.id("Y")), **given))
    return [*made, json.dumps(moved | {"type": "vn.sangtao.registration.initiative.transferred.v1"})]


def parts(answer: Any) -> dict[str, int]:
    return {group["unit"]["code"]: group["count"] for group in answer["groups"]}


@pytest.fixture
def ask(app: Any, caller: Any) -> Any:
    def get(who: str, path: str) -> Any:
        answer = caller(app, who).get(path)
        assert answer.status_code == 200, answer.json
        return answer.json

    return get


@pytest.fixture
def launch(app: Any, caller: Any) -> Any:
    """`launch(story, "X", 10)`: the unit's launch of 2020 reached ten agencies and twice as many villages."""

    def record(story: Any, unit: str, agencies: int, year: int = 2020, who: str = "kh") -> None:
        body = {
            "kind": "launch", "title": "Phát động", "form": "conference", "unit_id": str(story.id(unit)),
            "from_date": f"{year}-06-17", "to_date": f"{year}-06-17",
            "reach": {"agencies": agencies, "villages": 2 * agencies, "people": 3},
        }  # fmt: skip
        assert caller(app, who).post("/v1/activities", body).status_code == 201

    return record


def reached(agencies: int) -> dict[str, int]:
    return {"agencies_reached": agencies, "villages_reached": 2 * agencies}


def test_every_total_stays_and_each_day_has_its_own_parts(story: Any, before: list[str], ask: Any, launch: Any) -> None:
    story.tell(*before)
    for unit, agencies in (("DK", 12), ("X", 10), ("Y", 5)):
        launch(story, unit, agencies)
    was = {kind: ask("kh", f"/v1/{kind}?{SPAN}") for kind in ("dashboard", "evaluations")}
    sent = ask("kh", "/v1/rollups/preview?year=2020")["figures"]
    assert was["evaluations"]["outreach"] == reached(15)
    story.tell(*reform(story))
    for day in ("", f"&as_of={NOW}", f"&as_of={THEN}"):
        now = ask("kh", f"/v1/dashboard?{SPAN}{day}")
        for name in ("totals", "years", "by_status", "by_content", "models", "activities", "decisions"):
            assert now[name] == was["dashboard"][name], (name, day)
        evaluated = ask("kh", f"/v1/evaluations?{SPAN}{day}")
        for name in ("registered", "outreach", "activities"):
            assert evaluated[name] == was["evaluations"][name], (name, day)
    assert ask("kh", "/v1/rollups/preview?year=2020")["figures"] == sent
    roll_up = f"/v1/rollup?{SPAN}&by=unit"
    assert parts(ask("kh", f"{roll_up}&as_of={THEN}")) == {"DK": 5}
    assert parts(ask("kh", f"{roll_up}&as_of={THEN}&unit_id={story.id('DK')}")) == {"X": 2, "Y": 2, "DK": 1}
    assert parts(ask("kh", f"{roll_up}&as_of={NOW}")) == parts(ask("kh", roll_up)) == {"N": 4, "Z": 1}


@pytest.mark.parametrize(("of_district", "agencies"), [(97, 97), (12, 15), (0, 15)])
def test_what_a_district_reached_stays_one_reach_whoever_its_communes_go_to(
    story: Any, before: list[str], ask: Any, launch: Any, of_district: int, agencies: int
) -> None:
    story.tell(*before)
    for unit, own in (("DK", of_district), ("X", 10), ("Y", 5)):
        launch(story, unit, own)
        launch(story, unit, own // 2, 2021)
    story.tell(
        story.unit("N", "KH", valid_from=NOW),
        story.unit("X", "KH", version=2, valid_from=NOW),
        story.unit("Y", "", version=2, path="/KH/N/", **END),
        story.unit("DK", "", version=2, path="/KH/N/", **END),
    )
    for day in ("", f"&as_of={NOW}", f"&as_of={THEN}"):
        assert ask("kh", f"/v1/evaluations?{SPAN}{day}")["outreach"] == reached(agencies), day
    for unit, own in (("N", max(of_district, 5)), ("X", 10)):
        assert ask("kh", f"/v1/evaluations?{SPAN}&unit_id={story.id(unit)}")["outreach"] == reached(own)
    district = f"/v1/evaluations?{SPAN}&unit_id={story.id('DK')}&as_of={THEN}"
    assert ask("kh", district)["outreach"] == reached(agencies)


def test_a_launch_since_the_reform_reaches_the_bodies_that_were_reached_before(
    story: Any, before: list[str], ask: Any, launch: Any
) -> None:
    story.tell(*before)
    for unit, own in (("DK", 12), ("X", 10), ("Y", 5)):
        launch(story, unit, own, 2024)
    story.tell(*reform(story))
    for own, all_of_them in ((11, 15), (20, 20)):
        launch(story, "N", own, 2026)
        for asked in ("", f"&as_of={NOW}", f"&as_of={THEN}", f"&unit_id={story.id('N')}"):
            found = ask("kh", f"/v1/evaluations?from_year=2024&to_year=2026{asked}")["outreach"]
            assert found == reached(all_of_them), asked


def test_activities_are_listed_in_the_structure_of_a_day(
    story: Any, before: list[str], ask: Any, app: Any, caller: Any
) -> None:
    story.tell(*before)
    body = {
        "kind": "outreach", "title": "Họp thôn", "form": "meeting", "unit_id": str(story.id("X")),
        "from_date": "2024-03-01", "to_date": "2024-03-01",
    }  # fmt: skip
    made = caller(app, "x").post("/v1/activities", body).json["id"]
    story.tell(*reform(story))

    def ids(unit: str, day: str) -> list[str]:
        query = f"unit_id={story.id(unit)}{f'&as_of={day}' if day else ''}"
        return [one["id"] for one in ask("kh", f"/v1/activities?{query}")["items"]]

    assert ids("DK", THEN) == ids("N", "") == ids("N", NOW) == ids("KH", THEN) == [made]
    assert ids("Z", "") == ids("Y", THEN) == []


def test_an_ended_unit_is_an_area_of_its_own_days_only(
    story: Any, before: list[str], ask: Any, app: Any, caller: Any
) -> None:
    story.tell(*before, *reform(story))
    assert ask("kh", f"/v1/rollup?{SPAN}&unit_id={story.id('DK')}&as_of={THEN}")["total"] == 5
    for day in ("", f"&as_of={NOW}"):
        assert caller(app, "kh").get(f"/v1/rollup?{SPAN}&unit_id={story.id('DK')}{day}").status_code == 404


def test_an_ended_units_cycles_are_its_own_on_its_days_and_its_heirs_since(
    story: Any, before: list[str], ask: Any
) -> None:
    story.tell(*before, story.cycle(2020, "KH"), story.cycle(2021, "DK"), *reform(story))

    def years(unit: str, day: str) -> list[int]:
        query = f"{SPAN}&unit_id={story.id(unit)}{f'&as_of={day}' if day else ''}"
        return [cycle["year"] for cycle in ask("kh", f"/v1/dashboard?{query}")["cycles"]]

    for unit in ("DK", "X"):
        assert years(unit, THEN) == [2021, 2020], unit
    assert years("N", "") == years("N", NOW) == [2021, 2020]
    assert years("N", THEN) == years("Z", "") == years("KH", THEN) == [2020]


def test_the_heirs_officer_sees_what_it_answers_for_and_nothing_else_of_the_district(
    story: Any, before: list[str], ask: Any
) -> None:
    story.tell(*before, *reform(story))
    assert ask("x", f"/v1/rollup?{SPAN}")["total"] == 4
    assert ask("x", f"/v1/rollup?{SPAN}&unit_id={story.id('DK')}&as_of={THEN}")["total"] == 4


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_events_changes_nothing(
    story: Any, before: list[str], ask: Any, counters: Any, database: Any, seed: int
) -> None:
    events = [*before, *reform(story)]
    random.Random(seed).shuffle(events)  # noqa: S311
    story.tell(*events[:9])
    story.tell(*events[9:])
    seen = counters()
    assert seen["levels"] == seen["levels_afresh"]
    assert seen["own"] == seen["own_afresh"]
    assert parts(ask("kh", f"/v1/rollup?{SPAN}&by=unit&as_of={THEN}")) == {"DK": 5}
    assert parts(ask("kh", f"/v1/rollup?{SPAN}&by=unit")) == {"N": 4, "Z": 1}


def test_a_reorganisation_that_was_undone_has_never_been(story: Any, before: list[str], ask: Any) -> None:
    story.tell(*before, *reform(story))
    story.tell(
        story.unit("DK", "KH", version=3, level="district"),
        story.unit("X", "DK", version=3),
        story.unit("Y", "DK", version=3),
        story.unit("N", "", version=2, path="/KH/", **END),
        story.unit("Z", "", version=2, path="/KH/", **END),
        story.initiative("y-2", "Y", 2019, "not_recognised", 10),
    )
    for day in ("", f"&as_of={NOW}", f"&as_of={THEN}"):
        assert parts(ask("kh", f"/v1/rollup?{SPAN}&by=unit{day}")) == {"DK": 5}, day


def test_two_provinces_become_one(storyteller: Any, ask: Any, counters: Any, database: Any, launch: Any) -> None:
    heir, absorbed = storyteller("khanh-hoa"), storyteller("ninh-thuan")
    heir.tell(heir.unit("KH", level="province"), heir.unit("A", "KH"), heir.grant("kh", "standing", "KH"),
              *heir.life("a", "A", 2019, "recognised"))  # fmt: skip
    launch(heir, "KH", 20)
    absorbed.tell(
        absorbed.unit("NT", level="province"), absorbed.unit("B", "NT"), absorbed.grant("nt", "standing", "NT")
    )
    launch(absorbed, "NT", 10, who="nt")
    launch(absorbed, "B", 4, who="nt")
    absorbed.tell(*absorbed.life("b", "B", 2019, "recognised"), *absorbed.life("c", "NT", 2020, "submitted"))
    late = absorbed.life("late", "B", 2021, "submitted")
    merged = {"tenant_id": str(absorbed.id("nt")), "code": "ninh-thuan", "name": "Ninh Thuận", "status": "merged",
              "heir": "khanh-hoa"}  # fmt: skip
    told = absorbed.event("vn.sangtao.registration.tenant.recorded.v1", merged["tenant_id"], 2, merged)
    absorbed.tell(told, late[0])
    heir.paths |= absorbed.paths
    of_b, of_root = str(absorbed.id("B")), str(absorbed.id("NT"))
    heir.tell(
        heir.unit("B", "KH", version=2, unit_id=of_b, valid_from=NOW, parent_id=str(heir.id("KH"))),
        heir.unit("NT", "", version=2, path="/KH/", unit_id=of_root, parent_id=None, **END),
    )
    absorbed.tell(*late)  # Told under the old name, after everything has moved.
    roll_up = f"/v1/rollup?{SPAN}&by=unit"
    assert parts(ask("kh", roll_up)) == {"A": 1, "B": 2, "KH": 1}
    assert ask("kh", f"/v1/evaluations?{SPAN}")["outreach"] == reached(30)
    assert ask("kh", f"/v1/evaluations?{SPAN}&as_of={THEN}")["outreach"] == reached(20)
    assert parts(ask("kh", f"{roll_up}&as_of={THEN}")) == {"A": 1}
    assert parts(ask("kh", f"{roll_up}&as_of={THEN}&unit_id={of_root}")) == {"B": 2, "NT": 1}
    seen = counters()
    assert seen["levels"] == seen["levels_afresh"]
    for table in ("initiative", "own_count", "level_count", "unit", "place"):
        with database.admin_engine.connect() as connection:
            assert set(connection.scalars(text(f"SELECT tenant FROM {table}"))) == {"khanh-hoa"}, table
