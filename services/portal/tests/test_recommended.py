"""A province recommends from the dossier's page; the centre reads and answers on pages of its own."""

from collections.abc import Callable
from typing import Any

import pytest

ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
GIVEN = {
    "statement": "Đã nhân rộng ở 12 xã.", "recommended_on": "2024-12-27", "withdrawn_on": None, "withdrawal_reason": "",
    "answer": None, "answer_reason": "", "answered_on": None, "stands": True,
}  # fmt: skip
PAGE = f"/sessions/{ID}/dossiers/{ID}"
WAY = f"/initiatives/{ID}/recommendation"
ROOT = "01a20188-44b8-776d-96f3-50c09ef65ecc"


@pytest.fixture
def show(services: Any, answers: dict[str, Any], signed_in: Callable[[str], Any]) -> Callable[..., str]:
    """`show(recommendation, *allowed)`: the dossier's page as the Standing Board sees it."""

    def make(recommendation: dict[str, Any] | None, *allowed: str) -> str:
        dossier = answers["review GET /dossiers/*"] | {"recommendation": recommendation, "allowed": list(allowed)}
        services.answer("review GET /dossiers/*", 200, dossier)
        return str(signed_in("standing").get(PAGE).text)

    return make


def test_a_dossier_is_recommended_from_its_page(
    show: Callable[..., str], services: Any, signed_in: Callable[[str], Any]
) -> None:
    html = show(None, "recommend")
    assert "Tệp đính kèm không gửi theo" in html
    assert 'data-confirm="Gửi bản sao của hồ sơ lên Trung ương?"' in html
    body = {"_part": "recommend", "statement": "Đã nhân rộng ở 12 xã."}
    answer = signed_in("standing").post(f"{PAGE}/recommend", body)
    assert (answer.status_code, answer.location) == (303, PAGE)
    asked = services.last("POST")
    assert (asked.path, asked.body) == (f"/dossiers/{ID}/recommendation", {"statement": "Đã nhân rộng ở 12 xã."})
    assert asked.headers["Idempotency-Key"] == ID


def test_what_was_written_comes_back_with_the_reason(
    show: Callable[..., str], services: Any, signed_in: Callable[[str], Any]
) -> None:
    show(None, "recommend")
    services.problem("review POST /dossiers/*/recommendation", 409, "recommendation.already_made", "Đã được đề nghị.")
    answer = signed_in("standing").post(f"{PAGE}/recommend", {"_part": "recommend", "statement": "Giữ lời này"})
    assert answer.status_code == 409
    assert "Giữ lời này" in answer.text
    assert "Đã được đề nghị." in answer.text
    empty = signed_in("standing").post(f"{PAGE}/recommend", {"_part": "recommend", "statement": ""})
    assert empty.status_code == 422


def test_a_recommendation_is_taken_back_until_there_is_an_answer(
    show: Callable[..., str], services: Any, signed_in: Callable[[str], Any]
) -> None:
    html = show(GIVEN, "withdraw_recommendation")
    assert "Chờ Trung ương trả lời" in html
    assert "Đã nhân rộng ở 12 xã." in html
    body = {"_part": "unrecommend", "reason": "Nhầm hồ sơ"}
    assert signed_in("standing").post(f"{PAGE}/unrecommend", body).status_code == 303
    assert services.last("POST").path == f"/dossiers/{ID}/recommendation/withdrawal"
    answered = show(GIVEN | {"answer": "accepted", "answer_reason": "Phổ biến.", "answered_on": "2025-01-15"})
    assert "Đã chấp nhận" in answered
    assert "Phổ biến." in answered
    assert "unrecommend" not in answered
    taken_back = show(GIVEN | {"withdrawn_on": "2024-12-28", "withdrawal_reason": "Nhầm", "stands": False}, "recommend")
    assert "Đã rút đề nghị ngày 28/12/2024: Nhầm" in taken_back


def test_who_may_do_nothing_about_it_sees_no_card(show: Callable[..., str]) -> None:
    assert 'id="recommendation"' not in show(None)


def test_only_the_centre_has_the_list_in_its_menu(signed_in: Callable[[str], Any]) -> None:
    centre, standing = signed_in("centre").get("/recommended").text, signed_in("standing").get("/home").text
    assert 'href="/recommended"' in centre
    assert 'href="/recommended"' not in standing
    assert "Tỉnh Phú Yên (nay là Tỉnh Đắk Lắk)" in centre
    assert signed_in("author").get("/recommended").status_code == 403


def test_the_list_is_narrowed_and_goes_on(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    listed = answers["registration GET /recommended"]
    services.answer("registration GET /recommended", 200, listed | {"next": "abc"})
    html = signed_in("centre").get("/recommended?province=phu-yen&state=noted").text
    assert services.last("GET").query | {"province": "phu-yen", "state": "noted"} == services.last("GET").query
    assert "state=noted&amp;cursor=abc" in html
    services.answer("registration GET /recommended", 200, {"items": [], "next": None, "provinces": []})
    assert "Chưa tỉnh nào đề nghị hồ sơ" in signed_in("centre").get("/recommended").text
    assert "Bỏ mọi điều kiện" in signed_in("centre").get("/recommended?q=x").text


def test_the_centre_sees_at_home_what_waits(signed_in: Callable[[str], Any], services: Any) -> None:
    html = signed_in("centre").get("/home").text
    [asked] = [one for one in services.asked if one.path == "/recommended"]
    assert asked.query["state"] == "waiting"
    assert f'href="/recommended/{ID}"' in html
    services.asked.clear()
    signed_in("standing").get("/home")
    assert [one for one in services.asked if one.path == "/recommended"] == []


def test_the_centre_answers_what_can_still_be_answered(signed_in: Callable[[str], Any], services: Any) -> None:
    html = signed_in("centre").get(f"/recommended/{ID}").text
    assert "Bản sao không gồm tệp đính kèm" in html
    assert 'id="reply"' in html
    assert '<option value="accepted">' in html
    assert '<option value="noted">' not in html
    body = {"answer": "accepted", "reason": "Phổ biến.", "_version": "2"}
    answer = signed_in("centre").post(f"/recommended/{ID}", body)
    assert (answer.status_code, answer.location) == (303, f"/recommended/{ID}")
    asked = services.last("POST")
    assert (asked.path, asked.headers["If-Match"]) == (f"/recommended/{ID}/answer", '"2"')
    assert asked.body == {"answer": "accepted", "reason": "Phổ biến."}
    services.problem(
        "registration POST /recommended/*/answer",
        422,
        "recommended.why_declined",
        "Xin nêu lý do.",
        **{"/reason": "Xin nêu lý do."},
    )
    refused = signed_in("centre").post(f"/recommended/{ID}", body | {"answer": "declined", "reason": ""})
    assert refused.status_code == 422
    assert "Xin nêu lý do." in refused.text


def test_a_final_answer_leaves_no_form(signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]) -> None:
    copy = answers["registration GET /recommended/*"] | {"state": "accepted", "allowed": []}
    services.answer("registration GET /recommended/*", 200, copy)
    assert 'id="reply"' not in signed_in("centre").get(f"/recommended/{ID}").text


@pytest.fixture
def recognised(services: Any, answers: dict[str, Any], browser: Any) -> Callable[..., str]:
    """`recognised(role, at_root, **different)`: the page of a recognised initiative as somebody sees it."""

    def make(role: str = "standing", *, at_root: bool = True, **different: Any) -> str:
        usual = {"id": ID, "status": "recognised", "council_unit_id": ROOT}
        decision = {"number": "12/QĐ", "decided_on": "2024-12-20", "score": 81.5}
        body = answers["registration GET /initiatives/*"] | usual | {"decision": decision} | different
        services.answer("registration GET /initiatives/*", 200, body)
        me = answers["me"]["standing"]
        unit, path = (ROOT, "/KH/") if at_root else (ID, "/KH/DK/")
        held = me["grants"][0] | {"role": role, "scope_path": path}
        held["unit"] = held["unit"] | {"id": unit}
        services.answer("registration GET /me", 200, me | {"grants": [held]})
        browser.sign_in("standing-dk")
        services.asked.clear()
        return str(browser.get(f"/initiatives/{ID}").text)

    return make


def test_the_initiatives_page_leads_to_where_it_is_recommended(
    recognised: Callable[..., str], services: Any, browser: Any, answers: dict[str, Any]
) -> None:
    for role in ("standing", "chair"):
        assert f'href="{WAY}"' in recognised(role)
    assert [one for one in services.asked if one.service == "review"] == [], "nothing is asked before it is wanted"
    session = answers["review GET /dossiers/*"]["session_id"]
    assert browser.get(WAY).location == f"/sessions/{session}/dossiers/{ID}#recommendation"
    services.answer("review GET /dossiers/*", 200, answers["review GET /dossiers/*"] | {"session_id": None})
    assert browser.get(WAY).status_code == 404


def test_what_a_province_recognised_that_became_part_of_this_one_is_recommended_from_here(
    recognised: Callable[..., str], services: Any, answers: dict[str, Any]
) -> None:
    history = answers["registration GET /units/*/history"]
    joined = history | {"unit": history["unit"] | {"scope_path": "/KH/"}}
    services.answer("registration GET /units/*/history", 200, joined)
    assert WAY in recognised(council_unit_id=ID)


def test_only_who_may_recommend_finds_that_way(recognised: Callable[..., str], browser: Any) -> None:
    assert WAY not in recognised("officer"), "another role"
    assert browser.get(WAY).status_code == 403
    assert WAY not in recognised(at_root=False, council_unit_id=ID), "a unit of the province, of its own council"
    assert WAY not in recognised(council_unit_id=ID), "a lower council's"
    assert WAY not in recognised(status="not_recognised")
