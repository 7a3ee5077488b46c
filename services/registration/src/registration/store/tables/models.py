"""Models and where they were replicated."""

from common import policies
from common.privacy import OFFICIAL_TEXT, personal
from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
)

from registration.store.tables.columns import belongs_to, id_, metadata, scope, tenant

models = Table(
    "model",
    metadata,
    tenant(),
    id_(),
    Column("unit_id", Uuid, nullable=False),
    scope(),
    Column("title", String(500), nullable=False),
    Column("theme", String(200), nullable=False),
    Column("description", Text, nullable=False, info=personal("describing a model", retention=OFFICIAL_TEXT)),
    Column("initiative_id", Uuid),
    Column("from_year", Integer, nullable=False),
    Column("to_year", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    belongs_to("unit", "unit_id"),
    belongs_to("initiative", "initiative_id"),
    Index("ix_model_scope", "tenant", "scope_path"),
    CheckConstraint("quantity >= 1", name="quantity"),
    CheckConstraint("to_year >= from_year", name="years_in_order"),
    info=policies.by_scope(),
)

replications = Table(
    "replication",
    metadata,
    tenant(),
    id_(),
    Column("model_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    scope(),
    Column("origin_year", Integer, nullable=False),
    Column("adopted_from_year", Integer, nullable=False),
    Column("adopted_to_year", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("result", Text, nullable=False, info=personal("describing its result", retention=OFFICIAL_TEXT)),
    Column("version", Integer, nullable=False),
    belongs_to("model", "model_id"),
    belongs_to("unit", "unit_id"),
    CheckConstraint("quantity >= 1", name="quantity"),
    CheckConstraint("adopted_to_year >= adopted_from_year", name="years_in_order"),
    info=policies.by_scope(),
)
