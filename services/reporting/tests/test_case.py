"""The real case: every figure that Diên Khánh published comes out of the events, one to one."""

import io
from typing import Any

import openpyxl
import pytest

SPAN = "from_year=2019&to_year=2021"


@pytest.fixture
def standing(app: Any, caller: Any, story: Any, the_case: list[str], launch: dict[str, Any]) -> Any:
    """The district's standing committee, after three years were told and the launches recorded."""
    story.tell(*the_case)
    who = caller(app, "standing-dk")
    for year in (2019, 2020, 2021):
        dates = {"from_date": f"{year}-06-17", "to_date": f"{year}-06-17"}
        assert who.post("/v1/activities", launch | dates).status_code == 201
    return who


def _as_published(evaluation: dict[str, Any]) -> dict[str, Any]:
    """The evaluation's figures under the names of the published ones."""
    lines = {}
    for line in evaluation["commendations"]:
        years = (line["from_year"], line["to_year"])
        lines[years, line["form"], line["authority"], line["group"]] = line
    two, five = (2019, 2020), (2016, 2020)
    praised = {group: lines[two, "praise", "organisation", group]["individuals"]
               for group in ("front_officer", "member_organisation_officer")}  # fmt: skip
    movement = lines[two, "achievement", "district", "movement"]
    models = evaluation["models"]
    return {
        "outreach": evaluation["outreach"],
        "registered": evaluation["registered"],
        "recognised": evaluation["recognised"],
        "recognition_rate_percent": evaluation["recognition_rate_percent"],
        "self_managed_models": {
            "years": models["years"],
            "total": models["total"],
            "replicated_from_2019": models["replicated_by_origin_year"]["2019"],
        },
        "commendations": {
            "front_and_member_organisations": {
                "front_officers": praised["front_officer"],
                "member_organisation_officers": praised["member_organisation_officer"],
            },
            "2019-2020": {
                "provincial_emulation_flags_collectives": lines[two, "emulation_flag", "province", "outstanding"][
                    "collectives"
                ],
                "excellent_labour_collectives": lines[two, "excellent_labour_collective", "province", "outstanding"][
                    "collectives"
                ],
                "provincial_certificates_of_merit": _both(
                    lines[two, "certificate_of_merit", "province", "outstanding"]
                ),
                "district_cash_rewards_leading_units": lines[two, "cash_reward", "district", "leading_unit"][
                    "collectives"
                ],
                "individuals_with_recognised_initiatives": lines[two, "cash_reward", "district", "recognised_author"][
                    "individuals"
                ],
                "district_outstanding": _both(lines[two, "cash_reward", "district", "outstanding"]),
                "movement_and_topical": _both(movement) | {"of_which_leaders": movement["of_which"]["leaders"]},
            },
            "five_year_2016-2020": {
                "provincial_certificates_of_merit": _both(
                    lines[five, "certificate_of_merit", "province", "outstanding"]
                ),
                "district_certificates_of_commendation": _both(
                    lines[five, "certificate_of_commendation", "district", "outstanding"]
                ),
            },
        },
    }


def _both(line: dict[str, Any]) -> dict[str, int]:
    return {"collectives": line["collectives"], "individuals": line["individuals"]}


def test_the_evaluation_equals_the_published_figures(standing: Any, expected: dict[str, Any]) -> None:
    answer = standing.get(f"/v1/evaluations?{SPAN}")
    assert answer.status_code == 200, answer.json
    figures = {name: value for name, value in expected.items() if name not in ("source", "tenant", "notes")}
    assert _as_published(answer.json) == figures


def test_the_dashboard_tells_the_same(standing: Any, expected: dict[str, Any]) -> None:
    seen = standing.get(f"/v1/dashboard?{SPAN}").json
    assert seen["totals"] == {
        "registered": 139,
        "recognised": 41,
        "not_recognised": 53,
        "in_progress": 45,
        "recognition_rate_percent": 43.6,
    }
    assert {str(line["year"]): line["registered"] for line in seen["years"]} | {"total": 139} == expected["registered"]
    assert [line["recognised"] for line in seen["years"]] == [20, 21, None]
    assert {line["status"]: line["count"] for line in seen["by_status"]} == {
        "not_recognised": 53, "submitted": 45, "recognised": 41,
    }  # fmt: skip
    assert {line["unit"]["code"]: line["recognised"] for line in seen["by_unit"]} == {
        "DK-MT": 9, "DK-PN": 9, "DK-UB": 23,
    }  # fmt: skip
    assert sum(line["registered"] for line in seen["by_unit"]) == 139
    assert [cycle["year"] for cycle in seen["cycles"]] == [2021, 2020, 2019]
    assert [decision["recognised"] for decision in seen["decisions"]] == [21, 20]
    assert seen["activities"]["forms"] == [{"kind": "launch", "form": "conference", "count": 3, "people": 450}]


def test_a_roll_up_groups_by_any_keys(standing: Any) -> None:
    by_year = standing.get(f"/v1/rollup?{SPAN}&by=year,status").json
    assert {(group["year"], group["status"]): group["count"] for group in by_year["groups"]} == {
        (2019, "recognised"): 20, (2019, "not_recognised"): 28,
        (2020, "recognised"): 21, (2020, "not_recognised"): 25,
        (2021, "submitted"): 45,
    }  # fmt: skip
    by_unit = standing.get(f"/v1/rollup?{SPAN}&by=unit").json
    assert sum(group["count"] for group in by_unit["groups"]) == by_unit["total"] == 139
    assert standing.get(f"/v1/rollup?{SPAN}").json["groups"] == [{"count": 139}]


def test_the_workbook_holds_the_same_figures(standing: Any) -> None:
    answer = standing.get(f"/v1/evaluations.xlsx?{SPAN}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=danh-gia-DK-2019-2021.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Số liệu", "Khen thưởng"]
    rows = [[cell for cell in row if cell is not None] for row in book["Số liệu"].iter_rows(values_only=True)]
    assert ["Cơ quan, tổ chức, đơn vị, địa phương được phát động", 97] in rows
    assert ["Thôn, tổ dân phố được phát động", 93] in rows
    assert ["Năm 2019", 48, 20, 4, 3, 13, 0, 41.7] in rows
    assert ["Năm 2020", 46, 21, 5, 6, 10, 0, 45.7] in rows
    assert ["Năm 2021", 45, *["chưa xét"] * 4, 45, "chưa xét"] in rows
    assert ["Trong đó nhân rộng từ cách làm hay năm 2019", 12] in rows
    commended = [row[6:8] for row in book["Khen thưởng"].iter_rows(values_only=True) if isinstance(row[0], int)]
    assert max(commended) == (305, 419)
    assert len(commended) == 11
    # A text that fills its column to the letter wraps: its row is as high as two lines, in whole pixels.
    wrapped = {cell.row for row in book["Khen thưởng"].iter_rows() for cell in row if cell.value == "Tổ chức, cơ quan"}
    assert {book["Khen thưởng"].row_dimensions[row].height for row in wrapped} == {36.75}


TYPED = ("=1+1", "http://example.vn/a", "internal:Sheet1!A1", "mailto:a@example.vn", "external:c:\\\\a.xlsx", "0123")


@pytest.mark.parametrize("typed", TYPED)
def test_what_somebody_typed_never_becomes_a_formula_or_a_link(standing: Any, story: Any, typed: str) -> None:
    story.tell(story.unit("DK", "KH", version=9, name=typed, path=story.paths["DK"]))
    story.tell(story.commendation("praise", "commune", typed, (2020, 2020), ("individual", "@SUM(A1)", 1)))
    book = openpyxl.load_workbook(io.BytesIO(standing.get(f"/v1/evaluations.xlsx?{SPAN}").data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    found = [cell for cell in cells if typed.lower() in cell.value.lower()]
    assert len(found) > 2
    assert {(cell.data_type, cell.hyperlink) for cell in found} == {("s", None)}
