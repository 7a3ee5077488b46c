"""Everything the notifications service can do, one verb each. Callers open the unit of work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from common import erasure
from common.database import UnitOfWork
from common.ids import new_id

from notifications import wording
from notifications.domain import (
    LEASE,
    Audience,
    Email,
    EmailState,
    Message,
    MessageDelivered,
    Notice,
    Preferences,
)
from notifications.store import directory, emails, messages, subjects


def record_person(uow: UnitOfWork, values: dict[str, Any], *, now: datetime) -> None:
    """Keep name and address, and send at once what waited for them."""
    directory.save_person(uow, values)
    emails.hasten(uow, values["id"], now)


def record_unit(uow: UnitOfWork, values: dict[str, Any]) -> None:
    directory.save_unit(uow, values)


def record_cycle(uow: UnitOfWork, values: dict[str, Any]) -> None:
    directory.save_cycle(uow, values)


def record_grant(uow: UnitOfWork, values: dict[str, Any], *, issued_at: datetime, now: datetime) -> None:
    """Keep the grant, and tell its holder what happened between its issue and its arrival here."""
    directory.save_grant(uow, values)
    units = {values["unit_id"], *directory.units_at(uow, values["scope_path"])}
    for notice in messages.notices_about(uow, units, issued_at):
        _tell(uow, notice, now, only=values["person_id"])


def revoke_grant(uow: UnitOfWork, values: dict[str, Any]) -> None:
    directory.save_grant(uow, values)


def announce(uow: UnitOfWork, notice: Notice, *, now: datetime) -> None:
    """Tell everybody whom this event concerns, each once."""
    messages.add_notice(uow, notice)
    _tell(uow, notice, now)


def _tell(uow: UnitOfWork, notice: Notice, now: datetime, *, only: UUID | None = None) -> None:
    officers = directory.holders(uow, notice.responsible_unit_id or notice.unit_id, "officer", notice.occurred_on)
    secretaries = directory.holders(uow, notice.council_unit_id, "secretary", notice.occurred_on)
    boards = directory.holders(uow, notice.council_unit_id, "standing", notice.occurred_on)
    told = notice.recipients(officers, secretaries, boards)
    told = {who: told[who] for who in told.keys() - subjects.erased_among(uow, told)}
    drafts = _messages(uow, notice, {who: told[who] for who in told if only in (None, who)}, now)
    kept = messages.add_messages(uow, drafts)
    uow.emit(*(fact for message in kept for fact in message.delivered("inbox")))
    if notice.is_news(now):
        muted = messages.who_muted(uow, notice.kind, [message.person_id for message in kept])
        emails.queue_emails(uow, [message for message in kept if message.person_id not in muted], now)


def _messages(uow: UnitOfWork, notice: Notice, told: Mapping[UUID, Audience], now: datetime) -> list[Message]:
    if not told:
        return []
    council = directory.unit_name(uow, notice.council_unit_id) if notice.council_unit_id else ""
    names = wording.Names(directory.unit_name(uow, notice.unit_id), council, directory.cycle(uow, notice.cycle_id))
    words = {audience: wording.write(notice, audience, names) for audience in set(told.values())}
    return [
        Message(
            id=new_id(),
            event_id=notice.event_id,
            person_id=person_id,
            audience=audience,
            kind=notice.kind,
            initiative_id=notice.initiative_id,
            subject=words[audience][0],
            text=words[audience][1],
            created_at=now,
        )
        for person_id, audience in told.items()
    ]


def erase_person(uow: UnitOfWork, values: dict[str, Any], initiative_ids: list[UUID]) -> None:
    """Forget the address, the inbox and what was told of dossiers that went with the person. Safe to do again."""
    directory.save_person(uow, values | {"name": erasure.ERASED_PERSON, "email": ""})
    subjects.drop_messages(uow, values["id"])
    subjects.empty_dossiers(uow, initiative_ids)
    subjects.redact_copies(uow, [values["id"], *initiative_ids])


def list_messages(uow: UnitOfWork, person_id: UUID, *, unread: bool, before: UUID | None, limit: int) -> list[Any]:
    """One row more than `limit`, when there is one."""
    return messages.messages(uow, person_id, unread=unread, before=before, limit=limit + 1)


def count_unread(uow: UnitOfWork, person_id: UUID) -> int:
    return messages.count_unread(uow, person_id)


def read_message(uow: UnitOfWork, message_id: UUID, person_id: UUID, *, expected: int | None, now: datetime) -> Message:
    message = messages.message(uow, message_id, person_id)
    message.ensure_version(expected)
    message.read(now)
    messages.save_message(uow, message)
    return message


def read_all_messages(uow: UnitOfWork, person_id: UUID, *, now: datetime) -> int:
    return messages.read_all(uow, person_id, now)


def show_preferences(uow: UnitOfWork, person_id: UUID) -> Preferences:
    return messages.preferences(uow, person_id)


def change_preferences(
    uow: UnitOfWork, person_id: UUID, *, email: Mapping[str, bool], expected: int | None
) -> Preferences:
    changed = messages.preferences(uow, person_id).changed(email, expected)
    messages.save_preferences(uow, person_id, changed)
    return changed


def tenants_with_due_emails(uow: UnitOfWork, *, now: datetime) -> list[str]:
    return emails.tenants_due(uow, now)


def seconds_behind(uow: UnitOfWork, *, now: datetime) -> float:
    """For how long the oldest e-mail that could be sent has not been; the unit of work acts for EVERY_TENANT."""
    due = emails.oldest_due(uow)
    return max((now - due).total_seconds(), 0.0) if due else 0.0


def claim_email(uow: UnitOfWork, *, now: datetime) -> Email | None:
    """The e-mail that has been due longest, to be sent when this transaction has ended, and then settled.

    Nobody else sends it until its lease is over. One without an address is not leased: there is nothing to send, and
    it is settled here.
    """
    email = emails.next_email(uow, now)
    if email and email.address:
        email.leased_until = now + LEASE
        emails.lease_email(uow, email)
    elif email:
        email.wait_for_address(now)
        emails.save_email(uow, email)
    return email


def settle_email(uow: UnitOfWork, email: Email) -> None:
    """Keep what became of a leased e-mail; one of which nothing became is due again as it was.

    Nothing happens when the lease is no longer ours.
    """
    if emails.save_email(uow, email) and email.state is EmailState.SENT:
        version = emails.next_version(uow, email.message_id)
        if email.initiative_id:
            told = (email.message_id, version, email.person_id, "email", email.kind, email.initiative_id)
            uow.emit(MessageDelivered(*told))


def list_given_up_emails(uow: UnitOfWork) -> list[Any]:
    """The unit of work acts for EVERY_TENANT."""
    return emails.given_up(uow)


def requeue_emails(uow: UnitOfWork, *, now: datetime) -> int:
    """Try the tenant's given-up e-mails again from the start; returns how many."""
    return emails.requeue(uow, now)
