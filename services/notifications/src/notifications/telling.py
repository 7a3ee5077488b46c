"""What administrators and the person are told about a request on personal data, and when."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid5

from common import clock
from common.database import UnitOfWork
from common.ids import new_id

from notifications import wording
from notifications.domain import NEWS_LASTS, Audience, Message, RequestKind
from notifications.store import directory, emails, messages, subjects

MORNING = time(8)  # In Vietnam: when somebody can still answer on the last day.


@dataclass(frozen=True)
class Asked:
    """A request as far as telling of it needs it. What was written in it is not known here."""

    event_id: UUID
    occurred_at: datetime
    request_id: UUID
    person_id: UUID
    what: str
    due_on: date

    def is_news(self, now: datetime) -> bool:
        return now - self.occurred_at <= NEWS_LASTS


def announce(uow: UnitOfWork, asked: Asked, *, now: datetime) -> None:
    """The administrators of the whole tenant are told now, and reminded on the morning of the last day."""
    morning = datetime.combine(asked.due_on, MORNING, tzinfo=clock.LEGAL_ZONE)
    for person_id in directory.tenant_administrators(uow, clock.today()):
        _tell(uow, asked, RequestKind.RECEIVED, Audience.ADMINISTRATOR, person_id, now)
        if morning > now:
            _tell(uow, asked, RequestKind.DUE, Audience.ADMINISTRATOR, person_id, morning)


def close(uow: UnitOfWork, asked: Asked, outcome: str, *, now: datetime) -> None:
    """No reminder any more. The person is told, unless the answer is that nobody is left to tell."""
    messages.drop_reminders(uow, asked.request_id, now)
    is_gone = asked.what == "erasure" and outcome == "done"
    if not is_gone and not subjects.erased_among(uow, [asked.person_id]):
        _tell(uow, asked, RequestKind.CLOSED, Audience.SUBJECT, asked.person_id, now, outcome)


def _tell(
    uow: UnitOfWork,
    asked: Asked,
    kind: RequestKind,
    audience: Audience,
    person_id: UUID,
    at: datetime,
    outcome: str = "",
) -> None:
    subject, text = wording.write_of_request(kind, audience, asked, asked.what, outcome)
    message = Message(
        id=new_id(),
        event_id=uuid5(asked.event_id, kind),
        person_id=person_id,
        audience=audience,
        kind=kind,
        initiative_id=None,
        subject=subject,
        text=text,
        created_at=at,
        request_id=asked.request_id,
    )
    kept = messages.add_messages(uow, [message])
    if kind is RequestKind.DUE or asked.is_news(at):  # A reminder lies ahead, however long the holidays before it.
        emails.queue_emails(uow, kept, at)
