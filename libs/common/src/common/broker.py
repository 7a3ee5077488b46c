"""The topic exchange: publish in confirmed batches, one durable queue per service; the same on RabbitMQ and Valkey."""

import time
from collections.abc import Iterable, Sequence
from typing import Any, Self

from amqp.exceptions import AMQPError
from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.exceptions import KombuError
from kombu.messaging import Producer
from redis.exceptions import RedisError

from common.events import CONTENT_TYPE

EXCHANGE = Exchange("sangtao.events", type="topic", durable=True)
UNDELIVERABLE = Exchange("sangtao.undeliverable", type="topic", durable=True)
CONFIRM_TIMEOUT_SECONDS = 30.0
# The outer net on RabbitMQ: a message that kills its consumer each time ends in the queue of the undeliverable.
_QUORUM = {
    "x-queue-type": "quorum",
    "x-delivery-limit": 20,
    "x-dead-letter-exchange": UNDELIVERABLE.name,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}


# What a lost or refusing broker raises, on either transport.
ERRORS: tuple[type[Exception], ...] = (KombuError, AMQPError, RedisError, ConnectionError, TimeoutError)


class Unconfirmed(ConnectionError):
    """The broker did not take every message of a batch; none of them counts as published."""


def connect(url: str, *, visibility_seconds: int = 60) -> Connection:
    """A connection that notices a dead broker; `visibility_seconds` matters to Valkey only."""
    if url.startswith("amqp"):
        return Connection(url, heartbeat=30, connect_timeout=5)
    options = {
        "visibility_timeout": visibility_seconds,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_keepalive": True,
        "socket_connect_timeout": 5,
    }
    return Connection(url, transport_options=options)


def is_amqp(connection: Connection) -> bool:
    return str(connection.transport.driver_type) == "amqp"


def service_queue(connection: Connection, name: str, event_types: Iterable[str]) -> Queue:
    """The one queue of a service, bound to each event type of every tenant."""
    bindings = [EXCHANGE.binding(routing_key=f"{event_type}.*") for event_type in sorted(event_types)]
    return Queue(name, bindings=bindings, durable=True, queue_arguments=_QUORUM if is_amqp(connection) else None)


def declare(connection: Connection, name: str, event_types: Iterable[str]) -> None:
    """Declare exchange and queue. Run at deploy time: a topic exchange drops what nobody is bound to."""
    EXCHANGE.maybe_bind(connection.default_channel).declare()
    if is_amqp(connection):
        undeliverable = Queue(f"{name}.undeliverable", UNDELIVERABLE, routing_key="#", durable=True)
        undeliverable.maybe_bind(connection.default_channel).declare()
    queue = service_queue(connection, name, event_types)
    if queue.bindings:
        queue.maybe_bind(connection.default_channel).declare()


class Publisher:
    """Publishes batches; returns only when the broker has answered for every message."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._producer = Producer(connection.channel(), serializer="json")
        # On Valkey an exchange's type is known only where it was declared: undeclared, topics would match nothing.
        EXCHANGE.maybe_bind(self._producer.channel).declare()
        self._amqp = is_amqp(connection)
        self._last_tag, self._open_tags, self._refused = 0, set[int](), False
        if self._amqp:
            self._confirm_from_broker()

    def _confirm_from_broker(self) -> None:
        channel = self._producer.channel
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._open_tags = {tag for tag in self._open_tags if tag > delivery_tag}
        else:
            self._open_tags.discard(delivery_tag)

    def _on_nack(self, *_: Any) -> None:
        self._refused = True

    def publish(self, messages: Sequence[tuple[str, str]], *, queue: str = "") -> None:
        """Send (routing key, body) pairs to the exchange, or straight to one queue. Raises Unconfirmed."""
        for routing_key, body in messages:
            self._last_tag += 1
            self._open_tags.add(self._last_tag)
            self._producer.publish(
                body.encode(),
                exchange="" if queue else EXCHANGE.name,
                routing_key=queue or routing_key,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                delivery_mode=2,
            )
        if self._amqp:
            self._wait_for_confirms()

    def _wait_for_confirms(self) -> None:
        deadline = time.monotonic() + CONFIRM_TIMEOUT_SECONDS
        while self._open_tags and not self._refused and time.monotonic() < deadline:
            self._connection.drain_events(timeout=CONFIRM_TIMEOUT_SECONDS)
        if self._open_tags or self._refused:
            raise Unconfirmed(f"{len(self._open_tags)} messages were not confirmed")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()
