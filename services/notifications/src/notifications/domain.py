"""What is told to whom, and when an e-mail is tried again. Pure: no I/O, no clock, no texts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from common.errors import Stale

# Older than this, it is no news: nobody is sent e-mail about it (a rebuilt database, an address that never came).
NEWS_LASTS = timedelta(days=7)
RETRY_DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
ADDRESS_DELAY = timedelta(minutes=1)
# For how long nobody else sends an e-mail that is being sent. Longer than a dozen answers of a mail server, from its
# greeting on, each as late as one is waited for; and so short that what a killed process had in hand is not late.
LEASE = timedelta(minutes=3)
NO_ADDRESS = "no_address"


class Kind(StrEnum):
    """The changes of state that people are told about; also the keys of their preferences."""

    SUBMITTED = "initiative.submitted"
    RETURNED = "initiative.returned"
    WITHDRAWN = "initiative.withdrawn"
    ENDORSED = "initiative.endorsed"
    FORWARDED = "initiative.forwarded"
    RECALLED = "initiative.recalled"
    REVIEW_STARTED = "initiative.review_started"
    REINSTATED = "initiative.reinstated"
    RECOGNISED = "initiative.recognised"
    NOT_RECOGNISED = "initiative.not_recognised"
    RECOMMENDED = "initiative.recommended"
    RECOMMENDATION_WITHDRAWN = "initiative.recommendation_withdrawn"
    RECOMMENDATION_ANSWERED = "initiative.recommendation_answered"


class RequestKind(StrEnum):
    """What is told about requests of people about their own data; always by e-mail too, as the law sets a term."""

    RECEIVED = "subject_request.received"
    DUE = "subject_request.due"
    CLOSED = "subject_request.closed"


def kind_of(word: str) -> Kind | RequestKind:
    """A stored message's kind."""
    return RequestKind(word) if word in set(RequestKind) else Kind(word)


class Audience(StrEnum):
    """As whom somebody is told: it decides the words and what there is to do next."""

    AUTHOR = "author"
    OFFICER = "officer"
    SECRETARY = "secretary"
    STANDING = "standing"
    ADMINISTRATOR = "administrator"
    SUBJECT = "subject"


class EmailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    GIVEN_UP = "given_up"


_FOR_SECRETARIES = frozenset({Kind.FORWARDED, Kind.RECALLED, Kind.WITHDRAWN, Kind.REINSTATED})
_FOR_BOARDS = frozenset({Kind.RECOMMENDATION_ANSWERED})


@dataclass(frozen=True)
class Cycle:
    """The deadlines a text may name; each is the last day on which the act is in time."""

    name: str
    registration_closes_on: date
    endorsement_closes_on: date
    review_closes_on: date


@dataclass(frozen=True)
class Notice:
    """One event about one dossier, as far as its messages need it. `occurred_on` is the legal date of `occurred_at`.

    `answer`: what the centre said to the recommendation. `responsible_unit_id`: whom a reorganisation gave the dossier
    to, where that is not the heir of its unit.
    """

    event_id: UUID
    kind: Kind
    occurred_at: datetime
    occurred_on: date
    initiative_id: UUID
    code: str
    title: str
    cycle_id: UUID
    unit_id: UUID
    council_unit_id: UUID | None
    author_ids: list[UUID]
    reason: str
    decision_number: str
    acted_by: UUID | None = None
    answer: str = ""
    responsible_unit_id: UUID | None = None

    def is_news(self, now: datetime) -> bool:
        return now - self.occurred_at <= NEWS_LASTS

    def recipients(
        self, officers: Iterable[UUID], secretaries: Iterable[UUID], boards: Iterable[UUID] = ()
    ) -> dict[UUID, Audience]:
        """Each person once: who is several at a time is told as the author, then as the secretary or the board.

        Nobody is told of an act of their own.
        """
        told: dict[UUID, Audience] = {}
        if self.code:  # A dossier without a code was never handed in: a draft is its author's own business.
            told |= dict.fromkeys(officers, Audience.OFFICER)
            if self.kind in _FOR_SECRETARIES:
                told |= dict.fromkeys(secretaries, Audience.SECRETARY)
            if self.kind in _FOR_BOARDS:
                told |= dict.fromkeys(boards, Audience.STANDING)
        told |= dict.fromkeys(self.author_ids, Audience.AUTHOR)
        return {who: audience for who, audience in told.items() if who != self.acted_by}


@dataclass(frozen=True)
class MessageDelivered:
    """A message reached its person's inbox, or the mail server took it (`channel`: inbox or email)."""

    type: ClassVar[str] = "vn.sangtao.notifications.message.delivered.v1"
    message_id: UUID
    version: int
    person_id: UUID
    channel: str
    kind: str
    initiative_id: UUID

    @property
    def subject(self) -> UUID:
        return self.message_id


@dataclass(eq=False)
class Message:
    """What one person was told about one event; its words never change."""

    id: UUID
    event_id: UUID
    person_id: UUID
    audience: Audience
    kind: Kind | RequestKind
    initiative_id: UUID | None
    subject: str
    text: str
    created_at: datetime
    read_at: datetime | None = None
    version: int = 1
    request_id: UUID | None = None

    def read(self, now: datetime) -> None:
        """The first reading counts."""
        if self.read_at is None:
            self.read_at, self.version = now, self.version + 1

    def delivered(self, channel: str) -> list[MessageDelivered]:
        """Told to others only of messages about dossiers: a request about personal data is nobody else's business."""
        if self.initiative_id is None:
            return []
        return [MessageDelivered(self.id, self.version, self.person_id, channel, self.kind, self.initiative_id)]

    def ensure_version(self, expected: int | None) -> None:
        ensure_version(self.version, expected)


@dataclass(frozen=True)
class Preferences:
    """The kinds a person does not want by e-mail; the inbox gets everything. Version 0 was never saved."""

    muted: frozenset[Kind] = frozenset()
    version: int = 0

    @property
    def email(self) -> dict[str, bool]:
        return {kind.value: kind not in self.muted for kind in Kind}

    def changed(self, email: Mapping[str, bool], expected: int | None) -> "Preferences":
        """Replace the choices; a kind that is left out is sent. Raises Stale."""
        ensure_version(self.version, expected)
        return Preferences(frozenset(Kind(kind) for kind, wanted in email.items() if not wanted), self.version + 1)


def ensure_version(actual: int, expected: int | None) -> None:
    """Raises Stale when the caller saw another version."""
    if expected is not None and expected != actual:
        raise Stale("request.stale")


class Refused(Exception):
    """The mail server did not take this e-mail. `reason` holds no address; `final`: trying again cannot help."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.final = reason, final


class Unreachable(Exception):
    """No mail server answers: that is no e-mail's fault, so none of them has failed."""


@dataclass(eq=False)
class Email:
    """A message on its way by e-mail. `name` and `address` are the person's newest, empty while not known yet.

    `leased_until`: nobody else sends it before then.
    """

    message_id: UUID
    event_id: UUID
    person_id: UUID
    kind: str
    initiative_id: UUID | None
    subject: str
    text: str
    queued_at: datetime
    name: str
    address: str
    attempts: int
    due_at: datetime
    state: EmailState = EmailState.QUEUED
    error: str = ""
    sent_at: datetime | None = None
    request_id: UUID | None = None
    leased_until: datetime | None = None

    @property
    def path(self) -> str:
        """The portal's page behind the letter: the dossier's, or for a request that of who is told."""
        if self.initiative_id:
            return f"/initiatives/{self.initiative_id}"
        return "/my-data" if self.kind == RequestKind.CLOSED else f"/admin/data-requests/{self.request_id}"

    @property
    def outcome(self) -> str:
        """What the last round brought: sent, given_up, no_address or refused.

        Who has no address reads the inbox: that is no failure, also when the e-mail is not kept any longer.
        """
        if self.error == NO_ADDRESS:
            return NO_ADDRESS
        return "refused" if self.state is EmailState.QUEUED else self.state.value

    def sent(self, now: datetime) -> None:
        self.state, self.sent_at, self.error, self.attempts = EmailState.SENT, now, "", self.attempts + 1

    def refused(self, refusal: Refused, now: datetime) -> None:
        """Try again after each of RETRY_DELAYS, then give up."""
        self.error = refusal.reason
        self.attempts += 1
        if refusal.final or self.attempts > len(RETRY_DELAYS):
            self.state = EmailState.GIVEN_UP
        else:
            self.due_at = now + RETRY_DELAYS[self.attempts - 1]

    def wait_for_address(self, now: datetime) -> None:
        """The person's record has not come yet, or holds no address. When one comes, the e-mail is due at once.

        Only what was just being looked at then is missed: so it is looked at again, each time after twice as long.
        """
        self.error = NO_ADDRESS
        waited = now - self.queued_at
        if waited >= NEWS_LASTS:
            self.state = EmailState.GIVEN_UP
        else:
            self.due_at = min(now + max(waited, ADDRESS_DELAY), self.queued_at + NEWS_LASTS)
