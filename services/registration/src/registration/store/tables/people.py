"""People, and what registration asks of the grants beyond other services."""

from common import policies
from common.privacy import personal
from sqlalchemy import (
    Column,
    Integer,
    String,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

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

# A grant that was to begin when its unit had already ended holds on no day.
_DAYS = "(CASE WHEN valid_to < valid_from THEN 'empty'::daterange ELSE daterange(valid_from, valid_to, '[]') END)"
access_grant = metadata.tables["access_grant"]
# In one tenant a login is one person's at a time, or separation of duties could be got round by two people in one.
# `given_in` stays when provinces merge: each may have recorded the same person, and neither did wrong.
access_grant.append_column(Column("given_in", String(64), nullable=False, server_default=""))
access_grant.append_constraint(
    ExcludeConstraint(
        ("given_in", "="),
        ("issuer", "="),
        ("subject", "="),
        (text(_DAYS), "&&"),
        ("person_id", "<>"),
        where=text("revoked_at IS NULL AND given_in <> ''"),
        name="ex_access_grant_one_person",
        using="gist",
    )
)
