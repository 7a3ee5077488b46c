"""Reorganisations, and which unit goes on with what another was."""

from common import policies
from common.privacy import impersonal, pseudonym
from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, Index, Integer, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from registration.domain.reorganisations import Status
from registration.store.tables.columns import belongs_to, id_, metadata, one_of, tenant

_OF_UNITS = impersonal("names and ids of units, ids of dossiers")

reorganisations = Table(
    "reorganisation",
    metadata,
    tenant(),
    id_(),
    Column("title", String(300), nullable=False, info=_OF_UNITS),
    Column("legal_basis", Text, nullable=False, info=_OF_UNITS),
    Column("effective_on", Date, nullable=False),
    Column("absorbs", ARRAY(String(64)), nullable=False, info=_OF_UNITS),
    Column("changes", JSONB, nullable=False, info=_OF_UNITS),
    Column("assignments", JSONB, nullable=False, info=_OF_UNITS),
    Column("status", String(16), nullable=False),
    Column("prepared_by", Uuid, info=pseudonym("who prepared it")),
    Column("prepared_at", DateTime(timezone=True), nullable=False),
    Column("approved_by", Uuid, info=pseudonym("who approved it")),
    Column("approved_at", DateTime(timezone=True)),
    Column("applied_at", DateTime(timezone=True)),
    Column("undone_at", DateTime(timezone=True)),
    Column("journal", JSONB(none_as_null=True), info=pseudonym("whose grants it changed, to undo it")),
    Column("version", Integer, nullable=False),
    one_of("status", Status),
    CheckConstraint("(status IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name="applied"),
    CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name="undone"),
    CheckConstraint("approved_by <> prepared_by", name="two_people"),
    info=policies.by_tenant(),
)

successions = Table(
    "unit_succession",
    metadata,
    tenant(),
    Column("predecessor_id", Uuid, primary_key=True),
    Column("successor_id", Uuid, primary_key=True),
    Column("reorganisation_id", Uuid, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("is_heir", Boolean, nullable=False),
    belongs_to("unit", "predecessor_id"),
    belongs_to("unit", "successor_id"),
    belongs_to("reorganisation", "reorganisation_id"),
    CheckConstraint("kind IN ('merged_into', 'split_into')", name="kind"),
    Index("ix_unit_succession_successor", "tenant", "successor_id"),
    info=policies.by_tenant(),
)
