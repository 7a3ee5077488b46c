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


SCORE = {"_part": "score", "scores.novelty": "8,5", "comment": "Cách làm rõ ràng.\nNên nhân rộng."}
GONE = [
    ("member", "score", SCORE, "PUT /dossiers/*/score-sheet", ["8,5", "Cách làm rõ ràng.", "Nên nhân rộng."]),
    ("member", "vote", {"_part": "vote", "choice": "no"}, "POST /dossiers/*/ballot", ["Không đồng ý"]),
    ("member", "conflict", {"_part": "conflict", "kind": "relative", "reason": "Là em ruột"},
     "POST /dossiers/*/conflict", ["Là em ruột"]),
    ("chair", "recommend", {"_part": "recommend", "statement": "Đã nhân rộng 12 xã"},
     "POST /dossiers/*/recommendation", ["Đã nhân rộng 12 xã"]),
    ("chair", "unrecommend", {"_part": "unrecommend", "reason": "Cần xem lại số liệu"},
     "POST /dossiers/*/recommendation/withdrawal", ["Cần xem lại số liệu"]),
]  # fmt: skip


@pytest.mark.parametrize(("role", "act", "form", "call", "typed"), GONE, ids=[one[1] for one in GONE])
def test_what_was_typed_is_kept_when_the_form_is_not_open_any_more(
    signed_in: Callable[[str], Any],
    services: Any,
    open_dossier: dict[str, Any],
    role: str,
    act: str,
    form: dict[str, str],
    call: str,
    typed: list[str],
) -> None:
    closed = open_dossier | {"allowed": [], "session": open_dossier["session"] | {"status": "closed"}}
    services.answer("review GET /dossiers/*", 200, closed)
    services.problem(f"review {call}", 409, "session.not_open", "Phiên họp đã kết thúc.")
    page = signed_in(role).post(f"/sessions/{ID}/dossiers/{ID}/{act}", form)
    assert (page.status_code, "Phiên họp đã kết thúc." in page.text) == (409, True)
    kept = page.text.split("Nội dung bạn đã nhập, chưa lưu được")[1].split("</section>")[0]
    assert [words for words in typed if words not in kept] == []
    assert page.text.index("Phiên họp đã kết thúc.") < page.text.index("Nội dung bạn đã nhập")


def test_what_was_typed_stands_in_the_form_as_long_as_it_is_open(
    signed_in: Callable[[str], Any], services: Any, open_dossier: dict[str, Any]
) -> None:
    services.problem("review PUT /dossiers/*/score-sheet", 409, "session.busy", "Xin thử lại.")
    page = signed_in("member").post(f"/sessions/{ID}/dossiers/{ID}/score", SCORE).text
    assert 'value="8,5"' in page
    assert "Nội dung bạn đã nhập" not in page


def test_scores_of_a_dossier_that_has_left_its_session_are_kept(
    signed_in: Callable[[str], Any], services: Any, open_dossier: dict[str, Any]
) -> None:
    services.answer("review GET /dossiers/*", 200, open_dossier | {"allowed": [], "session": None})
    services.problem("review PUT /dossiers/*/score-sheet", 409, "dossier.not_scheduled", "Hồ sơ chưa được xếp phiên.")
    page = signed_in("member").post(f"/sessions/{ID}/dossiers/{ID}/score", SCORE | {"scores.novelty.odd": "1"})
    assert (page.status_code, "Hồ sơ chưa được xếp phiên." in page.text) == (409, True)
    assert services.last("PUT").body == {"scores": {"novelty": 8.5}, "comment": SCORE["comment"]}
    kept = page.text.split("Nội dung bạn đã nhập, chưa lưu được")[1].split("</section>")[0]
    assert [words for words in ("8,5", "Nên nhân rộng.") if words not in kept] == []


@pytest.mark.parametrize("role", ["chair", "standing"])
def test_who_signs_second_keeps_what_they_typed(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any], role: str
) -> None:
    session = answers["review GET /sessions/*"] | {"status": "decided", "allowed": []}
    services.answer("review GET /sessions/*", 200, session)
    services.problem("review POST /sessions/*/decision", 409, "session.already_decided", "Phiên họp đã có quyết định.")
    form = {"_part": "decision", "number": "125/QĐ-UBND", "signed_on": "20/12/2020", "signatory": "Chủ tịch UBND"}
    form |= {"legal_basis": "Căn cứ Luật Thi đua, khen thưởng"}
    page = signed_in(role).post(f"/sessions/{ID}/decision", form)
    assert (page.status_code, "Phiên họp đã có quyết định." in page.text) == (409, True)
    kept = page.text.split("Nội dung bạn đã nhập, chưa lưu được")[1].split("</section>")[0]
    assert [words for name, words in form.items() if name != "_part" and words not in kept] == []
    services.answer("review GET /sessions/*", 200, session | {"status": "closed", "allowed": ["decide"]})
    page = signed_in(role).post(f"/sessions/{ID}/decision", form).text
    assert page.count("Phiên họp đã có quyết định.") == 1  # Above the form, in which everything still stands.
    assert 'value="125/QĐ-UBND"' in page
    assert "Nội dung bạn đã nhập" not in page


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
