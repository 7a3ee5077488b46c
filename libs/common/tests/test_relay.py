"""The relay publishes in order, marks what was confirmed, and loses nothing when a broker or a relay dies."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from common import broker, relay, telemetry
from common.events import Event
from common.relay import Relay
from prometheus_client import CollectorRegistry
from sample.app import HANDLERS, metadata
from sqlalchemy import text


@pytest.fixture
def unpublished(database: Any) -> Callable[[], int]:
    def count() -> int:
        with database.admin_engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM outbox WHERE published_at IS NULL")))

    return count


@pytest.fixture
def running(database: Any, connect: Callable[[], broker.Connection], registry: CollectorRegistry) -> Callable[[], Any]:
    metrics = telemetry.RelayMetrics(registry)

    @contextmanager
    def run() -> Iterator[None]:
        stop = threading.Event()
        one = Relay("sample", database.relay_engine, metadata, connect, metrics)
        thread = threading.Thread(target=one.run, args=(stop, lambda *, working=True: None))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(10)
            assert not thread.is_alive()

    return run


def positions(deliveries: list[broker.Delivery]) -> list[tuple[str, int]]:
    events = [Event.from_json(delivery.body) for delivery in deliveries]
    return [(event.subject, event.sequence) for event in events]


def receive(connection: broker.Connection, enough: Callable[[list[Any]], bool]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    deadline = time.monotonic() + 20
    while not enough(found):
        assert time.monotonic() < deadline, f"{len(found)} events came"
        deliveries = connection.receive(0.2)
        found += positions(deliveries)
        connection.acknowledge(deliveries)
    return found


def test_events_leave_in_the_order_they_were_recorded_and_only_once(
    emit: Callable[..., Any],
    connect: Callable[[], broker.Connection],
    running: Callable[[], Any],
    queue: str,
    unpublished: Callable[[], int],
    eventually: Callable[..., Any],
    registry: CollectorRegistry,
) -> None:
    with connect() as connection:
        connection.declare(queue, HANDLERS)
        connection.subscribe(queue, 100)
        subject = uuid4()
        emit(700, subject=subject)
        with running(), running():  # Two replicas.
            eventually(lambda: unpublished() == 0, "everything is published")
            found = receive(connection, lambda found: len(found) >= 700)
        assert found == [(str(subject), number) for number in range(1, 701)]
        assert connection.receive(0.2) == []
        assert registry.get_sample_value("events_published_total", {"service": "sample"}) == 700


def test_while_one_relay_publishes_another_stands_by(
    database: Any, emit: Callable[..., Any], connect: Callable[[], broker.Connection], queue: str
) -> None:
    emit(3)
    with connect() as connection:
        connection.declare(queue, HANDLERS)
        with database.relay_engine.begin() as leader:
            leader.execute(text("SELECT pg_advisory_xact_lock(0x5A46)"))
            assert relay.publish_once(database.relay_engine, metadata, connection) is None
        assert relay.publish_once(database.relay_engine, metadata, connection) == 3
        assert relay.publish_once(database.relay_engine, metadata, connection) == 0


def test_a_batch_that_the_broker_did_not_confirm_stays_unpublished(
    database: Any, emit: Callable[..., Any], unpublished: Callable[[], int]
) -> None:
    class Refusing:
        def publish(self, messages: Any, *, queue: str = "") -> None:
            raise broker.Unconfirmed(f"{len(messages)} messages were not confirmed")

    emit(3)
    with pytest.raises(broker.Unconfirmed):
        relay.publish_once(database.relay_engine, metadata, Refusing())  # type: ignore[arg-type]
    assert unpublished() == 3


def test_a_broker_killed_in_the_middle_loses_nothing_and_keeps_the_order(
    broker_server: Any,
    emit: Callable[..., Any],
    connect: Callable[[], broker.Connection],
    running: Callable[[], Any],
    queue: str,
    unpublished: Callable[[], int],
    eventually: Callable[..., Any],
    registry: CollectorRegistry,
) -> None:
    with connect() as connection:
        connection.declare(queue, HANDLERS)
    time.sleep(1.5)  # RabbitMQ 3.10 has a new quorum queue on disk only after a second.
    subjects = [uuid4() for _ in range(4)]

    def is_backlog_seen() -> bool:
        return (registry.get_sample_value("outbox_pending", {"service": "sample"}) or 0) > 0

    with running():
        for first in range(1, 601, 100):
            for subject in subjects:
                emit(100, subject=subject, first=first)
            if first == 101:
                eventually(lambda: unpublished() < 800, "publishing has begun")
                broker_server.kill()
                emit(1)
                eventually(is_backlog_seen, "the backlog is seen while the broker is away")
                broker_server.start()
        eventually(lambda: unpublished() == 0, "everything is published", within=30)
    with connect() as connection:
        connection.subscribe(queue, 100)
        found = receive(connection, lambda found: len(set(found)) >= 2401)
    for subject in subjects:
        first_seen = list(dict.fromkeys(number for about, number in found if about == str(subject)))
        assert first_seen == list(range(1, 601))


def test_a_replay_sends_the_whole_outbox_to_one_queue(
    database: Any, emit: Callable[..., Any], connect: Callable[[], broker.Connection], queue: str
) -> None:
    subject = uuid4()
    emit(620, subject=subject)
    with connect() as connection:
        connection.declare(queue, HANDLERS)
        assert relay.replay(database.relay_engine, metadata, connection, queue) == 620
        connection.subscribe(queue, 100)
        found = receive(connection, lambda found: len(found) >= 620)
    assert found == [(str(subject), number) for number in range(1, 621)]


def test_rows_that_outlived_their_days_are_deleted_and_no_others(database: Any) -> None:
    rows = text(
        "INSERT INTO inbox (tenant, event_id, applied_at)"
        " SELECT 'khanh-hoa', gen_random_uuid(), now() - make_interval(days => age)"
        " FROM unnest(ARRAY[1, 89, 91, 400]) age"
    )
    with database.admin_engine.begin() as connection:
        connection.execute(text("TRUNCATE inbox, idempotency"))
        connection.execute(rows)
    assert relay.prune(database.relay_engine, metadata) == 2
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM inbox")) == 2


def test_an_idle_relay_keeps_its_connection(
    emit: Callable[..., Any],
    rabbitmq: Any,
    database: Any,
    queue: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """RabbitMQ cuts off who is silent for two heartbeats."""
    monkeypatch.setattr("common.broker.rabbitmq.HEARTBEAT_SECONDS", 1)
    with broker.connect(rabbitmq.url) as connection:
        connection.declare(queue, HANDLERS)
        emit(1)
        relay.publish_once(database.relay_engine, metadata, connection)
        silent_until = time.monotonic() + 4
        while time.monotonic() < silent_until:
            connection.keep_alive()
            time.sleep(0.3)
        emit(1)
        assert relay.publish_once(database.relay_engine, metadata, connection) == 1
