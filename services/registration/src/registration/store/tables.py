"""The tables, their constraints and who sees which row."""

from enum import StrEnum

from common import policies
from common.privacy import OFFICIAL_TEXT, PUBLIC_ACT, Basis, Retention, personal, pseudonym
from common.tables import service_metadata
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint

from registration.domain.initiatives import Status
from registration.domain.vocabulary import Affiliation, Content, Level, UnitKind

metadata = service_metadata()

# Until a council has recognised it, a dossier is its authors' own; then its text is the public act's.
_TEXT = personal("describing the initiative", basis=Basis.CONSENT)
_PUBLISHED = personal("the catalogue of recognised initiatives", retention=PUBLIC_ACT)
_NAME_OF_AUTHOR = personal(
    "saying who made it", retention=Retention("until erasure; of a recognised initiative as long as the public act")
)


def _tenant() -> Column[str]:
    return Column("tenant", String(64), primary_key=True)


def _id() -> Column[object]:
    return Column("id", Uuid, primary_key=True)


def _scope() -> Column[str]:
    return Column("scope_path", String(500, collation="C"), nullable=False)


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _belongs_to(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", column], [f"{table}.tenant", f"{table}.id"], deferrable=True)


tenants = Table(
    "tenant",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("code_prefix", String(8), nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("tenant ~ '^[a-z][a-z0-9-]*$'", name="tenant_is_slug"),
    # Which provinces are on the platform is public; only the platform's operator adds one.
    info=policies.rls("true", check="current_setting('app.tenant', true) = 'platform'", app_rights="SELECT, INSERT"),
)

units = Table(
    "unit",
    metadata,
    _tenant(),
    _id(),
    Column("code", String(40), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("level", String(16), nullable=False),
    Column("affiliation", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("tenant", "code"),
    CheckConstraint("code ~ '^[A-Z0-9-]+$'", name="code_is_plain"),
    _one_of("kind", UnitKind),
    _one_of("level", Level),
    _one_of("affiliation", Affiliation),
    info=policies.by_tenant(),
)

unit_periods = Table(
    "unit_period",
    metadata,
    _tenant(),
    Column("unit_id", Uuid, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("name", String(300), nullable=False),
    Column("parent_id", Uuid),
    _scope(),
    _belongs_to("unit", "unit_id"),
    _belongs_to("unit", "parent_id"),
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

people = Table(
    "person",
    metadata,
    _tenant(),
    _id(),
    Column("name", String(200), nullable=False, info=personal("naming people in dossiers, councils and messages")),
    Column("email", String(254), nullable=False, server_default="", info=personal("writing to them")),
    Column("phone", String(32), nullable=False, server_default="", info=personal("calling about a paper dossier")),
    Column("version", Integer, nullable=False),
    info=policies.by_tenant(),
)

cycles = Table(
    "cycle",
    metadata,
    _tenant(),
    _id(),
    Column("year", Integer, nullable=False),
    Column("name", String(300), nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("registration_closes_on", Date, nullable=False),
    Column("endorsement_closes_on", Date, nullable=False),
    Column("review_closes_on", Date, nullable=False),
    Column("version", Integer, nullable=False),
    _belongs_to("unit", "unit_id"),
    UniqueConstraint("tenant", "unit_id", "year"),
    CheckConstraint(
        "opens_on <= registration_closes_on AND registration_closes_on <= endorsement_closes_on"
        " AND endorsement_closes_on <= review_closes_on",
        name="dates_in_order",
    ),
    info=policies.by_tenant(),
)

_MINE = (
    "(current_setting('app.person', true) = ''"
    " OR owner_ids @> ARRAY[nullif(current_setting('app.person', true), '')::uuid])"
)

initiatives = Table(
    "initiative",
    metadata,
    _tenant(),
    _id(),
    Column("cycle_id", Uuid, nullable=False),
    Column("year", Integer, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    _scope(),
    Column("affiliation", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("code", String(40), nullable=False, server_default=""),
    Column("title", String(500), nullable=False, info=_TEXT),
    Column("content", String(32), nullable=False),
    Column("field", String(40), nullable=False),
    Column("summary", Text, nullable=False, info=_TEXT),
    Column("problem", Text, nullable=False, info=_TEXT),
    Column("solution", Text, nullable=False, info=_TEXT),
    Column("effect", Text, nullable=False, info=_TEXT),
    Column("first_applied_on", Date),
    Column("owner_ids", ARRAY(Uuid), nullable=False, info=pseudonym("who may read the own dossier")),
    Column("author_count", Integer, nullable=False),
    Column("received_on", Date),
    Column("submitted_at", DateTime(timezone=True)),
    Column("council_unit_id", Uuid),
    Column("reason", Text, nullable=False, server_default="", info=personal("why it was returned or withdrawn")),
    Column("decision_number", String(100), nullable=False, server_default=""),
    Column("decided_on", Date),
    Column("score", Numeric(6, 2)),
    Column("search_text", Text, nullable=False, info=_TEXT),
    Column("version", Integer, nullable=False),
    _belongs_to("cycle", "cycle_id"),
    _belongs_to("unit", "unit_id"),
    Index("uq_initiative_code", "tenant", "code", unique=True, postgresql_where=text("code <> ''")),
    Index("ix_initiative_scope", "tenant", "scope_path", "year", "status"),
    Index("ix_initiative_owners", "owner_ids", postgresql_using="gin"),
    _one_of("status", Status),
    _one_of("content", Content),
    _one_of("affiliation", Affiliation),
    # What a state needs is the database's business too.
    CheckConstraint("status IN ('draft', 'withdrawn') OR code <> ''", name="submitted_has_code"),
    CheckConstraint("status IN ('draft', 'withdrawn') OR received_on IS NOT NULL", name="submitted_has_date"),
    CheckConstraint(
        "status NOT IN ('forwarded', 'under_review', 'recognised', 'not_recognised') OR council_unit_id IS NOT NULL",
        name="forwarded_has_council",
    ),
    CheckConstraint(
        "(status IN ('recognised', 'not_recognised')) = (decided_on IS NOT NULL)", name="decided_has_decision"
    ),
    CheckConstraint("status <> 'returned' OR reason <> ''", name="returned_has_reason"),
    info=policies.rls(f"{policies.SCOPE} AND {_MINE}"),
)

# Rows below a dossier are seen by whom the dossier is seen: the sub-query is under the dossier's own policy.
_WITH_DOSSIER = (
    f"{policies.TENANT} AND EXISTS (SELECT 1 FROM initiative i"  # noqa: S608 -- constants only.
    " WHERE i.tenant = {table}.tenant AND i.id = {table}.initiative_id)"
)

authors = Table(
    "initiative_author",
    metadata,
    _tenant(),
    Column("initiative_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(200), nullable=False, info=_NAME_OF_AUTHOR),
    Column("role", String(16), nullable=False),
    Column("share", Integer, nullable=False),
    Column("person_id", Uuid, info=pseudonym("which author this is")),
    _belongs_to("initiative", "initiative_id"),
    CheckConstraint("share BETWEEN 1 AND 100", name="share_is_percent"),
    CheckConstraint("kind IN ('individual', 'collective')", name="kind"),
    CheckConstraint("role IN ('author', 'co_author')", name="role"),
    info=policies.rls(_WITH_DOSSIER.format(table="initiative_author")),
)

steps = Table(
    "initiative_step",
    metadata,
    _tenant(),
    Column("initiative_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("action", String(16), nullable=False),
    Column("from_status", String(16), nullable=False),
    Column("to_status", String(16), nullable=False),
    Column("by", Uuid, info=pseudonym("who acted")),
    Column("role", String(32), nullable=False),
    Column("reason", Text, nullable=False, info=personal("why they acted so")),
    _belongs_to("initiative", "initiative_id"),
    info=policies.rls(_WITH_DOSSIER.format(table="initiative_step"), app_rights="SELECT, INSERT"),
)

attachments = Table(
    "attachment",
    metadata,
    _tenant(),
    _id(),
    Column("initiative_id", Uuid, nullable=False),
    Column("filename", String(255), nullable=False, info=personal("evidence of the effect", basis=Basis.CONSENT)),
    Column("content_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    # The file itself lies in the attachment store under this.
    Column("sha256", String(64), nullable=False, info=personal("evidence of the effect", basis=Basis.CONSENT)),
    Column("uploaded_at", DateTime(timezone=True), nullable=False),
    Column("uploaded_by", Uuid, nullable=False, info=pseudonym("who attached it")),
    _belongs_to("initiative", "initiative_id"),
    UniqueConstraint("tenant", "initiative_id", "sha256"),
    info=policies.rls(_WITH_DOSSIER.format(table="attachment")),
)

models = Table(
    "model",
    metadata,
    _tenant(),
    _id(),
    Column("unit_id", Uuid, nullable=False),
    _scope(),
    Column("title", String(500), nullable=False),
    Column("theme", String(200), nullable=False),
    Column("description", Text, nullable=False, info=personal("describing a model", retention=OFFICIAL_TEXT)),
    Column("initiative_id", Uuid),
    Column("from_year", Integer, nullable=False),
    Column("to_year", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    _belongs_to("unit", "unit_id"),
    _belongs_to("initiative", "initiative_id"),
    Index("ix_model_scope", "tenant", "scope_path"),
    CheckConstraint("quantity >= 1", name="quantity"),
    CheckConstraint("to_year >= from_year", name="years_in_order"),
    info=policies.by_scope(),
)

replications = Table(
    "replication",
    metadata,
    _tenant(),
    _id(),
    Column("model_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    _scope(),
    Column("origin_year", Integer, nullable=False),
    Column("adopted_from_year", Integer, nullable=False),
    Column("adopted_to_year", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("result", Text, nullable=False, info=personal("describing its result", retention=OFFICIAL_TEXT)),
    Column("version", Integer, nullable=False),
    _belongs_to("model", "model_id"),
    _belongs_to("unit", "unit_id"),
    CheckConstraint("quantity >= 1", name="quantity"),
    CheckConstraint("adopted_to_year >= adopted_from_year", name="years_in_order"),
    info=policies.by_scope(),
)

# What review tells of its councils: enough to know where a dossier can be forwarded to. No members.
councils = Table(
    "council",
    metadata,
    _tenant(),
    _id(),
    Column("unit_id", Uuid, nullable=False),
    Column("name", String(300), nullable=False),
    Column("term_to", Date),
    Column("version", Integer, nullable=False),
    Index("ix_council_unit", "tenant", "unit_id"),
    info=policies.by_tenant(),
)

catalogue = Table(
    "catalogue_entry",
    metadata,
    _tenant(),
    Column("initiative_id", Uuid, primary_key=True),
    Column("code", String(40), nullable=False),
    Column("title", String(500), nullable=False, info=_PUBLISHED),
    Column("summary", Text, nullable=False, info=_PUBLISHED),
    Column("solution", Text, nullable=False, info=_PUBLISHED),
    Column("effect", Text, nullable=False, info=_PUBLISHED),
    Column("content", String(32), nullable=False),
    Column("field", String(40), nullable=False),
    Column("year", Integer, nullable=False),
    Column("unit_name", String(300), nullable=False),
    Column("tenant_name", String(200), nullable=False),
    Column("authors", ARRAY(Text), nullable=False, info=_PUBLISHED),
    Column("decision_number", String(100), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("search_text", Text, nullable=False, info=_PUBLISHED),
    Index(
        "ix_catalogue_entry_search",
        "search_text",
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    ),
    Index("ix_catalogue_entry_newest", "decided_on", "initiative_id"),
    # The catalogue is the one thing every visitor sees of every province; only its own province writes it.
    info=policies.rls("true", check=policies.TENANT, app_rights="SELECT, INSERT, UPDATE"),
)
