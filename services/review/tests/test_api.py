"""The HTTP edge: a session from its plan to its decision, its agenda, and councils."""

from typing import Any
from uuid import UUID

import pytest
from common import clock


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


def test_what_nobody_judged_waits_for_another_session(province: Any, council: Any) -> None:
    scored, voted, unheard, left = (province.forward() for _ in range(4))
    session = council.open([left, unheard, voted, scored])
    sheet = {"scores": {"novelty": 9, "effect": 9}}
    assert council.chair.put(f"/v1/dossiers/{scored}/score-sheet", sheet).status_code == 200
    assert council.vote(council.chair, voted).status_code == 201
    assert council.members[0].put(f"/v1/dossiers/{left}/score-sheet", sheet).status_code == 200
    stepped_back = council.members[0].post(f"/v1/dossiers/{left}/conflict", {"kind": "other", "reason": "Anh em"})
    assert stepped_back.status_code == 201
    council.close(session)
    items = council.chair.get(f"/v1/sessions/{session}/results").json["items"]
    assert [item["initiative_id"] for item in items] == [voted, scored]
    states = [council.secretary.get(f"/v1/dossiers/{one}").json["state"] for one in (scored, voted, unheard, left)]
    assert states == ["scheduled", "scheduled", "waiting", "waiting"]
    assert council.decide(session).json["not_recognised"] == 2
    again = council.open([unheard, left])
    council.judge(unheard)
    council.close(again)
    assert council.decide(again).json["recognised"] == 1


def test_a_session_that_leaves_nothing_to_decide_lapses(province: Any, make_council: Any) -> None:
    council, snapshot = make_council(), province.initiative()
    province.tell("initiative.forwarded", snapshot)
    judged = str(snapshot["initiative_id"])
    session = council.open([province.forward(), judged])
    council.judge(judged)
    province.tell("initiative.withdrawn", snapshot | {"version": 9})
    council.close(session)
    page = council.chair.get(f"/v1/sessions/{session}").json
    assert (page["status"], page["agenda"], page["allowed"]) == ("lapsed", [], [])
    assert council.chair.get(f"/v1/sessions/{session}/results").json["items"] == []
    assert council.decide(session).json["code"] == "decision.nothing_to_decide"
    asked = f"/v1/sessions?council_id={council.id}&status="
    found = [council.chair.get(asked + status).json["items"] for status in ("planned,open,closed", "lapsed")]
    assert [[one["id"] for one in items] for items in found] == [[], [session]]


def test_a_quorum_failure_refuses_with_the_numbers(province: Any, council: Any) -> None:
    session = council.plan([province.forward()], present=3)
    refused = council.secretary.post(f"/v1/sessions/{session}/open")
    assert (refused.status_code, refused.json["code"]) == (409, "session.no_quorum")
    assert "3/5" in refused.json["detail"]
    assert "cần ít nhất 4" in refused.json["detail"]
    page = council.secretary.get(f"/v1/sessions/{session}").json
    assert (page["status"], page["present"], page["members"], page["quorum"]) == ("planned", 3, 5, 4)


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


def test_attendance_is_of_members_and_ends_with_the_closing(province: Any, council: Any) -> None:
    session = council.plan([province.forward()])
    path = f"/v1/sessions/{session}"
    _, stranger = province.person("member")
    refused = council.secretary.post(f"{path}/attendance", {"present": [*council.ids, str(stranger)]})
    assert refused.json["code"] == "council.not_a_member"
    assert council.secretary.post(f"{path}/close").json["code"] == "session.not_open"
    for act in ("open", "close"):
        assert council.secretary.post(f"{path}/{act}").status_code == 200
    late = council.secretary.post(f"{path}/attendance", {"present": council.ids})
    assert late.json["code"] == "session.not_open"


def test_an_agenda_is_of_dossiers_before_this_council(province: Any, council: Any) -> None:
    session = council.plan([province.forward()])
    below = council.secretary.post(f"/v1/sessions/{session}/agenda", {"dossier_ids": [province.forward("DP")]})
    assert below.json["code"] == "dossier.of_another_council"


def test_a_stale_version_changes_nothing(province: Any, council: Any) -> None:
    session = council.plan([province.forward()])
    version = council.secretary.get(f"/v1/sessions/{session}").headers["ETag"]
    headers = {"If-Match": version}
    opened = council.secretary.post(f"/v1/sessions/{session}/open", headers=headers)
    assert opened.status_code == 200
    for act, body in (
        ("agenda", {"dossier_ids": []}),
        ("attendance", {"present": []}),
        ("open", None),
        ("close", None),
    ):
        stale = council.secretary.post(f"/v1/sessions/{session}/{act}", body, headers=headers)
        assert (stale.status_code, stale.json["code"]) == (412, "request.stale"), act


def test_a_rulebook_succeeds_one_of_its_own_unit(province: Any) -> None:
    before = province.rulebook("ROOT")["id"]
    of_another = province.admin.post("/v1/rulebooks", province.rulebook_body("DK", succeeds=before))
    assert of_another.json["code"] == "rulebook.no_such_predecessor"
    assert province.admin.post("/v1/rulebooks", province.rulebook_body("ROOT", succeeds=before)).json["edition"] == 2


def test_a_decision_needs_a_closed_session_and_a_later_date(province: Any, council: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier])
    assert council.decide(session).json["code"] == "session.not_closed"
    council.judge(dossier)
    council.close(session)
    body = {"number": "1", "signed_on": "2019-12-14", "signatory": "A", "legal_basis": "B"}
    early = council.standing.post(f"/v1/sessions/{session}/decision", body)
    assert early.json["code"] == "decision.signed_before_session"
    late = council.standing.post(f"/v1/sessions/{session}/decision", body | {"signed_on": "2099-12-31"})
    assert (late.status_code, late.json["code"]) == (422, "decision.signed_in_future")
    assert council.secretary.post(f"/v1/sessions/{session}/decision", body).status_code == 403


WRITTEN = ("77/QĐ-MTTQ", "77/qđ-mttq", " 77 / QĐ - MTTQ ", "77/QĐ\u2013MTTQ", "77/Q\u200bĐ-MTTQ", "077/QD-MTTQ")


def test_a_units_decision_number_is_used_once_a_year_however_it_is_written(province: Any, council: Any) -> None:
    answers = []
    for number in WRITTEN:
        dossier = province.forward()
        session = council.open([dossier])
        council.judge(dossier)
        council.close(session)
        answers.append(council.decide(session, number))
    assert [answer.status_code for answer in answers] == [201, *[409] * 5]
    assert {answer.json["code"] for answer in answers[1:]} == {"decision.number_taken"}
    assert "20/12/2019" in answers[1].json["detail"]
    assert "Họp tháng 12" in answers[1].json["detail"]


def test_the_next_number_of_the_units_series_is_proposed(province: Any, council: Any) -> None:
    def closed() -> str:
        dossier = province.forward()
        session = council.open([dossier])
        council.judge(dossier)
        council.close(session)
        return str(session)

    first = closed()
    assert council.chair.get(f"/v1/sessions/{first}").json["proposed_number"] == ""
    today = {"number": "88/QĐ-MTTQ", "signed_on": clock.today().isoformat(), "signatory": "A", "legal_basis": "B"}
    assert council.chair.post(f"/v1/sessions/{first}/decision", today).status_code == 201
    second = closed()
    assert council.chair.get(f"/v1/sessions/{second}").json["proposed_number"] == "89/QĐ-MTTQ"
    assert council.secretary.get(f"/v1/sessions/{second}").json["proposed_number"] == ""


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


def test_dossiers_before_one_units_council_can_be_asked_for(province: Any, council: Any) -> None:
    own, below, neighbours = (province.forward(unit) for unit in ("DK", "DP", "CL"))

    def found(unit: str) -> set[str]:
        query = f"limit=200&state=waiting&unit_id={province.units[unit]}"
        rows = council.secretary.get(f"/v1/dossiers?{query}").json["items"]
        assert {row["unit_id"] for row in rows} <= {str(province.units[unit])}
        return {row["initiative_id"] for row in rows} & {own, below, neighbours}

    assert [found(unit) for unit in ("DK", "DP", "CL")] == [{own}, {below}, set()]


def test_sessions_of_several_states_can_be_asked_for(province: Any, council: Any) -> None:
    dossier = province.forward()
    planned, running, closed = council.plan([]), council.open([province.forward()]), council.open([dossier])
    council.judge(dossier)
    council.close(closed)

    def found(status: str) -> set[str]:
        items = council.secretary.get(f"/v1/sessions?limit=200&status={status}").json["items"]
        assert {item["status"] for item in items} <= set(status.split(","))
        return {item["id"] for item in items} & {planned, running, closed}

    assert [found("planned"), found("planned,open"), found("closed,open")] == [
        {planned}, {planned, running}, {running, closed}
    ]  # fmt: skip
    page = council.secretary.get("/v1/sessions?limit=1&status=planned,open").json
    second = council.secretary.get(f"/v1/sessions?limit=1&status=planned,open&cursor={page['next']}").json
    assert second["items"][0]["id"] != page["items"][0]["id"]
    wrong = council.secretary.get("/v1/sessions?status=planned,over")
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/status/1")


def test_the_list_shows_what_the_caller_has_done(province: Any, council: Any) -> None:
    dossiers = [province.forward(), province.forward(), province.forward(author_ids=[council.ids[1]])]
    session = council.open(dossiers)
    council.score(council.secretary, dossiers[0])
    council.vote(council.secretary, dossiers[1])
    rows = council.secretary.get(f"/v1/dossiers?session_id={session}").json["items"]
    done = {row["initiative_id"]: (row["scored"], row["voted"], row["recused"]) for row in rows}
    assert [done[id_] for id_ in dossiers] == [(True, False, False), (False, True, False), (False, False, True)]
    assert rows[0]["review_closes_on"] == "2019-12-31"


def test_the_councils_of_a_unit_in_their_term_on_a_day_can_be_asked_for(province: Any, make_council: Any) -> None:
    own, below = make_council(), make_council("DP")

    def found(query: str) -> set[str]:
        return {one["id"] for one in own.secretary.get(f"/v1/councils?limit=200&{query}").json["items"]}

    of_unit = f"unit_id={province.units['DK']}"
    assert {own.id, below.id} <= found("")
    assert own.id in found(of_unit)
    assert below.id not in found(of_unit)
    days = ("2019-01-14", "2019-01-15", "2024-01-14", "2024-01-15")
    assert [own.id in found(f"{of_unit}&on={day}") for day in days] == [False, True, True, False]


def test_the_rulebooks_that_are_asked_for_a_council_are_those_that_its_sessions_take(
    province: Any, make_council: Any
) -> None:
    council, day = make_council(), "2019-12-15"
    draft = province.admin.post("/v1/rulebooks", province.rulebook_body("DK")).json
    last, later = (province.rulebook("DK", valid_from=valid_from) for valid_from in (day, "2019-12-16"))
    made = [draft, last, later, *(province.rulebook(unit) for unit in ("ROOT", "DK", "DP", "CL"))]
    query = f"limit=200&council_unit_id={province.units['DK']}"

    def asked_for(on: str) -> set[str]:
        return {one["id"] for one in council.secretary.get(f"/v1/rulebooks?{query}{on}").json["items"]}

    def takes(rulebook: dict[str, Any]) -> bool:
        body = {"council_id": council.id, "rulebook_id": rulebook["id"], "year": 2019, "title": "Họp", "held_on": day}
        return bool(council.secretary.post("/v1/sessions", body).status_code == 201)

    offered = asked_for(f"&on={day}")
    assert [one["id"] in offered for one in made] == [takes(one) for one in made]
    assert [one["id"] in offered for one in made] == [False, True, False, True, True, False, False]
    assert later["id"] in asked_for("")  # Today's, when no day is named.


def test_rulebooks_for_a_council_out_of_reach_are_none_as_for_one_that_nobody_has(province: Any) -> None:
    province.rulebook("ROOT")
    secretary, _ = province.person("secretary", "DK")
    for unit in (province.units["CL"], province.units["ROOT"], UUID(int=7)):
        assert secretary.get(f"/v1/rulebooks?council_unit_id={unit}").json["items"] == []
    above, _ = province.person("secretary", "ROOT")
    assert above.get(f"/v1/rulebooks?council_unit_id={province.units['CL']}").json["items"] != []
