"""The consumer loop: events in batches, inbox and effect in one transaction, acknowledged after the commit."""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from threading import Event as Flag
from typing import Any

import structlog
from kombu.connection import Connection
from kombu.message import Message
from opentelemetry.trace import SpanKind
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from common import broker, clock, outbox, telemetry
from common.database import Context, UnitOfWork
from common.events import Event

Handler = Callable[[Any, Event], None]
BATCH = 100
IDLE_SECONDS = 0.5
CHORES_EVERY_SECONDS = 1.0
UNKNOWN_TENANT = "unknown"
logger = structlog.get_logger(__name__)


def is_infrastructure(error: BaseException) -> bool:
    """True when trying the same event again later can help: then it is neither acknowledged nor buried."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | ConnectionError)


class Consumer:
    """Applies events through `handlers`; knows nothing of the transport."""

    def __init__(
        self,
        service: str,
        metadata: MetaData,
        handlers: Mapping[str, Handler],
        unit_of_work: Callable[[Context], UnitOfWork],
        metrics: telemetry.ConsumerMetrics,
    ) -> None:
        self.service, self._metadata, self._handlers = service, metadata, handlers
        self._unit_of_work, self._metrics = unit_of_work, metrics

    def apply(self, events: Sequence[Event]) -> None:
        """Apply in order, one transaction per run of one tenant. Raises only what is_infrastructure."""
        for tenant, run in groupby(events, key=lambda event: event.tenant):
            together = list(run)
            try:
                self._apply_together(tenant, together)
            except Exception as error:
                if is_infrastructure(error):
                    raise
                self._apply_one_by_one(together)

    def _apply_together(self, tenant: str, events: Sequence[Event]) -> None:
        with self._unit_of_work(Context(tenant)) as uow:
            fresh = outbox.first_sights(uow, self._metadata, [event.id for event in events])
            for event in events:
                if event.id in fresh:
                    fresh.discard(event.id)
                    self._handle(uow, event)
        for event in events:
            self._count(event, "applied")

    def _apply_one_by_one(self, events: Sequence[Event]) -> None:
        """One of them fails: find it, keep it, apply the others."""
        for event in events:
            try:
                self._apply_together(event.tenant, [event])
            except Exception as error:
                if is_infrastructure(error):
                    raise
                self._bury(event, error)

    def _handle(self, uow: UnitOfWork, event: Event) -> None:
        with telemetry.span(event.type, {"traceparent": event.traceparent}, SpanKind.CONSUMER):
            self._handlers[event.type](uow, event)

    def _bury(self, event: Event, error: BaseException) -> None:
        logger.error("event_failed", event_id=event.id, type=event.type, error=repr(error))
        with self._unit_of_work(Context(event.tenant)) as uow:
            outbox.bury(uow, self._metadata, event, error)
        self._count(event, "dead_letter")

    def retry_letters(self, *, everything: bool = False) -> int:
        """Try the dead letters that are due (or all) again; returns how many were applied."""
        with self._unit_of_work(Context(outbox.EVERY_TENANT)) as uow:
            letters = outbox.due_letters(uow.connection, self._metadata, everything=everything)
        return sum(self._retry(Event.from_json(letter.body)) for letter in letters)

    def _retry(self, event: Event) -> bool:
        try:
            with self._unit_of_work(Context(event.tenant)) as uow:
                if outbox.first_sights(uow, self._metadata, [event.id]):
                    self._handle(uow, event)
                outbox.exhume(uow, self._metadata, event)
        except Exception as error:
            if is_infrastructure(error):
                raise
            self._bury(event, error)
            return False
        self._count(event, "applied")
        return True

    def bury_unreadable(self, body: str, error: ValueError) -> None:
        """A message that is no event of ours: kept as it came, for a person to read."""
        event = Event("unreadable", "unknown", UNKNOWN_TENANT, "", 0, {"body": body})
        self._bury(event, error)

    def observe_letters(self) -> None:
        with self._unit_of_work(Context(outbox.EVERY_TENANT)) as uow:
            self._metrics.dead.labels(self.service).set(outbox.count_letters(uow.connection, self._metadata))

    def _count(self, event: Event, outcome: str) -> None:
        self._metrics.consumed.labels(self.service, event.type, outcome).inc()
        if outcome == "applied":
            self._metrics.lag.labels(self.service).observe((clock.now() - event.time).total_seconds())


class Subscription:
    """Feeds a consumer from its queue; reconnects when broker or database go away."""

    def __init__(self, consumer: Consumer, event_types: Sequence[str], connect: Callable[[], Connection]) -> None:
        self._consumer, self._types, self._connect = consumer, event_types, connect
        self._messages: list[Message] = []
        self._chores_due = 0.0

    def run(self, stop: Flag, beat: Callable[[], None]) -> None:
        """`beat` is called at each round that worked: the proof of life behind the health endpoint."""
        while not stop.is_set():
            try:
                with self._connect() as connection:
                    self._consume(connection, stop, beat)
            except Exception as error:
                if not is_infrastructure(error) and not isinstance(error, (OSError, *broker.ERRORS)):
                    raise
                logger.warning("consumer_interrupted", error=repr(error))
                stop.wait(1.0)

    def _consume(self, connection: Connection, stop: Flag, beat: Callable[[], None]) -> None:
        self._messages = []
        broker.declare(connection, self._consumer.service, self._types)
        queue = broker.service_queue(connection, self._consumer.service, self._types)
        receiver = connection.Consumer([queue], on_message=self._messages.append, prefetch_count=BATCH, accept=None)
        with receiver:
            while not stop.is_set():
                self._drain(connection)
                self._work_off()
                self._do_chores(connection)
                beat()

    def _drain(self, connection: Connection) -> None:
        """Wait for a first message, then take what has already come, up to a batch."""
        patience = IDLE_SECONDS
        while len(self._messages) < BATCH:
            try:
                connection.drain_events(timeout=patience)
            except TimeoutError:
                return
            patience = 0.005

    def _work_off(self) -> None:
        messages, self._messages[:] = list(self._messages), []
        events = [event for message in messages if (event := self._read(message))]
        self._consumer.apply(events)
        for message in messages:
            message.ack()

    def _read(self, message: Message) -> Event | None:
        try:
            event = Event.from_json(message.body)
        except ValueError as error:
            self._consumer.bury_unreadable(str(message.body), error)
            return None
        return event if event.type in self._types else None

    def _do_chores(self, connection: Connection) -> None:
        if time.monotonic() < self._chores_due:
            return
        self._chores_due = time.monotonic() + CHORES_EVERY_SECONDS
        if broker.is_amqp(connection):
            connection.heartbeat_check()
        self._consumer.retry_letters()
        self._consumer.observe_letters()
