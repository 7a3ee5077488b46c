"""The relay: unpublished rows of the outbox to the broker, in order, in confirmed batches."""

import time
from collections.abc import Callable
from threading import Event as Flag

import structlog
from kombu.connection import Connection
from sqlalchemy import Engine, MetaData, text
from sqlalchemy.exc import DBAPIError

from common import broker, outbox, telemetry

BATCH = 500
FASTEST_POLL_SECONDS, SLOWEST_POLL_SECONDS = 0.01, 0.2
GAUGES_EVERY_SECONDS = 2.0
_INTERRUPTIONS: tuple[type[Exception], ...] = (DBAPIError, OSError, *broker.ERRORS)
_LEADER_LOCK = 0x5A46  # One relay of a service publishes at a time: two would overtake each other.
logger = structlog.get_logger(__name__)


def publish_once(engine: Engine, metadata: MetaData, publisher: broker.Publisher) -> int | None:
    """Publish and mark one batch; returns how many, None while another relay leads. A crash republishes."""
    with engine.begin() as connection:
        if not connection.scalar(text(f"SELECT pg_try_advisory_xact_lock({_LEADER_LOCK})")):
            return None
        rows = outbox.unpublished(connection, metadata, BATCH)
        if rows:
            publisher.publish([(row.routing_key, row.body) for row in rows])
            outbox.mark_published(connection, metadata, [row.position for row in rows])
        return len(rows)


class Relay:
    """Publishes until told to stop; survives the loss of broker and database by connecting again."""

    def __init__(
        self,
        service: str,
        engine: Engine,
        metadata: MetaData,
        connect: Callable[[], Connection],
        metrics: telemetry.RelayMetrics,
    ) -> None:
        self._service, self._engine, self._metadata, self._connect = service, engine, metadata, connect
        self._metrics = metrics
        self._gauges_due = 0.0

    def run(self, stop: Flag, beat: Callable[[], None]) -> None:
        """`beat` is called at each round that worked: the proof of life behind the health endpoint."""
        pause = FASTEST_POLL_SECONDS
        while not stop.is_set():
            try:
                with self._connect() as connection, broker.Publisher(connection) as publisher:
                    pause = FASTEST_POLL_SECONDS
                    self._publish_until(stop, publisher, beat)
            except _INTERRUPTIONS as error:
                logger.warning("relay_interrupted", error=repr(error))
                stop.wait(pause := min(pause * 2, 5.0))

    def _publish_until(self, stop: Flag, publisher: broker.Publisher, beat: Callable[[], None]) -> None:
        pause = FASTEST_POLL_SECONDS
        while not stop.is_set():
            count = publish_once(self._engine, self._metadata, publisher)
            self._metrics.leading.labels(self._service).set(0 if count is None else 1)
            self._metrics.published.labels(self._service).inc(count or 0)
            self._observe_backlog()
            beat()
            pause = FASTEST_POLL_SECONDS if count else min(pause * 2, SLOWEST_POLL_SECONDS)
            if not count:
                stop.wait(pause)

    def _observe_backlog(self) -> None:
        if time.monotonic() < self._gauges_due:
            return
        self._gauges_due = time.monotonic() + GAUGES_EVERY_SECONDS
        with self._engine.connect() as connection:
            pending, oldest = outbox.backlog(connection, self._metadata)
        self._metrics.pending.labels(self._service).set(pending)
        self._metrics.oldest.labels(self._service).set(oldest)


def replay(engine: Engine, metadata: MetaData, publisher: broker.Publisher, queue: str) -> int:
    """Send every event ever recorded to one queue again, in order; returns how many."""
    after, sent = 0, 0
    with engine.connect() as connection:
        while rows := outbox.log(connection, metadata, after, BATCH):
            publisher.publish([(row.routing_key, row.body) for row in rows], queue=queue)
            after, sent = rows[-1].position, sent + len(rows)
    return sent
