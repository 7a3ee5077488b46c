"""Tables of the review service: tenant first in every key; states checked by the database as well."""

from common import policies
from common.privacy import OFFICIAL_TEXT, PUBLIC_ACT, impersonal, personal, pseudonym
from common.tables import service_metadata
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from review.domain.vocabulary import (
    Answer,
    Authority,
    Choice,
    CommendationForm,
    ConflictKind,
    DossierState,
    Outcome,
    RulebookStatus,
    Seat,
    SessionStatus,
)
from review.store.columns import belongs_to, own_id, scope, tenant, version, whose, word

metadata = service_metadata()
access_grant = metadata.tables["access_grant"]

# A unit uses its own rulebooks and those of the units above it; it writes only its own and those below.
_RULEBOOK_SCOPE = (
    f"({policies.SCOPE}) OR ({policies.TENANT} AND starts_with(current_setting('app.scope', true), scope_path))"
)

_COPY = "a copy of registration's"
# Who voted, with the moment and the tally before and after it, would tell what they voted.
_BALLOT = "a secret ballot stays secret; the result is audited with the decision"


unit = Table(
    "unit",
    metadata,
    tenant(),
    own_id(),
    version(),
    Column("code", String(64), nullable=False),
    Column("name", String(300), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("level", String(32), nullable=False),
    Column("affiliation", String(32), nullable=False),
    Column("parent_id", Uuid),
    scope(),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("ended", Boolean, nullable=False, server_default=text("false")),
    info=policies.by_tenant() | policies.unaudited(_COPY),
)

# Every version of every unit as it was told: names and places of a past day.
unit_version = Table(
    "unit_version",
    metadata,
    tenant(),
    own_id("unit_id"),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String(300), nullable=False),
    Column("path", String(500, collation="C"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("ended", Boolean, nullable=False),
    info=policies.by_tenant() | policies.unaudited(_COPY),
)

person = Table(
    "person",
    metadata,
    tenant(),
    own_id(),
    version(),
    Column("name", String(300), nullable=False, info=personal("naming the members of councils")),
    info=policies.by_tenant() | policies.unaudited(_COPY),
)

cycle = Table(
    "cycle",
    metadata,
    tenant(),
    own_id(),
    version(),
    Column("year", SmallInteger, nullable=False),
    Column("name", String(300), nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("review_closes_on", Date, nullable=False),
    info=policies.by_tenant() | policies.unaudited(_COPY),
)

# The newest version seen of each initiative, kept even where no dossier is: a withdrawal may overtake its forwarding.
initiative_seen = Table(
    "initiative_seen",
    metadata,
    tenant(),
    own_id("initiative_id"),
    version(),
    info=policies.by_tenant() | policies.unaudited(_COPY),
)

rulebook = Table(
    "rulebook",
    metadata,
    tenant(),
    own_id(),
    Column("lineage_id", Uuid, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    scope(),
    Column("valid_from", Date, nullable=False),
    Column("rules", JSONB, nullable=False),
    *word("status", RulebookStatus),
    Column("published_at", DateTime(timezone=True)),
    version(),
    UniqueConstraint("tenant", "lineage_id", "edition"),
    CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published"),
    Index("ix_rulebook_unit", "tenant", "unit_id"),
    info=policies.rls(_RULEBOOK_SCOPE, check=policies.SCOPE),
)

council = Table(
    "council",
    metadata,
    tenant(),
    own_id(),
    Column("unit_id", Uuid, nullable=False),
    scope(),
    Column("name", String(300), nullable=False),
    Column("established_number", String(100), nullable=False),
    Column("established_on", Date, nullable=False),
    Column("term_from", Date, nullable=False),
    Column("term_to", Date),
    version(),
    CheckConstraint("term_to >= term_from", name="term"),
    Index("ix_council_unit", "tenant", "unit_id"),
    Index("ix_council_scope", "tenant", "scope_path"),
    info=policies.by_scope(),
)

council_member = Table(
    "council_member",
    metadata,
    tenant(),
    own_id("council_id"),
    whose("who sits in the council"),
    Column("position", SmallInteger, nullable=False),
    Column("name", String(300), nullable=False, info=personal("naming the council")),
    *word("role", Seat),
    Column("title", String(300), nullable=False, info=personal("their office, as in the decision that set it up")),
    belongs_to("council", "council_id"),
    Index("ix_council_member_person", "tenant", "person_id"),
    info=policies.rls(policies.row_above("council_member", "council_id", "council")),
)

session = Table(
    "session",
    metadata,
    tenant(),
    own_id(),
    Column("council_id", Uuid, nullable=False),
    Column("rulebook_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    scope(),
    Column("year", SmallInteger, nullable=False),
    Column("title", String(300), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("place", String(300), nullable=False),
    *word("status", SessionStatus),
    Column("present", ARRAY(Uuid), nullable=False, info=pseudonym("the quorum")),
    Column("rules", JSONB(none_as_null=True)),
    Column("opened_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    Column(
        "reason",
        Text,
        nullable=False,
        server_default="",
        info=personal("why it was cancelled", retention=OFFICIAL_TEXT),
    ),
    version(),
    belongs_to("council", "council_id"),
    belongs_to("rulebook", "rulebook_id"),
    CheckConstraint("(status = 'planned') = (rules IS NULL) OR status = 'cancelled'", name="frozen"),
    CheckConstraint("(status = 'cancelled') = (reason <> '')", name="cancelled_has_reason"),
    Index("ix_session_scope", "tenant", "scope_path"),
    Index("ix_session_held_on", "tenant", "held_on", "id"),
    info=policies.by_scope(),
)

dossier = Table(
    "dossier",
    metadata,
    tenant(),
    own_id("initiative_id"),
    Column("initiative_version", Integer, nullable=False),
    Column("code", String(64), nullable=False),
    Column("title", String(500), nullable=False, info=personal("what the council appraises")),
    Column("cycle_id", Uuid, nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("initiative_unit_id", Uuid, nullable=False),
    Column("content", String(64), nullable=False),
    Column("field", String(64), nullable=False),
    Column("affiliation", String(32), nullable=False),
    Column("author_ids", ARRAY(Uuid), nullable=False, info=pseudonym("nobody judges their own")),
    Column("author_count", Integer, nullable=False),
    Column("forwarded_on", Date, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    scope(),
    *word("state", DossierState),
    Column("session_id", Uuid),
    Column("position", SmallInteger),
    version(),
    belongs_to("session", "session_id"),
    CheckConstraint("state NOT IN ('scheduled', 'decided') OR session_id IS NOT NULL", name="scheduled"),
    CheckConstraint("(session_id IS NULL) = (position IS NULL)", name="position"),
    Index("ix_dossier_session", "tenant", "session_id"),
    Index("ix_dossier_scope", "tenant", "scope_path", "state"),
    Index("ix_dossier_code", "tenant", "code", "initiative_id"),
    info=policies.by_scope(),
)

conflict = Table(
    "conflict",
    metadata,
    tenant(),
    own_id("initiative_id"),
    whose("who may not judge"),
    *word("kind", ConflictKind),
    Column("reason", Text, nullable=False, info=personal("why a member may not judge")),
    Column("declared_at", DateTime(timezone=True), nullable=False),
    info=policies.rls(policies.row_above("conflict", "initiative_id", "dossier", key="initiative_id")),
)

score_sheet = Table(
    "score_sheet",
    metadata,
    tenant(),
    own_id("session_id"),
    own_id("initiative_id"),
    whose("whose judgement it is"),
    Column("scores", JSONB, nullable=False, info=pseudonym("a member's judgement")),
    Column("comment", Text, nullable=False, info=personal("a member's judgement")),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    version(),
    belongs_to("session", "session_id"),
    info=policies.rls(policies.row_above("score_sheet", "session_id", "session")) | policies.about("initiative_id"),
)

# That somebody voted. `choice` stays empty in a secret ballot, and no time is kept that could tell it.
ballot = Table(
    "ballot",
    metadata,
    tenant(),
    own_id("session_id"),
    own_id("initiative_id"),
    whose("that they voted, not how"),
    *word("choice", Choice, nullable=True),
    belongs_to("session", "session_id"),
    info=policies.rls(policies.row_above("ballot", "session_id", "session")) | policies.unaudited(_BALLOT),
)

# How often each choice was made, in either kind of ballot.
tally = Table(
    "tally",
    metadata,
    tenant(),
    own_id("session_id"),
    own_id("initiative_id"),
    Column("yes", Integer, nullable=False),
    Column("no", Integer, nullable=False),
    Column("abstain", Integer, nullable=False),
    belongs_to("session", "session_id"),
    info=policies.rls(policies.row_above("tally", "session_id", "session")) | policies.unaudited(_BALLOT),
)

decision = Table(
    "decision",
    metadata,
    tenant(),
    own_id(),
    Column("session_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    scope(),
    Column("year", SmallInteger, nullable=False),
    Column("number", String(100), nullable=False),
    Column("number_folded", String(120), nullable=False, info=impersonal("a decision's number")),  # For comparing.
    Column("signed_on", Date, nullable=False),
    Column("signed_year", SmallInteger, nullable=False),
    Column("signatory", String(300), nullable=False, info=personal("who signed", retention=PUBLIC_ACT)),
    Column("legal_basis", Text, nullable=False),
    Column("issuer", String(300), nullable=False, server_default=""),  # The unit's name on the day it was signed.
    Column(
        "recorded_late",
        Text,
        nullable=False,
        server_default="",
        info=personal("why it is dated before its closing", retention=OFFICIAL_TEXT),
    ),
    Column("recognised", Integer, nullable=False),
    Column("not_recognised", Integer, nullable=False),
    version(),
    belongs_to("session", "session_id"),
    UniqueConstraint("tenant", "session_id"),
    UniqueConstraint("tenant", "unit_id", "signed_year", "number_folded", name="uq_decision_number"),
    Index("ix_decision_scope", "tenant", "scope_path"),
    info=policies.by_scope(),
)

verdict = Table(
    "verdict",
    metadata,
    tenant(),
    own_id("decision_id"),
    own_id("initiative_id"),
    Column("position", SmallInteger, nullable=False),
    Column("code", String(64), nullable=False),
    Column("title", String(500), nullable=False, info=personal("what was decided", retention=PUBLIC_ACT)),
    *word("outcome", Outcome),
    Column("score", Numeric(5, 2)),
    Column("result", JSONB, nullable=False),
    belongs_to("decision", "decision_id"),
    Index("ix_verdict_initiative", "tenant", "initiative_id"),
    info=policies.rls(policies.row_above("verdict", "decision_id", "decision")) | policies.about("initiative_id"),
)

recommendation = Table(
    "recommendation",
    metadata,
    tenant(),
    own_id("initiative_id"),
    Column("statement", Text, nullable=False, info=personal("why it is proposed", retention=OFFICIAL_TEXT)),
    Column("recommended_on", Date, nullable=False),
    Column("recommended_by", Uuid, nullable=False, info=pseudonym("who proposed it")),
    Column("withdrawn_on", Date),
    Column("withdrawal_reason", Text, nullable=False, info=personal("why not any more", retention=OFFICIAL_TEXT)),
    *word("answer", Answer, nullable=True),
    Column("answer_reason", Text, nullable=False, info=personal("what the centre says", retention=OFFICIAL_TEXT)),
    Column("answered_on", Date),
    Column("answer_version", Integer, nullable=False),
    CheckConstraint("(answer IS NULL) = (answered_on IS NULL)", name="answered"),
    info=policies.rls(policies.row_above("recommendation", "initiative_id", "dossier", key="initiative_id")),
)

commendation = Table(
    "commendation",
    metadata,
    tenant(),
    own_id(),
    Column("unit_id", Uuid, nullable=False),
    scope(),
    Column("title", String(500), nullable=False),
    *word("form", CommendationForm),
    *word("authority", Authority),
    Column("occasion", String(300), nullable=False),
    Column("from_year", SmallInteger, nullable=False),
    Column("to_year", SmallInteger, nullable=False),
    Column("decision_number", String(100)),
    Column("signed_on", Date),
    Column("source_note", Text, nullable=False, info=personal("where it is written", retention=OFFICIAL_TEXT)),
    Column("recipients", JSONB, nullable=False, info=personal("whom it commends", retention=PUBLIC_ACT)),
    version(),
    CheckConstraint("to_year >= from_year", name="years"),
    CheckConstraint("(decision_number IS NULL) = (signed_on IS NULL)", name="decision"),
    Index("ix_commendation_scope", "tenant", "scope_path"),
    info=policies.by_scope(),
)
