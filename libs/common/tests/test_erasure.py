"""After an erasure no copy tells of the person, none can be rewritten otherwise, and what comes late comes redacted."""

import json
from typing import Any
from uuid import UUID

import pytest
from common import erasure, outbox
from common.consumer import Consumer
from common.database import Context
from common.events import Event
from common.ids import new_id
from sample.app import metadata
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import ProgrammingError

KHANH_HOA, LAI_CHAU = "khanh-hoa", "lai-chau"
OUTBOX = metadata.tables["outbox"]


def told(person_id: UUID, name: str, **more: Any) -> dict[str, Any]:
    return {"person_id": str(person_id), "name": name, "email": "an@example.vn", **more}


@pytest.fixture
def tell(database: Any) -> Any:
    """An event about a person in the outbox, as some service would have recorded it; returns it."""

    def make(data: dict[str, Any], tenant: str = KHANH_HOA) -> Event:
        event = Event("vn.sangtao.sample.person.recorded.v1", "/sample", tenant, data["person_id"], 1, data)
        row = {"event_id": event.id, "type": event.type, "subject": event.subject, "recorded_at": event.time}
        row |= {"tenant": tenant, "routing_key": event.routing_key, "body": event.to_json()}
        with database.admin_engine.begin() as connection:
            connection.execute(insert(OUTBOX).values(row))
        return event

    return make


def bodies(database: Any) -> list[dict[str, Any]]:
    with database.admin_engine.connect() as connection:
        return [json.loads(row.body) for row in connection.execute(select(OUTBOX).order_by(OUTBOX.c.position))]


def erase(database: Any, *ids: UUID) -> None:
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        erasure.erase(uow, metadata, ids)


def test_events_lose_the_person_and_stay_events(database: Any, tell: Any) -> None:
    an, binh = new_id(), new_id()
    tell(told(an, "Nguyễn Văn An"))
    tell(told(binh, "Trần Thị Bình"))
    erase(database, an)
    first, second = bodies(database)
    assert first["data"] == {"person_id": str(an), "name": erasure.ERASED_PERSON, "email": ""}
    assert (first["subject"], first["type"]) == (str(an), "vn.sangtao.sample.person.recorded.v1")
    assert Event.from_json(json.dumps(first)).subject == str(an)
    assert second["data"]["name"] == "Trần Thị Bình"


def test_what_another_tenant_told_before_it_was_merged_is_redacted_too(database: Any, tell: Any) -> None:
    an = new_id()
    tell(told(an, "Nguyễn Văn An"), LAI_CHAU)
    erase(database, an)
    assert bodies(database)[0]["data"]["name"] == erasure.ERASED_PERSON


def test_erasing_again_changes_nothing(database: Any, tell: Any) -> None:
    an = new_id()
    tell(told(an, "Nguyễn Văn An"))
    erase(database, an)
    before = bodies(database)
    erase(database, an, an)
    assert bodies(database) == before


def test_no_body_is_rewritten_outside_an_erasure(database: Any, tell: Any) -> None:
    an, binh = new_id(), new_id()
    tell(told(an, "Nguyễn Văn An"))
    change = update(OUTBOX).where(OUTBOX.c.tenant == KHANH_HOA).values(body="{}")
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        assert uow.execute(change).rowcount == 0
        uow.allow_erasing([binh])
        assert uow.execute(change).rowcount == 0
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        uow.allow_erasing([an])
        with pytest.raises(ProgrammingError):
            uow.execute(update(OUTBOX).values(type="something.else"))


def test_an_erasure_opens_no_other_tenants_log(database: Any, tell: Any) -> None:
    tell(told(new_id(), "Trần Thị Bình"), LAI_CHAU)
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        uow.allow_erasing([new_id()])
        assert uow.rows(select(OUTBOX)) == []


def test_dead_letters_and_stored_answers_are_redacted(database: Any) -> None:
    an, own_grant, other_grant = new_id(), new_id(), new_id()
    event = Event("some.type", "/sample", KHANH_HOA, str(an), 1, told(an, "Nguyễn Văn An"))
    answer = json.dumps({"items": [told(an, "Nguyễn Văn An"), told(new_id(), "Trần Thị Bình")]}, ensure_ascii=False)
    grant = {"tenant": KHANH_HOA, "id": own_grant, "person_id": an, "issuer": "i", "subject": "an", "role": "author"}
    grant |= {"unit_id": new_id(), "scope_path": "/KH/", "valid_from": "2020-01-01", "version": 1}
    stored = {"tenant": KHANH_HOA, "key": "k", "fingerprint": "f", "status": 201, "etag": "", "body": answer}
    with database.admin_engine.begin() as connection:
        connection.execute(insert(metadata.tables["access_grant"]).values(grant))
        answers = [stored | {"grant_id": one} for one in (own_grant, other_grant)]
        connection.execute(insert(metadata.tables["idempotency"]), answers)
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        outbox.bury(uow, metadata, event, ValueError("no"))
    erase(database, an)
    with database.admin_engine.connect() as connection:
        letter = connection.execute(select(metadata.tables["dead_letter"])).one()
        [kept] = connection.execute(select(metadata.tables["idempotency"])).all()
    assert "Nguyễn Văn An" not in letter.body
    assert Event.from_json(letter.body).data["name"] == erasure.ERASED_PERSON
    assert kept.grant_id == other_grant
    assert [item["name"] for item in json.loads(kept.body)["items"]] == [erasure.ERASED_PERSON, "Trần Thị Bình"]


def test_what_comes_after_the_erasure_comes_redacted(database: Any, consumer: Consumer) -> None:
    heard: list[Event] = []
    consumer._handlers = {"late": lambda _, event: heard.append(event)}
    an = new_id()
    erase(database, an)
    consumer.apply([Event("late", "/sample", KHANH_HOA, str(an), 1, told(an, "Nguyễn Văn An"))])
    consumer.apply([Event("late", "/sample", LAI_CHAU, str(an), 1, told(an, "Nguyễn Văn An"))])
    assert [event.data["name"] for event in heard] == [erasure.ERASED_PERSON, "Nguyễn Văn An"]


def test_a_late_event_that_fails_is_buried_redacted(database: Any, consumer: Consumer) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("no")

    consumer._handlers, an = {"late": fail}, new_id()
    erase(database, an)
    consumer.apply([Event("late", "/sample", KHANH_HOA, str(an), 1, told(an, "Nguyễn Văn An"))])
    with database.admin_engine.connect() as connection:
        [body] = connection.scalars(text("SELECT body FROM dead_letter")).all()
    assert "Nguyễn Văn An" not in body


def test_a_letter_read_before_the_erasure_is_applied_redacted(
    database: Any, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Event] = []
    an = new_id()
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        event = Event("late", "/sample", KHANH_HOA, str(an), 1, told(an, "Nguyễn Văn An"))
        outbox.bury(uow, metadata, event, ValueError("no"))
    read = consumer.letters(everything=True)
    erase(database, an)
    consumer._handlers = {"late": lambda _, event: heard.append(event)}
    monkeypatch.setattr(consumer, "letters", lambda **_: read)
    assert consumer.retry_letters(everything=True) == 1
    assert [event.data["name"] for event in heard] == [erasure.ERASED_PERSON]


@pytest.mark.parametrize(
    ("held", "left"),
    [
        ({"id": "1", "phone": "09", "version": 3}, {"id": "1", "phone": "", "version": 3}),
        ({"id": "2", "name": "Bình"}, {"id": "2", "name": "Bình"}),
        ({"chair_id": "1", "name": "Hội đồng"}, {"chair_id": "1", "name": "Hội đồng"}),
        ([{"person_id": "1", "name": "An", "share": 5}], [{"person_id": "1", "name": "Người đã xoá", "share": 5}]),
        ({"initiative_id": "1", "title": "T", "year": 2026}, {"initiative_id": "1", "title": "(đã xoá)", "year": 2026}),
        ({"id": ["1"], "name": "An"}, {"id": ["1"], "name": "An"}),
    ],
)  # fmt: skip
def test_only_objects_about_the_erased_lose_something(held: Any, left: Any) -> None:
    assert erasure.redacted(held, {"1"}) == left


def test_what_is_no_json_goes_as_a_whole() -> None:
    assert erasure.redacted_text("Nguyễn Văn An 1", {"1"}) == ""
