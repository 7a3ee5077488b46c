"""A reorganisation as people prepare it: changes in words, units by what is typed, problems at the change at fault."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from portal.changes import told

A, B, C, D = (f"01a20188-0000-7000-8000-00000000000{number}" for number in range(1, 5))
NAMES = {A: "Xã A", B: "Xã B", C: "Xã C", D: "Huyện D"}
CREATE = {
    "action": "create", "unit_id": C, "code": "XC", "name": "Xã C", "kind": "administrative", "level": "commune",
    "affiliation": "other_agency", "parent_id": D,
}  # fmt: skip
UNITS = [
    {"id": A, "name": "Xã A", "code": "XA", "level": "commune", "kind": "administrative", "scope_path": "/D/XA/"},
    {"id": B, "name": "Xã B", "code": "XB", "level": "commune", "kind": "administrative", "scope_path": "/D/XB/"},
]
ACT = f"/reorganisations/{D}"


def end(unit: str, *successors: str, grants: str = "follow") -> dict[str, Any]:
    return {
        "action": "end", "unit_id": unit, "successor_ids": list(successors), "heir_id": successors[0], "grants": grants,
    }  # fmt: skip


@pytest.fixture
def draft(services: Any) -> Callable[..., dict[str, Any]]:
    """`draft(changes, status="draft")`: what the service has of the reorganisation D."""

    def make(*changes: Any, **values: Any) -> dict[str, Any]:
        act = {
            "id": D, "title": "Sắp xếp", "legal_basis": "NQ 1", "effective_on": "2025-07-01", "status": "draft",
            "absorbs": [], "version": 3, "changes": list(changes), "assignments": [], "names": NAMES, "moved": {},
            "prepared_by": A, "prepared_by_name": "Lan", "prepared_at": "2025-06-01T01:00:00Z", "approved_by": None,
            "approved_by_name": "", "approved_at": None, "applied_at": None, "undone_at": None,
        } | values  # fmt: skip
        services.answer("registration GET /reorganisations/*", 200, act)
        services.answer("registration GET /units", 200, {"items": UNITS, "next": None})
        return act

    return make


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ([CREATE, end(A, C), end(B, C)], ["Lập Xã C (mã XC), trực thuộc Huyện D", "Xã A và Xã B hợp nhất thành Xã C"]),
        ([end(A, C), end(B, C)], ["Xã A và Xã B nhập vào Xã C"]),
        ([end(A, C, grants="end"), end(B, C)], ["Xã A nhập vào Xã C; vai trò tại đơn vị cũ kết thúc",
                                                "Xã B nhập vào Xã C"]),
        ([end(A, B, C)], ["Xã A chia thành Xã B và Xã C; Xã B chịu trách nhiệm chung"]),
        ([{"action": "rename", "unit_id": A, "name": "Xã Mới"}], ["Xã A đổi tên thành Xã Mới"]),
        ([{"action": "move", "unit_id": A, "parent_id": D}], ["Xã A chuyển về trực thuộc Huyện D"]),
    ],
)  # fmt: skip
def test_changes_are_told_in_words_and_each_once(changes: list[Any], sentences: list[str]) -> None:
    found = told(changes, NAMES)
    assert [one.text for one in found] == sentences
    assert sorted(place for one in found for place in one.places) == list(range(len(changes)))


def test_a_merge_is_added_to_what_the_draft_has(
    signed_in: Callable[[str], Any], services: Any, draft: Callable[..., Any]
) -> None:
    draft(CREATE)
    form = {"units.0.unit": "Xã A (XA)", "units.1.unit": "xã b", "into": "Xã C (XC)", "grants": "follow"}
    answer = signed_in("administrator").post(f"{ACT}/add/merge", form)
    asked = services.last("PUT")
    assert (answer.status_code, answer.location) == (303, ACT)
    assert asked.headers["If-Match"] == '"3"'
    assert asked.body == {
        "title": "Sắp xếp", "legal_basis": "NQ 1", "effective_on": "2025-07-01",
        "changes": [CREATE, end(A, C), end(B, C)],
    }  # fmt: skip
    looked_up = [one.query for one in services.asked if one.path == "/units" and one.query.get("q")]
    assert {one["as_of"] for one in looked_up} == {"2025-07-01"}


def test_the_first_successor_of_a_split_is_the_heir(
    signed_in: Callable[[str], Any], services: Any, draft: Callable[..., Any]
) -> None:
    draft(CREATE)
    form = {"unit": "XA", "into.0.unit": "Xã C (XC)", "into.1.unit": "XB", "grants": "end"}
    signed_in("administrator").post(f"{ACT}/add/split", form)
    assert services.last("PUT").body["changes"][1] == end(A, C, B, grants="end")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("Xã", "Có nhiều đơn vị khớp, xin ghi cả mã: Xã A (XA); Xã B (XB)"), ("Xã Khác", "Không có đơn vị nào như vậy")],
)
def test_a_unit_that_is_not_clear_is_asked_for_again(
    signed_in: Callable[[str], Any], services: Any, draft: Callable[..., Any], typed: str, reason: str
) -> None:
    draft()
    answer = signed_in("administrator").post(f"{ACT}/add/rename", {"unit": typed, "name": "Xã Rất Mới"})
    assert answer.status_code == 422
    assert reason in answer.text
    assert 'value="Xã Rất Mới"' in answer.text
    assert not [one for one in services.asked if one.method == "PUT"]


def test_one_unit_is_not_named_twice(signed_in: Callable[[str], Any], services: Any, draft: Any) -> None:
    draft()
    form = {"units.0.unit": "XA", "into": "XA", "grants": "follow"}
    answer = signed_in("administrator").post(f"{ACT}/add/merge", form)
    assert (answer.status_code, "Đơn vị này đã ghi ở mục khác." in answer.text) == (422, True)


def test_what_the_service_says_of_a_change_stands_at_its_field(
    signed_in: Callable[[str], Any], services: Any, draft: Any
) -> None:
    draft(CREATE)
    services.problem("registration PUT /reorganisations/*", 422, "request.invalid", "Sai", **{"/changes/1/name": "Dài"})
    answer = signed_in("administrator").post(f"{ACT}/add/rename", {"unit": "XA", "name": "Xã Mới"})
    assert 'id="name-error">Dài' in answer.text


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ('{"changes": [%s]}', 303),
        ("[%s]", 303),
        ("[]", 422),
        ("không phải JSON", 422),
        ('{"changes": [1]}', 422),
        ('[{"action": NaN}]', 422),
        ("[" * 100_000, 422),
    ],
)
def test_changes_come_from_a_file_after_those_there_are(
    signed_in: Callable[[str], Any], services: Any, draft: Any, content: str, status: int
) -> None:
    draft(CREATE)
    content = content.replace("%s", json.dumps(end(A, C)))
    data = {"_part": "upload", "file": (io.BytesIO(content.encode()), "a.json")}
    answer = signed_in("administrator").post(f"{ACT}/upload", data)
    assert answer.status_code == status
    sent = [one.body["changes"] for one in services.asked if one.method == "PUT"]
    assert sent == ([[CREATE, end(A, C)]] if status == 303 else [])


def test_a_refused_file_says_which_of_its_changes_is_wrong(
    signed_in: Callable[[str], Any], services: Any, draft: Any
) -> None:
    draft(CREATE)
    services.problem("registration PUT /reorganisations/*", 422, "x", "Sai", **{"/changes/2/name": "Quá dài"})
    data = {"_part": "upload", "file": (io.BytesIO(json.dumps([end(A, C)] * 2).encode()), "a.json")}
    answer = signed_in("administrator").post(f"{ACT}/upload", data)
    assert (answer.status_code, "Thay đổi 2 name: Quá dài" in answer.text) == (422, True)


def test_what_waits_for_approval_is_found_at_home(signed_in: Callable[[str], Any], services: Any, draft: Any) -> None:
    waiting = draft(CREATE, status="approved")
    services.answer("registration GET /reorganisations", 200, {"items": [waiting], "next": None})
    assert ACT in signed_in("administrator").get("/home").text
    [asked] = [one.query for one in services.asked if one.path == "/reorganisations"]
    assert asked == {"status": "approved", "limit": "5"}  # Whatever was decided about newer ones.
    assert ACT not in signed_in("standing").get("/home").text  # Of a district: it does not answer for the province.


def test_a_change_is_taken_out_with_those_that_are_told_with_it(
    signed_in: Callable[[str], Any], services: Any, draft: Any
) -> None:
    draft(CREATE, end(A, C), end(B, C))
    administrator = signed_in("administrator")
    administrator.post(f"{ACT}/remove", {"place": ["1", "2", "²"], "_version": "3"})
    asked = services.last("PUT")
    assert (asked.body["changes"], asked.headers["If-Match"]) == ([CREATE], '"3"')
    services.problem("registration PUT /reorganisations/*", 412, "request.stale", "Cũ")
    administrator.post(f"{ACT}/remove", {"place": ["1"], "_version": "2"})
    assert "vừa được thay đổi ở nơi khác" in administrator.get(ACT).text


def test_a_problem_stands_at_the_change_that_causes_it(
    signed_in: Callable[[str], Any], services: Any, draft: Any
) -> None:
    draft(CREATE, end(A, C), {"action": "rename", "unit_id": B, "name": "Xã Mới"})
    services.problem(
        "registration GET /reorganisations/*/preview", 422, "x", "Thôn E còn trực thuộc.", **{"/changes/1": "Thôn"}
    )
    page = signed_in("administrator").get(f"{ACT}/preview")
    assert page.status_code == 422
    assert '<a href="#change-1">Xã A nhập vào Xã C</a>' in page.text
    assert page.text.count("Thôn E còn trực thuộc.") == 2


def test_a_preview_of_nothing_but_names_is_shown(signed_in: Callable[[str], Any], services: Any, draft: Any) -> None:
    draft({"action": "rename", "unit_id": A, "name": "Xã Mới"})
    line = {"unit_id": A, "code": "XA", "name": "Xã Mới", "outcome": "renamed", "path_before": "/D/XA/"} | {
        "path_after": "/D/XA/", "above_before": "Huyện D", "above_after": "Huyện D", "heir_id": None,
        "needs_choice": False, "rows": {},
    }  # fmt: skip
    shown = {"lines": [line], "sight": [], "views": [], "totals": {"renamed": 1}}
    services.answer("registration GET /reorganisations/*/preview", 200, shown)
    page = signed_in("administrator").get(f"{ACT}/preview")
    assert (page.status_code, "trước: Xã A" in page.text) == (200, True)
    assert "Không vai trò nào tại các đơn vị thay đổi." in page.text


def test_who_prepared_it_is_told_to_ask_another_person(
    signed_in: Callable[[str], Any], services: Any, draft: Any, answers: Any
) -> None:
    own = answers["me"]["administrator"]["grants"][0]["person_id"]
    administrator = signed_in("administrator")
    for prepared_by, may in ((own, False), (B, True)):
        draft(CREATE, prepared_by=prepared_by)
        page = administrator.get(ACT).text
        assert (f"{ACT}/approve" in page, "cần người khác duyệt" in page) == (may, not may)
        assert f"{ACT}/undo" not in page


def test_an_act_that_is_refused_says_why(signed_in: Callable[[str], Any], services: Any, draft: Any) -> None:
    draft(CREATE, status="applied", moved={"unit": 3, "initiative": 1200})
    services.problem("registration POST /reorganisations/*/undo", 409, "reorganisation.in_use", "Xã C đã có hồ sơ.")
    administrator = signed_in("administrator")
    answer = administrator.post(f"{ACT}/undo", {"_version": "3"})
    assert (answer.status_code, "Xã C đã có hồ sơ." in answer.text) == (409, True)
    assert "1.200" in answer.text
    assert services.last("POST").headers["If-Match"] == '"3"'


def test_dossiers_are_given_out_many_at_once_and_back_to_the_heir(
    signed_in: Callable[[str], Any], services: Any, draft: Any
) -> None:
    draft(CREATE, end(A, B, C), assignments=[{"initiative_id": A, "unit_id": C}])
    standing = signed_in("standing")
    standing.post(f"{ACT}/dossiers/{A}", {"initiative": [B, D], "to": C, "_version": "3"})
    given = services.last("PUT")
    assert given.path == f"/reorganisations/{D}/assignments"
    assert given.body == {"assignments": [{"initiative_id": one, "unit_id": C} for one in (A, B, D)]}
    standing.post(f"{ACT}/dossiers/{A}", {"all": "1", "shown": [A], "to": B, "_version": "3"})
    assert services.last("PUT").body == {"assignments": []}
    standing.post(f"{ACT}/dossiers/{A}", {"to": C})
    assert "Chọn ít nhất một hồ sơ" in standing.get(f"{ACT}/dossiers/{A}").text


def test_a_day_is_passed_on_as_it_is_typed_in_vietnamese(signed_in: Callable[[str], Any], services: Any) -> None:
    standing = signed_in("standing")
    for path, call in (
        ("/units", "/units"), ("/initiatives", "/initiatives"), ("/models", "/models"), ("/activities", "/activities"),
        ("/dashboard", "/dashboard"), ("/dashboard/evaluation.xlsx", "/evaluations.xlsx"),
    ):  # fmt: skip
        services.asked.clear()
        page = standing.get(f"{path}?as_of=30/06/2025")
        asked = [one.query.get("as_of") for one in services.asked if one.path == call]
        assert asked, path
        assert set(asked) == {"2025-06-30"}, path
        assert "xlsx" in path or "Đang xem theo cơ cấu ngày" in page.text, path


def test_what_is_no_day_shows_today_and_says_so(signed_in: Callable[[str], Any], services: Any) -> None:
    page = signed_in("standing").get("/units?as_of=31/02/2025")
    assert page.status_code == 200
    assert "Đang xem theo cơ cấu hôm nay" in page.text
    assert 'value="31/02/2025"' in page.text
    assert all("as_of" not in one.query for one in services.asked)


def test_a_unit_that_was_not_there_on_the_day_leaves_the_list_empty(
    signed_in: Callable[[str], Any], services: Any
) -> None:
    services.problem("registration GET /initiatives", 404, "unit.not_found", "Không có đơn vị")
    services.answer("registration GET /units/*/history", 200, {"unit": {"name": "Xã Đã Kết Thúc"}})
    page = signed_in("standing").get(f"/initiatives?under={A}&as_of=30/06/2025")
    assert (page.status_code, "đơn vị đã chọn không có trong cơ cấu của ngày này" in page.text) == (200, True)
    assert f'<option value="{A}" selected>Xã Đã Kết Thúc</option>' in page.text
