"""What an initiative's pages do with what people send: it survives, goes on once, and comes back with reasons."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
INITIATIVE = {
    "title": "Lúa chất lượng cao", "cycle_id": ID, "unit_id": ID, "content": "production", "field": "economy",
    "authors.0.kind": "individual", "authors.0.name": "Lan", "authors.0.role": "author", "authors.0.share": "100",
}  # fmt: skip


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


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"/year": "Phải là số nguyên."}, "Điều kiện lọc chưa đúng. Năm: phải là số nguyên. Bỏ"),
        ({"/year": "Phải từ 2000 đến 2100."}, "Năm: phải từ 2000 đến 2100."),
        ({"/status": "Phải là một trong: draft, submitted."}, "Trạng thái: không có lựa chọn này trong danh sách."),
        ({"/under": "Mã định danh không hợp lệ."}, "chưa đúng. Đơn vị: không có lựa chọn này trong danh sách. Bỏ"),
        ({"/content": "x", "/year": "Phải là số nguyên."}, "danh sách. Năm: phải là số nguyên."),
        ({"cursor": "Xin tải lại danh sách từ đầu."}, "chưa đúng. Xin tải lại danh sách từ đầu. Bỏ"),
    ],
)
def test_each_wrong_filter_is_told_with_its_reason(
    fields: dict[str, str], told: str, signed_in: Callable[[str], Any], services: Any
) -> None:
    services.problem("registration GET /initiatives", 422, "request.invalid", "Chưa đúng", **fields)
    page = signed_in("officer").get("/initiatives?year=x").text
    assert told in page
    assert "draft" not in page
    assert ("Năm:" in page) == ("/year" in fields)


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


def test_a_file_is_taken_off_the_dossier_that_was_shown(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    draft = answers["registration GET /initiatives/*"] | {"allowed": ["attach"], "version": 7}
    file = {"id": ID, "filename": "a.pdf", "size": 1, "uploaded_at": "2021-03-25T08:00:00+00:00"}
    services.answer("registration GET /initiatives/*", 200, draft)
    services.answer("registration GET /initiatives/*/attachments", 200, {"items": [file]})
    author = signed_in("author")
    form = re.search(rf'<form[^>]*/attachments/{ID}/remove".*?</form>', author.get(f"/initiatives/{ID}").text)
    assert form
    assert 'name="_version" value="7"' in form[0]
    address = f"/initiatives/{ID}/attachments/{ID}/remove"
    assert author.post(address, {"_version": "7"}).status_code == 303
    assert services.last("DELETE").headers["If-Match"] == '"7"'
    services.problem("registration DELETE /initiatives/*/attachments/*", 412, "request.stale", "Cũ")
    refused = author.post(address, {"_version": "6"})
    assert refused.status_code == 412
    assert "vừa được thay đổi ở nơi khác" in refused.text


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


def test_a_draft_is_deleted_after_it_was_said_what_is_lost(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    page = _endorsed(services, answers, "edit", "submit", "delete")
    author = signed_in("author")
    shown = author.get(page).text
    assert "Rút hồ sơ" not in shown
    assert re.search(r"sẽ mất hẳn, không lấy lại được.*?<form[^>]*/delete\"[^>]*data-confirm=", shown, re.DOTALL)
    services.answer("registration DELETE /initiatives/*", 204, {})
    answer = author.post(f"{page}/delete", {"_version": "5"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/initiatives")
    assert services.last("DELETE").headers["If-Match"] == '"5"'
    services.problem("registration DELETE /initiatives/*", 409, "initiative.cannot_delete", "Chỉ xoá được bản nháp.")
    refused = author.post(f"{page}/delete", {"_version": "5"})
    assert (refused.status_code, "Chỉ xoá được bản nháp." in refused.text) == (409, True)


@pytest.mark.parametrize("status", ["under_review", "recognised"])
def test_the_page_says_why_a_withdrawal_has_no_effect(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any], status: str
) -> None:
    initiative = answers["registration GET /initiatives/*"]
    step = initiative["history"][0] | {"role": "author", "reason": "Đổi ý"}
    late = step | {"action": "reinstate", "role": "council", "reason": "taken_back_too_late"}
    decision = {"number": "1/QĐ", "decided_on": "2026-11-30", "score": 90} if status == "recognised" else None
    initiative |= {"status": status, "judged_on": "2026-11-28", "allowed": [], "decision": decision}
    initiative["history"] = [step | {"action": "withdraw"}, late]
    services.answer("registration GET /initiatives/*", 200, initiative)
    shown = signed_in("author").get(f"/initiatives/{ID}").text
    assert "Việc rút hồ sơ đến sau khi phiên họp" in shown
    assert "Trở lại hội đồng" in shown
    assert "taken_back_too_late" not in shown
