"""Engine and unit of work: one transaction, one tenant, one scope, one set of outgoing events."""

import json
import select
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import psycopg
from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    MetaData,
    Row,
    create_engine,
    event,
    insert,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError

from common import telemetry
from common.events import Event, Fact
from common.tenants import Standing

NAMING = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
# A host that vanished sends nothing: without these a thread would wait for a quarter of an hour.
_NOTICE_A_DEAD_HOST = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_SET_CONTEXT = text(
    "SELECT set_config('app.tenant', :tenant, true), set_config('app.scope', :scope, true),"
    " set_config('app.scope_end', :scope_end, true), set_config('app.person', :person, true),"
    " set_config('app.reader', :reader, true), set_config('app.subject', :subject, true),"
    " set_config('app.issuer', :issuer, true),"
    " set_config('app.actor', :actor, true),"
    " standing_of(:tenant) AS standing"
)

_ERASE = text("SELECT set_config('app.erasing', :pattern, true), pg_advisory_xact_lock(hashtext('erasing'))")
_EXPORT = text("SELECT set_config('app.exporting', 'on', true)")


def new_metadata() -> MetaData:
    """MetaData with the naming convention that constraint names in errors rely on."""
    return MetaData(naming_convention=NAMING)


def connect_engine(url: str, *, pool_size: int = 5) -> Engine:
    """An engine for a pooled or a direct server. No server-side prepared statements: PgBouncer shares sessions."""
    if psycopg.pq.__impl__ == "python":
        raise RuntimeError("psycopg runs without its C build; lists would cost twice as much")
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_recycle=1800,
        pool_pre_ping=False,
        hide_parameters=True,  # Errors are logged and kept; what people wrote is not.
        connect_args={"prepare_threshold": None, "connect_timeout": 5, **_NOTICE_A_DEAD_HOST},
    )
    event.listen(engine, "checkout", partial(_refuse_closed_connection, engine))
    return engine


def _refuse_closed_connection(engine: Engine, connection: Any, *_: object) -> None:
    """Raise InvalidatePoolError if the server has closed an idle connection; the pool then opens new ones.

    An idle connection has nothing to read unless the server said goodbye, so that a look at the socket is enough:
    no round trip, unlike `pool_pre_ping`. Only a connection with something to read is asked.
    """
    readable = select.poll()
    readable.register(connection.fileno(), select.POLLIN)
    if not readable.poll(0):
        return
    try:
        engine.dialect.do_ping(connection)
    except psycopg.Error as error:
        raise InvalidatePoolError from error


@contextmanager
def open_engine(url: str, *, pool_size: int = 5) -> Iterator[Engine]:
    """The same for as long as a process or command needs it."""
    engine = connect_engine(url, pool_size=pool_size)
    try:
        yield engine
    finally:
        engine.dispose()


@dataclass(frozen=True)
class Actor:
    """Who acts, as the audit records it: a person under a grant, or the process and what made it act."""

    person_id: str = ""
    grant_id: str = ""
    role: str = ""
    unit_id: str = ""
    request_id: str = ""
    process: str = ""
    cause: str = ""

    def setting(self) -> str:
        """What is known, and the running trace, for the trigger that writes the audit."""
        known = {name: value for name, value in vars(self).items() if value}
        if trace := telemetry.current_trace_id():
            known["trace_id"] = trace
        return json.dumps(known, ensure_ascii=False)


@dataclass(frozen=True)
class Context:
    """What a transaction may touch. `person` narrows an author to the own rows; empty means no such limit.

    `reader` is who asks, in whatever role: for rows that are somebody's own until they are handed in.

    With `follows` the transaction goes on in the tenant that this one has become part of: for what was told before.
    With `looks_back` it opens such a tenant all the same: for reading what stayed under its name.
    """

    tenant: str = ""
    scope: str = "/"
    person: str = ""
    reader: str = ""
    subject: str = ""
    issuer: str = ""
    follows: bool = False
    looks_back: bool = False
    actor: Actor = Actor()

    def settings(self) -> dict[str, str]:
        """The transaction's settings; `scope_end` is the first path after the scope's subtree."""
        return {
            "tenant": self.tenant,
            "scope": self.scope,
            "scope_end": self.scope[:-1] + "0",
            "person": self.person,
            "reader": self.reader,
            "subject": self.subject,
            "issuer": self.issuer,
            "actor": self.actor.setting(),
        }


class UnitOfWork:
    """Opened by an edge (HTTP, consumer, command), used by use cases. Commits on a clean exit, else rolls back."""

    def __init__(self, engine: Engine, metadata: MetaData, source: str, context: Context) -> None:
        self._engine, self._metadata, self._source, self.context = engine, metadata, source, context
        self._deferred: dict[Callable[[UnitOfWork, list[Any]], None], list[Any]] = {}

    @property
    def tenant(self) -> str:
        return self.context.tenant

    @property
    def metadata(self) -> MetaData:
        return self._metadata

    @property
    def source(self) -> str:
        """The service, as its events name it."""
        return self._source

    def __enter__(self) -> Self:
        """Raises Moved when the tenant has become part of another, Unavailable while that is being done."""
        self.connection: Connection = self._engine.connect()
        try:
            self._enter_context()
        except BaseException:
            self.connection.close()
            raise
        return self

    def _enter_context(self) -> None:
        row = self.connection.execute(_SET_CONTEXT, self.context.settings()).one()
        self.standing = Standing(*row.standing)
        if self.context.follows and self.standing.heir:
            self.context = replace(self.context, tenant=self.standing.heir)
            self._enter_context()
        if not self.context.looks_back:
            self.standing.ensure_there()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with self.connection:
            if kind is None:
                for work, items in self._deferred.items():
                    work(self, items)
                self.connection.commit()

    def defer(self, work: Callable[["UnitOfWork", list[Any]], None], item: Any) -> None:
        """Collect items: `work(uow, items)` runs once, just before the commit, so that a batch costs few statements."""
        self._deferred.setdefault(work, []).append(item)

    def enter_tenant(self, tenant: str) -> None:
        """Go on in another tenant, whole, as the same actor.

        Only for acts that create a tenant or merge two, for handlers, each `alone`, of what one gives another, for an
        erasure, which follows it there, and for sums (`over_the_whole`).
        """
        self.context = replace(self.context, tenant=tenant, scope="/", person="", reader="")
        self._enter_context()

    @contextmanager
    def over_the_whole(self) -> Iterator[None]:
        """For a moment the whole tenant, in this same transaction: for sums over what the caller may not see."""
        own = self.context
        self.enter_tenant(self.tenant)
        yield
        self.context = own
        self._enter_context()

    def turn_to(self, person_id: UUID) -> None:
        """Go on in the whole tenant, as far as it is about one person: the caller's queries must say so as well."""
        self.context = Context(self.tenant, person=str(person_id), actor=self.context.actor)
        self._enter_context()

    def reach_unfinished(self) -> None:
        """Go on without a reader: with drafts, which are somebody's own. For an act on all that is theirs."""
        self.context = replace(self.context, reader="")
        self._enter_context()

    def allow_erasing(self, ids: Iterable[UUID]) -> None:
        """Until the end of the transaction: copies of what these are may be rewritten. Takes the one lock for it."""
        pattern = "|".join(str(one) for one in ids)
        self.execute(_ERASE, {"pattern": pattern})

    def allow_exporting(self) -> None:
        """Until the end of the transaction: rows that few people see are the tenant's too. Only for its export."""
        self.execute(_EXPORT)

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self.connection.execute(statement, parameters)

    def find(self, statement: Executable) -> Row[Any] | None:
        """The only row, or None."""
        return self.connection.execute(statement).one_or_none()

    def rows(self, statement: Executable) -> list[Row[Any]]:
        return list(self.connection.execute(statement))

    def stream(self, statement: Executable, at_once: int) -> Iterator[Row[Any]]:
        """Many rows, so many at a time: what does not fit into memory."""
        yield from self.connection.execution_options(yield_per=at_once).execute(statement)

    def emit(self, *facts: Fact, at: datetime | None = None) -> None:
        """Record domain events for publication, in this same transaction; `at` is their moment where it is not now."""
        trace = telemetry.current_traceparent()
        events = [Event.of(fact, source=self._source, tenant=self.tenant, traceparent=trace) for fact in facts]
        if at:
            events = [replace(event, time=at) for event in events]
        if events:
            # RETURNING makes SQLAlchemy send all rows in one statement; without it each row is one.
            outbox = self._metadata.tables["outbox"]
            self.execute(insert(outbox).returning(outbox.c.position), [_outbox_row(event) for event in events])


def _outbox_row(event: Event) -> dict[str, Any]:
    return {
        "tenant": event.tenant,
        "event_id": event.id,
        "type": event.type,
        "subject": event.subject,
        "routing_key": event.routing_key,
        "body": event.to_json(),
        "recorded_at": event.time,
    }
