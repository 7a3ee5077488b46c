"""The door to the centre: figures cross, given by the province's Standing Board, and the centre reads nothing else."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from common import clock
from common.centre import CENTRE, PLATFORM
from common.consumer import Consumer
from reporting.domain.rollups import WORDS, RollupSent
from reporting.store import projections
from sqlalchemy import text

SERVICES = Path(__file__).parents[2]
CONTRACT = json.loads((SERVICES / "reporting/contracts" / f"{RollupSent.type}.json").read_text())
LAST = {"year": 2020}


def tenant(story: Any, code: str, version: int = 1, **values: Any) -> str:
    """What registration tells of a province."""
    data = {"tenant_id": str(story.id("tenant")), "code": code, "name": f"Tỉnh {code}", "status": "active", "heir": ""}
    return str(story.event("vn.sangtao.registration.tenant.recorded.v1", data["tenant_id"], version, data | values))


@pytest.fixture
def carry(database: Any, consumer: Consumer) -> Any:
    """Bring what reporting has told to reporting, as relay and broker do; returns the events."""

    def deliver() -> list[dict[str, Any]]:
        with database.admin_engine.connect() as connection:
            query = text("SELECT body FROM outbox WHERE type = :type ORDER BY position")
            bodies = list(connection.scalars(query, {"type": RollupSent.type}))
        consumer.receive(bodies)
        return [json.loads(body) for body in bodies]

    return deliver


@pytest.fixture
def centre(storyteller: Any) -> Any:
    made = storyteller(CENTRE)
    made.tell(made.unit("TW", level="centre"), made.grant("centre", "standing", "TW"), tenant(made, CENTRE))
    return made


@pytest.fixture
def khanh_hoa(story: Any) -> Any:
    """KH over X: three initiatives of 2020, a model and its replication, two commendations."""
    story.tell(
        tenant(story, story.tenant),
        story.unit("KH", level="province"),
        story.unit("DK", "KH"),
        story.grant("kh", "standing", "KH"),
        story.grant("dk", "standing", "DK"),
        story.grant("kh-officer", "officer", "KH"),
        *story.life("one", "DK", 2020, "recognised", field="society"),
        *story.life("two", "DK", 2020, "not_recognised", field="Nuôi tôm của ông Năm"),
        *story.life("three", "KH", 2020, "submitted", content="production"),
        story.model("m", "DK", 2019, 2020, 4),
        story.replication("m", "KH", 2019, 2020, 2020, 2),
        story.commendation(
            "praise", "organisation", "annual", (2019, 2020),
            ("individual", "to_truong_nguyen_van_a", 5, {"leaders": 2}), ("collective", "movement", 1),
        ),
        story.decision(2020, "DK", 1, 1),
    )  # fmt: skip
    return story


def ask(app: Any, caller: Any, who: str, path: str, status: int = 200) -> Any:
    answer = caller(app, who).get(path)
    assert answer.status_code == status, answer.json
    return answer.json


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


def test_a_province_sends_what_it_has_seen_and_the_centre_shows_it(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, carry: Any
) -> None:
    board = caller(app, "kh")
    seen = board.get("/v1/rollups/preview?year=2020").json
    assert (seen["figures"], seen["version"], seen["last"], seen["changes"]) == (FIGURES, 1, None, [])
    sent = board.post("/v1/rollups", LAST)
    assert sent.status_code == 201, sent.json
    assert (sent.json["figures"], sent.json["province"], sent.json["version"]) == (FIGURES, "khanh-hoa", 1)
    assert sent.json["sent_by"] == str(khanh_hoa.id("person-kh"))
    assert ask(app, caller, "centre", "/v1/national?from_year=2020&to_year=2020")["totals"]["registered"] == 0
    carry()
    country = ask(app, caller, "centre", "/v1/national?from_year=2020&to_year=2020")
    assert country["totals"] == {"registered": 3, "recognised": 1, "recognition_rate_percent": 33.3}
    for name in ("by_content", "by_field", "by_affiliation", "models", "replications", "commendations"):
        assert country[name] == FIGURES[name]
    [line] = country["provinces"]
    assert (line["name"], line["missing"]) == ("Tỉnh khanh-hoa", [])
    assert line["sent"][0]["drawn_at"] == sent.json["drawn_at"]


def test_a_new_version_says_what_changed_and_the_old_one_stays_as_sent(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, carry: Any
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
    assert ask(app, caller, "centre", "/v1/national?from_year=2019&to_year=2020")["totals"]["recognised"] == 2


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
def test_nobody_else_sends(app: Any, caller: Any, centre: Any, khanh_hoa: Any, who: str, code: str) -> None:
    refused = caller(app, who).post("/v1/rollups", LAST)
    assert (refused.status_code, refused.json["code"]) == (403, code)
    assert ask(app, caller, who, "/v1/rollups/preview?year=2020", 403)["code"] == code


def test_a_unit_below_sees_nothing_of_what_the_province_sent(app: Any, caller: Any, khanh_hoa: Any, scope: Any) -> None:
    caller(app, "kh").post("/v1/rollups", LAST)
    assert ask(app, caller, "dk", "/v1/rollups")["items"] == []
    with scope("/KH/DK/") as uow:
        assert uow.rows(text("SELECT 1 FROM rollup")) == []
    with scope("/KH/") as uow:
        assert len(uow.rows(text("SELECT 1 FROM rollup"))) == 1


@pytest.mark.parametrize("who", ["kh", "dk", "kh-officer"])
def test_the_country_is_for_the_centre(app: Any, caller: Any, khanh_hoa: Any, who: str) -> None:
    assert ask(app, caller, who, "/v1/national", 403)["code"] == "national.of_the_centre"


def test_the_centre_sees_no_figure_that_it_was_not_given(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, carry: Any
) -> None:
    caller(app, "kh").post("/v1/rollups", LAST)
    carry()
    reader = caller(app, "centre")
    assert reader.get("/v1/dashboard?from_year=2020&to_year=2020").json["totals"]["registered"] == 0
    assert reader.get(f"/v1/dashboard?unit_id={khanh_hoa.id('KH')}").json["code"] == "unit.not_found"
    assert reader.get("/v1/rollups").json["items"] == []
    assert ask(app, caller, "centre", "/v1/national?from_year=2019&to_year=2019")["totals"]["registered"] == 0


def test_a_year_that_has_not_begun_is_refused(app: Any, caller: Any, khanh_hoa: Any) -> None:
    refused = caller(app, "kh").post("/v1/rollups", {"year": clock.today().year + 1})
    assert (refused.status_code, refused.json["code"]) == (422, "rollup.year_ahead")


def test_which_provinces_have_sent_nothing(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, storyteller: Any
) -> None:
    other, platform = storyteller("lai-chau"), storyteller(PLATFORM)
    other.tell(tenant(other, "lai-chau"))
    platform.tell(tenant(platform, PLATFORM))
    country = ask(app, caller, "centre", "/v1/national?from_year=2020&to_year=2020")
    assert [(one["province"], one["missing"]) for one in country["provinces"]] == [
        ("khanh-hoa", [2020]),
        ("lai-chau", [2020]),
    ]


def test_who_sent_finds_it_among_their_data(app: Any, caller: Any, khanh_hoa: Any) -> None:
    caller(app, "kh").post("/v1/rollups", LAST)
    [row] = ask(app, caller, "kh", "/v1/my-data")["tables"]["rollup"]
    assert (row["year"], row["version"], "figures" in row) == (2020, 1, False)
    assert ask(app, caller, "kh-officer", "/v1/my-data")["tables"]["rollup"] == []


def test_what_the_centre_or_the_platform_would_give_is_not_taken_in(
    storyteller: Any, centre: Any, database: Any
) -> None:
    for name in (CENTRE, PLATFORM):
        story, [example] = storyteller(name), CONTRACT["examples"]
        story.tell(story.event(RollupSent.type, example["rollup_id"], 1, example))
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM received_rollup")) == 0


def test_a_province_is_told_of_in_its_own_name(khanh_hoa: Any, database: Any) -> None:
    khanh_hoa.tell(tenant(khanh_hoa, "lai-chau"))
    with database.admin_engine.connect() as connection:
        assert connection.scalars(text("SELECT province FROM province")).all() == ["khanh-hoa"]


# What crosses


def leaves(value: Any) -> Iterator[Any]:
    """Every key and value inside."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield name
            yield from leaves(below)
    elif isinstance(value, list):
        for below in value:
            yield from leaves(below)
    else:
        yield value


FIELDS = {"rollup_id", "version", "year", "drawn_at", "figures", *FIGURES, *FIGURES["outreach"]}
FIELDS |= {name for lines in ("models", "replications", "commendations") for name in FIGURES[lines][0]}


def test_what_crosses_is_numbers_moments_and_closed_words(
    app: Any, caller: Any, the_case: list[str], khanh_hoa: Any, carry: Any
) -> None:
    khanh_hoa.tell(*the_case, khanh_hoa.grant("kh", "standing", "KH", version=2))
    for year in (2019, 2020, 2021):
        assert caller(app, "kh").post("/v1/rollups", {"year": year}).status_code == 201
    told = carry()
    assert len(told) == 3
    words = {word for known in WORDS.values() for word in known}
    for event in told:
        jsonschema.validate(event["data"], CONTRACT, format_checker=jsonschema.FormatChecker())
        data = dict(event["data"])
        assert re.fullmatch(r"[0-9a-f-]{36}", data.pop("rollup_id"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", data.pop("drawn_at"))
        texts = {leaf for leaf in leaves(data) if not isinstance(leaf, int | None)}
        assert texts - words - FIELDS == set()
        assert "society" in texts


def test_the_closed_lists_are_those_of_the_services_that_own_them() -> None:
    def enum(service: str, type_: str, field: str) -> set[str]:
        contract = json.loads((SERVICES / service / "contracts" / f"vn.sangtao.{service}.{type_}.json").read_text())
        return set(contract["properties"][field]["enum"])

    for field in ("status", "content", "affiliation"):
        told = enum("registration", "initiative.recognised.v1", field) - {"draft"}
        assert set(WORDS[field]) - {"other"} == told
    for field in ("form", "authority"):
        assert set(WORDS[field]) - {"other"} == enum("review", "commendation.recorded.v1", field)


# Provinces that merge


@pytest.fixture
def ninh_thuan(storyteller: Any) -> Any:
    other = storyteller("ninh-thuan")
    other.tell(
        tenant(other, "ninh-thuan"),
        other.unit("NT", level="province"),
        other.unit("B", "NT"),
        other.grant("nt", "standing", "NT"),
        *other.life("b", "B", 2020, "recognised"),
        *other.life("c", "NT", 2020, "submitted"),
        other.model("nt-m", "B", 2019, 2020, 7),
    )
    return other


def units_arrive(heir: Any, absorbed: Any) -> list[str]:
    """What registration tells in the heir's name after the merger."""
    moved = {"valid_from": "2025-07-01"}
    return [
        heir.unit("B", "KH", version=2, unit_id=str(absorbed.id("B")), parent_id=str(heir.id("KH")), **moved),
        heir.unit(
            "NT", "", version=2, path="/KH/", unit_id=str(absorbed.id("NT")), parent_id=None, ended=True, **moved
        ),
    ]


def test_a_merger_neither_doubles_nor_loses_anything(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, ninh_thuan: Any, carry: Any, database: Any
) -> None:
    for who in ("kh", "nt"):
        assert caller(app, who).post("/v1/rollups", LAST).status_code == 201
    assert caller(app, "nt").post("/v1/rollups", LAST).json["version"] == 2
    carry()

    def country() -> Any:
        found = ask(app, caller, "centre", "/v1/national?from_year=2019&to_year=2020")
        kept = ("totals", "by_status", "by_content", "by_field", "by_affiliation", "models", "commendations")
        return {name: found[name] for name in kept}, found["provinces"]

    before, lines = country()
    assert before["totals"]["registered"] == 5
    assert before["models"] == [{"from_year": 2019, "to_year": 2020, "quantity": 11}]
    assert [one["province"] for one in lines] == ["khanh-hoa", "ninh-thuan"]
    ninh_thuan.tell(tenant(ninh_thuan, "ninh-thuan", 2, status="merged", heir="khanh-hoa"))
    after, [line] = country()
    assert after == before
    assert [one["province"] for one in line["sent"]] == ["khanh-hoa", "ninh-thuan"]
    board = caller(app, "kh")
    refused = board.post("/v1/rollups", LAST)
    assert (refused.status_code, refused.json["code"]) == (409, "rollup.units_move")
    khanh_hoa.tell(*units_arrive(khanh_hoa, ninh_thuan))
    assert board.post("/v1/rollups", LAST).json["version"] == 2
    carry()
    sent_again, [line] = country()
    assert sent_again == before
    assert [(one["province"], one["registered"]) for one in line["sent"]] == [("khanh-hoa", 5)]
    history = [(one["province"], one["version"]) for one in board.get("/v1/rollups").json["items"]]
    assert history == [("ninh-thuan", 2), ("khanh-hoa", 2), ("ninh-thuan", 1), ("khanh-hoa", 1)]
    with database.admin_engine.connect() as connection:
        assert connection.scalars(text("SELECT DISTINCT tenant FROM rollup")).all() == ["khanh-hoa"]
        assert connection.scalar(text("SELECT count(*) FROM dead_letter")) == 0


def test_what_was_sent_before_a_merger_and_arrives_after_it_stands_under_the_old_name(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, ninh_thuan: Any, carry: Any
) -> None:
    caller(app, "nt").post("/v1/rollups", LAST)
    ninh_thuan.tell(tenant(ninh_thuan, "ninh-thuan", 2, status="merged", heir="khanh-hoa"))
    carry()
    country = ask(app, caller, "centre", "/v1/national?from_year=2020&to_year=2020")
    [line] = country["provinces"]
    assert (line["province"], line["sent"][0]["province"], line["missing"]) == ("khanh-hoa", "ninh-thuan", [2020])
    assert country["totals"]["registered"] == 2


def test_a_merger_waits_for_a_roll_up_that_is_being_drawn(
    centre: Any, khanh_hoa: Any, ninh_thuan: Any, scope: Any, database: Any
) -> None:
    """Else what was drawn without the other's rows could look as if it had been drawn with them."""
    told = tenant(ninh_thuan, "ninh-thuan", 2, status="merged", heir="khanh-hoa")
    with ThreadPoolExecutor(1) as pool:
        with scope("/KH/") as drawing:
            projections.lock_figures(drawing)
            merging = pool.submit(ninh_thuan.tell, told)
            with pytest.raises(TimeoutError):
                merging.result(timeout=0.7)
            drawn_at = clock.now()
        merging.result(timeout=10)
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT merged_at FROM province WHERE province = 'ninh-thuan'")) > drawn_at


def test_when_provinces_merged_is_not_forgotten_by_a_replay(
    centre: Any, khanh_hoa: Any, ninh_thuan: Any, database: Any
) -> None:
    def merged_at() -> Any:
        with database.admin_engine.connect() as connection:
            return connection.scalar(text("SELECT merged_at FROM province WHERE province = 'ninh-thuan'"))

    ninh_thuan.tell(tenant(ninh_thuan, "ninh-thuan", 2, status="merged", heir="khanh-hoa"))
    first = merged_at()
    ninh_thuan.tell(tenant(ninh_thuan, "ninh-thuan", 2, status="merged", heir="khanh-hoa"))
    ninh_thuan.tell(tenant(ninh_thuan, "ninh-thuan", 3, status="merged", heir="khanh-hoa"))
    assert first is not None
    assert merged_at() == first
