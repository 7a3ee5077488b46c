"""The HTTP edge: score sheets, ballots and conflicts of interest, and what each member may see and do."""

from typing import Any
from uuid import UUID, uuid4

import pytest


def test_other_sheets_stay_hidden_until_the_session_is_closed(province: Any, council: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier])
    council.judge(dossier)
    for reader in (*council.everybody, council.standing):
        page = reader.get(f"/v1/dossiers/{dossier}").json
        assert (page["sheets"], page["ballots"], page["result"]) == (None, None, None)
        assert reader.get(f"/v1/sessions/{session}/results").json["code"] == "session.not_closed"
    own = council.members[0].get(f"/v1/dossiers/{dossier}").json
    assert (own["own_sheet"]["total"], own["own_ballot"]["choice"]) == (80.0, "yes")
    progress = council.members[0].get(f"/v1/sessions/{session}").json["progress"]
    assert progress == {"dossiers": 1, "sheets": 5, "ballots": 5, "expected": 5}
    council.close(session)
    after = council.members[0].get(f"/v1/dossiers/{dossier}").json
    assert (len(after["sheets"]), len(after["ballots"])) == (5, 5)
    assert after["result"]["outcome"] == "recognised"


def test_nobody_scores_or_votes_before_the_opening_or_after_the_closing(province: Any, council: Any) -> None:
    dossier = province.forward()
    member = council.members[0]
    assert council.score(member, dossier).json["code"] == "dossier.not_scheduled"
    session = council.plan([dossier])
    assert council.score(member, dossier).json["code"] == "session.not_open"
    council.secretary.post(f"/v1/sessions/{session}/open")
    council.judge(dossier)
    council.close(session)
    assert council.score(member, dossier, version=1).json["code"] == "session.not_open"
    assert council.vote(member, dossier).json["code"] == "session.not_open"


def test_a_second_ballot_is_refused(province: Any, council: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    member = council.members[0]
    assert council.vote(member, dossier, "no").status_code == 201
    again = council.vote(member, dossier, "yes")
    assert (again.status_code, again.json["code"]) == (409, "ballot.already_cast")
    assert member.get(f"/v1/dossiers/{dossier}").json["own_ballot"]["choice"] == "no"


def test_the_same_ballot_sent_twice_is_one_ballot(province: Any, council: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    headers = {"Idempotency-Key": str(uuid4())}
    answers = [council.vote(council.chair, dossier, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]


def test_replacing_a_sheet_takes_its_version(province: Any, council: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    member = council.members[1]
    first = council.score(member, dossier, 7)
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    assert council.score(member, dossier, 9).status_code == 428
    assert council.score(member, dossier, 9, version=1).headers["ETag"] == '"2"'
    assert council.score(member, dossier, 5, version=1).status_code == 412
    assert member.get(f"/v1/dossiers/{dossier}").json["own_sheet"]["scores"]["novelty"] == 9


@pytest.mark.parametrize("value", [7.123, -1, "1e9999999999", "NaN", "tám", True, None])
def test_a_score_is_a_number_with_at_most_two_decimals(province: Any, council: Any, value: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    refused = council.score(council.members[0], dossier, value)
    assert refused.status_code == 422
    [error] = refused.json["errors"]
    assert error["pointer"] == "/scores/novelty"
    assert error["messages"]["vi"] != error["messages"]["en"]
    assert council.score(council.members[0], dossier, 7.25).status_code == 200


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800"])
def test_text_that_no_database_takes_is_refused(province: Any, council: Any, text: str) -> None:
    path = f"/v1/dossiers/{province.forward()}/conflict"
    body = f'{{"kind": "other", "reason": "a{text}"}}'
    refused = council.chair.open("POST", path, data=body, content_type="application/json")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/reason")


def test_an_author_on_the_council_neither_reads_nor_judges(province: Any, council: Any) -> None:
    author, author_id = council.members[0], council.ids[2]
    dossier, other = province.forward(author_ids=[author_id]), province.forward()
    session = council.open([dossier, other])
    for refused in (
        author.get(f"/v1/dossiers/{dossier}"),
        council.score(author, dossier),
        council.vote(author, dossier),
    ):
        assert (refused.status_code, refused.json["code"]) == (403, "dossier.recused")
    item = author.get(f"/v1/sessions/{session}").json["agenda"][0]
    assert (item["recused"], item["entitled"]) == (True, 4)
    others = [one for one in council.everybody if one is not author]
    council.judge(dossier, by=others)
    council.judge(other)
    council.close(session)
    own_view = author.get(f"/v1/sessions/{session}/results").json["items"]
    assert [(item["recused"], item["result"] is None) for item in own_view] == [(True, True), (False, False)]
    result = others[0].get(f"/v1/sessions/{session}/results").json["items"][0]["result"]
    assert (result["present"], result["votes"]["yes"], result["outcome"]) == (4, 4, "recognised")
    council.decide(session)
    assert author.get(f"/v1/dossiers/{dossier}").status_code == 200
    assert author.get(f"/v1/sessions/{session}/results").json["items"][0]["result"]["outcome"] == "recognised"


def test_a_declared_conflict_excludes_and_takes_the_sheet_away(province: Any, council: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier])
    member = council.members[0]
    council.score(member, dossier)
    declared = member.post(f"/v1/dossiers/{dossier}/conflict", {"kind": "relative", "reason": "Em trai là tác giả"})
    assert declared.status_code == 201, declared.json
    assert council.vote(member, dossier).json["code"] == "dossier.recused"
    assert member.get(f"/v1/dossiers/{dossier}").json["code"] == "dossier.recused"
    item = council.secretary.get(f"/v1/sessions/{session}").json["agenda"][0]
    assert (item["entitled"], item["sheets"]) == (4, 0)
    [conflict] = council.chair.get(f"/v1/dossiers/{dossier}").json["conflicts"]
    assert (conflict["person_id"], conflict["kind"]) == (council.ids[2], "relative")


def test_too_many_conflicts_lose_the_dossiers_quorum(province: Any, council: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier], present=4)
    reason = {"kind": "material_interest", "reason": "Cùng thực hiện"}
    assert council.members[0].post(f"/v1/dossiers/{dossier}/conflict", reason).status_code == 201
    council.judge(dossier, by=[council.chair, council.secretary, council.members[1]])
    council.close(session)
    result = council.chair.get(f"/v1/sessions/{session}/results").json["items"][0]["result"]
    assert [reason["code"] for reason in result["reasons"]] == ["quorum_not_held"]
    assert (result["present"], result["quorum"]) == (3, 4)


def test_what_the_council_can_never_hear_is_not_put_off_again(province: Any, council: Any) -> None:
    concerns_all, waits = province.forward(), province.forward()
    session = council.open([concerns_all, waits], present=4)
    reason = {"kind": "relative", "reason": "Người nhà"}
    for member in (council.chair, council.members[0]):
        assert member.post(f"/v1/dossiers/{concerns_all}/conflict", reason).status_code == 201
    assert council.members[0].post(f"/v1/dossiers/{waits}/conflict", reason).status_code == 201
    council.close(session)
    [item] = council.members[1].get(f"/v1/sessions/{session}/results").json["items"]
    reasons = [reason["code"] for reason in item["result"]["reasons"]]
    assert (item["initiative_id"], reasons[0]) == (concerns_all, "quorum_not_held")
    # Four of five may hear the other, though only three of them were there.
    assert council.secretary.get(f"/v1/dossiers/{waits}").json["state"] == "waiting"


def test_who_is_absent_judges_nothing_and_nobody_steps_back_after_the_closing(province: Any, council: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier], present=4)
    absent, there = council.members[2], council.members[1]
    allowed = [one.get(f"/v1/dossiers/{dossier}").json["allowed"] for one in (absent, there)]
    assert allowed == [["declare_conflict"], ["score", "vote", "declare_conflict"]]
    council.judge(dossier, by=[council.chair])
    council.close(session)
    late = there.post(f"/v1/dossiers/{dossier}/conflict", {"kind": "other", "reason": "x"})
    assert late.json["code"] == "session.not_open"


def test_a_conflict_cannot_be_declared_after_the_ballot(province: Any, council: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    council.judge(dossier, by=[council.chair])
    refused = council.chair.post(f"/v1/dossiers/{dossier}/conflict", {"kind": "other", "reason": "x"})
    assert (refused.status_code, refused.json["code"]) == (409, "conflict.after_ballot")


def test_a_conflict_can_be_declared_before_any_session(province: Any, council: Any) -> None:
    dossier = province.forward()
    assert council.members[1].get(f"/v1/dossiers/{dossier}").json["allowed"] == ["declare_conflict"]
    declared = council.members[1].post(f"/v1/dossiers/{dossier}/conflict", {"kind": "other", "reason": "x"})
    assert declared.status_code == 201
    outsider, _ = province.person("member")
    assert outsider.post(f"/v1/dossiers/{dossier}/conflict", {"kind": "other", "reason": "x"}).status_code == 403


def test_the_platform_points_out_who_works_at_the_dossiers_unit(province: Any, council: Any) -> None:
    dossier = province.forward()
    province.tell("grant.issued", province.grant(uuid4(), UUID(council.ids[3]), "author", "DP"))
    hints = [member.get(f"/v1/dossiers/{dossier}").json["possible_conflict"] for member in council.members[:2]]
    assert hints == [None, "same_unit"]


def test_only_present_members_judge(province: Any, council: Any) -> None:
    dossier = province.forward()
    council.open([dossier], present=4)
    absent = council.members[2]
    assert council.score(absent, dossier).json["code"] == "session.not_present"
    stranger, _ = province.person("member")
    assert council.vote(stranger, dossier).json["code"] == "council.not_a_member"
    assert council.score(council.standing, dossier).json["code"] == "auth.role_not_allowed"


def test_in_a_secret_ballot_only_the_count_is_known(province: Any, make_council: Any, database: Any) -> None:
    council, dossier = make_council(ballot="secret"), province.forward()
    session = council.open([dossier])
    answer = council.vote(council.chair, dossier, "no")
    assert answer.json["choice"] is None
    assert council.vote(council.chair, dossier).json["code"] == "ballot.already_cast"
    council.judge(dossier, by=council.everybody[1:])
    council.close(session)
    page = council.chair.get(f"/v1/dossiers/{dossier}").json
    assert (page["ballots"], page["own_ballot"]["choice"]) == (None, None)
    assert page["result"]["votes"] == {"yes": 4, "no": 1, "abstain": 0}
    with database.admin_engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT choice FROM ballot WHERE session_id = %s", (session,)).scalars()
        assert set(stored) == {None}


def test_of_a_secret_ballot_nothing_is_kept_for_a_repeated_request(
    province: Any, make_council: Any, database: Any
) -> None:
    council, dossier = make_council(ballot="secret"), province.forward()
    council.open([dossier])
    headers = {"Idempotency-Key": str(uuid4())}
    answers = [council.vote(council.chair, dossier, "no", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json["code"] == "ballot.already_cast"
    with database.admin_engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM idempotency WHERE key = %s", tuple(headers.values()))
        assert kept.scalar() == 0


def test_all_that_is_wrong_with_a_sheet_is_said_at_once(province: Any, council: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    sheet = {"scores": {"effect": 21, "charm": 1}}
    refused = council.members[0].put(f"/v1/dossiers/{dossier}/score-sheet", sheet)
    assert refused.status_code == 422
    assert {error["pointer"]: error["messages"]["vi"] for error in refused.json["errors"]} == {
        "/scores/novelty": "Tiêu chí này chưa có điểm.",
        "/scores/effect": "Điểm phải từ 0 đến 10.",
        "/scores/charm": "Quy chế của phiên họp không có tiêu chí này.",
    }
