"""E-mails on their way: queued, leased to one delivery process at a time, sent or given up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from sqlalchemy import Row, Update, case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from notifications.domain import NO_ADDRESS, Email, EmailState, Message
from notifications.store import tables


def queue_emails(uow: UnitOfWork, messages: Sequence[Message], now: datetime) -> None:
    rows = [
        {"tenant": uow.tenant, "message_id": message.id, "state": EmailState.QUEUED, "queued_at": now, "due_at": now}
        for message in messages
    ]
    if rows:
        uow.execute(insert(tables.email), rows)


def next_email(uow: UnitOfWork, now: datetime) -> Email | None:
    """The one that has been due longest, locked until the transaction ends; what another is claiming is passed over."""
    email, message, person = tables.email, tables.message, tables.person
    query = (
        select(
            message.c.id.label("message_id"),
            message.c.event_id,
            message.c.person_id,
            message.c.kind,
            message.c.initiative_id,
            message.c.request_id,
            message.c.subject,
            message.c.text,
            email.c.queued_at,
            func.coalesce(person.c.name, "").label("name"),
            func.coalesce(person.c.email, "").label("address"),
            email.c.attempts,
            email.c.due_at,
        )
        .join(message, (message.c.tenant == email.c.tenant) & (message.c.id == email.c.message_id))
        .join(person, (person.c.tenant == email.c.tenant) & (person.c.id == message.c.person_id), isouter=True)
        .where(email.c.tenant == uow.tenant, email.c.state == EmailState.QUEUED, email.c.due_at <= now)
        .order_by(email.c.due_at)
        .limit(1)
        .with_for_update(of=email, skip_locked=True)
    )
    row = uow.find(query)
    return Email(**row._mapping) if row else None


def lease_email(uow: UnitOfWork, claimed: Email) -> None:
    """Due again for others when the lease is over. It no longer waits for an address, so `hasten` lets it be."""
    statement = _of(uow, claimed.message_id)
    uow.execute(statement.values(due_at=claimed.leased_until, error=""))


def save_email(uow: UnitOfWork, changed: Email) -> bool:
    """False, and nothing happens, when it is not as this process left it.

    It is gone with its person or province, or somebody else has it since the lease was over.
    """
    table = tables.email
    statement = _of(uow, changed.message_id).where(table.c.state == EmailState.QUEUED)
    if changed.leased_until:
        statement = statement.where(table.c.due_at == changed.leased_until)
    values = {name: getattr(changed, name) for name in ("state", "attempts", "due_at", "error", "sent_at")}
    return uow.execute(statement.values(**values)).rowcount == 1


def _of(uow: UnitOfWork, message_id: UUID) -> Update:
    table = tables.email
    return update(table).where(table.c.tenant == uow.tenant, table.c.message_id == message_id)


def next_version(uow: UnitOfWork, message_id: UUID) -> int:
    """Count the sending as a change of the message; its reader may be changing it at the same time."""
    table = tables.message
    statement = update(table).where(table.c.tenant == uow.tenant, table.c.id == message_id)
    return int(uow.execute(statement.values(version=table.c.version + 1).returning(table.c.version)).scalar_one())


def hasten(uow: UnitOfWork, person_id: UUID, now: datetime) -> None:
    """The e-mails that waited for this person's address are due now; one being claimed takes its own time.

    One that is being sent waits for no address any more: made due, another process would send it a second time.
    """
    message, unclaimed, email = tables.message, tables.email.alias(), tables.email
    theirs = select(message.c.id).where(message.c.tenant == uow.tenant, message.c.person_id == person_id)
    waiting = (
        select(unclaimed.c.message_id)
        .where(unclaimed.c.tenant == uow.tenant, unclaimed.c.message_id.in_(theirs))
        .where(unclaimed.c.state == EmailState.QUEUED, unclaimed.c.error == NO_ADDRESS)
        .with_for_update(skip_locked=True)
    )
    statement = update(email).where(email.c.tenant == uow.tenant, email.c.message_id.in_(waiting))
    uow.execute(statement.values(due_at=now))


def tenants_due(uow: UnitOfWork, now: datetime) -> list[str]:
    """The tenants with e-mails to send; the unit of work acts for EVERY_TENANT."""
    table = tables.email
    query = select(table.c.tenant).where(table.c.state == EmailState.QUEUED, table.c.due_at <= now)
    return sorted(row.tenant for row in uow.rows(query.distinct()))


def oldest_due(uow: UnitOfWork) -> datetime | None:
    """Since when the e-mail that waits longest could have been sent; the unit of work acts for EVERY_TENANT.

    One that was never tried, since it was queued: leases, also those of processes that die of it, do not hide it.
    """
    table = tables.email
    untried = (table.c.attempts == 0) & (table.c.error == "")
    since = case((untried, table.c.queued_at), else_=table.c.due_at)
    query = select(func.min(since)).where(table.c.state == EmailState.QUEUED)
    due: datetime | None = uow.execute(query).scalar_one()
    return due


# Not what ended for want of an address: there, trying again cannot help.
_GIVEN_UP = (tables.email.c.state == EmailState.GIVEN_UP) & (tables.email.c.error != NO_ADDRESS)


def given_up(uow: UnitOfWork) -> list[Row[Any]]:
    """What nobody will send unless asked to, oldest first; the unit of work acts for EVERY_TENANT."""
    table = tables.email
    return uow.rows(select(table).where(_GIVEN_UP).order_by(table.c.queued_at))


def requeue(uow: UnitOfWork, now: datetime) -> int:
    """Give every e-mail of the tenant that was given up a new life; returns how many."""
    table = tables.email
    statement = update(table).where(table.c.tenant == uow.tenant, _GIVEN_UP)
    return uow.execute(statement.values(state=EmailState.QUEUED, attempts=0, due_at=now, queued_at=now)).rowcount
