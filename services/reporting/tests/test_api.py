"""The HTTP edge: activities, who sees what, structures of another day, and how many statements a figure takes."""

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

FIGURES = ("/v1/rollup", "/v1/dashboard", "/v1/evaluations", "/v1/evaluations.xlsx", "/v1/activities")
SPAN = "from_year=2019&to_year=2021"


@pytest.fixture
def province(story: Any) -> Any:
    """KH over DK and NH; DT below DK. Each district and the commune made initiatives of its own."""
    story.tell(
        story.unit("KH", level="province"),
        story.unit("DK", "KH", level="district"),
        story.unit("NH", "KH", level="district"),
        story.unit("DT", "DK"),
        story.grant("kh", "standing", "KH"),
        story.grant("dk", "officer", "DK"),
        story.grant("nh", "officer", "NH"),
        story.grant("dt", "officer", "DT"),
        story.grant("author", "author", "DT"),
        *story.life("dk-1", "DK", 2019, "recognised"),
        *story.life("dt-1", "DT", 2019, "recognised", content="production"),
        *story.life("dt-2", "DT", 2020, "submitted"),
        *story.life("nh-1", "NH", 2019, "not_recognised"),
        story.initiative("nh-2", "NH", 2019, "withdrawn", 3),
        story.model("m", "DT", 2019, 2019, 4),
        story.replication("m", "NH", 2019, 2020, 2020, 2),
        story.cycle(2019, "KH"),
        story.cycle(2020, "NH"),
        story.decision(2019, "DK", 2, 0),
    )
    return story


@pytest.fixture
def ask(app: Any, caller: Any, province: Any) -> Any:
    """`ask("dk", path)`: the answer to somebody's GET."""
    return lambda who, path: caller(app, who).get(path)


def _units(answer: Any) -> dict[str, int]:
    return {line["unit"]["code"]: line["registered"] for line in answer.json["by_unit"]}


# Activities


def test_an_activity_is_recorded_shown_and_corrected(app: Any, caller: Any, province: Any, launch: Any) -> None:
    officer = caller(app, "dk")
    made = officer.post("/v1/activities", launch)
    assert made.status_code == 201
    assert made.json == launch | {"id": made.json["id"], "version": 1, "unit_name": "Đơn vị DK"}
    path = f"/v1/activities/{made.json['id']}"
    corrected = officer.put(path, launch | {"unit_id": str(province.id("DT")), "note": "Đã sửa"}, version=1)
    assert (corrected.status_code, corrected.json["version"], corrected.json["unit_name"]) == (200, 2, "Đơn vị DT")
    assert officer.get(path).headers["ETag"] == '"2"'
    assert officer.put(path, launch, version=1).status_code == 412
    assert officer.put(path, launch).status_code == 428


def test_a_repeated_recording_is_one_activity(app: Any, caller: Any, province: Any, launch: Any) -> None:
    officer, key = caller(app, "dk"), {"Idempotency-Key": "phat-dong-2019"}
    answers = [officer.post("/v1/activities", launch, headers=key) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(officer.get("/v1/activities").json["items"]) == 1


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"to_date": "2019-06-16"}, "/to_date"),
        ({"kind": "party"}, "/kind"),
        ({"reach": {"agencies": -1}}, "/reach/agencies"),
        ({"title": "   "}, "/title"),
        ({"from_date": "0019-06-17"}, "/from_date"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_a_wrong_activity_is_refused_with_its_field(
    app: Any, caller: Any, province: Any, launch: Any, changed: dict[str, Any], pointer: str
) -> None:
    answer = caller(app, "dk").post("/v1/activities", launch | changed)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == pointer


def test_activities_are_listed_newest_first_a_page_at_a_time(app: Any, caller: Any, province: Any, launch: Any) -> None:
    officer = caller(app, "dk")
    for day in ("2019-06-17", "2021-03-01", "2020-02-01"):
        officer.post("/v1/activities", launch | {"from_date": day, "to_date": day})
    first = officer.get("/v1/activities?limit=2").json
    rest = officer.get(f"/v1/activities?limit=2&cursor={first['next']}").json
    days = [item["from_date"] for page in (first, rest) for item in page["items"]]
    assert (days, rest["next"]) == (["2021-03-01", "2020-02-01", "2019-06-17"], None)
    assert len(officer.get("/v1/activities?from_year=2020&to_year=2020").json["items"]) == 1
    assert officer.get("/v1/activities?kind=outreach").json["items"] == []
    assert officer.get("/v1/activities?cursor=WzFd").json["code"] == "request.bad_cursor"


# Who sees what


@pytest.mark.parametrize("path", FIGURES)
def test_a_unit_outside_the_own_subtree_is_answered_like_none(ask: Any, province: Any, path: str) -> None:
    other = ask("dk", f"{path}?unit_id={province.id('NH')}")
    above = ask("dk", f"{path}?unit_id={province.id('KH')}")
    none = ask("dk", f"{path}?unit_id={province.id('nowhere')}")
    for answer in (other, above, none):
        assert (answer.status_code, answer.json["code"]) == (404, "unit.not_found")
        assert answer.json | {"request_id": ""} == none.json | {"request_id": ""}


def test_another_subtrees_activity_is_neither_seen_nor_changed(
    app: Any, caller: Any, province: Any, launch: Any
) -> None:
    owner, neighbour = caller(app, "dk"), caller(app, "nh")
    path = f"/v1/activities/{owner.post('/v1/activities', launch).json['id']}"
    assert neighbour.get(path).json["code"] == "activity.not_found"
    assert neighbour.put(path, launch | {"unit_id": str(province.id("NH"))}, version=1).status_code == 404
    assert neighbour.post("/v1/activities", launch).json["code"] == "unit.not_found"
    assert neighbour.get("/v1/activities").json["items"] == []
    assert len(caller(app, "kh").get("/v1/activities").json["items"]) == 1


def test_another_tenant_sees_nothing(app: Any, caller: Any, province: Any, storyteller: Any) -> None:
    other = storyteller("lai-chau")
    other.tell(other.unit("KH"), other.grant("lc", "standing", "KH"))
    stranger = caller(app, "lc")
    assert stranger.get(f"/v1/dashboard?{SPAN}").json["totals"]["registered"] == 0
    assert stranger.get(f"/v1/dashboard?unit_id={province.id('KH')}").status_code == 404


@pytest.mark.parametrize("path", FIGURES)
def test_an_author_has_no_figures(ask: Any, path: str) -> None:
    assert ask("author", path).status_code == 403


def test_each_level_sees_its_own_and_what_is_below(ask: Any) -> None:
    assert _units(ask("kh", f"/v1/dashboard?{SPAN}")) == {"DK": 3, "NH": 1}
    assert _units(ask("dk", f"/v1/dashboard?{SPAN}")) == {"DT": 2, "DK": 1}
    assert _units(ask("dt", f"/v1/dashboard?{SPAN}")) == {"DT": 2}
    assert ask("kh", f"/v1/rollup?{SPAN}").json["total"] == 5
    assert ask("kh", f"/v1/evaluations?{SPAN}").json["registered"]["total"] == 4


def test_models_cycles_and_decisions_keep_to_the_subtree(ask: Any) -> None:
    province, district = (ask(who, f"/v1/dashboard?{SPAN}").json for who in ("kh", "nh"))
    assert province["models"] == {"years": [2019], "total": 4, "replicated_by_origin_year": {"2019": 2}}
    assert district["models"] == {"years": [], "total": 0, "replicated_by_origin_year": {"2019": 2}}
    assert [cycle["year"] for cycle in province["cycles"]] == [2019]
    assert [cycle["year"] for cycle in district["cycles"]] == [2020, 2019]
    assert (len(province["decisions"]), len(district["decisions"])) == (1, 0)


def test_a_page_shows_the_newest_decisions_and_how_many_there_are_and_the_workbook_has_all(
    ask: Any, province: Any
) -> None:
    province.tell(*(province.decision(2020, "NH", 1, number, f"no-{number}") for number in range(52)))
    seen = ask("kh", f"/v1/dashboard?{SPAN}").json
    assert (len(seen["decisions"]), seen["decisions_found"]) == (50, 53)
    assert ask("dt", f"/v1/dashboard?{SPAN}").json["decisions_found"] == 0
    assert len(ask("kh", f"/v1/evaluations?{SPAN}").json["decisions"]) == 53
    book = openpyxl.load_workbook(io.BytesIO(ask("kh", f"/v1/evaluations.xlsx?{SPAN}").data))
    rows = [row[0] for row in book["Số liệu"].iter_rows(values_only=True)]
    assert [row for row in rows if str(row).endswith("/QĐ-HĐSK")] == ["120/QĐ-HĐSK"] * 52 + ["119/QĐ-HĐSK"]


@pytest.mark.parametrize(
    ("query", "code"),
    [("from_year=2021&to_year=2019", "span.reversed"), ("from_year=2000&to_year=2040", "span.too_long")],
)
def test_an_impossible_span_is_refused(ask: Any, query: str, code: str) -> None:
    answer = ask("dk", f"/v1/evaluations?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_an_unknown_key_of_a_roll_up_is_refused(ask: Any) -> None:
    assert ask("dk", "/v1/rollup?by=year,colour").status_code == 422


def test_a_unit_merely_heard_of_is_shown_by_its_code(ask: Any, province: Any) -> None:
    province.unit("MM", "DK")
    province.tell(*province.life("mm-1", "MM", 2019, "recognised"))
    parts = {line["unit"]["code"]: line["unit"] for line in ask("dk", f"/v1/dashboard?{SPAN}").json["by_unit"]}
    assert parts["MM"] == {"id": None, "code": "MM", "name": "MM", "level": None, "valid_to": None}


# The structure of another day


@pytest.fixture
def reorganised(province: Any) -> Any:
    """On 2025-07-01 the commune goes straight under the province, and the district ends."""
    province.tell(
        province.unit("DT", "KH", version=2, valid_from="2025-07-01", name="Xã Diên Thọ mới"),
        province.unit("DK", "KH", version=2, level="district", valid_from="2010-01-01", valid_to="2025-06-30"),
        province.grant("dt", "officer", "DT", version=2),
    )
    return province


def test_figures_follow_the_structure_of_the_day_that_is_asked_for(ask: Any, reorganised: Any) -> None:
    today, then = (ask("kh", f"/v1/dashboard?{SPAN}{day}") for day in ("", "&as_of=2021-12-31"))
    assert _units(today) == {"DT": 2, "DK": 1, "NH": 1}
    assert _units(then) == {"DK": 3, "NH": 1}
    assert today.json["totals"] == then.json["totals"]
    district = f"/v1/evaluations?{SPAN}&unit_id={reorganised.id('DK')}"
    assert ask("kh", district).json["registered"]["total"] == 1
    assert ask("kh", f"{district}&as_of=2021-12-31").json["registered"]["total"] == 3
    assert ask("kh", f"{district}&as_of=2021-12-31").json["models"]["total"] == 4


def test_a_day_before_a_units_time_uses_its_first_place(ask: Any, reorganised: Any) -> None:
    answer = ask("kh", f"/v1/rollup?{SPAN}&by=unit&as_of=1999-01-01").json
    assert {group["unit"]["code"]: group["count"] for group in answer["groups"]} == {"DK": 3, "NH": 2}
    assert answer["total"] == 5


def test_a_past_day_opens_no_other_units_rows(ask: Any, reorganised: Any) -> None:
    own = ask("dt", f"/v1/rollup?{SPAN}&by=unit&as_of=2021-12-31").json
    assert [(group["unit"]["name"], group["count"]) for group in own["groups"]] == [("Đơn vị DT", 2)]
    assert ask("dt", f"/v1/rollup?unit_id={reorganised.id('DK')}&as_of=2021-12-31").status_code == 404
    assert ask("dk", f"/v1/rollup?{SPAN}&as_of=2021-12-31").json["total"] == 1


def test_the_workbook_says_whose_structure_it_uses(ask: Any, reorganised: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(ask("kh", f"/v1/evaluations.xlsx?{SPAN}&as_of=2021-12-31").data))
    values = [str(cell.value) for row in book["Số liệu"].iter_rows() for cell in row]
    assert any("theo cơ cấu đơn vị ngày 31/12/2021" in value for value in values)


# What it costs


@pytest.mark.parametrize(("path", "most"), [("/v1/dashboard", 12), ("/v1/evaluations", 9), ("/v1/rollup?by=unit", 4)])
def test_statements_do_not_grow_with_the_area(
    app: Any, caller: Any, province: Any, statements: Any, path: str, most: int
) -> None:
    who, engine = caller(app, "kh"), app.extensions["service"].engine

    def sent() -> list[str]:
        who.get(path)  # The grant is known for a few seconds from here on.
        with statements(engine) as noted:
            assert who.get(path).status_code == 200
        return list(noted)

    small = sent()
    for number in range(30):
        code = f"X{number}"
        province.tell(
            province.unit(code, "KH"),
            *province.life(code, code, 2019, "recognised"),
            province.model(f"model-{code}", code, 2019, 2020, 1),
        )
    large = sent()
    assert len(small) == len(large) == most, large


def test_the_database_itself_keeps_to_the_subtree(province: Any, scope: Any) -> None:
    tables = ("unit", "initiative", "own_count", "level_count", "model", "replication", "decision")
    for table in tables:
        with scope("/KH/NH/") as uow:
            paths = {row.scope_path for row in uow.rows(text(f'SELECT scope_path FROM "{table}"'))}
        assert paths <= {"/KH/NH/"}, table


def test_the_openapi_document_names_every_route(app: Any) -> None:
    document = app.test_client().get("/openapi.json").json
    assert set(document["paths"]) == {
        "/v1/activities", "/v1/activities/{activity_id}", "/v1/rollup", "/v1/dashboard",
        "/v1/evaluations", "/v1/evaluations.xlsx",
        "/v1/rollups", "/v1/rollups/preview", "/v1/national", "/v1/my-data", "/v1/subject-requests/{request_id}/data",
    }  # fmt: skip
