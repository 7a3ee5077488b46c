"""Outbox, inbox and dead letters: tables for a service's own MetaData, and what is done with their rows."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    Text,
    Uuid,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from common import clock, policies
from common.database import UnitOfWork
from common.events import Event
from common.failures import describe
from common.privacy import personal, pseudonym

UNKNOWN_TENANT, UNREADABLE = "unknown", "unreadable"  # Tenant and type of a message that is no event.
EVERY_TENANT = policies.EVERY_TENANT
INBOX_DAYS = 90  # A broker never delivers an event again that late; read models are guarded by versions besides.
_ERASING = policies.while_erasing("body")
RETRY_DELAYS = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))


def add_messaging_tables(metadata: MetaData) -> None:
    """Give a service its own outbox, inbox and dead letters; tables are never shared between databases."""
    _add_outbox(metadata)
    _add_inbox(metadata)
    _add_dead_letters(metadata)


def _add_outbox(metadata: MetaData) -> None:
    Table(
        "outbox",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", Uuid, nullable=False),
        Column("type", String(200), nullable=False),
        Column("subject", Uuid, nullable=False, info=pseudonym("what the event is about; a person too")),
        Column("routing_key", String(255), nullable=False),
        Column("body", Text, nullable=False, info=personal("the log that read models are rebuilt from")),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("published_at", DateTime(timezone=True)),
        Index("ix_outbox_unpublished", "position", postgresql_where=text("published_at IS NULL")),
        Index("ix_outbox_position", "position"),
        # The log of what was told: an event stays that of the tenant it was told by, and as it was told. Only an
        # erasure rewrites bodies, of every tenant that told of the person.
        info={
            policies.STAYS: True,
            **policies.rls(
                f"({policies.TENANT}) OR ({_ERASING})",
                app_rights="SELECT, INSERT, UPDATE (body)",
                relay_rights="SELECT, UPDATE (published_at)",
                erasing=_ERASING,
            ),
            **policies.unaudited("a log itself"),
        },
    )


def _add_inbox(metadata: MetaData) -> None:
    Table(
        "inbox",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("event_id", Uuid, primary_key=True),
        Column("applied_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        info=policies.by_tenant_until("applied_at", INBOX_DAYS) | policies.unaudited("which events were applied"),
    )


def _add_dead_letters(metadata: MetaData) -> None:
    Table(
        "dead_letter",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("event_id", Uuid, primary_key=True),
        Column("type", String(200), nullable=False),
        Column("body", Text, nullable=False, info=personal("applying an event that failed")),
        Column("error", Text, nullable=False),
        Column("attempts", Integer, nullable=False, server_default="1"),
        Column("failed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("retry_at", DateTime(timezone=True)),
        Index("ix_dead_letter_retry_at", "retry_at"),
        info=policies.rls(
            f"{policies.TENANT} OR {policies.EVERY}",
            check=policies.TENANT,
        )
        | policies.unaudited("events on their way, applied or not"),
    )


def first_sights(uow: UnitOfWork, metadata: MetaData, event_ids: Iterable[str]) -> set[str]:
    """Note the events in the inbox; returns those never applied before. Makes at-least-once delivery safe."""
    inbox = metadata.tables["inbox"]
    rows = [{"tenant": uow.tenant, "event_id": event_id} for event_id in dict.fromkeys(event_ids)]
    noted = insert(inbox).values(rows).on_conflict_do_nothing().returning(inbox.c.event_id)
    return {str(row.event_id) for row in uow.rows(noted)}


def bury(uow: UnitOfWork, metadata: MetaData, event: Event, error: BaseException) -> None:
    """Keep an event that could not be applied: tried again after each of RETRY_DELAYS, then left to a person."""
    table = metadata.tables["dead_letter"]
    before = uow.find(select(table.c.attempts).where(table.c.tenant == uow.tenant, table.c.event_id == event.id))
    attempts = before.attempts + 1 if before else 1
    values = {
        "tenant": uow.tenant,
        "event_id": event.id,
        "type": event.type,
        "body": _storable(event.to_json()),
        "error": _storable(describe(error)),
        "attempts": attempts,
        "failed_at": clock.now(),
        "retry_at": clock.now() + RETRY_DELAYS[attempts - 1] if attempts <= len(RETRY_DELAYS) else None,
    }
    uow.execute(insert(table).values(values).on_conflict_do_update(index_elements=["tenant", "event_id"], set_=values))


def keep_unreadable(uow: UnitOfWork, metadata: MetaData, body: bytes | str, error: BaseException) -> None:
    """Keep a message that is no event, once however often it comes; only a person can tell what to do with it."""
    shown = body if isinstance(body, str) else body.decode(errors="backslashreplace")
    values = {
        "tenant": uow.tenant,
        "event_id": uuid5(NAMESPACE_OID, repr(body)),
        "type": UNREADABLE,
        "body": _storable(shown),
        "error": _storable(describe(error)),
    }
    uow.execute(insert(metadata.tables["dead_letter"]).values(values).on_conflict_do_nothing())


def _storable(value: str) -> str:
    """Without what PostgreSQL's text cannot hold; in JSON the surrogates so become the escapes they came as."""
    return value.encode(errors="backslashreplace").decode().replace("\0", "\\0")


def exhume(uow: UnitOfWork, metadata: MetaData, event: Event, *, everything: bool = False) -> bool:
    """Forget a dead letter, in the transaction that applies it.

    False where it is not to be tried now: since it was listed, another consumer took it in hand, or did so and failed.
    """
    table = metadata.tables["dead_letter"]
    mine = (table.c.tenant == uow.tenant, table.c.event_id == event.id)
    if uow.find(_due(select(table.c.event_id).where(*mine), table, everything).with_for_update(skip_locked=True)):
        uow.execute(delete(table).where(*mine))
        return True
    return False


def due_letters(
    connection: Connection, metadata: MetaData, *, everything: bool = False, limit: int | None = None
) -> list[Row[Any]]:
    """Dead letters whose time has come (or all), oldest first; the connection acts for EVERY_TENANT."""
    table = metadata.tables["dead_letter"]
    return list(connection.execute(_due(select(table), table, everything).order_by(table.c.failed_at).limit(limit)))


def _due(query: Select[Any], table: Table, everything: bool) -> Select[Any]:
    return query if everything else query.where(table.c.retry_at <= clock.now())


def count_letters(connection: Connection, metadata: MetaData) -> int:
    """All dead letters of every tenant."""
    return int(connection.scalar(select(func.count()).select_from(metadata.tables["dead_letter"])) or 0)


def unpublished(connection: Connection, metadata: MetaData, limit: int) -> list[Row[Any]]:
    """The oldest unpublished events in the order they were recorded."""
    outbox = metadata.tables["outbox"]
    query = select(outbox.c.tenant, outbox.c.position, outbox.c.routing_key, outbox.c.body)
    return list(
        connection.execute(query.where(outbox.c.published_at.is_(None)).order_by(outbox.c.position).limit(limit))
    )


def mark_published(connection: Connection, metadata: MetaData, positions: list[int]) -> None:
    outbox = metadata.tables["outbox"]
    connection.execute(update(outbox).where(outbox.c.position.in_(positions)).values(published_at=func.now()))


def backlog(connection: Connection, metadata: MetaData) -> tuple[int, float]:
    """How many events wait, and for how many seconds the oldest has."""
    outbox = metadata.tables["outbox"]
    query = select(func.count(), func.min(outbox.c.recorded_at)).where(outbox.c.published_at.is_(None))
    count, oldest = connection.execute(query).one()
    return count, (clock.now() - oldest).total_seconds() if oldest else 0.0


def log(connection: Connection, metadata: MetaData, after: int, limit: int) -> list[Row[Any]]:
    """Every event ever recorded, by position: the outbox is the log that read models are rebuilt from."""
    outbox = metadata.tables["outbox"]
    query = select(outbox.c.position, outbox.c.routing_key, outbox.c.body).where(outbox.c.position > after)
    return list(connection.execute(query.order_by(outbox.c.position).limit(limit)))
