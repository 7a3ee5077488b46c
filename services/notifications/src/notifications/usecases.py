"""Everything the notifications service can do, one verb each. Callers open the unit of work."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from common import erasure
from common.database import UnitOfWork
from common.ids import new_id

from notifications import wording
from notifications.domain import (
    Audience,
    Email,
    EmailState,
    Message,
    MessageDelivered,
    Notice,
    Preferences,
    Refused,
    Unreachable,
)
from notifications.store import directory, emails, messages, subjects

EMAIL_BATCH = 10


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


@dataclass(frozen=True)
class Round:
    """What became of one batch, by outcome (see `Email.outcome`); `reached` is false when no mail server answered."""

    outcomes: Counter[str]
    reached: bool


def tenants_with_due_emails(uow: UnitOfWork, *, now: datetime) -> list[str]:
    return emails.tenants_due(uow, now)


def seconds_behind(uow: UnitOfWork, *, now: datetime) -> float:
    """For how long the oldest e-mail that could be sent has not been; the unit of work acts for EVERY_TENANT."""
    due = emails.oldest_due(uow)
    return max((now - due).total_seconds(), 0.0) if due else 0.0


def deliver_emails(uow: UnitOfWork, send: Callable[[Email], None], *, now: datetime) -> Round:
    """Send one batch of what is due; `send` raises Refused or Unreachable.

    The claim lives as long as the transaction. A crash after the mail server took an e-mail and before the commit
    sends up to EMAIL_BATCH of them a second time, with the same Message-ID: at least once, and recognisable.
    """
    handled, reached = [], True
    for email in emails.claim_emails(uow, now, EMAIL_BATCH):
        try:
            _deliver(email, send, now)
        except Unreachable:
            reached = False
            break
        handled.append(email)
    # Only now, so that a reader who opens a message does not wait for a slow mail server.
    for email in handled:
        _settle(uow, email)
    return Round(Counter(email.outcome for email in handled), reached)


def _deliver(email: Email, send: Callable[[Email], None], now: datetime) -> None:
    if not email.address:
        email.wait_for_address(now)
        return
    try:
        send(email)
    except Refused as refusal:
        email.refused(refusal, now)
    else:
        email.sent(now)


def _settle(uow: UnitOfWork, email: Email) -> None:
    emails.save_email(uow, email)
    if email.state is EmailState.SENT:
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
