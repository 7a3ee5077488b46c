"""Tables: what is known of people and units from events, messages, preferences, and e-mails on their way."""

from enum import StrEnum

from common import policies
from common.outbox import EVERY_TENANT
from common.privacy import days as kept_for
from common.privacy import personal, pseudonym
from common.tables import service_metadata
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from notifications.domain import Audience, EmailState, Kind, RequestKind

# A request always acts for a token's subject, a worker for none. Rows for workers only are out of every request's
# reach; of messages and preferences, a request reaches those of the person behind the token, whatever the role.
WORKER = f"{policies.TENANT} AND current_setting('app.subject', true) = ''"
_OWN_PEOPLE = (
    "SELECT own.person_id FROM access_grant own WHERE own.tenant = current_setting('app.tenant', true)"
    " AND own.subject = current_setting('app.subject', true) AND own.revoked_at IS NULL"
)
OWN = f"{policies.TENANT} AND (current_setting('app.subject', true) = '' OR person_id IN ({_OWN_PEOPLE}))"


def _one_of(column: str, *lists: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for values in lists for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


metadata = service_metadata()
_grants = metadata.tables["access_grant"]
Index(
    "ix_access_grant_scope_path", _grants.c.tenant, _grants.c.scope_path, _grants.c.role
)  # Who is told is found here.

_COPY = "a copy of what other services told"
_READING = "what was told is an event; when somebody reads their own messages is nobody's business"
_TRANSPORT = "how far the post has come"

KEPT_DAYS = 730  # A message is of use while its dossier's cycle and the next one run.
_KEPT = kept_for(KEPT_DAYS)

person = Table(
    "person",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False, info=personal("addressing letters")),
    Column("email", Text, nullable=False, info=personal("sending letters")),
    info=policies.rls(WORKER) | policies.unaudited(_COPY),
)

unit = Table(
    "unit",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    # Where it is, or where the heir of one that has ended is. Empty: told before places were kept, and not since.
    Column("scope_path", String(500, collation="C"), nullable=False, server_default=""),
    Index("ix_unit_scope_path", "tenant", "scope_path"),
    info=policies.rls(WORKER) | policies.unaudited(_COPY),
)

cycle = Table(
    "cycle",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("registration_closes_on", Date, nullable=False),
    Column("endorsement_closes_on", Date, nullable=False),
    Column("review_closes_on", Date, nullable=False),
    info=policies.rls(WORKER) | policies.unaudited(_COPY),
)

notice = Table(
    "notice",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("initiative_id", Uuid, nullable=False),
    Column("code", String(64), nullable=False),
    Column("title", Text, nullable=False, info=personal("what a message is about", retention=_KEPT)),
    Column("cycle_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("responsible_unit_id", Uuid),
    Column("council_unit_id", Uuid),
    Column("author_ids", ARRAY(Uuid), nullable=False, info=pseudonym("whom to tell")),
    Column("reason", Text, nullable=False, info=personal("telling authors why", retention=_KEPT)),
    Column("decision_number", Text, nullable=False),
    Column("acted_by", Uuid, info=pseudonym("whom not to tell")),
    Column("answer", String(16), nullable=False, server_default=""),
    _one_of("kind", Kind),
    Index("ix_notice_unit", "tenant", "unit_id", "occurred_at"),
    Index("ix_notice_responsible_unit", "tenant", "responsible_unit_id", "occurred_at"),
    Index("ix_notice_council_unit", "tenant", "council_unit_id", "occurred_at"),
    info=policies.by_tenant_until("occurred_at", KEPT_DAYS, using=WORKER) | policies.unaudited(_COPY),
)

message = Table(
    "message",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False, info=pseudonym("whom it tells")),
    Column("audience", String(16), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("initiative_id", Uuid),
    Column("request_id", Uuid),
    Column("subject", Text, nullable=False, info=personal("telling people", retention=_KEPT)),
    Column("text", Text, nullable=False, info=personal("telling people", retention=_KEPT)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    # The promise of this service: one message for each event and person.
    UniqueConstraint("tenant", "event_id", "person_id"),
    _one_of("audience", Audience),
    _one_of("kind", Kind, RequestKind),
    CheckConstraint("(initiative_id IS NULL) <> (request_id IS NULL)", name="about_one"),
    Index("ix_message_person", "tenant", "person_id", "id"),
    Index("ix_message_unread", "tenant", "person_id", "id", postgresql_where=text("read_at IS NULL")),
    info=policies.by_tenant_until("created_at", KEPT_DAYS, using=OWN) | policies.unaudited(_READING),
)

preference = Table(
    "preference",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("person_id", Uuid, primary_key=True, info=pseudonym("whose choice it is")),
    Column("muted", ARRAY(String(64)), nullable=False),
    Column("version", Integer, nullable=False),
    info=policies.rls(OWN),
)

email = Table(
    "email",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("message_id", Uuid, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("error", String(200), nullable=False, server_default=""),
    Column("sent_at", DateTime(timezone=True)),
    ForeignKeyConstraint(
        ["tenant", "message_id"], ["message.tenant", "message.id"], ondelete="CASCADE", deferrable=True
    ),
    _one_of("state", EmailState),
    CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
    Index("ix_email_due", "tenant", "due_at", postgresql_where=text("state = 'queued'")),
    Index("ix_email_given_up", "tenant", "due_at", postgresql_where=text("state = 'given_up'")),
    # Holds nothing personal: the delivery process looks over all tenants for what is due, then opens each on its own.
    info=policies.rls(f"({WORKER}) OR current_setting('app.tenant', true) = '{EVERY_TENANT}'", check=WORKER)
    | policies.unaudited(_TRANSPORT),
)
