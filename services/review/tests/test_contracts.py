"""Everything that leaves the review keeps its contract, and everything it listens to keeps registration's."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from common.audit import sealed_type
from common.centre import CENTRE
from common.events import Event
from review.consumers import HANDLERS
from review.domain import commendations, councils, decisions, dossiers, recommendations, sessions

SERVICES = Path(__file__).parents[2]
FACTS = {
    councils.CouncilRecorded,
    sessions.SessionOpened,
    sessions.SessionCancelled,
    sessions.SessionClosed,
    dossiers.DossierOpened,
    dossiers.DossierJudged,
    dossiers.DossierDecided,
    recommendations.DossierRecommended,
    recommendations.DossierRecommendationWithdrawn,
    recommendations.DossierRecommendationAnswered,
    decisions.DecisionIssued,
    commendations.CommendationRecorded,
}


def contracts(service: str) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text()) for path in (SERVICES / service / "contracts").glob("*.json")}


def check(data: Any, contract: Any) -> None:
    jsonschema.validate(data, contract, format_checker=jsonschema.FormatChecker())


def test_every_fact_has_a_contract_and_every_contract_a_fact() -> None:
    assert set(contracts("review")) == {fact.type for fact in FACTS} | {sealed_type("review")}


@pytest.mark.parametrize(("name", "contract"), contracts("review").items())
def test_examples_keep_their_contract_and_show_every_field(name: str, contract: Any) -> None:
    assert contract["$id"] == f"urn:sangtao:event:{name}"
    assert contract["examples"]
    for example in contract["examples"]:
        check(example, contract)
        assert set(example) == set(contract["properties"])


def test_every_event_in_the_outbox_fits_its_contract(
    province: Any, make_council: Any, database: Any, consumer: Any
) -> None:
    council = make_council("ROOT")
    dossier = province.forward("ROOT")
    cancelled = council.open([dossier])
    assert council.secretary.post(f"/v1/sessions/{cancelled}/cancel", {"reason": "Thiếu người"}).status_code == 200
    session = council.open([dossier])
    council.judge(dossier)
    council.close(session)
    assert council.decide(session).status_code == 201
    body = {"title": "Cờ thi đua", "form": "emulation_flag", "authority": "province", "from_year": 2019}
    recipients = [{"kind": "collective", "group": "movement", "count": 6}]
    body |= {"to_year": 2020, "unit_id": str(province.units["DK"]), "recipients": recipients}
    assert council.standing.post("/v1/commendations", body).status_code == 201
    path = f"/v1/dossiers/{dossier}/recommendation"
    assert council.standing.post(path, {"statement": "Đã nhân rộng."}).status_code == 201
    assert council.standing.post(f"{path}/withdrawal", {"reason": "Nhầm."}).status_code == 200
    answered = {"initiative_id": dossier, "version": 2, "province": province.name, "answer": "noted", "reason": ""}
    type_ = "vn.sangtao.registration.recommended_dossier.answered.v1"
    consumer.apply([Event(type_, "/registration", CENTRE, dossier, 2, answered | {"answered_on": "2020-01-15"})])
    consumer.seal()
    known = contracts("review")
    with database.admin_engine.connect() as connection:
        events = [Event.from_json(body) for body in connection.exec_driver_sql("SELECT body FROM outbox").scalars()]
    assert {event.type for event in events} == set(known)
    for event in events:
        check(event.data, known[event.type])
        assert event.sequence == event.data["version"]
        assert set(event.data) == set(known[event.type]["properties"])


@pytest.mark.parametrize("event_type", sorted(HANDLERS))
def test_the_others_own_examples_can_be_applied(event_type: str, province: Any, consumer: Any) -> None:
    contract = contracts(event_type.split(".")[2])[event_type]
    for example in contract["examples"]:
        if "council_unit_id" in example:
            example = example | {"council_unit_id": str(province.units["DK"])}
        event = Event(event_type, "/registration", province.name, "", 1, example)
        consumer.apply([event])
        assert consumer.retry_letters(everything=True) == 0
