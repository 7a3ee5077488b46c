"""Notices, the messages made of them, and what people want to hear about by e-mail."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound, Stale
from sqlalchemy import ColumnElement, Row, any_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from notifications.domain import Audience, Kind, Message, Notice, Preferences, RequestKind, kind_of
from notifications.store import tables

_NOTICE = [column for column in tables.notice.c if column.name != "tenant"]
_MESSAGE = [column for column in tables.message.c if column.name != "tenant"]


def add_notice(uow: UnitOfWork, notice: Notice) -> None:
    uow.execute(insert(tables.notice).values(tenant=uow.tenant, **asdict(notice)).on_conflict_do_nothing())


def notices_about(uow: UnitOfWork, unit_ids: Iterable[UUID], since: datetime) -> list[Notice]:
    """What happened since then to the dossiers of these units, or to those before their councils, oldest first."""
    table, ids = tables.notice, list(unit_ids)
    whose = (table.c.unit_id, table.c.responsible_unit_id, table.c.council_unit_id)
    query = select(*_NOTICE).where(
        table.c.tenant == uow.tenant,
        or_(*(unit_id.in_(ids) for unit_id in whose)),
        table.c.occurred_at >= since,
    )
    rows = uow.rows(query.order_by(table.c.occurred_at))
    return [Notice(**{**row._mapping, "kind": Kind(row.kind)}) for row in rows]


def add_messages(uow: UnitOfWork, messages: Sequence[Message]) -> list[Message]:
    """Keep those whose person was not told of the event before, and return them."""
    if not messages:
        return []
    statement = insert(tables.message).values([{"tenant": uow.tenant, **asdict(message)} for message in messages])
    kept = statement.on_conflict_do_nothing(index_elements=["tenant", "event_id", "person_id"])
    ids = {row.id for row in uow.rows(kept.returning(tables.message.c.id))}
    return [message for message in messages if message.id in ids]


def message(uow: UnitOfWork, message_id: UUID, person_id: UUID) -> Message:
    """The person's own message, locked for change. Raises NotFound."""
    query = select(*_MESSAGE).where(*_own(uow, person_id), tables.message.c.id == message_id)
    row = uow.find(query.with_for_update())
    if row is None:
        raise NotFound("message.unknown")
    return Message(**{**row._mapping, "kind": kind_of(row.kind), "audience": Audience(row.audience)})


def save_message(uow: UnitOfWork, changed: Message) -> None:
    table = tables.message
    statement = update(table).where(table.c.tenant == uow.tenant, table.c.id == changed.id)
    uow.execute(statement.values(read_at=changed.read_at, version=changed.version))


def messages(uow: UnitOfWork, person_id: UUID, *, unread: bool, before: UUID | None, limit: int) -> list[Row[Any]]:
    """The person's messages, newest first; identifiers grow with time."""
    table = tables.message
    query = select(*_MESSAGE).where(*_own(uow, person_id))
    if unread:
        query = query.where(table.c.read_at.is_(None))
    if before:
        query = query.where(table.c.id < before)
    return uow.rows(query.order_by(table.c.id.desc()).limit(limit))


def count_unread(uow: UnitOfWork, person_id: UUID) -> int:
    query = select(func.count()).select_from(tables.message)
    return int(uow.execute(query.where(*_own(uow, person_id), tables.message.c.read_at.is_(None))).scalar_one())


def read_all(uow: UnitOfWork, person_id: UUID, now: datetime) -> int:
    """Mark the person's unread messages as read; returns how many there were."""
    table = tables.message
    statement = update(table).where(*_own(uow, person_id), table.c.read_at.is_(None))
    return uow.execute(statement.values(read_at=now, version=table.c.version + 1)).rowcount


def _own(uow: UnitOfWork, person_id: UUID) -> list[ColumnElement[bool]]:
    # A reminder is written ahead and shown when its time has come.
    own = [tables.message.c.tenant == uow.tenant, tables.message.c.person_id == person_id]
    return [*own, tables.message.c.created_at <= func.now()]


def drop_reminders(uow: UnitOfWork, request_id: UUID, now: datetime) -> None:
    """Those that have not been shown; their e-mails go with them."""
    table = tables.message
    waiting = (table.c.request_id == request_id, table.c.kind == RequestKind.DUE, table.c.created_at > now)
    uow.execute(delete(table).where(table.c.tenant == uow.tenant, *waiting))


def preferences(uow: UnitOfWork, person_id: UUID) -> Preferences:
    """The person's choices; who never made any gets everything."""
    table = tables.preference
    row = uow.find(select(table).where(table.c.tenant == uow.tenant, table.c.person_id == person_id))
    return Preferences(frozenset(map(Kind, row.muted)), row.version) if row else Preferences()


def save_preferences(uow: UnitOfWork, person_id: UUID, changed: Preferences) -> None:
    """Raises Stale when another request saved in between."""
    table, values = tables.preference, {"muted": sorted(changed.muted), "version": changed.version}
    statement = insert(table).values(tenant=uow.tenant, person_id=person_id, **values)
    saved = statement.on_conflict_do_update(
        index_elements=["tenant", "person_id"], set_=values, where=table.c.version == changed.version - 1
    )
    if uow.find(saved.returning(table.c.version)) is None:
        raise Stale("request.stale")


def who_muted(uow: UnitOfWork, kind: Kind, person_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these people who do not want this kind by e-mail."""
    table = tables.preference
    query = select(table.c.person_id).where(
        table.c.tenant == uow.tenant, table.c.person_id.in_(list(person_ids)), any_(table.c.muted) == kind.value
    )
    return {row.person_id for row in uow.rows(query)}
