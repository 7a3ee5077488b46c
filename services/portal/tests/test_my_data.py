"""What is held of the visitor: shown, taken along, asked about; and the requests that an administrator answers."""

import json
from pathlib import Path
from typing import Any

import pytest

ANSWERS = json.loads((Path(__file__).parent / "answers.json").read_text("utf-8"))
ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"


@pytest.mark.parametrize("role", ["author", "officer", "member", "administrator", "operator"])
def test_everybody_sees_the_own_data(signed_in: Any, role: str) -> None:
    page = signed_in(role).get("/my-data")
    assert page.status_code == 200
    assert "author-dk@example.vn" in page.text
    assert "91/2025/QH15" in page.text


@pytest.mark.parametrize(("kind", "mimetype"), [("json", "application/json"), ("html", "text/html")])
def test_the_copy_has_all_four_parts_and_is_kept_nowhere(
    signed_in: Any, services: Any, kind: str, mimetype: str
) -> None:
    answer = signed_in("author").get(f"/my-data/copy.{kind}")
    assert answer.mimetype == mimetype
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    asked = [one.service for one in services.asked if one.path == "/my-data"]
    assert asked == ["registration", "review", "reporting", "notifications"]
    assert "Tủ sách lưu động" in answer.text
    assert signed_in("author").get("/my-data/copy.exe").status_code == 404


def test_a_request_is_sent_once_with_its_key(signed_in: Any, services: Any) -> None:
    answer = signed_in("author").post("/my-data", {"kind": "erasure", "details": ""})
    assert answer.status_code == 303
    asked = services.last("POST")
    assert (asked.path, asked.body) == ("/subject-requests", {"kind": "erasure"})
    assert asked.headers["Idempotency-Key"]


def test_a_refusal_is_shown_beside_the_field(signed_in: Any, services: Any) -> None:
    reason = "Xin ghi rõ thông tin nào sai."
    services.problem(
        "registration POST /subject-requests", 422, "subject_request.what_is_wrong", reason, **{"/details": reason}
    )
    page = signed_in("author").post("/my-data", {"kind": "correction", "details": ""})
    assert page.status_code == 422
    assert reason in page.text


def test_an_administrator_answers(signed_in: Any, services: Any) -> None:
    admin = signed_in("administrator")
    assert "Quá hạn" in admin.get("/admin/data-requests").text
    assert admin.post(f"/admin/data-requests/{ID}/start").status_code == 303
    assert services.last("POST").path == f"/subject-requests/{ID}/start"
    waiting = admin.get(f"/admin/data-requests/{ID}").text
    assert "Nhận giải quyết" in waiting
    assert admin.post(f"/admin/data-requests/{ID}", {"reason": "Không đúng người"}).status_code == 303
    assert services.last("POST").body == {"reason": "Không đúng người"}
    assert admin.get(f"/admin/data-requests/{ID}/copy.json").mimetype == "application/json"


def test_a_correction_is_answered_with_a_reason_when_nothing_changed(signed_in: Any, services: Any) -> None:
    admin, path = signed_in("administrator"), f"/admin/data-requests/{ID}"
    asked = ANSWERS["registration GET /subject-requests/*"] | {"kind": "correction", "state": "in_progress"}
    services.answer("registration GET /subject-requests/*", 200, asked)
    code, reason = "subject_request.nothing_corrected", "Hãy sửa trước."
    services.problem("registration POST /subject-requests/*/complete", 409, code, reason, **{"/reason": reason})
    page = admin.post(path, {"_part": "complete", "reason": ""})
    assert page.status_code == 409
    assert f'id="complete-reason-error">{reason}<' in page.text
    services.answer("registration POST /subject-requests/*/complete", 200, {})
    assert admin.post(path, {"_part": "complete", "reason": "Tên đã đúng"}).status_code == 303
    assert (services.last("POST").path, services.last("POST").body) == (
        f"/subject-requests/{ID}/complete",
        {"reason": "Tên đã đúng"},
    )
    services.answer("registration GET /subject-requests/*", 200, asked | {"state": "done", "reason": "Tên đã đúng"})
    shown = admin.get(path).text
    assert "Tên đã đúng" in shown
    assert "Lý do từ chối" not in shown


def test_nobody_else_sees_requests_of_others(signed_in: Any) -> None:
    for role in ("author", "officer", "chair"):
        assert signed_in(role).get("/admin/data-requests").status_code == 403
