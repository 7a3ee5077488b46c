"""Scoring, voting and stepping back: what members send, and what they are shown."""

from collections.abc import Callable
from typing import Any

import pytest

ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
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
