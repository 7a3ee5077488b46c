"""What all pages do with what people send and ask: it survives, goes on once, and comes back with reasons."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask

ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"


def test_a_call_says_who_asks_under_which_grant_and_in_which_trace(
    signed_in: Callable[[str], Any], services: Any
) -> None:
    signed_in("officer").get("/initiatives")
    headers = services.last("GET").headers
    assert headers["Authorization"].startswith("Bearer ey")
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["X-Acting-As"])
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["X-Request-Id"])
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-9a-f]", headers["Traceparent"])
    assert "Cookie" not in headers


def test_what_was_typed_survives_a_silent_service(make_app: Callable[..., Flask], browse: Callable[..., Any]) -> None:
    browser = browse(make_app(reporting_url="http://127.0.0.1:9"))
    browser.sign_in("officer-mt")
    activity = {
        "title": "Hội nghị phát động", "kind": "launch", "form": "conference", "unit_id": ID,
        "from_date": "17/06/2019", "to_date": "17/06/2019",
    }  # fmt: skip
    answer = browser.post("/activities/new", activity)
    assert answer.status_code == 503
    assert "Hội nghị phát động" in answer.text
    assert "chưa trả lời" in answer.text
    assert browser.get("/activities").status_code == 503


def test_the_start_page_stays_up_without_the_catalogue(make_app: Callable[..., Flask], services: Any) -> None:
    answer = make_app(registration_url="http://127.0.0.1:9").test_client().get("/", base_url="http://portal.test")
    assert answer.status_code == 200
    assert "tạm thời chưa mở được" in answer.text


def test_years_in_the_wrong_order_are_turned_round(signed_in: Callable[[str], Any], services: Any) -> None:
    assert signed_in("standing").get("/dashboard?from_year=2021&to_year=2019").status_code == 200
    assert services.last("GET").query == {"from_year": "2019", "to_year": "2021"}


def test_a_dashboard_that_shows_some_of_the_decisions_says_so(signed_in: Callable[[str], Any], services: Any) -> None:
    figures = json.loads((Path(__file__).parent / "answers.json").read_text("utf-8"))["reporting GET /dashboard"]
    assert "quyết định mới nhất trong số" not in signed_in("standing").get("/dashboard").text
    services.answer("reporting GET /dashboard", 200, figures | {"decisions_found": 1053})
    assert "2 quyết định mới nhất trong số 1.053 quyết định" in signed_in("standing").get("/dashboard").text


def test_the_spreadsheet_is_passed_on(signed_in: Callable[[str], Any], services: Any) -> None:
    services.answer("reporting GET /evaluations.xlsx", 200, {"bytes": "of a sheet"})
    answer = signed_in("standing").get("/dashboard/evaluation.xlsx?from_year=2019&to_year=2021")
    assert b"of a sheet" in answer.data
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_commendation_counts_some_again_under_a_label(signed_in: Callable[[str], Any], services: Any) -> None:
    form = {
        "title": "Thành tích phong trào", "form": "achievement", "authority": "district", "occasion": "annual",
        "from_year": "2019", "to_year": "2020", "unit_id": ID, "recipients.0.kind": "individual",
        "recipients.0.group": "movement", "recipients.0.count": "419", "recipients.0.leaders": "22",
    }  # fmt: skip
    assert signed_in("standing").post("/commendations/new", form).status_code == 303
    body = services.last("POST").body
    assert body["recipients"] == [
        {"kind": "individual", "group": "movement", "count": 419, "of_which": {"leaders": 22}}
    ]
    assert "decision" not in body


def test_one_with_several_grants_chooses_and_sees_which(browser: Any, services: Any, answers: dict[str, Any]) -> None:
    both = [answers["me"]["officer"]["grants"][0], answers["me"]["member"]["grants"][0]]
    services.answer("registration GET /me", 200, {"subject": "officer-mt", "grants": both})
    assert browser.sign_in("officer-mt", "/messages").location == "/acting-as"
    assert "Bạn làm việc với vai trò nào?" in browser.get("/acting-as").text
    assert browser.post("/acting-as", {"grant": ID}).location == "/acting-as", "nobody else's grant"
    assert browser.post("/acting-as", {"grant": both[1]["id"]}).location == "http://portal.test/messages"
    page = browser.get("/messages").text
    assert "Ủy viên hội đồng" in page
    assert both[1]["unit"]["name"] in page
    assert "Đổi vai trò" in page


def test_an_error_comes_to_htmx_as_the_content_of_the_page(signed_in: Callable[[str], Any], services: Any) -> None:
    services.problem("registration GET /initiatives", 500, "internal", "Hỏng")
    answer = signed_in("officer").get("/initiatives", headers={"HX-Request": "true"})
    assert answer.headers["HX-Retarget"] == "#main"
    assert answer.status_code == 503


def test_a_list_leads_on_by_its_cursor(signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]) -> None:
    page = answers["registration GET /initiatives"] | {"next": "abc=="}
    services.answer("registration GET /initiatives", 200, page)
    html = signed_in("officer").get("/initiatives?status=recognised").text
    assert 'href="/initiatives?status=recognised&amp;cursor=abc%3D%3D"' in html


@pytest.mark.parametrize("role", ["author", "officer", "secretary", "chair", "member", "standing"])
@pytest.mark.parametrize("status", ["draft", "returned", "submitted", None])
def test_home_shows_what_waits(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any], role: str, status: str | None
) -> None:
    rows = answers["registration GET /initiatives"]["items"]
    items = [row | {"status": status, "reason": "Thiếu số liệu"} for row in rows] if status else []
    services.answer("registration GET /initiatives", 200, {"items": items, "next": None})
    if status is None:
        services.answer("review GET /sessions", 200, {"items": [], "next": None})
        services.answer("review GET /dossiers", 200, {"items": [], "next": None})
    page = signed_in(role).get("/home")
    assert page.status_code == 200
    assert ('class="empty"' in page.text) == (status is None)


@pytest.mark.parametrize("role", ["secretary", "chair", "member", "standing"])
def test_home_finds_open_sessions_behind_any_number_of_decided_ones(
    signed_in: Callable[[str], Any], services: Any, role: str
) -> None:
    visitor = signed_in(role)
    page = visitor.get("/home").text
    [asked] = [one.query for one in services.asked if one.path == "/sessions"]
    assert asked == {"status": "planned,open,closed", "limit": "5"}
    assert 'href="/sessions?status=planned,open,closed"' in unquote(page)  # What is not shown is behind it.
    listed = visitor.get("/sessions?status=planned,open,closed").text
    assert [one.query["status"] for one in services.asked if one.path == "/sessions"] == ["planned,open,closed"] * 2
    assert '<option value="planned,open,closed" selected>Chưa có quyết định</option>' in listed


@pytest.mark.parametrize("role", ["secretary", "chair"])
def test_home_shows_what_waits_for_the_own_council(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any], role: str
) -> None:
    signed_in(role).get("/home")
    [asked] = [one.query for one in services.asked if one.path == "/dossiers"]
    assert asked == {"state": "waiting", "unit_id": answers["me"][role]["grants"][0]["unit"]["id"], "limit": "5"}


def test_home_finds_what_was_handed_in_behind_any_number_of_drafts(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    row = answers["registration GET /initiatives"]["items"][0] | {"title": "Tủ quần áo từ thiện"}
    handed_in = "submitted,endorsed,forwarded,under_review,recognised,not_recognised,withdrawn"

    def answer() -> Any:
        asked = services.asked[-1].query
        return {"items": [row] if asked["status"] == handed_in and asked["mine"] == "1" else [], "next": None}

    services.answer("registration GET /initiatives", 200, answer)
    author = signed_in("author")
    page = author.get("/home").text
    assert page.count("Tủ quần áo từ thiện") == 1
    assert [one.query["limit"] for one in services.asked if one.path == "/initiatives"] == ["5"] * 3
    assert "Chưa nộp hồ sơ nào." not in page
    assert f'href="/initiatives?mine=1&amp;status={handed_in}"' in unquote(page)
    listed = author.get(f"/initiatives?status={handed_in}").text
    assert f'<option value="{handed_in}" selected>Đã nộp</option>' in listed
    assert "Tủ quần áo từ thiện" in listed


def test_names_of_units_are_kept_for_one_grant_only(signed_in: Callable[[str], Any], services: Any) -> None:
    for role in ("officer", "standing"):
        someone = signed_in(role)
        for _ in range(2):
            someone.get("/initiatives")
        assert sum(asked.path == "/units" for asked in services.asked) == 1


def test_a_name_asked_for_by_itself_is_asked_once_and_becomes_no_choice(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    other = "01a20188-454d-7778-99dc-10e6ff51c8ff"
    row = answers["registration GET /initiatives"]["items"][0] | {"unit_id": other}
    services.answer("registration GET /initiatives", 200, {"items": [row, row], "next": None})
    name = answers["registration GET /units/*/history"]["unit"]["name"]
    administrator = signed_in("administrator")
    before = administrator.get("/commendations/new").text
    assert name in administrator.get("/initiatives").text
    assert administrator.get("/initiatives").text.count(name) == 2
    assert sum(asked.path == f"/units/{other}/history" for asked in services.asked) == 1
    assert other not in before
    assert other not in administrator.get("/commendations/new").text


def test_why_nothing_is_lent_stands_at_the_field(signed_in: Callable[[str], Any], services: Any) -> None:
    reason = "Không ủy quyền lùi ngày."
    problem = (422, "grant.delegation_backdated", reason)
    services.problem("registration POST /grants/*/delegations", *problem, **{"/valid_from": reason})
    services.answer("registration GET /people", 200, {"items": [{"id": ID, "name": "Trần Thị Hoa"}], "next": None})
    lent = {"person_id": "trần thị  hoa", "valid_from": "01/02/2020", "valid_to": "03/02/2020"}
    page = signed_in("officer").post("/delegations/new", lent)
    assert page.status_code == 422
    assert services.last("POST").body["person_id"] == ID
    assert next(one.query["able"] for one in services.asked if one.path == "/people") == "true"
    assert re.search(rf'id="valid_from-error">{reason}<', page.text)


@pytest.mark.parametrize(
    "said",
    [
        'id="uy-quyen"',
        "lâu nhất một năm",
        'id="du-lieu"',
        "gửi yêu cầu xoá, không cần nêu lý do",
        "Hồ sơ đang làm dở đi tiếp ở đơn vị kế thừa",
        "Acting for somebody who is absent",
        "<summary>My data</summary>",
        "When units are merged, split or renamed",
    ],
)
def test_the_help_tells_of_absence_of_own_data_and_of_new_units(browser: Any, said: str) -> None:
    assert said in browser.get("/help").text


def test_levels_are_chosen_by_their_words(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    levels = [*answers["registration GET /settings"]["levels"], {"code": "khu_vuc", "name": "Khu vực"}]
    services.answer("registration GET /settings", 200, answers["registration GET /settings"] | {"levels": levels})
    html = signed_in("administrator").get("/admin/settings/edit").text
    assert '<option value="commune" selected>Xã</option>' in html
    assert '<option value="khu_vuc" selected>Khu vực</option>' in html, "a level of the province's own stays"
    assert '<option value="own_1">Cấp riêng thứ nhất</option>' in html
    assert 'value="none"' not in html.split('name="levels.0.name"')[0]
    assert not re.search(r">[^<]*commune[^<]*<", html), "no page tells a code"


def test_who_uploads_reads_what_is_taken_and_how_much(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any], make_app: Any, browse: Any
) -> None:
    draft = answers["registration GET /initiatives/*"] | {"allowed": ["attach"]}
    services.answer("registration GET /initiatives/*", 200, draft)
    said = "PDF, Word, Excel, PowerPoint, ảnh JPEG hoặc PNG; mỗi lần một tệp, tối đa "
    assert f"{said}20 MB." in signed_in("author").get(f"/initiatives/{ID}").text
    other = browse(make_app(attachment_max_bytes=5 * 1024 * 1024))
    other.sign_in("author-dk")
    assert f"{said}5 MB." in other.get(f"/initiatives/{ID}").text


def test_a_file_of_changes_is_explained_without_its_fields(signed_in: Callable[[str], Any]) -> None:
    html = signed_in("administrator").get(f"/reorganisations/{ID}/upload").text
    assert "do người vận hành nền tảng lập sẵn" in html
    assert "successor_ids" not in html


def test_why_a_telephone_number_is_refused_stands_at_the_field(signed_in: Callable[[str], Any], services: Any) -> None:
    reason = "Số điện thoại gồm 6 đến 20 chữ số."
    services.problem("registration POST /people", 422, "request.invalid", "Chưa đúng", **{"/phone": reason})
    page = signed_in("administrator").post("/admin/people/new", {"name": "Trần An", "phone": "abc"})
    assert page.status_code == 422
    assert f'id="phone-error">{reason}<' in page.text
    assert 'value="abc"' in page.text
