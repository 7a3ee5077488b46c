"""Tenants, units in the dated tree, cycles."""

from common import policies
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from registration.domain.vocabulary import Affiliation, UnitKind
from registration.store.tables.columns import belongs_to, id_, metadata, one_of, scope, tenant

tenants = Table(
    "tenant",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("code_prefix", String(8), nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("tenant ~ '^[a-z][a-z0-9-]*$'", name="tenant_is_slug"),
    # Which provinces are on the platform is public; only the platform's operator adds one.
    info={
        policies.STAYS: True,
        policies.KEPT: True,
        **policies.rls("true", check="current_setting('app.tenant', true) = 'platform'", app_rights="SELECT, INSERT"),
    },
)

units = Table(
    "unit",
    metadata,
    tenant(),
    id_(),
    Column("code", String(40), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("level", String(32), nullable=False),
    Column("affiliation", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("ended_on", Date),
    Column("heir_id", Uuid),
    # The code of a unit that ended may be given again, as the State does.
    Index("uq_unit_tenant_code", "tenant", "code", unique=True, postgresql_where=text("ended_on IS NULL")),
    belongs_to("unit", "heir_id"),
    CheckConstraint("(ended_on IS NULL) = (heir_id IS NULL)", name="ended_has_heir"),
    CheckConstraint("code ~ '^[A-Z0-9-]+$'", name="code_is_plain"),
    one_of("kind", UnitKind),
    CheckConstraint("level ~ '^[a-z][a-z0-9_]*$'", name="level"),
    one_of("affiliation", Affiliation),
    info=policies.by_tenant(),
)

unit_periods = Table(
    "unit_period",
    metadata,
    tenant(),
    Column("unit_id", Uuid, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("name", String(300), nullable=False),
    Column("parent_id", Uuid),
    scope(),
    belongs_to("unit", "unit_id"),
    belongs_to("unit", "parent_id"),
    Index("ix_unit_period_scope_path", "tenant", "scope_path"),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
    ExcludeConstraint(
        ("tenant", "="),
        ("unit_id", "="),
        (text("daterange(valid_from, valid_to, '[]')"), "&&"),
        name="ex_unit_period_one_at_a_time",
        using="gist",
    ),
    info=policies.by_tenant(),
)

cycles = Table(
    "cycle",
    metadata,
    tenant(),
    id_(),
    Column("year", Integer, nullable=False),
    Column("name", String(300), nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("registration_closes_on", Date, nullable=False),
    Column("endorsement_closes_on", Date, nullable=False),
    Column("review_closes_on", Date, nullable=False),
    Column("version", Integer, nullable=False),
    belongs_to("unit", "unit_id"),
    UniqueConstraint("tenant", "unit_id", "year"),
    CheckConstraint(
        "opens_on <= registration_closes_on AND registration_closes_on <= endorsement_closes_on"
        " AND endorsement_closes_on <= review_closes_on",
        name="dates_in_order",
    ),
    info=policies.by_tenant(),
)

# What review tells of its councils: enough to know where a dossier can be forwarded to. No members.
councils = Table(
    "council",
    metadata,
    tenant(),
    id_(),
    Column("unit_id", Uuid, nullable=False),
    Column("name", String(300), nullable=False),
    Column("term_to", Date),
    Column("version", Integer, nullable=False),
    Index("ix_council_unit", "tenant", "unit_id"),
    info=policies.by_tenant() | policies.unaudited("a copy of review's"),
)
