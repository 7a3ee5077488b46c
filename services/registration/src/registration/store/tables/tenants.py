"""What a province has recorded of itself."""

from common import policies
from common.privacy import OFFICIAL_TEXT, personal, pseudonym
from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from registration.store.tables.columns import metadata, tenant

tenant_settings = Table(
    "tenant_settings",
    metadata,
    tenant(),
    Column("version", Integer, primary_key=True),
    Column("document", JSONB, nullable=False, info=personal("whom to ask in the province", retention=OFFICIAL_TEXT)),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", Uuid, info=pseudonym("who changed the province's settings")),
    Column("role", String(32), nullable=False),
    CheckConstraint("version >= 1", name="version"),
    # A province that becomes part of another goes on under that one's settings.
    info={policies.STAYS: True, **policies.rls(policies.TENANT, app_rights="SELECT, INSERT")},
)
