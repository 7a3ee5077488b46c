"""A province's standing as its people and the operator meet it."""

from collections.abc import Callable
from typing import Any


def test_people_of_a_suspended_province_are_told_why(services: Any, signed_in: Callable[[str], Any]) -> None:
    reason = "Tỉnh đang tạm ngừng sử dụng hệ thống. Lý do: Chưa ký thỏa thuận"
    services.problem("registration GET /cycles", 403, "tenant.suspended", reason)
    answer = signed_in("author").get("/home")
    assert answer.status_code == 403
    assert "<h1>Tỉnh đang tạm ngừng</h1>" in answer.text
    assert "Chưa ký thỏa thuận" in answer.text
    assert "Tra cứu sáng kiến đã công nhận" in answer.text
    assert "Về trang đầu" not in answer.text


def test_the_bell_takes_no_pages_place(services: Any, signed_in: Callable[[str], Any]) -> None:
    services.problem("notifications GET /messages/count", 403, "tenant.suspended", "Tỉnh đang tạm ngừng.")
    browser = signed_in("author")
    answer = browser.get("/messages/count", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text, "HX-Retarget" in answer.headers) == (200, "", False)


def test_a_page_over_the_limit_can_be_asked_for_again(services: Any, signed_in: Callable[[str], Any]) -> None:
    services.problem("registration GET /units", 429, "limit.tenant", "Xin thử lại sau 7 giây.")
    answer = signed_in("administrator").get("/admin/units?q=a")
    assert answer.status_code == 429
    assert "Đang có quá nhiều yêu cầu" in answer.text
    assert "Xin thử lại sau 7 giây." in answer.text
    assert 'href="/admin/units?q=a">Thử lại' in answer.text
    assert answer.headers["Retry-After"] == "7"
    assert len([one for one in services.asked if one.path == "/units"]) == 1, "the service is not asked again at once"


def test_a_form_over_the_limit_keeps_what_was_typed(services: Any, signed_in: Callable[[str], Any]) -> None:
    browser = signed_in("operator")
    services.problem("registration POST /tenants/khanh-hoa/suspend", 429, "limit.tenant", "Xin thử lại sau 7 giây.")
    answer = browser.post("/tenants/khanh-hoa/suspend", data={"reason": "Lý do dài"})
    assert answer.status_code == 429
    assert "Lý do dài" in answer.text
    assert "Xin thử lại sau 7 giây." in answer.text


def test_the_operator_stops_a_province_with_a_reason(services: Any, signed_in: Callable[[str], Any]) -> None:
    browser = signed_in("operator")
    answer = browser.post("/tenants/khanh-hoa/suspend", data={"reason": "Lý do"})
    assert answer.status_code == 303
    assert services.last("POST").path == "/tenants/khanh-hoa/suspend"
    assert services.last("POST").body == {"reason": "Lý do"}
    services.problem("registration GET /tenants/khong-co", 404, "tenant.not_found", "Không có tỉnh này.")
    assert browser.get("/tenants/khong-co").status_code == 404


def test_quotas_are_changed_from_what_they_are(signed_in: Callable[[str], Any]) -> None:
    browser = signed_in("operator")
    assert 'value="600"' in browser.get("/tenants/khanh-hoa/quotas").text
    assert "theo mức chung" in browser.get("/tenants/khanh-hoa").text


def test_an_archive_passes_through_unchanged(services: Any, signed_in: Callable[[str], Any]) -> None:
    services.answer("registration GET /exports/*/archive", 200, {"a": 1})
    path = "/admin/settings/exports/01a20188-454d-7778-99dc-10e6ff51c8ed"
    answer = signed_in("administrator").get(path)
    assert answer.json == {"a": 1}
    assert answer.headers["Cache-Control"] == "no-store"
    assert signed_in("operator").get(path).status_code == 403


def test_the_operator_orders_an_export_and_cannot_fetch_it(services: Any, signed_in: Callable[[str], Any]) -> None:
    moment = "2026-11-25T08:00:00Z"
    made = {"id": "01a20188-454d-7778-99dc-10e6ff51c8ed", "parts": ["registration"], "rows": 4321, "size": 10}
    items = [made | {"asked_at": moment, "expires_at": moment, "ready_at": moment}]
    services.answer("registration GET /exports", 200, {"items": items})
    page = signed_in("operator").get("/tenants/khanh-hoa").text
    assert "4.321 dòng" in page
    assert "Tải về" not in page


def test_services_are_told_where_a_stranger_is(app: Any, browser: Any, services: Any) -> None:
    browser.get("/catalogue", headers={"X-Forwarded-For": "192.0.2.9"})
    assert services.last("GET").headers["X-Forwarded-For"] == "127.0.0.1", "nobody is believed without a trusted proxy"
    app.config["TRUSTED_PROXIES"] = 1
    try:
        browser.get("/catalogue", headers={"X-Forwarded-For": "spoofed, 192.0.2.9"})
    finally:
        app.config["TRUSTED_PROXIES"] = 0
    assert services.last("GET").headers["X-Forwarded-For"] == "192.0.2.9"
