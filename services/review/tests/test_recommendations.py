"""A province proposes to the centre what its own council has recognised, takes that back, and hears the answer."""

from typing import Any
from uuid import UUID

import pytest
from common.centre import CENTRE
from common.events import Event
from common.ids import new_id

WHY = {"statement": "Đã nhân rộng ở 12 xã."}
REASON = {"reason": "Đề nghị nhầm hồ sơ."}


@pytest.fixture(scope="module")
def board(make_council: Any) -> Any:
    """The council of the whole province, and its Standing Board."""
    return make_council("ROOT")


@pytest.fixture
def decided(province: Any) -> Any:
    """`decided(council, ...)`: a dossier that the council has decided; recognised, if nothing else is said."""

    def make(council: Any, *, choice: str = "yes", **values: Any) -> str:
        dossier = str(province.forward(council.unit, **values))
        session = council.open([dossier])
        council.judge(dossier, choice=choice, by=council.everybody[1:])
        council.close(session)
        assert council.decide(session).status_code == 201
        return dossier

    return make


def recommend(caller: Any, dossier: str) -> Any:
    return caller.post(f"/v1/dossiers/{dossier}/recommendation", WHY)


def withdraw(caller: Any, dossier: str) -> Any:
    return caller.post(f"/v1/dossiers/{dossier}/recommendation/withdrawal", REASON)


def shown(caller: Any, dossier: str) -> Any:
    return caller.get(f"/v1/dossiers/{dossier}").json


def told(database: Any, dossier: str) -> list[Event]:
    query = "SELECT body FROM outbox WHERE subject = %s AND type LIKE '%%dossier.recommend%%' ORDER BY position"
    with database.admin_engine.connect() as connection:
        return [Event.from_json(body) for body in connection.exec_driver_sql(query, (dossier,)).scalars()]


def answer(consumer: Any, province: Any, dossier: str, word: str, version: int = 2, tenant: str = CENTRE) -> None:
    data = {"initiative_id": dossier, "version": version, "province": province.name, "answer": word}
    data |= {"reason": f"Ý kiến {version}", "answered_on": "2020-01-15"}
    type_ = "vn.sangtao.registration.recommended_dossier.answered.v1"
    consumer.apply([Event(type_, "/registration", tenant, dossier, version, data)])


def test_the_standing_board_recommends_what_the_provinces_council_recognised(
    province: Any, board: Any, decided: Any, database: Any
) -> None:
    dossier = decided(board)
    before = shown(board.standing, dossier)
    assert (before["recommendation"], before["allowed"]) == (None, ["recommend"])
    made = recommend(board.standing, dossier)
    assert (made.status_code, made.json["statement"], made.json["answer"]) == (201, WHY["statement"], None)
    after = shown(board.standing, dossier)
    assert after["recommendation"] == made.json
    assert after["allowed"] == ["withdraw_recommendation"]
    assert shown(board.secretary, dossier)["allowed"] == []
    [event] = told(database, dossier)
    assert event.sequence == after["version"] == before["version"] + 1
    assert event.data | {"yes": 4, "present": 5, "score": 80.0, "acted_as": "standing"} == event.data
    assert event.data["statement"] == WHY["statement"]
    assert recommend(board.standing, dossier).json["code"] == "recommendation.already_made"


@pytest.mark.parametrize("act", [recommend, withdraw])
def test_nobody_but_the_province_recommends(act: Any, province: Any, board: Any, decided: Any, council: Any) -> None:
    dossier = decided(board)
    assert act(board.secretary, dossier).json["code"] == "auth.role_not_allowed"
    assert act(board.members[0], dossier).json["code"] == "auth.role_not_allowed"
    assert act(council.standing, dossier).status_code == 404  # A district does not see it.
    lower = decided(council)
    assert act(council.standing, lower).json["code"] == "recommendation.of_the_whole_province"
    refused = act(board.standing, lower)
    assert (refused.status_code, refused.json["code"]) == (409, "recommendation.of_a_lower_council")
    assert shown(board.standing, lower)["allowed"] == shown(council.standing, lower)["allowed"] == []


def test_only_what_is_recognised_is_recommended(province: Any, board: Any, decided: Any) -> None:
    refused, waiting = decided(board, choice="no"), province.forward("ROOT")
    for dossier in (refused, waiting):
        assert recommend(board.standing, dossier).json["code"] == "recommendation.not_recognised"
        assert shown(board.standing, dossier)["allowed"] == []


def test_nobody_recommends_their_own(province: Any, board: Any, decided: Any, app: Any, caller: Any) -> None:
    standing, person_id = province.person("standing", "ROOT")
    dossier = decided(board, author_ids=[str(person_id)])
    for act in (recommend, withdraw):
        answered = act(standing, dossier)
        assert (answered.status_code, answered.json["code"]) == (403, "recommendation.own")
    assert shown(standing, dossier)["allowed"] == []
    grant = province.grant(new_id(), UUID(board.ids[3]), "standing", "ROOT")
    lent = grant | {"delegated_from": new_id(), "on_behalf_of": person_id}
    province.tell("grant.issued", {name: str(value) if value else value for name, value in lent.items()})
    delegate = caller(app, f"subject-{board.ids[3]}", grant["grant_id"])
    assert recommend(delegate, dossier).json["code"] == "recommendation.own"
    assert recommend(board.chair, dossier).status_code == 201


def test_a_recommendation_is_withdrawn_and_made_again(board: Any, decided: Any, database: Any) -> None:
    dossier = decided(board)
    assert withdraw(board.standing, dossier).json["code"] == "recommendation.not_found"
    recommend(board.standing, dossier)
    taken_back = withdraw(board.chair, dossier)
    assert (taken_back.status_code, taken_back.json["withdrawal_reason"]) == (200, REASON["reason"])
    assert withdraw(board.standing, dossier).json["code"] == "recommendation.withdrawn"
    assert shown(board.standing, dossier)["allowed"] == ["recommend"]
    assert recommend(board.standing, dossier).json["withdrawn_on"] is None
    assert [event.type.rsplit(".", 2)[1] for event in told(database, dossier)] == [
        "recommended",
        "recommendation_withdrawn",
        "recommended",
    ]
    versions = [event.sequence for event in told(database, dossier)]
    assert versions == sorted(set(versions))


def test_the_centres_answer_is_written_beside_it(
    province: Any, board: Any, decided: Any, consumer: Any, database: Any
) -> None:
    dossier = decided(board)
    recommend(board.standing, dossier)
    answer(consumer, province, dossier, "noted")
    heard = shown(board.standing, dossier)
    assert heard["recommendation"]["answer"] == "noted"
    assert (heard["recommendation"]["answer_reason"], heard["allowed"]) == ("Ý kiến 2", [])
    assert withdraw(board.standing, dossier).json["code"] == "recommendation.answered"
    answer(consumer, province, dossier, "accepted", version=3)
    answer(consumer, province, dossier, "noted", version=2)
    assert shown(board.standing, dossier)["recommendation"]["answer"] == "accepted"
    answers = [event for event in told(database, dossier) if "answered" in event.type]
    assert [(event.tenant, event.data["answer"]) for event in answers] == [
        (province.name, "noted"),
        (province.name, "accepted"),
    ]


def test_nobody_else_answers_for_the_centre(province: Any, board: Any, decided: Any, consumer: Any) -> None:
    dossier, other = decided(board), decided(board)
    recommend(board.standing, dossier)
    for tenant in (province.name, "lam-dong"):
        answer(consumer, province, dossier, "declined", tenant=tenant)
    answer(consumer, province, other, "declined")
    assert shown(board.standing, dossier)["recommendation"]["answer"] is None
    assert shown(board.standing, other)["recommendation"] is None


def test_an_answer_that_crossed_a_withdrawal_holds(province: Any, board: Any, decided: Any, consumer: Any) -> None:
    dossier = decided(board)
    recommend(board.standing, dossier)
    withdraw(board.standing, dossier)
    answer(consumer, province, dossier, "accepted")
    page = shown(board.standing, dossier)
    assert (page["recommendation"]["answer"], page["recommendation"]["stands"]) == ("accepted", True)
    assert recommend(board.standing, dossier).json["code"] == "recommendation.already_made"


def test_an_answer_reaches_the_heir_of_the_province(
    make_province: Any, make_council: Any, consumer: Any, database: Any
) -> None:
    old, heir = make_province("kon-tum"), make_province("quang-ngai")
    council = make_council("ROOT", old)
    dossier = str(old.forward("ROOT"))
    session = council.open([dossier])
    council.judge(dossier)
    council.close(session)
    council.decide(session)
    assert recommend(council.standing, dossier).status_code == 201
    merged = {"tenant_id": new_id(), "version": 2, "code": "kon-tum", "name": "Kon Tum", "status": "merged"}
    old.tell("tenant.recorded", merged | {"heir": "quang-ngai"})
    answer(consumer, old, dossier, "accepted")
    [event] = [event for event in told(database, dossier) if "answered" in event.type]
    assert event.tenant == heir.name


def test_another_province_neither_sees_nor_touches_it(make_province: Any, board: Any, decided: Any) -> None:
    dossier = decided(board)
    recommend(board.standing, dossier)
    stranger, _ = make_province("lam-dong").person("standing", "ROOT")
    for act in (recommend, withdraw):
        assert act(stranger, dossier).json["code"] == act(stranger, str(new_id())).json["code"] == "dossier.not_found"
    assert stranger.get(f"/v1/dossiers/{dossier}").status_code == 404


def test_the_centre_reads_nothing_of_the_dossier(make_province: Any, board: Any, decided: Any) -> None:
    """It has its own copy elsewhere: here a recommended dossier is to it as one that does not exist."""
    dossier, nothing = decided(board), str(new_id())
    recommend(board.standing, dossier)
    for role in ("standing", "chair", "secretary", "member"):
        caller, _ = make_province(CENTRE).person(role, "ROOT")
        for path in ("", "/trail"):
            here, nowhere = (caller.get(f"/v1/dossiers/{one}{path}") for one in (dossier, nothing))
            assert (here.status_code, here.json["code"]) == (nowhere.status_code, nowhere.json["code"])
            assert here.status_code == 404
        assert dossier not in caller.get("/v1/dossiers").text
    for act in (recommend, withdraw):
        standing, _ = make_province(CENTRE).person("standing", "ROOT")
        assert act(standing, dossier).status_code == act(standing, nothing).status_code == 404


def test_an_author_is_given_what_was_written_to_propose_their_dossier(province: Any, board: Any, decided: Any) -> None:
    author, author_id = province.person("author")
    recommend(board.standing, decided(board, author_ids=[str(author_id)]))
    recommend(board.standing, decided(board))
    [row] = author.get("/v1/my-data").json["tables"]["recommendation"]
    assert row["statement"] == WHY["statement"]
