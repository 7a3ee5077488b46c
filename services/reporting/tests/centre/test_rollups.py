"""The door to the centre: figures cross, given by the province's Standing Board, and the centre reads nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from common import clock
from common.centre import CENTRE, PLATFORM
from common.consumer import Consumer
from reporting.domain.rollups import RollupSent
from sqlalchemy import text

SERVICES = Path(__file__).parents[3]
CONTRACT = json.loads((SERVICES / "reporting/contracts" / f"{RollupSent.type}.json").read_text())
LAST = {"year": 2020}

FIGURES = {
    "registered": 3,
    "recognised": 1,
    "by_status": {"not_recognised": 1, "recognised": 1, "submitted": 1},
    "by_content": {
        "political_system": {"registered": 2, "recognised": 1},
        "production": {"registered": 1, "recognised": 0},
    },
    "by_field": {"society": {"registered": 2, "recognised": 1}, "other": {"registered": 1, "recognised": 0}},
    "by_affiliation": {"front_system": {"registered": 3, "recognised": 1}},
    "models": [{"from_year": 2019, "to_year": 2020, "quantity": 4}],
    "replications": [{"origin_year": 2019, "from_year": 2020, "to_year": 2020, "quantity": 2}],
    "outreach": {"agencies_reached": 0, "villages_reached": 0, "activities": 0, "people": 0},
    "commendations": [
        {
            "from_year": 2019,
            "to_year": 2020,
            "form": "praise",
            "authority": "organisation",
            "collectives": 1,
            "individuals": 5,
        }
    ],
}


def test_what_has_changed_since_it_was_seen_is_not_sent(app: Any, caller: Any, centre: Any, khanh_hoa: Any) -> None:
    board = caller(app, "kh")
    seen = board.get("/v1/rollups/preview?year=2020").json["tag"]
    khanh_hoa.tell(*khanh_hoa.life("late", "DK", 2020, "submitted"))
    refused = board.post("/v1/rollups", LAST | {"seen": seen})
    assert (refused.status_code, refused.json["code"]) == (409, "rollup.changed_since")
    again = board.get("/v1/rollups/preview?year=2020").json["tag"]
    assert board.post("/v1/rollups", LAST | {"seen": again}).status_code == 201
    assert board.post("/v1/rollups", LAST | {"seen": again}).json["code"] == "rollup.changed_since", "sent already"


def test_a_province_sends_what_it_has_seen_and_the_centre_shows_it(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, carry: Any, ask: Any
) -> None:
    board = caller(app, "kh")
    seen = board.get("/v1/rollups/preview?year=2020").json
    assert (seen["figures"], seen["version"], seen["last"], seen["changes"]) == (FIGURES, 1, None, [])
    sent = board.post("/v1/rollups", LAST)
    assert sent.status_code == 201, sent.json
    assert (sent.json["figures"], sent.json["province"], sent.json["version"]) == (FIGURES, "khanh-hoa", 1)
    assert sent.json["sent_by"] == str(khanh_hoa.id("person-kh"))
    assert ask("centre", "/v1/national?from_year=2020&to_year=2020")["totals"]["registered"] == 0
    carry()
    country = ask("centre", "/v1/national?from_year=2020&to_year=2020")
    assert country["totals"] == {
        "registered": 3, "recognised": 1, "undecided": 1, "recognition_rate_percent": 50.0,
    }  # fmt: skip
    for name in ("by_content", "by_field", "by_affiliation", "models", "replications", "commendations"):
        assert country[name] == FIGURES[name]
    [line] = country["provinces"]
    assert (line["name"], line["missing"]) == ("Tỉnh khanh-hoa", [])
    assert line["sent"][0]["drawn_at"] == sent.json["drawn_at"]


def test_a_new_version_says_what_changed_and_the_old_one_stays_as_sent(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, carry: Any, ask: Any
) -> None:
    board = caller(app, "kh")
    board.post("/v1/rollups", LAST)
    khanh_hoa.tell(*khanh_hoa.life("three", "KH", 2020, "recognised", content="production"))
    seen = board.get("/v1/rollups/preview?year=2020").json
    assert (seen["last"]["version"], seen["version"]) == (1, 2)
    assert {".".join(one["figure"]): (one["before"], one["after"]) for one in seen["changes"]} == {
        "recognised": (1, 2),
        "by_status.recognised": (1, 2),
        "by_status.submitted": (1, None),
        "by_content.production.recognised": (0, 1),
        "by_field.society.recognised": (1, 2),
        "by_affiliation.front_system.recognised": (1, 2),
    }
    board.post("/v1/rollups", LAST)
    board.post("/v1/rollups", {"year": 2019})
    first = board.get("/v1/rollups?limit=2").json
    rest = board.get(f"/v1/rollups?limit=2&cursor={first['next']}").json
    items = first["items"] + rest["items"]
    assert [(one["year"], one["version"]) for one in items] == [(2020, 2), (2020, 1), (2019, 1)]
    assert [one["figures"]["recognised"] for one in items] == [2, 1, None]
    carry()
    assert ask("centre", "/v1/national?from_year=2019&to_year=2020")["totals"]["recognised"] == 2


def test_the_highest_version_holds_in_whatever_order_it_comes(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, carry: Any, consumer: Consumer, database: Any
) -> None:
    for _ in range(3):
        caller(app, "kh").post("/v1/rollups", LAST)
    with database.admin_engine.connect() as connection:
        query = text("SELECT body FROM outbox WHERE type = :type ORDER BY position DESC")
        bodies = list(connection.scalars(query, {"type": RollupSent.type}))
    for body in (*bodies, bodies[0]):
        consumer.receive([body])
    with database.admin_engine.connect() as connection:
        assert connection.execute(text("SELECT tenant, province, version FROM received_rollup")).all() == [
            (CENTRE, "khanh-hoa", 3)
        ]
        assert connection.scalar(text("SELECT count(*) FROM dead_letter")) == 0


@pytest.mark.parametrize(
    ("who", "code"),
    [("dk", "rollup.of_the_root"), ("kh-officer", "auth.role_not_allowed"), ("centre", "rollup.of_provinces")],
)
def test_nobody_else_sends(app: Any, caller: Any, centre: Any, khanh_hoa: Any, who: str, code: str, ask: Any) -> None:
    refused = caller(app, who).post("/v1/rollups", LAST)
    assert (refused.status_code, refused.json["code"]) == (403, code)
    assert ask(who, "/v1/rollups/preview?year=2020", 403)["code"] == code


def test_a_unit_below_sees_nothing_of_what_the_province_sent(
    app: Any, caller: Any, khanh_hoa: Any, scope: Any, ask: Any
) -> None:
    caller(app, "kh").post("/v1/rollups", LAST)
    assert ask("dk", "/v1/rollups")["items"] == []
    with scope("/KH/DK/") as uow:
        assert uow.rows(text("SELECT 1 FROM rollup")) == []
    with scope("/KH/") as uow:
        assert len(uow.rows(text("SELECT 1 FROM rollup"))) == 1


@pytest.mark.parametrize("who", ["kh", "dk", "kh-officer"])
def test_the_country_is_for_the_centre(khanh_hoa: Any, who: str, ask: Any) -> None:
    assert ask(who, "/v1/national", 403)["code"] == "national.of_the_centre"


def test_the_centre_sees_no_figure_that_it_was_not_given(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, carry: Any, ask: Any
) -> None:
    caller(app, "kh").post("/v1/rollups", LAST)
    carry()
    reader = caller(app, "centre")
    assert reader.get("/v1/dashboard?from_year=2020&to_year=2020").json["totals"]["registered"] == 0
    assert reader.get(f"/v1/dashboard?unit_id={khanh_hoa.id('KH')}").json["code"] == "unit.not_found"
    assert reader.get("/v1/rollups").json["items"] == []
    assert ask("centre", "/v1/national?from_year=2019&to_year=2019")["totals"]["registered"] == 0


def test_a_year_that_has_not_begun_is_refused(app: Any, caller: Any, khanh_hoa: Any) -> None:
    refused = caller(app, "kh").post("/v1/rollups", {"year": clock.today().year + 1})
    assert (refused.status_code, refused.json["code"]) == (422, "rollup.year_ahead")


def test_which_provinces_have_sent_nothing(
    centre: Any, khanh_hoa: Any, storyteller: Any, ask: Any, recorded: Any
) -> None:
    other, platform = storyteller("lai-chau"), storyteller(PLATFORM)
    other.tell(recorded(other, "lai-chau"))
    platform.tell(recorded(platform, PLATFORM))
    country = ask("centre", "/v1/national?from_year=2020&to_year=2020")
    assert [(one["province"], one["missing"]) for one in country["provinces"]] == [
        ("khanh-hoa", [2020]),
        ("lai-chau", [2020]),
    ]


def test_who_sent_finds_it_among_their_data(app: Any, caller: Any, khanh_hoa: Any, ask: Any) -> None:
    caller(app, "kh").post("/v1/rollups", LAST)
    [row] = ask("kh", "/v1/my-data")["tables"]["rollup"]
    assert (row["year"], row["version"], "figures" in row) == (2020, 1, False)
    assert ask("kh-officer", "/v1/my-data")["tables"]["rollup"] == []


def test_what_the_centre_or_the_platform_would_give_is_not_taken_in(
    storyteller: Any, centre: Any, database: Any
) -> None:
    for name in (CENTRE, PLATFORM):
        story, [example] = storyteller(name), CONTRACT["examples"]
        story.tell(story.event(RollupSent.type, example["rollup_id"], 1, example))
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM received_rollup")) == 0


def test_a_province_is_told_of_in_its_own_name(khanh_hoa: Any, database: Any, recorded: Any) -> None:
    khanh_hoa.tell(recorded(khanh_hoa, "lai-chau"))
    with database.admin_engine.connect() as connection:
        assert connection.scalars(text("SELECT province FROM province")).all() == ["khanh-hoa"]
