"""The council's trail of a dossier: every act on it, and nothing that the reader may not know."""

from typing import Any
from uuid import UUID, uuid4

import pytest

ROLES = ("secretary", "member", "chair", "standing")


def trail(who: Any, dossier: str, query: str = "") -> Any:
    answer = who.get(f"/v1/dossiers/{dossier}/trail{query}")
    assert answer.status_code == 200, answer.json
    return answer.json


def acts(who: Any, dossier: str, table: str) -> list[dict[str, Any]]:
    """Oldest first."""
    return [one for one in trail(who, dossier, "?limit=200")["items"][::-1] if one["table"] == table]


def changes(entry: Any) -> dict[str, tuple[Any, Any]]:
    return {one["field"]: (one["before"], one["after"]) for one in entry["changes"]}


def of(council: Any, entries: list[dict[str, Any]], place: int) -> list[dict[str, Any]]:
    """What the council's member at this place did."""
    return [one for one in entries if one["person_id"] == council.ids[place]]


@pytest.fixture
def decided(province: Any, council: Any) -> str:
    dossier = str(province.forward())
    session = council.open([dossier])
    council.judge(dossier)
    council.close(session)
    assert council.decide(session).status_code == 201
    return dossier


def test_each_act_says_who_did_it_acting_as_what(council: Any, decided: str) -> None:
    items = trail(council.standing, decided)["items"]
    assert [one["position"] for one in items] == sorted((one["position"] for one in items), reverse=True)
    received, scheduled, judged, ended = acts(council.standing, decided, "dossier")
    assert (received["role"], received["person_id"], changes(received)["state"]) == ("", None, (None, "waiting"))
    assert received["cause"].startswith("vn.sangtao.registration.initiative.forwarded.v1 ")
    assert changes(scheduled)["state"] == ("waiting", "scheduled")
    assert (scheduled["role"], scheduled["person_name"]) == ("secretary", "Thư ký")
    assert (judged["role"], set(changes(judged))) == ("secretary", {"version"})
    assert changes(ended)["state"] == ("scheduled", "decided")
    statuses = [changes(one).get("status") for one in acts(council.standing, decided, "session")]
    assert [one for one in statuses if one] == [
        (None, "planned"),
        ("planned", "open"),
        ("open", "closed"),
        ("closed", "decided"),
    ]
    [decision], [verdict] = (acts(council.standing, decided, table) for table in ("decision", "verdict"))
    assert (decision["role"], decision["person_name"]) == ("chair", "Chủ tịch")
    assert changes(decision)["number"][1].endswith("/QĐ-MTTQ")
    assert changes(verdict)["outcome"] == (None, "recognised")
    assert all(one["unit_id"] == str(council.province.units["DK"]) for one in items if one["role"])


def test_nobodys_figures_before_the_session_is_closed(province: Any, council: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier])
    council.judge(dossier)
    member = council.members[0]
    sheet = {"scores": {"novelty": 9.25, "effect": 8}, "comment": "Rất mới"}
    assert member.put(f"/v1/dossiers/{dossier}/score-sheet", sheet, version=1).status_code == 200
    for reader in (*council.everybody, council.standing):
        given = acts(reader, dossier, "score_sheet")
        assert len(given) == 6
        for one in given:
            is_own = reader is not council.standing and one["person_id"] == council.ids[council.everybody.index(reader)]
            assert (one["withheld"], one["changes"] == []) == (not is_own, not is_own)
    assert "Rất mới" not in str(trail(council.chair, dossier))
    assert changes(of(council, acts(member, dossier, "score_sheet"), 2)[1])["comment"] == ("", "Rất mới")
    council.close(session)
    first, second = of(council, acts(council.chair, dossier, "score_sheet"), 2)
    assert changes(first)["scores"] == (None, {"effect": "8", "novelty": "8"})
    assert changes(second)["scores"][1] == {"effect": "8", "novelty": "9.25"}
    assert not second["withheld"]


@pytest.mark.parametrize("ballot", ["open", "secret"])
def test_no_vote_leaves_a_trace(province: Any, make_council: Any, ballot: str) -> None:
    """In a secret ballot nobody's vote is told, also not by its moment; the verdict counts them."""
    council, dossier = make_council(ballot=ballot), province.forward()
    session = council.open([dossier])
    for member in council.everybody:
        council.score(member, dossier)
    before = trail(council.chair, dossier)
    for place, member in enumerate(council.everybody):
        assert council.vote(member, dossier, "no" if place == 0 else "yes").status_code == 201
    assert trail(council.chair, dossier) == before
    council.close(session)
    council.decide(session)
    [verdict] = acts(council.chair, dossier, "verdict")
    votes = changes(verdict)["result"][1]["votes"]
    assert votes == {"yes": 4, "no": 1, "abstain": 0, "chair": None if ballot == "secret" else "no"}
    assert not {one["table"] for one in trail(council.chair, dossier, "?limit=200")["items"]} & {"ballot", "tally"}


def test_who_has_a_part_in_it_sees_nothing_until_it_is_decided(province: Any, council: Any) -> None:
    author, dossier = council.members[0], province.forward(author_ids=[council.ids[2]])
    others = [one for one in council.everybody if one is not author]
    session = council.open([dossier])
    council.judge(dossier, by=others)
    for step in (lambda: None, lambda: council.close(session)):
        step()
        refused = author.get(f"/v1/dossiers/{dossier}/trail")
        assert (refused.status_code, refused.json["code"]) == (403, "dossier.recused")
    council.decide(session)
    assert len(acts(author, dossier, "score_sheet")) == 4


def test_what_was_scored_before_stepping_back_is_not_told(province: Any, council: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier])
    member = council.members[0]
    council.score(member, dossier, 3, 3)
    conflict = {"kind": "relative", "reason": "Em trai là tác giả"}
    assert member.post(f"/v1/dossiers/{dossier}/conflict", conflict).status_code == 201
    council.judge(dossier, by=[one for one in council.everybody if one is not member])
    council.close(session)
    given, taken = of(council, acts(council.chair, dossier, "score_sheet"), 2)
    assert [(one["operation"], one["withheld"]) for one in (given, taken)] == [("insert", True), ("delete", True)]
    [declared] = acts(council.chair, dossier, "conflict")
    assert changes(declared)["reason"] == (None, "Em trai là tác giả")
    council.decide(session)
    assert [one["withheld"] for one in of(council, acts(member, dossier, "score_sheet"), 2)] == [False, False]


def test_erased_words_stay_erased(province: Any, make_council: Any) -> None:
    council, dossier = make_council(), province.forward()
    session = council.open([dossier])
    sheet = {"scores": {"novelty": 8, "effect": 8}, "comment": "Nhận xét riêng tư"}
    assert council.members[0].put(f"/v1/dossiers/{dossier}/score-sheet", sheet).status_code == 200
    council.close(session)
    assert "Nhận xét riêng tư" in str(trail(council.chair, dossier))
    erased = {"person_id": council.ids[2], "version": 9, "initiative_ids": []}
    province.tell("person.erased", erased)
    [given, *after] = of(council, acts(council.chair, dossier, "score_sheet"), 2) + [
        one for one in acts(council.chair, dossier, "score_sheet") if one["role"] == ""
    ]
    assert "Nhận xét riêng tư" not in str(trail(council.chair, dossier, "?limit=200"))
    assert (given["redacted"], given["withheld"], given["changes"]) == (True, False, [])
    assert "Ủy viên 0" not in str(given)
    assert all(one["redacted"] for one in after)


def test_a_member_knows_by_name_who_sits_on_a_council_only(province: Any, council: Any) -> None:
    dossier = province.forward()
    secretary, _ = province.person("secretary", name="Thư ký không ở hội đồng nào")
    body = {"council_id": council.id, "rulebook_id": council.rulebook["id"], "year": 2019, "title": "Họp"}
    session = secretary.post("/v1/sessions", body | {"held_on": "2019-12-15"}).json["id"]
    agenda = secretary.post(f"/v1/sessions/{session}/agenda", {"dossier_ids": [dossier]})
    assert agenda.status_code == 200
    attendance = council.secretary.post(f"/v1/sessions/{session}/attendance", {"present": council.ids})
    assert attendance.status_code == 200
    names = {one["person_name"] for one in trail(council.members[0], dossier)["items"] if one["person_id"]}
    assert names == {None, "Thư ký"}
    assert "Thư ký không ở hội đồng nào" in str(trail(council.standing, dossier))


def test_a_lent_role_says_whose_it_is(province: Any, make_council: Any, app: Any, caller: Any) -> None:
    council = make_council()
    _, delegate_id = province.person("officer", name="Người được ủy quyền")
    lent = province.grant(uuid4(), delegate_id, "secretary", "DK")
    lent |= {"delegated_from": uuid4(), "on_behalf_of": council.ids[1]}
    province.tell("grant.issued", {name: str(value) if value else value for name, value in lent.items()})
    delegate, dossier = caller(app, f"subject-{delegate_id}", lent["grant_id"]), province.forward()
    session = council.plan([dossier])
    assert delegate.post(f"/v1/sessions/{session}/open").status_code == 200
    opened = acts(council.chair, dossier, "session")[-1]
    assert (opened["person_name"], opened["on_behalf_of_name"]) == ("Người được ủy quyền", "Thư ký")


def test_pages_and_moments_follow_each_other(council: Any, decided: str) -> None:
    every = trail(council.chair, decided, "?limit=200")["items"]
    found, cursor = [], ""
    while cursor is not None:
        page = trail(council.chair, decided, f"?limit=5{cursor and '&cursor=' + cursor}")
        found += page["items"]
        cursor = page["next"]
    assert found == every
    path = f"/v1/dossiers/{decided}/trail"
    older = council.chair.get(path, query_string={"before": every[3]["at"], "limit": 200}).json["items"]
    assert older == every[4:]
    for wrong in ("cursor=W10=", "before=2019-12-15", "before=x"):
        assert council.chair.get(f"{path}?{wrong}").status_code in (400, 422)


@pytest.mark.parametrize("role", ROLES)
def test_who_does_not_see_the_dossier_is_told_that_there_is_none(
    role: str, province: Any, make_province: Any, decided: str
) -> None:
    for place, unit in ((province, "CL"), (make_province("lai-chau"), "DK")):
        stranger, _ = place.person(role, unit)
        for id_ in (decided, str(UUID(int=1))):
            answer = stranger.get(f"/v1/dossiers/{id_}/trail")
            assert (answer.status_code, answer.json["code"]) == (404, "dossier.not_found")


@pytest.mark.parametrize("role", ["author", "officer", "administrator"])
def test_who_does_not_read_dossiers_here_has_no_trail_of_them(role: str, province: Any, decided: str) -> None:
    caller, _ = province.person(role)
    assert caller.get(f"/v1/dossiers/{decided}/trail").json["code"] == "auth.role_not_allowed"


def test_what_was_proposed_to_the_centre_is_told(province: Any, make_council: Any) -> None:
    council = make_council("ROOT")
    dossier = str(province.forward("ROOT"))
    session = council.open([dossier])
    council.judge(dossier)
    council.close(session)
    council.decide(session)
    path = f"/v1/dossiers/{dossier}/recommendation"
    assert council.standing.post(path, {"statement": "Đã nhân rộng ở 12 xã."}).status_code == 201
    assert council.standing.post(f"{path}/withdrawal", {"reason": "Nhầm hồ sơ"}).status_code == 200
    proposed, withdrawn = acts(council.members[0], dossier, "recommendation")
    assert changes(proposed)["statement"] == (None, "Đã nhân rộng ở 12 xã.")
    assert (proposed["role"], proposed["person_name"]) == ("standing", None)
    assert changes(withdrawn)["withdrawal_reason"] == ("", "Nhầm hồ sơ")


def test_a_decision_without_it_is_none_about_it(province: Any, council: Any) -> None:
    snapshot = province.initiative()
    province.tell("initiative.forwarded", snapshot)
    withdrawn, other = str(snapshot["initiative_id"]), province.forward()
    session = council.open([withdrawn, other])
    province.tell("initiative.withdrawn", snapshot | {"version": 9})
    council.judge(other)
    council.close(session)
    assert council.decide(session).status_code == 201
    assert acts(council.chair, withdrawn, "decision") == acts(council.chair, withdrawn, "verdict") == []
    assert changes(acts(council.chair, withdrawn, "dossier")[-1])["state"] == ("scheduled", "withdrawn")
    assert len(acts(council.chair, other, "decision")) == 1


def test_scores_of_a_session_before_are_not_told_to_who_judges_anew(province: Any, council: Any) -> None:
    snapshot = province.initiative()
    province.tell("initiative.forwarded", snapshot)
    dossier = str(snapshot["initiative_id"])
    council.open([dossier])
    council.judge(dossier)
    province.tell("initiative.forwarded", snapshot | {"version": 9})
    again = council.open([dossier])
    given = acts(council.chair, dossier, "score_sheet")
    assert [one["withheld"] for one in given] == [one["person_id"] != council.ids[0] for one in given]
    council.judge(dossier)
    council.close(again)
    assert not any(one["withheld"] for one in acts(council.chair, dossier, "score_sheet"))


def test_the_acts_of_a_session_that_it_left_are_not_its_own(province: Any, council: Any) -> None:
    dossier, other = province.forward(), province.forward()
    left = council.plan([dossier])
    agenda = council.secretary.post(f"/v1/sessions/{left}/agenda", {"dossier_ids": [other]})
    assert agenda.status_code == 200
    assert acts(council.chair, dossier, "session") == []
    dropped = acts(council.chair, dossier, "dossier")[-1]
    assert changes(dropped)["session_id"] == (left, None)
