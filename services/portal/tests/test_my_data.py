"""What is held of the visitor: shown, taken along, asked about; and the requests that an administrator answers."""

from typing import Any

import pytest

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


def test_nobody_else_sees_requests_of_others(signed_in: Any) -> None:
    for role in ("author", "officer", "chair"):
        assert signed_in(role).get("/admin/data-requests").status_code == 403
