"""Events of registration, in any order and more than once."""

from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from common import outbox
from review.consumers import HANDLERS
from review.store.tables import metadata
from sqlalchemy import text


def opened(database: Any, initiative_id: Any) -> int:
    query = "SELECT count(*) FROM outbox WHERE subject = %s AND type LIKE '%%dossier.opened.v1'"
    with database.admin_engine.connect() as connection:
        return int(connection.exec_driver_sql(query, (str(initiative_id),)).scalar_one())


def state(council: Any, initiative_id: Any) -> Any:
    answer = council.secretary.get(f"/v1/dossiers/{initiative_id}")
    return answer.json["state"] if answer.status_code == 200 else None


def test_a_forwarded_initiative_waits_for_the_council(province: Any, council: Any, database: Any) -> None:
    dossier = province.forward(code="KH-2019-ABC-1234")
    page = council.secretary.get(f"/v1/dossiers/{dossier}").json
    assert (page["state"], page["code"], page["unit_id"]) == ("waiting", "KH-2019-ABC-1234", str(province.units["DK"]))
    assert opened(database, dossier) == 1


def test_the_same_event_twice_opens_one_dossier(province: Any, database: Any, consumer: Any) -> None:
    event = province.event("initiative.forwarded", province.initiative())
    consumer.apply([event, event])
    consumer.apply([event])
    assert opened(database, event.subject) == 1


@pytest.mark.parametrize("how", ["withdrawn", "recalled"])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_withdrawal_wins_in_whatever_order_it_comes(
    province: Any, council: Any, consumer: Any, order: tuple[int, ...], how: str
) -> None:
    snapshot = province.initiative(version=4)
    events = [
        province.event("initiative.forwarded", snapshot),
        province.event(f"initiative.{how}", snapshot | {"version": 6}),
        province.event("initiative.forwarded", snapshot),
    ]
    for place in order:
        consumer.apply([events[place]])
    assert state(council, snapshot["initiative_id"]) in (None, "withdrawn")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_forwarded_again_after_a_return_waits_in_whatever_order(
    province: Any, council: Any, consumer: Any, order: tuple[int, ...]
) -> None:
    snapshot = province.initiative(version=4)
    events = [
        province.event("initiative.forwarded", snapshot),
        province.event("initiative.returned", snapshot | {"version": 5, "council_unit_id": None}),
        province.event("initiative.forwarded", snapshot | {"version": 8, "title": "Bản đã sửa"}),
    ]
    consumer.apply([events[place] for place in order])
    page = council.secretary.get(f"/v1/dossiers/{snapshot['initiative_id']}").json
    assert (page["state"], page["title"]) == ("waiting", "Bản đã sửa")


def test_a_withdrawn_dossier_leaves_the_agenda(province: Any, council: Any) -> None:
    kept, snapshot = province.forward(), province.initiative()
    province.tell("initiative.forwarded", snapshot)
    session = council.open([kept, str(snapshot["initiative_id"])])
    province.tell("initiative.withdrawn", snapshot | {"version": 9})
    agenda = council.secretary.get(f"/v1/sessions/{session}").json["agenda"]
    assert [item["initiative_id"] for item in agenda] == [kept]
    refused = council.chair.post(f"/v1/dossiers/{snapshot['initiative_id']}/ballot", {"choice": "yes"})
    assert refused.json["code"] == "dossier.withdrawn"
    council.judge(kept, choice="no")
    council.close(session)
    assert council.decide(session).json["not_recognised"] == 1


def test_a_decided_dossier_stays_decided(province: Any, council: Any) -> None:
    snapshot = province.initiative()
    province.tell("initiative.forwarded", snapshot)
    session = council.open([str(snapshot["initiative_id"])])
    council.judge(str(snapshot["initiative_id"]))
    council.close(session)
    assert council.decide(session).status_code == 201
    province.tell("initiative.withdrawn", snapshot | {"version": 9})
    province.tell("initiative.forwarded", snapshot | {"version": 12})
    assert state(council, snapshot["initiative_id"]) == "decided"


def test_an_event_before_its_unit_is_kept_and_applied_later(province: Any, consumer: Any, database: Any) -> None:
    unit_id = uuid4()
    event = province.event("initiative.forwarded", province.initiative() | {"council_unit_id": unit_id})
    consumer.apply([event])
    with database.admin_engine.connect() as connection:
        assert outbox.count_letters(connection, metadata) == 1
    province.units["LATE"], province.paths["LATE"] = unit_id, "/KH/LATE/"
    province.record_unit("LATE")
    assert consumer.retry_letters(everything=True) == 1
    assert opened(database, event.subject) == 1


def test_a_units_dossiers_follow_it_through_a_reorganisation(province: Any, make_council: Any) -> None:
    province.paths["OLD"] = "/KH/OLD/"
    province.record_unit("OLD")
    council, dossier = make_council("OLD"), province.forward("OLD")
    before, _ = province.person("standing", "CL")
    assert before.get(f"/v1/dossiers/{dossier}").status_code == 404
    province.record_unit("OLD", version=3, scope_path="/KH/CL/OLD/")
    province.record_unit("OLD", version=2, scope_path="/KH/ELSEWHERE/")
    page = before.get(f"/v1/dossiers/{dossier}").json
    assert page["unit_id"] == str(province.units["OLD"])
    assert before.get(f"/v1/councils/{council.id}").json["scope_path"] == "/KH/CL/OLD/"


def test_a_revoked_grant_stops_working_and_stays_revoked(province: Any, app: Any) -> None:
    caller, person_id = province.person("secretary")
    grant = province.grant(caller.grant_id, person_id, "secretary", "DK")
    assert caller.get("/v1/sessions").status_code == 200
    province.tell("grant.revoked", grant | {"version": 3, "revoked_at": "2020-01-01T00:00:00+00:00"})
    province.tell("grant.issued", grant | {"version": 2})
    app.extensions["grants"]._known.clear()  # Instead of waiting for GRANTS_LIVE_SECONDS.
    assert caller.get("/v1/sessions").json["code"] == "auth.no_such_grant"


def test_an_older_name_does_not_replace_a_newer_one(province: Any, database: Any) -> None:
    person = {"person_id": UUID(int=77), "email": ""}
    province.tell("person.recorded", person | {"version": 2, "name": "Tên mới"})
    province.tell("person.recorded", person | {"version": 1, "name": "Tên cũ"})
    with database.admin_engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM person WHERE id = :id"), {"id": UUID(int=77)}).scalars()
        assert list(names) == ["Tên mới"]


def test_every_handler_is_named_after_an_event() -> None:
    own = {type_: handler for type_, handler in HANDLERS.items() if ".audit." not in type_}
    for event_type, handler in own.items():
        assert event_type.startswith("vn.sangtao.registration.")
        assert getattr(handler, "handler", handler).__name__.startswith("on_")


def test_a_new_province_may_hold_a_session_by_the_template(province: Any, database: Any) -> None:
    opened_on = {"tenant_id": str(uuid4()), "version": 1, "root_unit_id": str(province.units["ROOT"])}
    province.tell("tenant.opened", opened_on | {"opened_on": "2026-11-25"})
    listed = province.admin.get("/v1/rulebooks?limit=1").json["items"]
    rulebook = listed[0]
    assert rulebook["name"] == "Quy chế mẫu xét sáng kiến"
    assert (rulebook["status"], rulebook["valid_from"], len(rulebook["criteria"])) == ("published", "2026-01-01", 6)
    seats = province.admin.get("/v1/councils/template").json["seats"]
    assert seats.count("chair") == 1
