"""What a province has recorded of itself."""

from common import policies
from common.privacy import OFFICIAL_TEXT, impersonal, personal, pseudonym
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from registration.store.tables.columns import id_, metadata, tenant

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

# One export of the whole province: the archive that all services' parts make up, and who may fetch it until when.
tenant_archives = Table(
    "tenant_archive",
    metadata,
    tenant(),
    id_(),
    Column("asked_by", Uuid, nullable=False, info=pseudonym("who asked for the export")),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("parts", ARRAY(String(32)), nullable=False, info=impersonal("names of services")),
    Column("rows", BigInteger),
    Column("size", BigInteger),
    Column("sha256", String(64)),
    Column("ready_at", DateTime(timezone=True)),
    info={
        policies.STAYS: True,
        **policies.rls(
            f"{policies.TENANT} OR {policies.EVERY}",
            check=policies.TENANT,
            app_rights="SELECT, INSERT, UPDATE",
        ),
    },
)
