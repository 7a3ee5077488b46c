"""The HTTP edge: a session from its plan to its decision, and what each person may see and do on the way."""

from typing import Any
from uuid import UUID, uuid4

import pytest


def score(caller: Any, dossier: str, novelty: float = 8, effect: float = 8, **options: Any) -> Any:
    return caller.put(
        f"/v1/dossiers/{dossier}/score-sheet", {"scores": {"novelty": novelty, "effect": effect}}, **options
    )


def vote(caller: Any, dossier: str, choice: str = "yes", **options: Any) -> Any:
    return caller.post(f"/v1/dossiers/{dossier}/ballot", {"choice": choice}, **options)


def test_a_session_goes_from_its_plan_to_its_decision(province: Any, council: Any) -> None:
    good, poor = province.forward(), province.forward()
    session = council.open([good, poor])
    council.judge(good, 8.5)
    council.judge(poor, 6, "no")
    council.close(session)
    results = council.members[0].get(f"/v1/sessions/{session}/results").json
    assert [(item["result"]["outcome"], item["result"]["score"]["mean"]) for item in results["items"]] == [
        ("recognised", 85.0),
        ("not_recognised", 60.0),
    ]
    decided = council.decide(session, "25/QĐ-MTTQ")
    assert decided.status_code == 201, decided.json
    body = decided.json
    assert (body["recognised"], body["not_recognised"], body["number"]) == (1, 1, "25/QĐ-MTTQ")
    assert (body["signed_on"], body["signatory"]) == ("2019-12-20", "Chủ tịch hội đồng")
    assert body["rules"]["pass_score"] == 70
    reasons = body["verdicts"][1]["result"]["reasons"]
    assert [reason["code"] for reason in reasons] == ["score_below_pass", "not_approved"]
    assert reasons[0]["messages"]["vi"] == "Điểm bình quân 60, chưa đạt mức 70."
    assert council.standing.get(f"/v1/decisions/{body['id']}").json == body
    assert council.decide(session).json["code"] == "session.already_decided"
    assert council.secretary.get(f"/v1/dossiers/{good}").json["state"] == "decided"


def test_a_quorum_failure_refuses_with_the_numbers(province: Any, council: Any) -> None:
    session = council.plan([province.forward()], present=3)
    refused = council.secretary.post(f"/v1/sessions/{session}/open")
    assert (refused.status_code, refused.json["code"]) == (409, "session.no_quorum")
    assert "3/5" in refused.json["detail"]
    assert "cần ít nhất 4" in refused.json["detail"]
    page = council.secretary.get(f"/v1/sessions/{session}").json
    assert (page["status"], page["present"], page["members"], page["quorum"]) == ("planned", 3, 5, 4)


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
    assert score(member, dossier).json["code"] == "dossier.not_scheduled"
    session = council.plan([dossier])
    assert score(member, dossier).json["code"] == "session.not_open"
    council.secretary.post(f"/v1/sessions/{session}/open")
    council.judge(dossier)
    council.close(session)
    assert score(member, dossier, version=1).json["code"] == "session.not_open"
    assert vote(member, dossier).json["code"] == "session.not_open"


def test_a_second_ballot_is_refused(province: Any, council: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    member = council.members[0]
    assert vote(member, dossier, "no").status_code == 201
    again = vote(member, dossier, "yes")
    assert (again.status_code, again.json["code"]) == (409, "ballot.already_cast")
    assert member.get(f"/v1/dossiers/{dossier}").json["own_ballot"]["choice"] == "no"


def test_the_same_ballot_sent_twice_is_one_ballot(province: Any, council: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    headers = {"Idempotency-Key": str(uuid4())}
    answers = [vote(council.chair, dossier, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]


def test_replacing_a_sheet_takes_its_version(province: Any, council: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    member = council.members[1]
    first = score(member, dossier, 7)
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    assert score(member, dossier, 9).status_code == 428
    assert score(member, dossier, 9, version=1).headers["ETag"] == '"2"'
    assert score(member, dossier, 5, version=1).status_code == 412
    assert member.get(f"/v1/dossiers/{dossier}").json["own_sheet"]["scores"]["novelty"] == 9


@pytest.mark.parametrize("value", [7.123, -1, "1e9999999999", "NaN", "tám", True, None])
def test_a_score_is_a_number_with_at_most_two_decimals(province: Any, council: Any, value: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    refused = score(council.members[0], dossier, value)
    assert refused.status_code == 422
    [error] = refused.json["errors"]
    assert error["pointer"] == "/scores/novelty"
    assert error["messages"]["vi"] != error["messages"]["en"]
    assert score(council.members[0], dossier, 7.25).status_code == 200


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
    for refused in (author.get(f"/v1/dossiers/{dossier}"), score(author, dossier), vote(author, dossier)):
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
    score(member, dossier)
    declared = member.post(f"/v1/dossiers/{dossier}/conflict", {"kind": "relative", "reason": "Em trai là tác giả"})
    assert declared.status_code == 201, declared.json
    assert vote(member, dossier).json["code"] == "dossier.recused"
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
    assert score(absent, dossier).json["code"] == "session.not_present"
    stranger, _ = province.person("member")
    assert vote(stranger, dossier).json["code"] == "council.not_a_member"
    assert score(council.standing, dossier).json["code"] == "auth.role_not_allowed"


def test_in_a_secret_ballot_only_the_count_is_known(province: Any, make_council: Any, database: Any) -> None:
    council, dossier = make_council(ballot="secret"), province.forward()
    session = council.open([dossier])
    answer = vote(council.chair, dossier, "no")
    assert answer.json["choice"] is None
    assert vote(council.chair, dossier).json["code"] == "ballot.already_cast"
    council.judge(dossier, by=council.everybody[1:])
    council.close(session)
    page = council.chair.get(f"/v1/dossiers/{dossier}").json
    assert (page["ballots"], page["own_ballot"]["choice"]) == (None, None)
    assert page["result"]["votes"] == {"yes": 4, "no": 1, "abstain": 0}
    with database.admin_engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT choice FROM ballot WHERE session_id = %s", (session,)).scalars()
        assert set(stored) == {None}


def test_a_session_keeps_the_rules_it_was_opened_under(province: Any, make_council: Any) -> None:
    council, dossier, later = make_council(), province.forward(), province.forward()
    session = council.open([dossier])
    council.judge(dossier, 7.5)
    strict = province.rulebook(pass_score=90, succeeds=council.rulebook["id"])
    assert (strict["lineage_id"], strict["edition"]) == (council.rulebook["lineage_id"], 2)
    council.close(session)
    decided = council.decide(session).json
    assert (decided["recognised"], decided["rules"]["pass_score"]) == (1, 70)
    council.rulebook = strict
    second = council.open([later])
    council.judge(later, 7.5)
    council.close(second)
    assert council.decide(second).json["rules"]["pass_score"] == 90
    first = council.chair.get(f"/v1/decisions/{decided['id']}").json
    assert (first["recognised"], first["rules"]["pass_score"]) == (1, 70)


def test_a_rulebook_is_used_only_when_published_and_in_force(province: Any, council: Any) -> None:
    draft = province.admin.post("/v1/rulebooks", province.rulebook_body()).json
    body = {"council_id": council.id, "year": 2019, "title": "Họp", "held_on": "2019-12-15"}
    refused = council.secretary.post("/v1/sessions", body | {"rulebook_id": draft["id"]})
    assert (refused.status_code, refused.json["code"]) == (422, "rulebook.not_published")
    future = province.rulebook(valid_from="2020-01-01")
    refused = council.secretary.post("/v1/sessions", body | {"rulebook_id": future["id"]})
    assert refused.json["code"] == "rulebook.not_in_force"
    out_of_term = body | {"rulebook_id": council.rulebook["id"], "held_on": "2031-01-01"}
    assert council.secretary.post("/v1/sessions", out_of_term).json["code"] == "session.outside_term"
    assert province.admin.post(f"/v1/rulebooks/{council.rulebook['id']}/publish").json["code"] == (
        "rulebook.already_published"
    )


def test_the_agenda_is_the_whole_list_in_its_order(province: Any, council: Any) -> None:
    dossiers = [province.forward() for _ in range(3)]
    session = council.plan(dossiers)
    path = f"/v1/sessions/{session}/agenda"
    changed = council.secretary.post(path, {"dossier_ids": [dossiers[2], dossiers[0]]}).json
    assert [item["initiative_id"] for item in changed["agenda"]] == [dossiers[2], dossiers[0]]
    assert council.secretary.get(f"/v1/dossiers/{dossiers[1]}").json["state"] == "waiting"
    twice = council.secretary.post(path, {"dossier_ids": [dossiers[0], dossiers[0]]})
    assert twice.json["code"] == "session.dossier_twice"
    other = council.plan([dossiers[1]])
    taken = council.secretary.post(path, {"dossier_ids": [dossiers[1]]})
    assert taken.json["code"] == "dossier.scheduled_elsewhere"
    council.secretary.post(f"/v1/sessions/{other}/open")
    late = council.secretary.post(f"/v1/sessions/{other}/agenda", {"dossier_ids": []})
    assert late.json["code"] == "session.already_opened"


def test_the_agenda_can_be_ordered_for_few_recusals(province: Any, council: Any) -> None:
    mine = [province.forward(author_ids=[council.ids[0]]) for _ in range(2)]
    free = [province.forward() for _ in range(2)]
    session = council.plan([mine[0], free[0], mine[1], free[1]])
    body = {"dossier_ids": [mine[0], free[0], mine[1], free[1]], "fewest_recusals": True}
    agenda = council.secretary.post(f"/v1/sessions/{session}/agenda", body).json["agenda"]
    assert [item["initiative_id"] for item in agenda] == [*free, *mine]


def test_a_stale_version_changes_nothing(province: Any, council: Any) -> None:
    session = council.plan([province.forward()])
    version = council.secretary.get(f"/v1/sessions/{session}").headers["ETag"]
    headers = {"If-Match": version}
    opened = council.secretary.post(f"/v1/sessions/{session}/open", headers=headers)
    assert opened.status_code == 200
    stale = council.secretary.post(f"/v1/sessions/{session}/close", headers=headers)
    assert (stale.status_code, stale.json["code"]) == (412, "request.stale")


def test_a_decision_needs_a_closed_session_and_a_later_date(province: Any, council: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier])
    assert council.decide(session).json["code"] == "session.not_closed"
    council.close(session)
    body = {"number": "1", "signed_on": "2019-12-14", "signatory": "A", "legal_basis": "B"}
    early = council.standing.post(f"/v1/sessions/{session}/decision", body)
    assert early.json["code"] == "decision.signed_before_session"
    assert council.secretary.post(f"/v1/sessions/{session}/decision", body).status_code == 403


def test_a_units_decision_number_is_used_once_a_day(province: Any, council: Any) -> None:
    answers = []
    for _ in range(2):
        session = council.open([province.forward()])
        council.close(session)
        answers.append(council.decide(session, "77/QĐ-MTTQ"))
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json["code"] == "constraint.uq_decision_tenant_unit_id_signed_on_number"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"members": []}, "request.invalid"),
        ({"members": [{"person_id": str(UUID(int=1)), "name": "A", "role": "member"}]}, "council.one_chair"),
        ({"members": [{"person_id": str(UUID(int=1)), "role": "chair"}]}, "council.member_without_name"),
        ({"term_to": "2018-01-01"}, "council.term_ends_before_start"),
        ({"unit_id": str(UUID(int=7))}, "unit.unknown"),
    ],
)
def test_a_council_is_established_as_its_decision_says(province: Any, change: dict[str, Any], code: str) -> None:
    body = {
        "name": "Hội đồng",
        "unit_id": str(province.units["DK"]),
        "established_by": {"number": "1/QĐ", "signed_on": "2019-01-01"},
        "term_from": "2019-01-01",
        "members": [{"person_id": str(UUID(int=1)), "name": "A", "role": "chair"}],
    }
    refused = province.admin.post("/v1/councils", body | change)
    assert (refused.status_code, refused.json["code"]) == (422, code)


def commendation(province: Any, **values: Any) -> dict[str, Any]:
    return {
        "title": "Khen thưởng phong trào và chuyên đề",
        "form": "achievement",
        "authority": "district",
        "from_year": 2019,
        "to_year": 2020,
        "unit_id": str(province.units["DK"]),
        "recipients": [
            {"kind": "collective", "group": "movement", "count": 305},
            {"kind": "individual", "group": "movement", "count": 2, "of_which": {"leader": 1}},
        ],
    } | values


def test_a_commendation_is_counts_first_and_names_later(province: Any, council: Any) -> None:
    made = council.standing.post("/v1/commendations", commendation(province))
    assert made.status_code == 201, made.json
    path = f"/v1/commendations/{made.json['id']}"
    body = {"kind": "individual", "group": "movement", "names": [{"name": "Nguyễn Thị A"}]}
    named = council.standing.post(f"{path}/names", body)
    assert (named.status_code, named.json["version"]) == (200, 2)
    shown = council.standing.get(path).json["recipients"]
    assert [(r["count"], len(r["names"])) for r in shown] == [(305, 0), (2, 1)]
    too_many = council.standing.post(f"{path}/names", body | {"names": [{"name": "A"}] * 3})
    assert too_many.json["code"] == "commendation.more_names_than_count"
    assert made.json["id"] in [c["id"] for c in council.standing.get("/v1/commendations?year=2020").json["items"]]
    assert made.json["id"] not in [c["id"] for c in council.standing.get("/v1/commendations?year=2018").json["items"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"from_year": 2021}, "commendation.years_out_of_order"),
        ({"recipients": [{"kind": "collective", "group": "a", "count": 1}] * 2}, "commendation.group_twice"),
        (
            {"recipients": [{"kind": "collective", "group": "a", "count": 1, "of_which": {"b": 2}}]},
            "commendation.part_above_count",
        ),
        ({"form": "medal"}, "request.invalid"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(
    province: Any, council: Any, change: dict[str, Any], code: str
) -> None:
    refused = council.standing.post("/v1/commendations", commendation(province, **change))
    assert (refused.status_code, refused.json["code"]) == (422, code)


def test_lists_page_without_gap_or_repeat(province: Any, council: Any) -> None:
    made = {province.forward(title="Trang") for _ in range(5)}
    seen: list[str] = []
    cursor = ""
    while True:
        page = council.secretary.get(f"/v1/dossiers?state=waiting&limit=2{cursor}").json
        seen += [item["initiative_id"] for item in page["items"]]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    assert made <= set(seen)
    assert len(seen) == len(set(seen))
    for path in ("rulebooks", "councils", "sessions", "decisions", "commendations", "dossiers"):
        first = council.standing.get(f"/v1/{path}?limit=1").json
        if first["next"]:
            second = council.standing.get(f"/v1/{path}?limit=1&cursor={first['next']}")
            assert second.status_code == 200, path
            assert second.json["items"] != first["items"]
        broken = council.standing.get(f"/v1/{path}?cursor=WyJ4Il0=")
        assert broken.json["code"] == "request.bad_cursor"


def test_the_list_shows_what_the_caller_has_done(province: Any, council: Any) -> None:
    dossiers = [province.forward(), province.forward(), province.forward(author_ids=[council.ids[1]])]
    session = council.open(dossiers)
    score(council.secretary, dossiers[0])
    vote(council.secretary, dossiers[1])
    rows = council.secretary.get(f"/v1/dossiers?session_id={session}").json["items"]
    done = {row["initiative_id"]: (row["scored"], row["voted"], row["recused"]) for row in rows}
    assert [done[id_] for id_ in dossiers] == [(True, False, False), (False, True, False), (False, False, True)]
    assert rows[0]["review_closes_on"] == "2019-12-31"
