"""The consumer applies once, buries what cannot be applied, and waits while the database is away."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from common import broker, clock, outbox, telemetry
from common.consumer import Consumer, Handler, Subscription
from common.database import UnitOfWork
from common.events import Event
from prometheus_client import CollectorRegistry
from sample.app import HANDLERS, THING_MADE, metadata, verdict
from sqlalchemy import insert, text

KHANH_HOA, LAI_CHAU = "khanh-hoa", "lai-chau"


def event(subject: UUID | None = None, sequence: int = 1, tenant: str = KHANH_HOA, **more: Any) -> Event:
    return Event(THING_MADE, "/sample", tenant, str(subject or uuid4()), sequence, {"name": "Vật"}, **more)


@pytest.fixture
def publish(connect: Callable[[], broker.Connection], queue: str) -> Callable[..., None]:
    def send(*bodies: Event | str) -> None:
        with connect() as connection:
            connection.declare(queue, HANDLERS)
            connection.publish(
                [("", body if isinstance(body, str) else body.to_json()) for body in bodies], queue=queue
            )

    return send


@pytest.fixture
def running(consumer: Consumer, connect: Callable[[], broker.Connection]) -> Callable[[], Any]:
    """`with running() as beats: ...`"""

    @contextmanager
    def run() -> Iterator[list[bool]]:
        stop, beats = threading.Event(), list[bool]()
        subscription = Subscription(consumer, sorted(HANDLERS), connect)

        def beat(*, working: bool = True) -> None:
            beats.append(working)

        thread = threading.Thread(target=subscription.run, args=(stop, beat))
        thread.start()
        try:
            yield beats
        finally:
            stop.set()
            thread.join(10)
            assert not thread.is_alive()

    return run


@pytest.fixture
def refuse(database: Any) -> Callable[..., None]:
    """`refuse(subject)`: its events fail from now on; `refuse(subject, False)`: no more."""

    def decide(subject: UUID, refused: bool = True) -> None:
        with database.admin_engine.begin() as connection:
            connection.execute(text("DELETE FROM verdict"))
            if refused:
                connection.execute(insert(verdict).values(tenant=KHANH_HOA, subject=subject, what="refuse"))

    return decide


@pytest.fixture
def letters(database: Any) -> Callable[[], list[Any]]:
    def read() -> list[Any]:
        with database.admin_engine.connect() as connection:
            return list(connection.execute(text("SELECT * FROM dead_letter ORDER BY failed_at")))

    return read


def counted(registry: CollectorRegistry, queue: str, outcome: str, event_type: str = THING_MADE) -> float:
    labels = {"service": queue, "type": event_type, "outcome": outcome}
    return registry.get_sample_value("events_consumed_total", labels) or 0.0


def test_events_of_several_tenants_are_applied_once_and_in_order(
    publish: Callable[..., None],
    running: Callable[[], Any],
    applied: Callable[[], list[Any]],
    eventually: Callable[..., Any],
    registry: CollectorRegistry,
    queue: str,
) -> None:
    subjects = [uuid4(), uuid4()]
    tenants = [KHANH_HOA, LAI_CHAU]
    events = [event(subjects[number % 2], number, tenants[number % 2]) for number in range(250)]
    publish(*events, *events[:50])
    with running():
        eventually(lambda: len(applied()) == 250, "all are applied")
        eventually(lambda: counted(registry, queue, "duplicate") == 50, "the repeated ones are recognised")
    for subject in subjects:
        assert [number for about, number in applied() if about == str(subject)] == [
            one.sequence for one in events if one.subject == str(subject)
        ]
    assert counted(registry, queue, "applied") == 250
    assert registry.get_sample_value("event_lag_seconds_count", {"service": queue}) == 250


def test_a_refused_event_is_kept_and_the_others_of_its_batch_are_applied(
    publish: Callable[..., None],
    running: Callable[[], Any],
    applied: Callable[[], list[Any]],
    refuse: Callable[..., None],
    letters: Callable[[], list[Any]],
    eventually: Callable[..., Any],
    registry: CollectorRegistry,
    queue: str,
) -> None:
    bad = uuid4()
    refuse(bad)
    others = [event() for _ in range(5)]
    publish(*others[:2], event(bad), *others[2:])
    with running():
        eventually(lambda: len(applied()) == 5 and letters(), "the others are applied")
        eventually(lambda: registry.get_sample_value("dead_letters", {"service": queue}) == 1, "it is counted")
    assert [about for about, _ in applied()] == [one.subject for one in others]
    assert "thing.refused" in letters()[0].error


def test_a_dead_letter_is_tried_again_after_growing_delays_and_then_left_to_a_person(
    consumer: Consumer, database: Any, refuse: Callable[..., None], letters: Callable[[], list[Any]]
) -> None:
    bad = uuid4()
    refuse(bad)
    consumer.apply([event(bad)])
    for attempt, delay in enumerate(outbox.RETRY_DELAYS, start=1):
        (letter,) = letters()
        assert letter.attempts == attempt
        assert abs(letter.retry_at - letter.failed_at - delay) < timedelta(seconds=0.1)
        assert consumer.retry_letters() == 0  # Not due.
        with database.admin_engine.begin() as connection:
            connection.execute(text("UPDATE dead_letter SET retry_at = now() - interval '1 s'"))
        assert consumer.retry_letters() == 0  # Due, and refused again.
    (letter,) = letters()
    assert letter.retry_at is None
    consumer.retry_letters()
    assert letters()[0].attempts == len(outbox.RETRY_DELAYS) + 1


def test_a_retry_applies_once_the_cause_is_gone_and_forgets_the_letter(
    consumer: Consumer, refuse: Callable[..., None], letters: Callable[[], list[Any]], applied: Callable[[], list[Any]]
) -> None:
    bad = uuid4()
    refuse(bad)
    failed = event(bad)
    consumer.apply([failed])
    refuse(bad, False)
    assert consumer.retry_letters(everything=True) == 1
    assert letters() == []
    consumer.apply([failed])  # Delivered again by the broker.
    assert applied() == [(str(bad), 1)]


@pytest.fixture
def consumer_of(database: Any, queue: str) -> Callable[[Handler], Consumer]:
    """Another replica, whose events are handled by this."""

    def make(handler: Handler) -> Consumer:
        metrics = telemetry.ConsumerMetrics(CollectorRegistry())
        return Consumer(queue, metadata, {THING_MADE: handler}, database.unit_of_work, metrics)

    return make


def test_a_letter_whose_handler_goes_on_in_another_tenant_is_forgotten_too(
    consumer: Consumer,
    consumer_of: Callable[[Handler], Consumer],
    refuse: Callable[..., None],
    letters: Callable[[], list[Any]],
    applied: Callable[[], list[Any]],
) -> None:
    bad = uuid4()
    refuse(bad)
    consumer.apply([event(bad)])

    def apply_in_another(uow: UnitOfWork, event: Event) -> None:
        uow.enter_tenant(LAI_CHAU)
        HANDLERS[THING_MADE](uow, event)

    assert consumer_of(apply_in_another).retry_letters(everything=True) == 1
    assert applied() == [(str(bad), 1)]
    assert letters() == []


def test_a_letter_that_another_consumer_tries_or_has_just_tried_is_left_to_it(
    consumer: Consumer,
    consumer_of: Callable[[Handler], Consumer],
    refuse: Callable[..., None],
    letters: Callable[[], list[Any]],
    database: Any,
) -> None:
    """Together they would use up its few attempts in no time."""
    bad = uuid4()
    refuse(bad)
    consumer.apply([event(bad, number) for number in range(2)])
    with database.admin_engine.begin() as connection:
        connection.execute(text("UPDATE dead_letter SET retry_at = now() - interval '1 s'"))

    def let_the_other_try(uow: UnitOfWork, event: Event) -> None:
        consumer.retry_letters()
        HANDLERS[THING_MADE](uow, event)

    assert consumer_of(let_the_other_try).retry_letters() == 0
    assert [letter.attempts for letter in letters()] == [2, 2]


def test_every_letter_is_retried_on_demand_however_many(
    consumer: Consumer,
    refuse: Callable[..., None],
    letters: Callable[[], list[Any]],
    database: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("common.consumer.DUE_AT_ONCE", 3)
    bad = uuid4()
    refuse(bad)
    consumer.apply([event(bad, number) for number in range(8)])
    with database.admin_engine.begin() as connection:
        connection.execute(text("UPDATE dead_letter SET retry_at = NULL"))
    refuse(bad, False)
    assert consumer.retry_letters() == 0
    assert consumer.retry_letters(everything=True) == 8
    assert letters() == []


def test_while_the_database_is_away_nothing_is_acknowledged_or_buried(
    publish: Callable[..., None],
    running: Callable[[], Any],
    applied: Callable[[], list[Any]],
    letters: Callable[[], list[Any]],
    database_away: Callable[[], Any],
    eventually: Callable[..., Any],
) -> None:
    subject = uuid4()
    with running() as beats:
        eventually(lambda: True in beats, "the consumer is running")
        with database_away():
            publish(*[event(subject, number) for number in range(30)])
            eventually(lambda: False in beats, "the consumer has noticed")
        eventually(lambda: len(applied()) == 30, "all are applied after it is back")
    assert applied() == [(str(subject), number) for number in range(30)]
    assert letters() == []


def test_a_batch_in_hand_is_given_back_when_the_consumer_is_told_to_stop_meanwhile(
    publish: Callable[..., None],
    running: Callable[[], Any],
    applied: Callable[[], list[Any]],
    database_away: Callable[[], Any],
    eventually: Callable[..., Any],
) -> None:
    subject = uuid4()
    with database_away():
        publish(*[event(subject, number) for number in range(30)])
        with running() as beats:
            eventually(lambda: beats, "the consumer has the batch in hand")
    with running():
        eventually(lambda: len(applied()) == 30, "the next one applies it")
    assert applied() == [(str(subject), number) for number in range(30)]


GOOD = json.loads(event().to_json())
NOT_EVENTS = {
    "no JSON": "không phải JSON",
    "nothing": "",
    "a list": "[1]",
    "deep": "[" * 100_000,
    "no id": json.dumps({name: value for name, value in GOOD.items() if name != "id"}),
    "an id that is no UUID": json.dumps(GOOD | {"id": "x"}),
    "no time zone": json.dumps(GOOD | {"time": "2024-01-01T00:00:00"}),
    "a tenant of two words": json.dumps(GOOD | {"tenant": "khanh.hoa"}),
    "every tenant": json.dumps(GOOD | {"tenant": outbox.EVERY_TENANT}),
    "data that is no object": json.dumps(GOOD | {"data": [1]}),
    "a sequence that is no number": json.dumps(GOOD | {"sequence": "1"}),
    "a type that is no text": json.dumps(GOOD | {"type": 5}),
    "half a character": '{"type": "\\ud800"}',
    "NUL": "\0",
}


@pytest.mark.parametrize("body", NOT_EVENTS.values(), ids=NOT_EVENTS.keys())
def test_what_is_no_event_is_kept_as_it_came_and_once(
    body: str, consumer: Consumer, letters: Callable[[], list[Any]], applied: Callable[[], list[Any]]
) -> None:
    good = event()
    consumer.receive([body, good.to_json()])
    consumer.receive([body.encode(errors="surrogatepass")])
    consumer.receive([body])
    assert {letter.type for letter in letters()} == {outbox.UNREADABLE}
    assert body.replace("\0", "\\0") in {letter.body for letter in letters()}
    assert len(letters()) <= 2  # As text and as bytes.
    assert applied() == [(good.subject, 1)]
    assert consumer.retry_letters(everything=True) == 0


def test_an_unreadable_message_is_not_delivered_for_ever(
    publish: Callable[..., None],
    running: Callable[[], Any],
    letters: Callable[[], list[Any]],
    applied: Callable[[], list[Any]],
    eventually: Callable[..., Any],
) -> None:
    publish("không đọc được", event())
    with running():
        eventually(lambda: len(applied()) == 1 and len(letters()) == 1, "one is kept, one applied")
    with running() as beats:
        eventually(lambda: beats.count(True) > 1, "nothing is left in the queue")
    assert len(letters()) == 1
    assert letters()[0].body == "không đọc được"


def test_an_id_in_another_spelling_is_the_same_event(consumer: Consumer, applied: Callable[[], list[Any]]) -> None:
    body = json.loads(event().to_json())
    consumer.receive([json.dumps(body | {"id": body["id"].upper()}), json.dumps(body)])
    assert len(applied()) == 1


def test_an_event_with_half_a_character_is_buried_when_refused(
    consumer: Consumer, refuse: Callable[..., None], letters: Callable[[], list[Any]], applied: Callable[[], list[Any]]
) -> None:
    bad = uuid4()
    refuse(bad)
    body = json.dumps(json.loads(event(bad).to_json()) | {"data": {"name": "\ud800", "nul": "\0"}})
    consumer.receive([body])
    assert json.loads(letters()[0].body)["data"] == {"name": "\ud800", "nul": "\0"}
    refuse(bad, False)
    assert consumer.retry_letters(everything=True) == 1
    assert len(applied()) == 1


def test_an_event_that_nobody_handles_any_more_is_let_go(
    consumer: Consumer, letters: Callable[[], list[Any]], applied: Callable[[], list[Any]]
) -> None:
    old = event()
    consumer.receive([json.dumps(json.loads(old.to_json()) | {"type": "vn.sangtao.sample.thing.lost.v1"})])
    assert letters() == applied() == []


def test_an_event_travels_as_a_cloud_event() -> None:
    sent = event(traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    body = json.loads(sent.to_json())
    assert Event.from_json(sent.to_json()) == sent
    assert body["specversion"] == "1.0"
    assert body["datacontenttype"] == "application/json"
    assert set(body) >= {"id", "source", "type", "subject", "time", "tenant", "sequence", "traceparent", "data"}
    assert sent.routing_key == f"{THING_MADE}.{KHANH_HOA}"
    assert sent.time <= clock.now()
