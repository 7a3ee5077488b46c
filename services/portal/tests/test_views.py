"""What pages do with what people send: it survives, goes on once, and comes back with reasons."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
INITIATIVE = {
    "title": "Lúa chất lượng cao", "cycle_id": ID, "unit_id": ID, "content": "production", "field": "economy",
    "authors.0.kind": "individual", "authors.0.name": "Lan", "authors.0.role": "author", "authors.0.share": "100",
}  # fmt: skip
RULES = {
    "name": "Quy chế", "legal_basis": "Quyết định 1", "pass_score": 70.0, "quorum_percent": 66.0,
    "approval_percent": 50.0, "ballot": "open", "tie_rule": "percentage",
    "criteria": [{"code": "novelty", "name": "Tính mới", "weight": 1.0, "max_score": 10.0, "min_score": 5.0}],
}  # fmt: skip


@pytest.fixture
def open_dossier(services: Any, answers: dict[str, Any]) -> dict[str, Any]:
    """A dossier that its reader may score, vote on, and step back from."""
    dossier = dict(answers["review GET /dossiers/*"])
    dossier |= {
        "allowed": ["score", "vote", "declare_conflict"], "own_sheet": None, "own_ballot": None, "sheets": None,
        "ballots": None, "result": None, "possible_conflict": "same_unit",
        "session": {"id": ID, "title": "Phiên", "held_on": "2026-11-22", "status": "open", "rules": RULES},
    }  # fmt: skip
    services.answer("review GET /dossiers/*", 200, dossier)
    return dossier


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


def test_a_new_initiative_goes_on_with_its_key(signed_in: Callable[[str], Any], services: Any) -> None:
    answer = signed_in("author").post("/initiatives/new", INITIATIVE)
    asked = services.last("POST")
    assert answer.status_code == 303
    assert answer.location == f"/initiatives/{ID}"
    assert asked.headers["Idempotency-Key"] == ID
    assert asked.body["authors"] == [{"kind": "individual", "name": "Lan", "role": "author", "share": 100}]
    assert "summary" not in asked.body


def test_a_form_gone_back_to_and_changed_is_no_dead_end(signed_in: Callable[[str], Any], services: Any) -> None:
    services.problem("registration POST /initiatives", 409, "request.idempotency_key_reused", "Khóa chống lặp")
    answer = signed_in("author").post("/initiatives/new", INITIATIVE)
    assert answer.status_code == 409
    assert "đã được gửi một lần" in answer.text
    assert "Khóa chống lặp" not in answer.text
    assert f'name="_key" value="{ID}"' not in answer.text


def test_what_was_typed_survives_a_refusal(signed_in: Callable[[str], Any], services: Any) -> None:
    services.problem(
        "registration POST /initiatives", 422, "x", "Chưa đúng", **{"/title": "Tên này đã có", "/authors": "Sai tổng"}
    )
    answer = signed_in("author").post("/initiatives/new", INITIATIVE | {"summary": "Gõ rất lâu <b>"})
    assert answer.status_code == 422
    assert 'value="Lúa chất lượng cao"' in answer.text
    assert "Gõ rất lâu &lt;b&gt;" in answer.text
    assert "Tên này đã có" in answer.text
    assert "Sai tổng" in answer.text
    assert f'name="_key" value="{ID}"' in answer.text


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


def test_an_edit_says_which_version_it_is_of(signed_in: Callable[[str], Any], services: Any) -> None:
    author = signed_in("author")
    page = author.get(f"/initiatives/{ID}/edit").text
    version = re.search(r'name="_version" value="(\d+)"', page)
    assert version
    author.post(f"/initiatives/{ID}/edit", INITIATIVE | {"_version": version[1]})
    asked = services.last("PUT")
    assert asked.headers["If-Match"] == f'"{version[1]}"'
    assert not {"cycle_id", "unit_id"} & set(asked.body)


def test_when_somebody_was_faster_both_are_shown(signed_in: Callable[[str], Any], services: Any) -> None:
    services.problem("registration PUT /initiatives/*", 412, "request.stale", "Người khác vừa sửa trước.")
    answer = signed_in("author").post(f"/initiatives/{ID}/edit", INITIATIVE | {"_version": "1"})
    assert answer.status_code == 412
    assert 'value="Lúa chất lượng cao"' in answer.text
    assert "Đang lưu:" in answer.text
    assert "Phần bạn gõ vẫn còn" in answer.text
    assert "tải lại" not in answer.text
    assert "Tổ tự quản thu gom rác" in answer.text


def test_all_that_keeps_a_draft_from_being_handed_in_is_said_at_once(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    draft = dict(answers["registration GET /initiatives/*"])
    authors = [dict(draft["authors"][0], share=60), dict(draft["authors"][0], share=60)]
    draft |= {"status": "draft", "allowed": ["submit", "edit"], "summary": "", "effect": " ", "authors": authors}
    services.answer("registration GET /initiatives/*", 200, draft)
    services.problem(
        "registration POST /initiatives/*/submit", 422, "initiative.incomplete", "Cần điền", **{"/summary": "Cần điền"}
    )
    answer = signed_in("author").post(f"/initiatives/{ID}/submit", {"_part": "submit", "_version": "1"})
    assert answer.status_code == 422
    said = answer.text[answer.text.index('class="problem"') :]
    assert all(one in said for one in ("“Tóm tắt”", "“Hiệu quả”", "hiện là 120%"))
    assert "“Cách làm mới”" not in said


def test_authors_choose_among_open_cycles_officers_among_all(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    page = answers["registration GET /cycles"]
    now = dict(page["items"][0], name="Đợt này", registration_closes_on="2999-12-31")
    past = dict(page["items"][0], name="Đợt cũ", registration_closes_on="2019-12-31", id=ID[:-1] + "0")
    services.answer("registration GET /cycles", 200, page | {"items": [past, now]})
    asked = signed_in("author").get("/initiatives/new").text
    assert "Đợt này" in asked
    assert "Đợt cũ" not in asked
    assert "Đợt cũ (đã hết hạn nộp)" in signed_in("officer").get("/initiatives/new").text


@pytest.mark.parametrize("path", ["submit", "withdraw", "attachments"])
def test_reloading_after_a_refusal_shows_the_page_of_the_form(signed_in: Callable[[str], Any], path: str) -> None:
    answer = signed_in("author").get(f"/initiatives/{ID}/{path}")
    assert answer.status_code == 302
    assert answer.location == f"/initiatives/{ID}"


def test_a_wrong_filter_can_be_dropped(signed_in: Callable[[str], Any], services: Any) -> None:
    services.problem("registration GET /initiatives", 422, "request.invalid", "Chưa đúng", **{"/year": "Phải là số"})
    answer = signed_in("officer").get("/initiatives?year=2o20")
    assert answer.status_code == 422
    assert 'href="/initiatives">Bỏ điều kiện lọc' in answer.text


def test_years_in_the_wrong_order_are_turned_round(signed_in: Callable[[str], Any], services: Any) -> None:
    assert signed_in("standing").get("/dashboard?from_year=2021&to_year=2019").status_code == 200
    assert services.last("GET").query == {"from_year": "2019", "to_year": "2021"}


def test_a_first_score_sheet_saved_elsewhere_is_shown(
    signed_in: Callable[[str], Any], services: Any, open_dossier: dict[str, Any]
) -> None:
    sheet = {"scores": {"novelty": 8.5}, "comment": "", "total": 85.0, "version": 1}
    services.answer("review GET /dossiers/*", 200, open_dossier | {"own_sheet": sheet})
    services.problem("review PUT /dossiers/*/score-sheet", 428, "request.if_match_required", "If-Match")
    form = {"_part": "score", "scores.novelty": "7"}
    answer = signed_in("member").post(f"/sessions/{ID}/dossiers/{ID}/score", form)
    assert answer.status_code == 428
    assert "Đang lưu: 8,5" in answer.text
    assert "If-Match" not in answer.text
    assert 'name="_version" value="1"' in answer.text


def test_a_reason_is_needed_to_return_a_dossier(signed_in: Callable[[str], Any], services: Any) -> None:
    officer = signed_in("officer")
    answer = officer.post(f"/initiatives/{ID}/return", {"_part": "return", "reason": " "})
    assert answer.status_code == 422
    assert "Cần điền mục này" in answer.text
    assert [asked for asked in services.asked if asked.method == "POST"] == []
    sent = officer.post(f"/initiatives/{ID}/return", {"_part": "return", "reason": "Thiếu số liệu", "_version": "2"})
    assert sent.status_code == 303
    assert services.last("POST").body == {"reason": "Thiếu số liệu"}
    assert services.last("POST").headers["If-Match"] == '"2"'


def test_the_same_file_sent_twice_is_the_same_request(signed_in: Callable[[str], Any], services: Any) -> None:
    author = signed_in("author")
    for _ in range(2):
        author.post(
            f"/initiatives/{ID}/attachments",
            {"_part": "attach", "file": (io.BytesIO(b"%PDF-1.4 ..."), "Số liệu.pdf")},
            content_type="multipart/form-data",
        )
    first, second = [asked for asked in services.asked if asked.method == "POST"]
    assert first.body == second.body
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert "Số liệu.pdf".encode() in first.body or b"filename*" in first.body


def test_a_file_that_is_refused_says_why(signed_in: Callable[[str], Any], services: Any) -> None:
    services.problem("registration POST /initiatives/*/attachments", 422, "x", "Loại tệp không được nhận.")
    author = signed_in("author")
    file = {"_part": "attach", "file": (io.BytesIO(b"x"), "a.exe")}
    answer = author.post(f"/initiatives/{ID}/attachments", file, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Loại tệp không được nhận." in answer.text
    none = author.post(f"/initiatives/{ID}/attachments", {"_part": "attach"})
    assert "Xin chọn một tệp" in none.text


def test_what_people_upload_comes_back_in_a_sandbox(signed_in: Callable[[str], Any]) -> None:
    answer = signed_in("officer").get(f"/initiatives/{ID}/attachments/{ID}?name=a.pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_spreadsheet_is_passed_on(signed_in: Callable[[str], Any], services: Any) -> None:
    services.answer("reporting GET /evaluations.xlsx", 200, {"bytes": "of a sheet"})
    answer = signed_in("standing").get("/dashboard/evaluation.xlsx?from_year=2019&to_year=2021")
    assert b"of a sheet" in answer.data
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_score_sheet_asks_for_the_frozen_criteria(
    signed_in: Callable[[str], Any], services: Any, open_dossier: dict[str, Any]
) -> None:
    member, way = signed_in("member"), f"/sessions/{ID}/dossiers/{ID}"
    page = member.get(way).text
    assert "Tính mới" in page
    assert "Từ 0 đến 10, cần ít nhất 5" in page
    assert "cùng đơn vị công tác" in page
    wrong = member.post(f"{way}/score", {"_part": "score", "scores.novelty": "chín"})
    assert wrong.status_code == 422
    assert 'value="chín"' in wrong.text
    assert member.post(f"{way}/score", {"_part": "score", "scores.novelty": "8,5"}).status_code == 303
    assert services.last("PUT").body == {"scores": {"novelty": 8.5}}


def test_a_ballot_needs_a_choice_and_goes_on_with_its_key(
    signed_in: Callable[[str], Any], services: Any, open_dossier: dict[str, Any]
) -> None:
    member, way = signed_in("member"), f"/sessions/{ID}/dossiers/{ID}/vote"
    assert member.post(way, {"_part": "vote"}).status_code == 422
    assert member.post(way, {"_part": "vote", "choice": "yes"}).status_code == 303
    assert services.last("POST").body == {"choice": "yes"}
    assert services.last("POST").headers["Idempotency-Key"] == ID


def test_who_steps_back_returns_to_the_session(
    signed_in: Callable[[str], Any], services: Any, open_dossier: dict[str, Any]
) -> None:
    form = {"_part": "conflict", "kind": "relative", "reason": "Là em"}
    answer = signed_in("member").post(f"/sessions/{ID}/dossiers/{ID}/conflict", form)
    assert answer.location == f"/sessions/{ID}"
    assert services.last("POST").body == {"kind": "relative", "reason": "Là em"}


def test_who_has_a_part_in_a_dossier_does_not_read_it_here(signed_in: Callable[[str], Any], services: Any) -> None:
    member = signed_in("member")
    services.problem("review GET /dossiers/*", 403, "dossier.recused", "Ông/bà không tham gia xét hồ sơ này.")
    answer = member.get(f"/sessions/{ID}/dossiers/{ID}")
    assert answer.status_code == 403
    assert "không tham gia xét" in answer.text
    assert not any("/initiatives/" in asked.path for asked in services.asked)


def test_a_session_is_kept_by_its_version(signed_in: Callable[[str], Any], services: Any) -> None:
    secretary = signed_in("secretary")
    form = {"_part": "attendance", "_version": "7", "present": [ID, ID]}
    assert secretary.post(f"/sessions/{ID}/attendance", form).status_code == 303
    assert services.last("POST").body == {"present": [ID, ID]}
    assert services.last("POST").headers["If-Match"] == '"7"'
    services.problem("review POST /sessions/*/open", 409, "session.no_quorum", "Mới có 2/5 thành viên, cần 4.")
    refused = secretary.post(f"/sessions/{ID}/open", {"_part": "open"})
    assert refused.status_code == 409
    assert "Mới có 2/5 thành viên, cần 4." in refused.text


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


def test_names_of_units_are_kept_for_one_grant_only(signed_in: Callable[[str], Any], services: Any) -> None:
    for role in ("officer", "standing"):
        someone = signed_in(role)
        for _ in range(2):
            someone.get("/initiatives")
        assert sum(asked.path == "/units" for asked in services.asked) == 1


def _endorsed(services: Any, answers: dict[str, Any], *allowed: str) -> str:
    initiative = answers["registration GET /initiatives/*"] | {"status": "endorsed", "allowed": list(allowed)}
    services.answer("registration GET /initiatives/*", 200, initiative)
    return f"/initiatives/{ID}"


def test_only_units_with_a_council_are_offered(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    page = _endorsed(services, answers, "forward")
    officer, offered = signed_in("officer"), {"unit_id": ID, "name": "Huyện Diên Khánh", "council": "Hội đồng huyện"}
    services.answer("registration GET /initiatives/*/councils", 200, {"items": [offered]})
    select = re.search(r'<select id="forward-council_unit_id".*?</select>', officer.get(page).text, re.DOTALL)
    assert select
    assert re.findall(r"<option value=.*?>(.+?)</option>", select[0]) == ["Chọn…", "Huyện Diên Khánh (Hội đồng huyện)"]
    assert "selected>Huyện" in select[0]


def test_without_a_council_the_page_says_what_to_do(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    page = _endorsed(services, answers, "forward", "return")
    shown = signed_in("officer").get(page).text
    assert "Chưa chuyển được" in shown
    assert "forward-council_unit_id" not in shown


def test_what_was_forwarded_in_vain_is_taken_back(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    page = _endorsed(services, answers, "recall")
    officer = signed_in("officer")
    assert "Lấy lại để chuyển nơi khác" in officer.get(page).text
    answer = officer.post(f"{page}/recall", {"_part": "recall", "reason": "Chưa có hội đồng", "_version": "5"})
    assert answer.status_code == 303
    assert services.last("POST").path == f"{page}/recall"
    assert services.last("POST").headers["If-Match"] == '"5"'
