"""What the council's events do to a dossier, once and in any order."""

from datetime import date
from typing import Any

import pytest
from common.consumer import Consumer
from common.events import Event
from common.telemetry import ConsumerMetrics
from prometheus_client import CollectorRegistry
from registration.app import NAME
from registration.consumers import HANDLERS
from registration.store.tables import metadata
from sqlalchemy import text


@pytest.fixture
def consumer(database: Any) -> Consumer:
    return Consumer(NAME, metadata, HANDLERS, database.unit_of_work, ConsumerMetrics(CollectorRegistry()))


@pytest.fixture
def forwarded(province: Any) -> Any:
    officer, _ = province.person("officer")
    made = officer.post("/v1/initiatives", province.draft(title="Cho đi là còn mãi")).json
    path = f"/v1/initiatives/{made['id']}"
    officer.post(f"{path}/submit", {"received_on": "2024-03-01"})
    officer.post(f"{path}/endorse", {"happened_on": "2024-03-02"})
    officer.post(f"{path}/forward", {"happened_on": "2024-03-02", "council_unit_id": province.root_id})
    return officer, made["id"]


def opened(initiative_id: str, tenant: str = "khanh-hoa") -> Event:
    kind = "vn.sangtao.review.dossier.opened.v1"
    return Event(kind, "/review", tenant, initiative_id, 1, {"initiative_id": initiative_id})


def decided(initiative_id: str, outcome: str = "recognised", tenant: str = "khanh-hoa") -> Event:
    data = {
        "initiative_id": initiative_id,
        "outcome": outcome,
        "decision_number": "12/QĐ",
        "decided_on": date(2024, 12, 20).isoformat(),
        "score": 86.5,
        "reasons": [] if outcome == "recognised" else ["below_pass_score"],
    }
    return Event("vn.sangtao.review.dossier.decided.v1", "/review", tenant, initiative_id, 2, data)


def judged(initiative_id: str, tenant: str = "khanh-hoa") -> Event:
    kind, data = "vn.sangtao.review.dossier.judged.v1", {"initiative_id": initiative_id, "closed_on": "2024-12-19"}
    return Event(kind, "/review", tenant, initiative_id, 2, data)


def test_a_dossier_that_a_closed_session_judged_is_not_taken_back(consumer: Consumer, forwarded: Any) -> None:
    officer, initiative_id = forwarded
    path = f"/v1/initiatives/{initiative_id}"
    consumer.apply([opened(initiative_id), judged(initiative_id), judged(initiative_id)])
    shown = officer.get(path).json
    assert (shown["status"], shown["judged_on"]) == ("under_review", "2024-12-19")
    assert not {"withdraw", "recall"} & set(shown["allowed"])
    assert [step["action"] for step in shown["history"]][-2:] == ["start_review", "judged"]
    for act in ("withdraw", "recall"):
        refused = officer.post(f"{path}/{act}", {"reason": "Đổi ý"})
        assert (refused.status_code, refused.json["code"]) == (409, "initiative.judged")
        assert "19/12/2024" in refused.json["detail"] or "2024-12-19" in refused.json["detail"]


def test_a_decision_recognises_once_and_publishes(consumer: Consumer, forwarded: Any, database: Any) -> None:
    officer, initiative_id = forwarded
    event = decided(initiative_id)
    consumer.apply([opened(initiative_id), event, event])
    consumer.apply([event])
    shown = officer.get(f"/v1/initiatives/{initiative_id}").json
    assert shown["status"] == "recognised"
    assert shown["decision"] == {"number": "12/QĐ", "decided_on": "2024-12-20", "score": 86.5}
    assert [step["to"] for step in shown["history"]][-2:] == ["under_review", "recognised"]
    with database.admin_engine.connect() as connection:
        query = text("SELECT count(*) FROM outbox WHERE subject = :id AND type LIKE '%.recognised.v1'")
        assert connection.scalar(query, {"id": initiative_id}) == 1


def test_the_public_finds_it_without_diacritics(consumer: Consumer, forwarded: Any, app: Any) -> None:
    _, initiative_id = forwarded
    consumer.apply([decided(initiative_id)])
    found = app.test_client().get("/v1/catalogue?q=cho di la con mai").json["items"]
    assert initiative_id in [entry["id"] for entry in found]
    entry = app.test_client().get(f"/v1/catalogue/{initiative_id}").json
    assert entry["tenant_name"] == "Tỉnh khanh-hoa"
    assert "person_id" not in str(entry)


def test_refusal_keeps_its_reasons_and_is_not_published(consumer: Consumer, forwarded: Any, app: Any) -> None:
    officer, initiative_id = forwarded
    consumer.apply([decided(initiative_id, "not_recognised")])
    assert officer.get(f"/v1/initiatives/{initiative_id}").json["reason"] == "below_pass_score"
    assert app.test_client().get(f"/v1/catalogue/{initiative_id}").status_code == 404


def test_an_event_of_another_tenant_touches_nothing(consumer: Consumer, forwarded: Any, database: Any) -> None:
    officer, initiative_id = forwarded
    consumer.apply([decided(initiative_id, tenant="lai-chau")])
    assert officer.get(f"/v1/initiatives/{initiative_id}").json["status"] == "forwarded"
    with database.admin_engine.begin() as connection:
        letters = connection.execute(text("SELECT tenant, error FROM dead_letter")).all()
        connection.execute(text("TRUNCATE dead_letter"))
    assert [(letter.tenant, "initiative.not_found" in letter.error) for letter in letters] == [("lai-chau", True)]


def test_one_bad_event_does_not_hold_up_the_others(consumer: Consumer, forwarded: Any, database: Any) -> None:
    officer, initiative_id = forwarded
    bad = decided("00000000-0000-7000-8000-000000000000")
    consumer.apply([bad, decided(initiative_id)])
    assert officer.get(f"/v1/initiatives/{initiative_id}").json["status"] == "recognised"
    with database.admin_engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM dead_letter")) == 1
        assert connection.scalar(text("SELECT retry_at > now() - interval '1 minute' FROM dead_letter"))
        connection.execute(text("TRUNCATE dead_letter"))
