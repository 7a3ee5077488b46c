"""Both brokers keep the same promises: routing, order, confirmation, redelivery."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from common import broker

VISIBILITY_SECONDS = 1


@pytest.fixture
def connect(broker_url: str) -> Iterator[Callable[[], broker.Connection]]:
    opened: list[broker.Connection] = []

    def make() -> broker.Connection:
        opened.append(broker.connect(broker_url, visibility_seconds=VISIBILITY_SECONDS))
        return opened[-1]

    yield make
    for connection in opened:
        connection.close()


@pytest.fixture
def noun() -> str:
    """A name that no other test uses, for queues and event types."""
    return f"n{uuid4().hex[:12]}"


def take(connection: broker.Connection, count: int, within: float = 15.0) -> list[str]:
    """Receive and acknowledge until `count` messages have come, or time is up."""
    bodies: list[str] = []
    deadline = time.monotonic() + within
    while len(bodies) < count and time.monotonic() < deadline:
        deliveries = connection.receive(0.1)
        bodies += [as_text(delivery.body) for delivery in deliveries]
        connection.acknowledge(deliveries)
    return bodies


def as_text(body: bytes | str) -> str:
    return body if isinstance(body, str) else body.decode()


def is_empty(connection: broker.Connection) -> bool:
    return not connection.receive(0.3)


def test_an_event_reaches_each_queue_bound_to_its_type_whatever_its_tenant(
    connect: Callable[[], broker.Connection], noun: str
) -> None:
    publisher, one, two = connect(), connect(), connect()
    publisher.declare(f"{noun}.one", [f"{noun}.a.v1"])
    publisher.declare(f"{noun}.two", [f"{noun}.a.v1", f"{noun}.b.v1"])
    publisher.publish([(f"{noun}.a.v1.khanh-hoa", "a-kh"), (f"{noun}.b.v1.lai-chau", "b-lc")])
    publisher.publish([(f"{noun}.a.v1.lai-chau", "a-lc"), (f"{noun}.a.v2.lai-chau", "other version")])
    one.subscribe(f"{noun}.one", 100)
    two.subscribe(f"{noun}.two", 100)
    assert take(one, 2) == ["a-kh", "a-lc"]
    assert take(two, 3) == ["a-kh", "b-lc", "a-lc"]
    assert is_empty(one)
    assert is_empty(two)


def test_a_large_batch_keeps_its_order_and_no_more_than_the_limit_is_in_hand(
    connect: Callable[[], broker.Connection], noun: str
) -> None:
    publisher, consumer = connect(), connect()
    publisher.declare(noun, [f"{noun}.a.v1"])
    bodies = [str(number) for number in range(1200)]
    publisher.publish([(f"{noun}.a.v1.x", body) for body in bodies])
    consumer.subscribe(noun, 100)
    received: list[str] = []
    while len(received) < len(bodies):
        deliveries = consumer.receive(5)
        assert 0 < len(deliveries) <= 100
        received += [as_text(delivery.body) for delivery in deliveries]
        consumer.acknowledge(deliveries)
    assert received == bodies
    assert is_empty(consumer)


def test_what_is_in_hand_when_a_consumer_leaves_comes_again_in_order(
    connect: Callable[[], broker.Connection], noun: str
) -> None:
    publisher, leaving, next_one = connect(), connect(), connect()
    publisher.declare(noun, [f"{noun}.a.v1"])
    publisher.publish([(f"{noun}.a.v1.x", str(number)) for number in range(5)])
    leaving.subscribe(noun, 100)
    assert len(leaving.receive(5)) == 5
    leaving.close()
    next_one.subscribe(noun, 100)
    assert take(next_one, 5) == ["0", "1", "2", "3", "4"]


KILLED = """
import sys, time
from common import broker
connection = broker.connect(sys.argv[1], visibility_seconds=int(sys.argv[3]))
connection.subscribe(sys.argv[2], 100)
while not (deliveries := connection.receive(1)):
    pass
print(len(deliveries), flush=True)
time.sleep(60)
"""


def test_what_a_killed_consumer_had_comes_again_though_another_service_acknowledged_its_copy(
    connect: Callable[[], broker.Connection], broker_url: str, noun: str
) -> None:
    publisher, other, survivor = connect(), connect(), connect()
    for queue in (f"{noun}.one", f"{noun}.two"):
        publisher.declare(queue, [f"{noun}.a.v1"])
    publisher.publish([(f"{noun}.a.v1.x", "in hand")])
    argv = [sys.executable, "-c", KILLED, broker_url, f"{noun}.one", str(VISIBILITY_SECONDS)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        assert killed.stdout.readline() == "1\n"
        publisher.publish([(f"{noun}.a.v1.x", "on its way")])  # Perhaps already on the killed one's socket.
        other.subscribe(f"{noun}.two", 100)
        assert take(other, 2) == ["in hand", "on its way"]
        killed.kill()
    survivor.subscribe(f"{noun}.one", 100)
    assert sorted(take(survivor, 2)) == ["in hand", "on its way"]


def test_a_replay_goes_to_one_queue_only_and_to_none_that_does_not_exist(
    connect: Callable[[], broker.Connection], noun: str
) -> None:
    publisher, one, two = connect(), connect(), connect()
    for queue in (f"{noun}.one", f"{noun}.two"):
        publisher.declare(queue, [f"{noun}.a.v1"])
    publisher.publish([(f"{noun}.a.v1.x", "again")], queue=f"{noun}.one")
    one.subscribe(f"{noun}.one", 100)
    two.subscribe(f"{noun}.two", 100)
    assert take(one, 1) == ["again"]
    assert is_empty(two)
    with pytest.raises(broker.NoSuchQueue):
        publisher.publish([(f"{noun}.a.v1.x", "lost")], queue=f"{noun}.misspelt")


def test_an_idle_queue_leaves_nothing_unacknowledged(connect: Callable[[], broker.Connection], noun: str) -> None:
    publisher, consumer, later = connect(), connect(), connect()
    publisher.declare(noun, [f"{noun}.a.v1"])
    consumer.subscribe(noun, 10)
    for number in range(25):
        publisher.publish([(f"{noun}.a.v1.x", str(number))])
    assert len(take(consumer, 25)) == 25
    assert is_empty(consumer)
    consumer.close()
    later.subscribe(noun, 10)
    deadline = time.monotonic() + VISIBILITY_SECONDS + 1
    while time.monotonic() < deadline:
        assert is_empty(later)


def test_a_connection_to_nobody_fails_at_once_instead_of_trying_for_ever() -> None:
    for url in ("redis://:x@127.0.0.1:1/0", "amqp://x:x@127.0.0.1:1//"):
        started = time.monotonic()
        with pytest.raises(broker.ERRORS), closing(broker.connect(url)):
            pass
        assert time.monotonic() - started < 5


def test_refused_credentials_count_as_a_broker_that_is_away(broker_server: Any) -> None:
    wrong = broker_server.url.replace("@127", "x@127")
    with pytest.raises(broker.ERRORS), closing(broker.connect(wrong)):
        pass
