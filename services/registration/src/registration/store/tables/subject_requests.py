"""Requests of people about their own data."""

from common import clock, policies
from common.outbox import EVERY_TENANT
from common.privacy import Basis, personal, pseudonym
from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, Index, Integer, String, Table, Text, Uuid, text

from registration.domain.subject_requests import Kind, State
from registration.store.tables.columns import id_, metadata, one_of, tenant

_TODAY = f"(now() AT TIME ZONE '{clock.LEGAL_ZONE.key}')::date"
# Those who asked see their own, the administrators of the whole province see all; nobody else any. By a grant of
# today at the token's issuer: one that ended with its unit was never revoked.
_ASKS = (
    "own.tenant = subject_request.tenant AND own.subject = current_setting('app.subject', true)"
    " AND own.issuer = current_setting('app.issuer', true) AND own.revoked_at IS NULL"
    f" AND own.valid_from <= {_TODAY} AND (own.valid_to IS NULL OR own.valid_to >= {_TODAY})"
)
_OWN_OR_ADMINISTRATORS = (
    f"{policies.TENANT} AND EXISTS (SELECT 1 FROM access_grant own WHERE {_ASKS}"  # noqa: S608
    " AND (own.person_id = subject_request.person_id OR (own.role = 'administrator' AND own.scope_path ~ '^/[^/]+/$')))"
)
_COPYING = (  # What is collected for the person is under no login.
    f"{policies.TENANT} AND current_setting('app.subject', true) = ''"
    " AND person_id = nullif(current_setting('app.person', true), '')::uuid"
)
_COUNTING = f"current_setting('app.tenant', true) = '{EVERY_TENANT}'"

subject_requests = Table(
    "subject_request",
    metadata,
    tenant(),
    id_(),
    Column("person_id", Uuid, nullable=False, info=pseudonym("whose data it is about")),
    Column("kind", String(16), nullable=False),
    Column("details", Text, nullable=False, info=personal("what they ask for", basis=Basis.CONSENT)),
    Column("on_paper", Boolean, nullable=False),
    Column("recorded_by", Uuid, nullable=False, info=pseudonym("who recorded it")),
    Column("received_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("open_until", DateTime(timezone=True)),
    Column("decided_by", Uuid, info=pseudonym("who answered")),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text, nullable=False, info=personal("what they are answered")),
    Column("version", Integer, nullable=False),
    one_of("kind", Kind),
    one_of("state", State),
    CheckConstraint("state <> 'refused' OR reason <> ''", name="refused_has_reason"),
    CheckConstraint("(state IN ('done', 'refused')) = (decided_at IS NOT NULL)", name="closed_is_decided"),
    Index(
        "uq_subject_request_open",
        "tenant",
        "person_id",
        "kind",
        unique=True,
        postgresql_where=text("state IN ('received', 'in_progress')"),
    ),
    Index("ix_subject_request_due", "due_on", postgresql_where=text("state IN ('received', 'in_progress')")),
    # The process that counts what is overdue looks over all tenants, and at nothing else; an export is whole.
    info=policies.rls(
        f"({_OWN_OR_ADMINISTRATORS}) OR ({_COPYING}) OR {_COUNTING} OR ({policies.EXPORTING})",
        check=_OWN_OR_ADMINISTRATORS,
        app_rights="SELECT, INSERT, UPDATE",
    )
    | policies.about("person_id"),
)
