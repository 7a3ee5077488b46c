"""The relay: unpublished rows of the outbox to the broker, in order, in confirmed batches."""

import time
from collections.abc import Callable
from threading import Event as Flag
from typing import Any

import structlog
from sqlalchemy import Engine, MetaData, Row, delete, text
from sqlalchemy.exc import DBAPIError

from common import broker, outbox, policies, telemetry
from common.failures import describe
from common.process import Beat

BATCH = 500
FASTEST_POLL_SECONDS, SLOWEST_POLL_SECONDS = 0.01, 0.05
LONGEST_PAUSE_SECONDS = 5.0
CHORES_EVERY_SECONDS = 1.0
PRUNE_EVERY_SECONDS = 6 * 3600.0
_INTERRUPTIONS: tuple[type[Exception], ...] = (DBAPIError, OSError, *broker.ERRORS)
# One relay of a service publishes at a time: two would overtake each other. One that hangs loses the lead with its
# transaction; a batch takes far less.
_LEAD = text(
    "SELECT set_config('idle_in_transaction_session_timeout', '60s', true), pg_try_advisory_xact_lock(0x5A46) AS leads"
)
logger = structlog.get_logger(__name__)


def publish_once(engine: Engine, metadata: MetaData, connection: broker.Connection) -> int | None:
    """Publish and mark one batch; returns how many, None while another relay leads. A crash republishes."""
    with engine.begin() as transaction:
        if not transaction.execute(_LEAD).one().leads:
            return None
        rows = outbox.unpublished(transaction, metadata, BATCH)
        if rows:
            connection.publish([(row.routing_key, row.body) for row in rows])
            outbox.mark_published(transaction, metadata, [row.position for row in rows])
        return len(rows)


def prune(engine: Engine, metadata: MetaData) -> int:
    """Delete what has outlived its days; returns how many rows. Which those are says each table's policy."""
    tables = [table for table in metadata.sorted_tables if table.info.get(policies.PRUNED)]
    with engine.begin() as transaction:
        return sum(transaction.execute(delete(table)).rowcount for table in tables)


class Relay:
    """Publishes until told to stop; survives the loss of broker and database by connecting again."""

    def __init__(
        self,
        service: str,
        engine: Engine,
        metadata: MetaData,
        connect: Callable[[], broker.Connection],
        metrics: telemetry.RelayMetrics,
    ) -> None:
        self._service, self._engine, self._metadata, self._connect = service, engine, metadata, connect
        self._metrics = metrics
        self._pause, self._chores_due, self._prune_due = FASTEST_POLL_SECONDS, 0.0, 0.0

    def run(self, stop: Flag, beat: Beat) -> None:
        while not stop.is_set():
            try:
                with self._connect() as connection:
                    self._publish_until(stop, connection, beat)
            except _INTERRUPTIONS as error:
                logger.warning("relay_interrupted", error=describe(error))
                beat(working=False)
                self._observe_backlog()
                self._pause = min(max(self._pause, SLOWEST_POLL_SECONDS) * 2, LONGEST_PAUSE_SECONDS)
                stop.wait(self._pause)

    def _publish_until(self, stop: Flag, connection: broker.Connection, beat: Beat) -> None:
        while not stop.is_set():
            count = publish_once(self._engine, self._metadata, connection)
            self._metrics.leading.labels(self._service).set(0 if count is None else 1)
            self._metrics.published.labels(self._service).inc(count or 0)
            if time.monotonic() >= self._chores_due:
                self._chores_due = time.monotonic() + CHORES_EVERY_SECONDS
                connection.keep_alive()
                self._observe_backlog()
                self._prune_when_due(leads=count is not None)
            beat()
            self._pause = FASTEST_POLL_SECONDS if count else min(self._pause * 2, SLOWEST_POLL_SECONDS)
            if not count:
                stop.wait(self._pause)

    def _prune_when_due(self, *, leads: bool) -> None:
        if leads and time.monotonic() >= self._prune_due:
            self._prune_due = time.monotonic() + PRUNE_EVERY_SECONDS
            if pruned := prune(self._engine, self._metadata):
                logger.info("pruned", rows=pruned)

    def _observe_backlog(self) -> None:
        """Also while the broker is away: that is when somebody has to see the backlog grow."""
        try:
            with self._engine.connect() as connection:
                pending, oldest = outbox.backlog(connection, self._metadata)
        except DBAPIError:
            return
        self._metrics.pending.labels(self._service).set(pending)
        self._metrics.oldest.labels(self._service).set(oldest)


def replay(engine: Engine, metadata: MetaData, connection: broker.Connection, queue: str) -> int:
    """Send every event ever recorded to one queue again, in order; returns how many."""
    after, sent = 0, 0
    while rows := _log(engine, metadata, after):
        connection.publish([(row.routing_key, row.body) for row in rows], queue=queue)
        after, sent = rows[-1].position, sent + len(rows)
    return sent


def _log(engine: Engine, metadata: MetaData, after: int) -> list[Row[Any]]:
    with engine.connect() as connection:
        return outbox.log(connection, metadata, after, BATCH)
