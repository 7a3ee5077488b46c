"""RabbitMQ: a topic exchange and quorum queues, publisher confirms, acknowledgements by hand."""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from amqp.exceptions import AMQPError, NotFound
from kombu import connection as kombu
from kombu.entity import Exchange, Queue
from kombu.message import Message
from kombu.messaging import Consumer, Producer

from common.broker.connection import Connection, Delivery, NoSuchQueue, Unconfirmed, aside
from common.events import CONTENT_TYPE

EXCHANGE = "sangtao.events"
UNDELIVERABLE = "sangtao.undeliverable"
CONFIRM_TIMEOUT_SECONDS = 30.0
HEARTBEAT_SECONDS = 30
MORE_WITHIN_SECONDS = 0.005


class RabbitMQ(Connection):
    """One AMQP connection with one channel."""

    def __init__(self, url: str) -> None:
        self._connection = kombu.Connection(url, heartbeat=HEARTBEAT_SECONDS, connect_timeout=5)
        # Once: left to itself kombu tries for ever, and a process that was told to stop would not.
        self._connection.ensure_connection(max_retries=1, interval_start=0, reraise_as_library_errors=False)
        self._channel: Any = self._connection.default_channel
        self._producer: Producer | None = None
        self._last_tag, self._open_tags, self._refused = 0, set[int](), False
        self._messages: list[Message] = []
        self._consumer: Consumer | None = None
        self._limit = 0

    def declare(self, queue: str, event_types: Iterable[str]) -> None:
        exchange, undeliverable = _topic(EXCHANGE), _topic(UNDELIVERABLE)
        exchange(self._channel).declare()
        bindings = [exchange.binding(routing_key=f"{event_type}.*") for event_type in sorted(event_types)]
        if not bindings:
            return
        beyond = Queue(aside(queue), undeliverable, routing_key=queue, durable=True)
        beyond(self._channel).declare()
        Queue(queue, bindings=bindings, durable=True, queue_arguments=_quorum(queue))(self._channel).declare()

    def publish(self, messages: Sequence[tuple[str, str]], *, queue: str = "") -> None:
        if queue:
            self._ensure_queue(queue)
        producer = self._confirming_producer()
        for routing_key, body in messages:
            self._last_tag += 1
            self._open_tags.add(self._last_tag)
            producer.publish(
                body.encode(),
                exchange="" if queue else EXCHANGE,
                routing_key=queue or routing_key,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                delivery_mode=2,
            )
        self._wait_for_confirms()

    def _ensure_queue(self, queue: str) -> int:
        """Returns how many messages wait in it. Raises NoSuchQueue."""
        with self._connection.channel() as channel:  # A refusal closes the channel it was given on.
            try:
                return int(channel.queue_declare(queue, passive=True).message_count)
            except NotFound as error:
                raise NoSuchQueue(queue) from error

    def _confirming_producer(self) -> Producer:
        if self._producer is None:
            _topic(EXCHANGE)(self._channel).declare()  # Publishing to an exchange that is not there breaks the channel.
            self._channel.confirm_select()
            self._channel.events["basic_ack"].add(self._on_ack)
            self._channel.events["basic_nack"].add(self._on_nack)
            self._producer = Producer(self._channel)
        return self._producer

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._open_tags = {tag for tag in self._open_tags if tag > delivery_tag}
        else:
            self._open_tags.discard(delivery_tag)

    def _on_nack(self, *_: Any) -> None:
        self._refused = True

    def _wait_for_confirms(self) -> None:
        deadline = time.monotonic() + CONFIRM_TIMEOUT_SECONDS
        while self._open_tags and not self._refused and time.monotonic() < deadline:
            self._connection.drain_events(timeout=CONFIRM_TIMEOUT_SECONDS)
        if self._open_tags or self._refused:
            raise Unconfirmed(f"{len(self._open_tags)} messages were not confirmed")

    def subscribe(self, queue: str, limit: int) -> None:
        self._limit = limit
        self._consumer = Consumer(
            self._channel,
            [Queue(queue, no_declare=True)],
            on_message=self._messages.append,
            prefetch_count=limit,
            accept=None,
        )
        self._consumer.consume()

    def receive(self, patience: float) -> list[Delivery]:
        with suppress(TimeoutError):
            while len(self._messages) < self._limit:
                self._connection.drain_events(timeout=MORE_WITHIN_SECONDS if self._messages else patience)
        taken, self._messages[:] = list(self._messages), []
        return [Delivery(message.body, message) for message in taken]

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            deliveries[-1].tag.ack(multiple=True)

    def count_aside(self, queue: str) -> int:
        with suppress(NoSuchQueue):  # It was never declared, or somebody deleted it with what was in it.
            return self._ensure_queue(aside(queue))
        return 0

    def keep_alive(self) -> None:
        with suppress(TimeoutError):
            self._connection.drain_events(timeout=MORE_WITHIN_SECONDS)  # The broker's own heartbeats.
        self._connection.heartbeat_check()

    def close(self) -> None:
        with suppress(AMQPError, OSError):
            self._connection.close()


def _topic(name: str) -> Exchange:
    return Exchange(name, type="topic", durable=True)


def _quorum(queue: str) -> dict[str, Any]:
    """The outer net: a message that ends its consumer each time is laid aside, see `aside`."""
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": 20,
        "x-dead-letter-exchange": UNDELIVERABLE,
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
