"""Sessions that are corrected, moved, opened before their day or cancelled, and the day of their decision."""

from datetime import timedelta
from typing import Any

import pytest
from common import clock
from common.ids import new_id
from sqlalchemy import text


@pytest.fixture
def council(make_council: Any) -> Any:
    return make_council("DK")


def day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def decision(signed_on: str, **more: str) -> dict[str, str]:
    return {"number": f"{new_id()}/QĐ", "signed_on": signed_on, "signatory": "A", "legal_basis": "B"} | more


def test_a_planned_session_is_moved_to_another_day_and_place(province: Any, council: Any) -> None:
    path = f"/v1/sessions/{council.plan([province.forward('DK')])}"
    seen = council.secretary.get(path).json
    assert "change" in seen["allowed"]
    body = {"title": "Phiên họp cuối năm", "held_on": "2019-12-20", "place": "Hội trường B"}
    moved = council.secretary.put(path, body, version=seen["version"])
    assert moved.status_code == 200, moved.json
    assert {name: moved.json[name] for name in body} == body
    assert len(moved.json["agenda"]) == 1
    assert council.secretary.put(path, body, version=seen["version"]).json["code"] == "request.stale"
    outside = council.secretary.put(path, body | {"held_on": "2040-01-01"}, version=moved.json["version"])
    assert outside.json["code"] == "session.outside_term"
    assert council.secretary.post(f"{path}/open").status_code == 200
    late = council.secretary.put(path, body, version=moved.json["version"] + 1)
    assert (late.status_code, late.json["code"]) == (409, "session.already_opened")


def test_a_session_is_cancelled_with_a_reason_and_its_dossiers_wait_again(province: Any, council: Any) -> None:
    dossier = province.forward("DK")
    for make in (council.plan, council.open):
        session = make([dossier])
        path = f"/v1/sessions/{session}"
        assert "cancel" in council.secretary.get(path).json["allowed"]
        assert council.secretary.post(f"{path}/cancel", {}).status_code == 422
        cancelled = council.secretary.post(f"{path}/cancel", {"reason": "Chủ tịch đi công tác"})
        assert (cancelled.json["status"], cancelled.json["reason"]) == ("cancelled", "Chủ tịch đi công tác")
        assert (cancelled.json["agenda"], cancelled.json["allowed"]) == ([], [])
        assert council.secretary.get(f"/v1/dossiers/{dossier}").json["state"] == "waiting"
        for act in ("cancel", "open", "close"):
            again = council.secretary.post(f"{path}/{act}", {"reason": "x"} if act == "cancel" else {})
            assert again.status_code == 409, act
    assert council.decide(session).json["code"] == "decision.nothing_to_decide"


@pytest.mark.parametrize("judged", ["score-sheet", "ballot"])
def test_a_session_in_which_somebody_judged_is_not_cancelled(province: Any, council: Any, judged: str) -> None:
    dossier = province.forward("DK")
    path = f"/v1/sessions/{council.open([dossier])}"
    member = council.everybody[1]
    if judged == "ballot":
        assert member.post(f"/v1/dossiers/{dossier}/ballot", {"choice": "yes"}).status_code == 201
    else:
        scores = {"scores": {"novelty": 8, "effect": 8}}
        assert member.put(f"/v1/dossiers/{dossier}/score-sheet", scores).status_code == 200
    assert "cancel" not in council.secretary.get(path).json["allowed"]
    refused = council.secretary.post(f"{path}/cancel", {"reason": "x"})
    assert (refused.status_code, refused.json["code"]) == (409, "session.is_judged")


@pytest.fixture
def lasting_council(province: Any, council: Any, database: Any) -> Any:
    """A council whose term goes on until after today, so that sessions of these days can be planned."""
    with database.admin_engine.begin() as connection:
        forever = text("UPDATE council SET term_to = '2099-12-31' WHERE id = :id")
        connection.execute(forever, {"id": council.id})
    return council


def test_opening_before_its_day_asks_and_moves_it(province: Any, lasting_council: Any) -> None:
    """Else it could be held and closed, and no day would be right for its decision."""
    council, dossier = lasting_council, province.forward("DK")
    session = council.plan([dossier], held_on=day(5))
    path = f"/v1/sessions/{session}"
    refused = council.secretary.post(f"{path}/open")
    assert (refused.status_code, refused.json["code"]) == (409, "session.before_its_day")
    opened = council.secretary.post(f"{path}/open", {"move": True})
    assert (opened.status_code, opened.json["held_on"]) == (200, day(0))
    council.judge(dossier)
    council.close(session)
    assert council.chair.post(f"{path}/decision", decision(day(0))).status_code == 201


def test_a_session_that_was_opened_before_its_day_can_still_be_decided(
    province: Any, lasting_council: Any, database: Any
) -> None:
    """Sessions that were opened before that was refused are held on the day of their opening."""
    council, dossier = lasting_council, province.forward("DK")
    session = council.open([dossier])
    council.judge(dossier)
    council.close(session)
    with database.admin_engine.begin() as connection:
        moved = text("UPDATE session SET held_on = :day WHERE id = :id")
        connection.execute(moved, {"day": day(5), "id": session})
    made = council.chair.post(f"/v1/sessions/{session}/decision", decision(day(0)))
    assert made.status_code == 201, made.json
    assert council.secretary.get(f"/v1/sessions/{session}").json["held_on"] == day(0)


def test_a_decision_is_not_dated_before_the_ballots_it_counts(province: Any, lasting_council: Any) -> None:
    """Held yesterday and voted on today: yesterday's date needs the reason why paper is recorded late."""
    council, dossier = lasting_council, province.forward("DK")
    session = council.plan([dossier], held_on=day(-1))
    path = f"/v1/sessions/{session}"
    assert council.secretary.post(f"{path}/open").status_code == 200
    council.judge(dossier)
    council.close(session)
    early = council.chair.post(f"{path}/decision", decision(day(-1)))
    assert (early.status_code, early.json["code"]) == (422, "decision.signed_before_closing")
    assert early.json["errors"][0]["pointer"] == "/signed_on"
    before = council.chair.post(f"{path}/decision", decision(day(-2), recorded_late="Nhập từ giấy"))
    assert before.json["code"] == "decision.signed_before_session"
    made = council.chair.post(f"{path}/decision", decision(day(-1), recorded_late="Nhập từ giấy"))
    assert (made.status_code, made.json["recorded_late"]) == (201, "Nhập từ giấy")
