"""Valkey: one stream per queue, read through a consumer group; bindings are sets of queues by event type.

Not through kombu, whose lists lose what a killed consumer was being handed, and whose copies of one event for several
queues share one mark of being unacknowledged (ADR 9).
"""

import os
import socket
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from common.broker.connection import Connection, Delivery, NoSuchQueue

CLAIM_EVERY_SECONDS = 1.0
BODY = b"body"


class Valkey(Connection):
    """One connection; the consumer group remembers who holds what."""

    def __init__(self, url: str, visibility_seconds: int) -> None:
        self._client: Any = redis.Redis.from_url(
            url,
            socket_connect_timeout=5,
            socket_timeout=30,
            socket_keepalive=True,
            protocol=2,
            retry=Retry(NoBackoff(), 0),  # The loops of relay and consumer try again, and look whether to stop.
        )
        self._client.ping()
        self._visibility_ms = visibility_seconds * 1000
        # The same after a restart in the same container, which so finds what it had in hand.
        self._me = f"{socket.gethostname()}:{os.getpid()}"
        self._queue, self._limit = "", 0
        self._in_hand: list[Any] = []
        self._had_before, self._claim_due = True, 0.0

    def declare(self, queue: str, event_types: Iterable[str]) -> None:
        types = list(event_types)
        for event_type in types:
            self._client.sadd(_bindings(event_type), queue)
        if types:
            try:
                self._client.xgroup_create(_stream(queue), queue, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    def publish(self, messages: Sequence[tuple[str, str]], *, queue: str = "") -> None:
        """One transaction: all of a batch or nothing of it."""
        bound = {} if queue else self._bound({_event_type(key) for key, _ in messages})
        if queue and not self._client.exists(_stream(queue)):
            raise NoSuchQueue(queue)
        with self._client.pipeline(transaction=True) as pipe:
            for routing_key, body in messages:
                for target in [queue] if queue else bound[_event_type(routing_key)]:
                    pipe.xadd(_stream(target), {BODY: body.encode()})
            pipe.execute()

    def _bound(self, event_types: set[str]) -> dict[str, list[str]]:
        types = sorted(event_types)
        with self._client.pipeline(transaction=False) as pipe:
            for event_type in types:
                pipe.smembers(_bindings(event_type))
            return {one: [name.decode() for name in names] for one, names in zip(types, pipe.execute(), strict=True)}

    def subscribe(self, queue: str, limit: int) -> None:
        self._queue, self._limit = queue, limit

    def receive(self, patience: float) -> list[Delivery]:
        entries = self._left_behind() or self._new(patience)
        self._in_hand = [entry_id for entry_id, _ in entries]
        return [Delivery((fields or {}).get(BODY, b""), entry_id) for entry_id, fields in entries]

    def _left_behind(self) -> list[Any]:
        """What this consumer had before it was restarted, then what has been in a dead one's hand for too long."""
        if self._had_before and (entries := self._read("0", None)):
            return entries
        self._had_before = False
        if time.monotonic() < self._claim_due:
            return []
        stream = _stream(self._queue)
        _, entries, *_ = self._client.xautoclaim(
            stream, self._queue, self._me, min_idle_time=self._visibility_ms, count=self._limit
        )
        if len(entries) < self._limit:
            self._claim_due = time.monotonic() + CLAIM_EVERY_SECONDS
        return list(entries)

    def _new(self, patience: float) -> list[Any]:
        return self._read(">", max(1, int(patience * 1000)))

    def _read(self, after: str, block: int | None) -> list[Any]:
        stream = _stream(self._queue)
        streams = self._client.xreadgroup(self._queue, self._me, {stream: after}, count=self._limit, block=block)
        found = dict(streams or {})
        return list(found.get(stream.encode(), []))

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledged is deleted: the log of events is the outbox, not the broker."""
        if deliveries:
            ids = [delivery.tag for delivery in deliveries]
            with self._client.pipeline(transaction=True) as pipe:
                pipe.xack(_stream(self._queue), self._queue, *ids)
                pipe.xdel(_stream(self._queue), *ids)
                pipe.execute()
        self._in_hand = []

    def count_aside(self, queue: str) -> int:
        """Always 0: a stream hands a message out again however often it ended its consumer, and lays none aside."""
        return 0

    def keep_alive(self) -> None:
        self._client.ping()

    def close(self) -> None:
        with suppress(RedisError):
            if self._in_hand:  # Aged, so that the next one to look may claim it at once.
                self._client.xclaim(
                    _stream(self._queue), self._queue, self._me, 0, self._in_hand, idle=self._visibility_ms, justid=True
                )
        self._client.close()


def _stream(queue: str) -> str:
    return f"sangtao:queue:{queue}"


def _bindings(event_type: str) -> str:
    return f"sangtao:bindings:{event_type}"


def _event_type(routing_key: str) -> str:
    return routing_key.rpartition(".")[0]
