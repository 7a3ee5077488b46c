"""Nobody reads, scores, votes on or decides their own, whichever grant they act under."""

from typing import Any
from uuid import UUID

import pytest
from common.ids import new_id


@pytest.fixture
def lend(province: Any, app: Any, caller: Any) -> Any:
    """`lend(role, absent, to)`: `to` also holds a delegation of somebody else's grant; returns the delegate."""

    def make(role: str, absent: UUID, to: UUID) -> Any:
        grant = province.grant(new_id(), to, role, "DK") | {"delegated_from": new_id(), "on_behalf_of": absent}
        province.tell("grant.issued", {name: str(value) if value else value for name, value in grant.items()})
        return caller(app, f"subject-{to}", grant["grant_id"])

    return make


def another_grant(province: Any, app: Any, caller: Any, person_id: UUID, role: str) -> Any:
    grant_id = new_id()
    province.tell("grant.issued", province.grant(grant_id, person_id, role, "DK"))
    return caller(app, f"subject-{person_id}", grant_id)


def judge(member: Any, dossier: str) -> list[str]:
    """The codes of what a member is refused."""
    sheet = member.put(f"/v1/dossiers/{dossier}/score-sheet", {"scores": {"novelty": 9, "effect": 9}})
    ballot = member.post(f"/v1/dossiers/{dossier}/ballot", {"choice": "yes"})
    answers = (sheet, ballot, member.get(f"/v1/dossiers/{dossier}"))
    return [answer.json["code"] if answer.status_code >= 400 else "" for answer in answers]


@pytest.mark.parametrize("role", ["member", "secretary", "chair", "standing"])
def test_an_author_reads_and_judges_nothing_of_theirs_under_any_grant(
    role: str, province: Any, council: Any, app: Any, caller: Any
) -> None:
    member = UUID(council.ids[3])
    dossier = province.forward(author_ids=[str(member)])
    council.open([dossier])
    codes = judge(another_grant(province, app, caller, member, role), dossier)
    # The Standing Board has no seat, so that there is nothing to refuse it but the reading.
    assert codes[2] == "dossier.recused"
    assert set(codes[:2]) <= {"dossier.recused", "auth.role_not_allowed"}


def test_who_was_behind_it_once_judges_as_little_as_its_authors(province: Any, council: Any) -> None:
    member = council.ids[3]
    dossier = province.forward(author_ids=[], owner_ids=[member])
    session = council.open([dossier])
    assert judge(council.members[1], dossier) == ["dossier.recused"] * 3
    council.judge(dossier, by=[council.chair])
    [item] = council.secretary.get(f"/v1/sessions/{session}").json["agenda"]
    assert item["entitled"] == 4


def test_who_is_made_an_author_after_scoring_judges_no_more(province: Any, council: Any) -> None:
    """Returned, changed and forwarded again: it waits again, and the sheets given before count nowhere."""
    snapshot = province.initiative()
    province.tell("initiative.forwarded", snapshot)
    dossier = str(snapshot["initiative_id"])
    session = council.open([dossier])
    council.judge(dossier)
    province.tell("initiative.forwarded", snapshot | {"version": 9, "author_ids": [council.ids[2]]})
    assert council.secretary.get(f"/v1/sessions/{session}").json["agenda"] == []
    again = council.open([dossier])
    assert judge(council.members[0], dossier) == ["dossier.recused"] * 3
    council.judge(dossier, by=[council.chair])
    council.close(again)
    [item] = council.secretary.get(f"/v1/sessions/{again}/results").json["items"]
    assert (item["result"]["sheets"], item["result"]["present"]) == (1, 4)


def test_a_delegate_keeps_away_from_what_is_the_lenders(province: Any, council: Any, lend: Any) -> None:
    absent, deputy = UUID(council.ids[1]), UUID(council.ids[3])
    dossier, other = province.forward(author_ids=[str(absent)]), province.forward()
    session = council.open([dossier, other])
    delegate = lend("secretary", absent, deputy)
    assert judge(delegate, dossier) == ["dossier.recused"] * 3
    assert judge(council.members[1], dossier) == ["", "", ""]  # The same person in their own seat has no part in it.
    agenda = delegate.get(f"/v1/sessions/{session}").json["agenda"]
    recused = {item["initiative_id"]: item["recused"] for item in agenda}
    assert recused == {dossier: True, other: False}
    listed = delegate.get(f"/v1/dossiers?session_id={session}").json["items"]
    assert {item["initiative_id"]: item["recused"] for item in listed} == recused


def test_a_seat_is_not_lent(province: Any, council: Any, lend: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    outsider, person_id = province.person("secretary")
    for seat, role in ((council.ids[0], "chair"), (council.ids[1], "secretary")):
        codes = judge(lend(role, UUID(seat), person_id), dossier)
        assert codes == ["council.not_a_member", "council.not_a_member", ""]
    assert outsider.post(f"/v1/dossiers/{dossier}/conflict", {"kind": "other", "reason": "x"}).status_code == 403


def test_who_has_a_part_in_a_dossier_does_not_issue_the_decision_on_it(
    province: Any, council: Any, lend: Any, app: Any, caller: Any
) -> None:
    chair = UUID(council.ids[0])
    dossier = province.forward(author_ids=[str(chair)])
    session = council.open([dossier])
    council.judge(dossier, by=council.everybody[1:])
    council.close(session)
    standing, standing_id = province.person("standing")
    refused = council.decide(session)
    assert (refused.status_code, refused.json["code"]) == (403, "decision.own")
    assert "decide" not in council.chair.get(f"/v1/sessions/{session}").json["allowed"]
    body = {"number": str(new_id()), "signed_on": "2019-12-20", "signatory": "x", "legal_basis": "x"}
    body["recorded_late"] = "Nhập từ quyết định giấy"
    for one in (another_grant(province, app, caller, chair, "standing"), lend("chair", chair, standing_id)):
        assert one.post(f"/v1/sessions/{session}/decision", body).json["code"] == "decision.own"
    own = another_grant(province, app, caller, standing_id, "standing")
    assert own.post(f"/v1/sessions/{session}/decision", body).status_code == 201
    assert standing.grant_id


def test_a_conflict_declared_under_one_grant_holds_under_the_others(
    province: Any, council: Any, app: Any, caller: Any
) -> None:
    dossier = province.forward()
    council.open([dossier])
    reason = {"kind": "relative", "reason": "Em trai là tác giả"}
    assert council.members[0].post(f"/v1/dossiers/{dossier}/conflict", reason).status_code == 201
    again = another_grant(province, app, caller, UUID(council.ids[2]), "secretary")
    assert judge(again, dossier) == ["dossier.recused"] * 3
