"""Real processes: killed at the worst moments, told to stop, left without a broker."""

import json
import signal
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from common import broker, relay
from sample.app import HANDLERS, THING_MADE, metadata, verdict
from sqlalchemy import insert

KHANH_HOA = "khanh-hoa"


@pytest.fixture
def send(
    database: Any, emit: Callable[..., list[UUID]], connect: Callable[[], broker.Connection], queue: str
) -> Callable[..., None]:
    """`send(3, subject=...)`: recorded, published, and waiting in the queue."""

    def make(count: int, **options: Any) -> None:
        with connect() as connection:
            connection.declare(queue, HANDLERS)
            emit(count, **options)
            while relay.publish_once(database.relay_engine, metadata, connection):
                pass

    return make


@pytest.fixture
def linger(database: Any) -> Callable[[UUID], None]:
    """The handler of this subject's events is in no hurry."""

    def decide(subject: UUID) -> None:
        with database.admin_engine.begin() as connection:
            connection.execute(insert(verdict).values(tenant=KHANH_HOA, subject=subject, what="linger"))

    return decide


def test_killed_between_commit_and_acknowledgement_an_event_is_applied_once(
    start: Callable[..., Any],
    broker_url: str,
    send: Callable[..., None],
    applied: Callable[[], list[Any]],
    eventually: Callable[..., Any],
) -> None:
    send(3, subject=uuid4())
    first = start("consume", BROKER_URL=broker_url, STALL="before-acknowledging")
    first.says("committed")
    assert len(applied()) == 3
    first.kill()
    send(1)
    second = start("consume", BROKER_URL=broker_url)
    eventually(lambda: len(applied()) == 4, "the new one is applied")
    eventually(
        lambda: 'outcome="duplicate",service' in requests.get(second.url("/metrics"), timeout=5).text,
        "the redelivered ones are recognised",
    )
    assert len(applied()) == 4


def test_killed_before_the_commit_an_event_comes_again(
    start: Callable[..., Any],
    broker_url: str,
    send: Callable[..., None],
    linger: Callable[[UUID], None],
    applied: Callable[[], list[Any]],
    eventually: Callable[..., Any],
) -> None:
    subject = uuid4()
    linger(subject)
    send(1, subject=subject)
    first = start("consume", BROKER_URL=broker_url)
    first.says("in_hand")
    first.kill()
    assert applied() == []
    start("consume", BROKER_URL=broker_url, LINGER_SECONDS="0")
    eventually(lambda: applied() == [(str(subject), 1)], "it is applied by the next one")


def test_told_to_stop_a_consumer_finishes_the_batch_in_hand(
    start: Callable[..., Any],
    broker_url: str,
    send: Callable[..., None],
    linger: Callable[[UUID], None],
    applied: Callable[[], list[Any]],
    connect: Callable[[], broker.Connection],
    queue: str,
) -> None:
    subject = uuid4()
    linger(subject)
    send(1, subject=subject)
    process = start("consume", BROKER_URL=broker_url, LINGER_SECONDS="1.5")
    process.says("in_hand")
    assert applied() == []
    assert process.terminate() == 0
    assert applied() == [(str(subject), 1)]
    with connect() as connection:
        connection.subscribe(queue, 10)
        assert connection.receive(0.3) == []
    assert "worker_stopped" in process.output


@pytest.mark.parametrize(("command", "number"), [("relay", signal.SIGTERM), ("consume", signal.SIGINT)])
def test_a_worker_without_a_broker_is_alive_not_ready_and_stops_when_told(
    command: str, number: signal.Signals, start: Callable[..., Any], eventually: Callable[..., Any]
) -> None:
    process = start(command, BROKER_URL="amqp://x:x@127.0.0.1:1//")
    eventually(lambda: process.status("/healthz/live") == 200, "alive")
    assert process.status("/healthz/ready") == 503
    process.says("_interrupted")
    assert process.status("/healthz/live") == 200
    assert process.status("/healthz/ready") == 503
    process.popen.send_signal(number)
    assert process.popen.wait(8) == 0


def test_a_worker_is_ready_when_its_rounds_succeed_and_shows_its_metrics(
    start: Callable[..., Any], broker_url: str, send: Callable[..., None], eventually: Callable[..., Any], queue: str
) -> None:
    send(2)
    processes = {name: start(name, BROKER_URL=broker_url) for name in ("relay", "consume")}
    for process in processes.values():
        process.is_ready()
    eventually(lambda: "event_lag_seconds_count" in read_metrics(processes["consume"]), "it has consumed")
    for name in ("outbox_pending", "outbox_oldest_seconds", "events_published_total"):
        assert f'{name}{{service="{queue}"}}' in read_metrics(processes["relay"])
    shown = read_metrics(processes["consume"])
    assert f'events_consumed_total{{outcome="applied",service="{queue}",type="{THING_MADE}"}} 2.0' in shown
    assert f'dead_letters{{service="{queue}"}} 0.0' in shown
    assert f'undeliverable_messages{{service="{queue}"}} 0.0' in shown
    assert KHANH_HOA not in shown


def test_what_ended_its_consumer_each_time_is_shown_from_the_start(
    start: Callable[..., Any], rabbitmq: Any, lay_aside: Callable[..., None], queue: str
) -> None:
    lay_aside("it ends whoever has it in hand")
    process = start("consume", BROKER_URL=rabbitmq.url)
    process.is_ready()
    assert f'undeliverable_messages{{service="{queue}"}} 1.0' in read_metrics(process)


def read_metrics(process: Any) -> str:
    return requests.get(process.url("/metrics"), timeout=5).text


def test_a_trace_goes_from_the_request_through_the_broker_into_the_consumers_log(
    start: Callable[..., Any], valkey: Any, issuer: Any, grant: Callable[..., UUID]
) -> None:
    trace_id = uuid4().hex
    api = start("api", SAMPLE_QUEUE="sample")
    consumer = start("consume", BROKER_URL=valkey.url)
    publisher = start("relay", BROKER_URL=valkey.url)
    grant("officer")
    for process in (api, consumer, publisher):
        process.is_ready()
    headers = {"Authorization": f"Bearer {issuer.token('officer')}", "traceparent": f"00-{trace_id}-{'a' * 16}-01"}
    made = requests.post(api.url("/v1/things"), json={"name": "Vật"}, headers=headers, timeout=10)
    assert made.status_code == 201, made.text
    consumer.says("thing_applied")
    (line,) = [json.loads(line) for line in consumer.output.splitlines() if "thing_applied" in line]
    assert line["trace_id"] == trace_id
    assert line["tenant"] == KHANH_HOA
    assert line["type"] == THING_MADE
    (request,) = [json.loads(line) for line in api.output.splitlines() if '"request"' in line]
    assert request["trace_id"] == trace_id
    assert request["route"] == "/v1/things"


def test_a_request_in_flight_is_answered_when_the_api_is_told_to_stop(start: Callable[..., Any]) -> None:
    api = start("api", SAMPLE_QUEUE="sample")
    api.is_ready()
    answers: list[int] = []

    def ask() -> None:
        answers.append(requests.get(api.url("/v1/things/slow"), timeout=20).status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    asked = 'in_use{service="sample"} 1.0'
    while asked not in read_metrics(api):
        assert asking.is_alive()
    assert api.terminate() == 0
    asking.join()
    assert answers == [200]
