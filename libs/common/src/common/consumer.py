"""The consumer loop: events in batches, inbox and effect in one transaction, acknowledged after the commit."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from threading import Event as Flag
from typing import Any

import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy import MetaData, Row
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from common import broker, clock, erasure, outbox, telemetry
from common.audit import witnesses
from common.database import Actor, Context, UnitOfWork
from common.errors import Moved, Unavailable
from common.events import Event
from common.failures import describe
from common.process import Beat

Handler = Callable[[Any, Event], None]
BATCH = 100
IDLE_SECONDS = 0.5
AWAY_SECONDS = 1.0
CHORES_EVERY_SECONDS = 1.0
LOOK_ASIDE_EVERY_SECONDS = 15.0
DUE_AT_ONCE = 100
_INTERRUPTIONS: tuple[type[Exception], ...] = (OSError, *broker.ERRORS)
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Copying:
    """A handler that writes nothing audited: copies of what other services own.

    Events of such handlers share a transaction. Any other has one of its own: what it changes is audited, and the
    audit names the one event that caused it.
    """

    handler: Handler

    def __call__(self, uow: Any, event: Event) -> None:
        self.handler(uow, event)


def alone(handler: Handler) -> Handler:
    """Mark a handler whose event gets a transaction of its own, since what follows it may belong to another tenant."""
    handler.is_alone = True  # type: ignore[attr-defined]
    return handler


def copying(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """Let all but those that are to be `alone` share transactions."""
    return {
        type_: handler if getattr(handler, "is_alone", False) else Copying(handler)
        for type_, handler in handlers.items()
    }


def is_infrastructure(error: BaseException) -> bool:
    """True when trying the same event again later can help: then it is neither acknowledged nor buried."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | ConnectionError | Unavailable)


def _context(events: Sequence[Event]) -> Context:
    """Of one tenant's events. The audit names the cause of a change where it is one event."""
    first = events[0]
    cause = f"{first.type} {first.id}" if len(events) == 1 else ""
    return Context(first.tenant, follows=True, actor=Actor(process="consume", cause=cause))


class Consumer:
    """Applies events through `handlers`; knows nothing of the transport."""

    def __init__(
        self,
        service: str,
        metadata: MetaData,
        handlers: Mapping[str, Handler],
        unit_of_work: Callable[[Context], UnitOfWork],
        metrics: telemetry.ConsumerMetrics,
        seal_seconds: float = 60.0,
    ) -> None:
        self.service, self._metadata, self._handlers = service, metadata, handlers
        self._unit_of_work, self._metrics = unit_of_work, metrics
        self._seal_seconds, self._seal_due = seal_seconds, 0.0

    def receive(self, bodies: Sequence[bytes | str]) -> None:
        """Apply the messages of a batch. Raises only what is_infrastructure; then all of it may be given again."""
        self.apply([event for body in bodies if (event := self._read(body))])

    def _read(self, body: bytes | str) -> Event | None:
        try:
            event = Event.from_json(body)
        except ValueError as error:
            self._keep_unreadable(body, error)
            return None
        return event if event.type in self._handlers else None

    def apply(self, events: Sequence[Event]) -> None:
        """Apply in order, one transaction per run of one tenant's copies. Raises only what is_infrastructure."""
        for _, run in groupby(events, key=self._belongs_with):
            together = list(run)
            try:
                self._apply_together(together)
            except Exception as error:
                if is_infrastructure(error):
                    raise
                self._apply_one_by_one(together)

    def _belongs_with(self, event: Event) -> tuple[str, str]:
        is_copied = isinstance(self._handlers.get(event.type), Copying)
        return event.tenant, "" if is_copied else event.id

    def _apply_together(self, events: Sequence[Event]) -> None:
        with self._unit_of_work(_context(events)) as uow:
            fresh = outbox.first_sights(uow, self._metadata, [event.id for event in events])
            seen = set[str]()
            for event in erasure.on_arrival(uow, self._metadata, [event for event in events if event.id in fresh]):
                if event.id not in seen:
                    self._handle(uow, event)
                    seen.add(event.id)
        for event in events:
            self._count(event, "applied" if event.id in seen else "duplicate")
            seen.discard(event.id)

    def _apply_one_by_one(self, events: Sequence[Event]) -> None:
        """One of them fails: find it, keep it, apply the others."""
        for event in events:
            try:
                self._apply_together([event])
            except Exception as error:
                if is_infrastructure(error):
                    raise
                self._bury(event, error)

    def _handle(self, uow: UnitOfWork, event: Event) -> None:
        with self._traced(event):
            self._handlers[event.type](uow, event)

    @contextmanager
    def _traced(self, event: Event) -> Iterator[None]:
        """Every log line in here tells the event and carries its trace."""
        ids = structlog.contextvars.bound_contextvars(tenant=event.tenant, event_id=event.id, type=event.type)
        with ids, telemetry.span(event.type, {"traceparent": event.traceparent}, SpanKind.CONSUMER):
            yield

    def _bury(self, event: Event, error: BaseException) -> None:
        with self._traced(event):
            logger.error("event_failed", error=describe(error))
        with self._unit_of_work(Context(event.tenant, follows=True)) as uow:
            [event] = erasure.on_arrival(uow, self._metadata, [event])
            outbox.bury(uow, self._metadata, event, error)
        self._count(event, "dead_letter")

    def _keep_unreadable(self, body: bytes | str, error: ValueError) -> None:
        """A message that is no event of ours: kept as it came, for a person to read."""
        logger.error("message_unreadable", error=describe(error))
        with self._unit_of_work(Context(outbox.UNKNOWN_TENANT)) as uow:
            outbox.keep_unreadable(uow, self._metadata, body, error)
        self._metrics.consumed.labels(self.service, outbox.UNREADABLE, "dead_letter").inc()

    def letters(self, *, everything: bool = False) -> list[Row[Any]]:
        """Dead letters of all tenants that are due, or all there are."""
        limit = None if everything else DUE_AT_ONCE
        with self._unit_of_work(Context(outbox.EVERY_TENANT)) as uow:
            return outbox.due_letters(uow.connection, self._metadata, everything=everything, limit=limit)

    def retry_letters(self, *, everything: bool = False) -> int:
        """Try the dead letters that are due (or all) again; returns how many were applied."""
        readable = [letter for letter in self.letters(everything=everything) if letter.type != outbox.UNREADABLE]
        return sum(self._retry(Event.from_json(letter.body), everything) for letter in readable)

    def _retry(self, event: Event, everything: bool) -> bool:
        try:
            with self._unit_of_work(_context([event])) as uow:
                # The letter was read in an earlier transaction, and what it tells may have been erased since.
                [event] = erasure.on_arrival(uow, self._metadata, [event])
                # First: a handler may go on in another tenant.
                if not outbox.exhume(uow, self._metadata, event, everything=everything):
                    return False
                if outbox.first_sights(uow, self._metadata, [event.id]):
                    self._handle(uow, event)
        except Exception as error:
            if is_infrastructure(error):
                raise
            self._bury(event, error)
            return False
        self._count(event, "applied")
        return True

    def do_chores(self) -> None:
        """Between batches: retry what is due, count what waits for a person, and tell how far the audit has come."""
        self.retry_letters()
        with self._unit_of_work(Context(outbox.EVERY_TENANT)) as uow:
            self._metrics.dead.labels(self.service).set(outbox.count_letters(uow.connection, self._metadata))
        if time.monotonic() >= self._seal_due:
            self._seal_due = time.monotonic() + self._seal_seconds
            self.seal()

    def show_aside(self, count: int) -> None:
        self._metrics.aside.labels(self.service).set(count)

    def seal(self) -> None:
        """Publish the heads of the audit's chains that moved, and count what contradicts the heads of others."""
        with self._unit_of_work(Context(outbox.EVERY_TENANT)) as uow:
            moved = witnesses.unsealed(uow)
            self._metrics.entries.labels(self.service).set(sum(head.position for head in witnesses.heads(uow)))
            self._metrics.contradictions.labels(self.service).set(witnesses.count_contradictions(uow))
        for tenant in moved:
            # Merged since it was asked: then it has no head of its own any more.
            with suppress(Moved), self._unit_of_work(Context(tenant)) as uow:
                witnesses.seal(uow)

    def _count(self, event: Event, outcome: str) -> None:
        self._metrics.consumed.labels(self.service, event.type, outcome).inc()
        if outcome == "applied":
            self._metrics.lag.labels(self.service).observe((clock.now() - event.time).total_seconds())


class Subscription:
    """Feeds a consumer from its queue; outlasts the absence of broker and database."""

    def __init__(
        self, consumer: Consumer, event_types: Sequence[str], connect: Callable[[], broker.Connection]
    ) -> None:
        self._consumer, self._types, self._connect = consumer, event_types, connect
        self._chores_due, self._look_due = 0.0, 0.0

    def run(self, stop: Flag, beat: Beat) -> None:
        while not stop.is_set():
            try:
                with self._connect() as connection:
                    self._consume(connection, stop, beat)
            except _INTERRUPTIONS as error:
                logger.warning("consumer_interrupted", error=describe(error))
                beat(working=False)
                stop.wait(AWAY_SECONDS)

    def _consume(self, connection: broker.Connection, stop: Flag, beat: Beat) -> None:
        connection.declare(self._consumer.service, self._types)
        connection.subscribe(self._consumer.service, BATCH)
        while not stop.is_set():
            self._look_aside(connection)
            deliveries = connection.receive(IDLE_SECONDS)
            work = partial(self._consumer.receive, [delivery.body for delivery in deliveries])
            if not self._insist(work, connection, stop, beat):
                return
            connection.acknowledge(deliveries)
            if time.monotonic() >= self._chores_due:
                connection.keep_alive()
                self._insist(self._consumer.do_chores, connection, stop, beat)
                self._chores_due = time.monotonic() + CHORES_EVERY_SECONDS
            beat()

    def _look_aside(self, connection: broker.Connection) -> None:
        """Before the first batch already, which may be the one that ends this process."""
        if time.monotonic() >= self._look_due:
            self._look_due = time.monotonic() + LOOK_ASIDE_EVERY_SECONDS
            self._consumer.show_aside(connection.count_aside(self._consumer.service))

    def _insist(self, work: Callable[[], None], connection: broker.Connection, stop: Flag, beat: Beat) -> bool:
        """Try until the database lets it happen, with the messages kept in hand; False when told to stop first.

        Handing them back at each try would change their order, and the broker counts how often a message came back.
        """
        while True:
            try:
                work()
            except Exception as error:
                if not is_infrastructure(error):
                    raise
                logger.warning("consumer_waits", error=describe(error))
                beat(working=False)
                if stop.wait(AWAY_SECONDS):
                    return False
                connection.keep_alive()
            else:
                return True
