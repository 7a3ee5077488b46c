"""Dossiers that provinces have recommended: the centre's own rows, given to it."""

from common import policies
from common.privacy import OFFICIAL_TEXT, Basis, impersonal, personal, pseudonym
from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, Numeric, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from registration.domain.recommended import State
from registration.store.tables.columns import metadata, one_of, tenant

# The texts are the province's and audited there: an erasure takes them out here, and no entry of the audit has them.
_GIVEN = policies.unaudited("given by the province, and audited there")
_TEXT = personal("judging what a province recommends", basis=Basis.CONSENT) | _GIVEN
_NAMES = impersonal("a province's or a unit's")
# Who answers for it follows mergers, which are in the audit of the provinces; who made them is none of the centre's.
_FOLLOWS = policies.unaudited("follows the merger of provinces, which is audited there")

recommended = Table(
    "recommended_dossier",
    metadata,
    tenant(),
    Column("initiative_id", Uuid, primary_key=True),
    Column("given_version", Integer, nullable=False),
    Column("province", String(64), nullable=False),
    Column("province_name", String(200), nullable=False, info=_NAMES),
    Column("held_by", String(64), nullable=False, info=_NAMES | _FOLLOWS),
    Column("held_by_name", String(200), nullable=False, info=_NAMES | _FOLLOWS),
    Column("code", String(40), nullable=False),
    Column("year", Integer, nullable=False),
    Column("content", String(32), nullable=False),
    Column("field", String(40), nullable=False),
    Column("affiliation", String(32), nullable=False),
    Column("unit_name", String(300), nullable=False, info=_NAMES),
    Column("title", String(500), nullable=False, info=_TEXT),
    Column("summary", Text, nullable=False, info=_TEXT),
    Column("problem", Text, nullable=False, info=_TEXT),
    Column("solution", Text, nullable=False, info=_TEXT),
    Column("effect", Text, nullable=False, info=_TEXT),
    Column("authors", JSONB, nullable=False, info=personal("saying who made it") | _GIVEN),
    Column("decision_number", String(100), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("score", Numeric(6, 2)),
    Column("yes", Integer, nullable=False),
    Column("no", Integer, nullable=False),
    Column("abstain", Integer, nullable=False),
    Column("present", Integer, nullable=False),
    Column("statement", Text, nullable=False, info=personal("why the province proposes it") | _GIVEN),
    Column("recommended_on", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("answer_reason", Text, nullable=False, info=personal("what the centre says", retention=OFFICIAL_TEXT)),
    Column("answered_on", Date),
    Column("answered_by", Uuid, info=pseudonym("who answered")),
    Column("search_text", Text, nullable=False, info=_TEXT),
    Column("version", Integer, nullable=False),
    one_of("state", State),
    CheckConstraint("(state IN ('noted', 'accepted', 'declined')) = (answered_on IS NOT NULL)", name="answered"),
    Index("ix_recommended_dossier_newest", "tenant", "recommended_on", "initiative_id"),
    # The centre's, which never merges.
    info={policies.STAYS: True, **policies.by_tenant()},
)
