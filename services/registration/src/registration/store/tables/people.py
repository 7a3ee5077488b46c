"""People."""

from common import policies
from common.privacy import personal
from sqlalchemy import (
    Column,
    Integer,
    String,
    Table,
)

from registration.store.tables.columns import id_, metadata, tenant

people = Table(
    "person",
    metadata,
    tenant(),
    id_(),
    Column("name", String(200), nullable=False, info=personal("naming people in dossiers, councils and messages")),
    Column("email", String(254), nullable=False, server_default="", info=personal("writing to them")),
    Column("phone", String(32), nullable=False, server_default="", info=personal("calling about a paper dossier")),
    Column("version", Integer, nullable=False),
    info=policies.by_tenant(),
)
