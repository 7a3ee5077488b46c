"""People, and what registration asks of the grants beyond other services."""

from common import policies
from common.privacy import Basis, impersonal, personal, pseudonym
from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from registration.store.tables.columns import belongs_to, id_, metadata, tenant

_ASKED_FOR = "identifying a person where the province's rule asks for it"
_UNAUDITED = {policies.UNAUDITED: "an erased or exchanged national id is nowhere any more"}

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

national_ids = Table(
    "national_id",
    metadata,
    tenant(),
    Column("person_id", Uuid, primary_key=True, info=pseudonym("whose it is")),
    Column("sealed_in", String(64), nullable=False, info=impersonal("the code of a province")),
    Column("key_id", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False, info={**personal(_ASKED_FOR), **_UNAUDITED}),
    Column("blind_index", String(64), nullable=False, info={**personal(_ASKED_FOR), **_UNAUDITED}),
    belongs_to("person", "person_id"),
    UniqueConstraint("tenant", "blind_index"),
    info={policies.SEALED: True, **policies.by_tenant()},
)

# Each time that somebody has read one, for good.
disclosures = Table(
    "national_id_disclosure",
    metadata,
    tenant(),
    id_(),
    Column("person_id", Uuid, nullable=False, info=pseudonym("whose national id was read")),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Uuid, nullable=False, info=pseudonym("who read it")),
    Column("on_behalf_of", Uuid, info=pseudonym("whose role they acted in")),
    Column("grant_id", Uuid, nullable=False),
    Column("reason", String(500), nullable=False, info=personal("why it was read", basis=Basis.ACCESS)),
    Index("ix_national_id_disclosure_person", "tenant", "person_id"),
    info=policies.rls(policies.TENANT, app_rights="SELECT, INSERT"),
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
