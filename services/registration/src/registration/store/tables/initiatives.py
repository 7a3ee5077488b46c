"""Dossiers with what belongs to them, and the public catalogue."""

from common import policies
from common.privacy import PUBLIC_ACT, Basis, Retention, personal, pseudonym
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
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
from sqlalchemy.dialects.postgresql import ARRAY

from registration.domain.initiative_states import Status
from registration.domain.vocabulary import Affiliation, Content
from registration.store.tables.columns import belongs_to, id_, metadata, one_of, scope, tenant

# Until a council has recognised it, a dossier is its authors' own; then its text is the public act's.
_TEXT = personal("describing the initiative", basis=Basis.CONSENT)
_PUBLISHED = personal("the catalogue of recognised initiatives", retention=PUBLIC_ACT)
_DERIVED = policies.unaudited("made of other columns")
_NAME_OF_AUTHOR = personal(
    "saying who made it", retention=Retention("until erasure; of a recognised initiative as long as the public act")
)

# Settings that need a cast are read once a statement, by a sub-query, not once a row: a list passes over whatever its
# reader does not see. CASE, because of OR the planner expects one row in 200, and then sorts all for the newest 50.
_PERSON = "(SELECT nullif(current_setting('app.person', true), '')::uuid)"
_MINE = f"CASE WHEN current_setting('app.person', true) = '' THEN true ELSE owner_ids @> ARRAY[{_PERSON}] END"

# A draft is its owners' own, and the officer's who recorded it from paper; what was handed in has a code. Consumers
# have no reader. Drafts of before `recorded_by` that have no owner stay visible, else nobody could go on with them.
_READER = "(SELECT nullif(current_setting('app.reader', true), '')::uuid)"
_HANDED_IN = (
    f"(code <> '' OR {_READER} IS NULL OR owner_ids @> ARRAY[{_READER}] OR recorded_by = {_READER}"
    " OR (recorded_by IS NULL AND owner_ids = '{}'))"
)

initiatives = Table(
    "initiative",
    metadata,
    tenant(),
    id_(),
    Column("cycle_id", Uuid, nullable=False),
    Column("year", Integer, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    scope(),
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
    Column("recorded_by", Uuid, info=pseudonym("which officer recorded it from paper")),
    Column("author_count", Integer, nullable=False),
    Column("received_on", Date),
    Column("submitted_at", DateTime(timezone=True)),
    Column("council_unit_id", Uuid),
    Column("judged_on", Date),
    # Only for a dossier of a unit that was split, given to another than the heir; else whoever answers for the unit.
    Column("responsible_unit_id", Uuid),
    Column("responsible_since", Date),
    Column("reason", Text, nullable=False, server_default="", info=personal("why it was returned or withdrawn")),
    Column("decision_number", String(100), nullable=False, server_default=""),
    Column("decided_on", Date),
    Column("score", Numeric(6, 2)),
    Column("search_text", Text, nullable=False, info=_TEXT | _DERIVED),
    Column("version", Integer, nullable=False),
    belongs_to("cycle", "cycle_id"),
    belongs_to("unit", "unit_id"),
    Index("uq_initiative_code", "tenant", "code", unique=True, postgresql_where=text("code <> ''")),
    Index("ix_initiative_scope", "tenant", "scope_path", "year", "status"),
    Index("ix_initiative_owners", "owner_ids", postgresql_using="gin"),
    one_of("status", Status),
    one_of("content", Content),
    one_of("affiliation", Affiliation),
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
    CheckConstraint("(responsible_unit_id IS NULL) = (responsible_since IS NULL)", name="responsible_since"),
    CheckConstraint("status <> 'returned' OR reason <> ''", name="returned_has_reason"),
    # What was handed in stays; only a draft can be deleted.
    info=policies.rls(f"{policies.SCOPE} AND {_MINE} AND {_HANDED_IN}", deleting="status = 'draft' AND code = ''"),
)

authors = Table(
    "initiative_author",
    metadata,
    tenant(),
    Column("initiative_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(200), nullable=False, info=_NAME_OF_AUTHOR),
    Column("role", String(16), nullable=False),
    Column("share", Integer, nullable=False),
    Column("person_id", Uuid, info=pseudonym("which author this is")),
    belongs_to("initiative", "initiative_id"),
    CheckConstraint("share BETWEEN 1 AND 100", name="share_is_percent"),
    CheckConstraint("kind IN ('individual', 'collective')", name="kind"),
    CheckConstraint("role IN ('author', 'co_author')", name="role"),
    info=policies.rls(policies.row_above("initiative_author", "initiative_id", "initiative")),
)

steps = Table(
    "initiative_step",
    metadata,
    tenant(),
    Column("initiative_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("action", String(16), nullable=False),
    Column("from_status", String(16), nullable=False),
    Column("to_status", String(16), nullable=False),
    Column("by", Uuid, info=pseudonym("who acted")),
    Column("on_behalf_of", Uuid, info=pseudonym("whose role they acted in")),
    Column("role", String(32), nullable=False),
    Column("reason", Text, nullable=False, info=personal("why they acted so")),
    belongs_to("initiative", "initiative_id"),
    # What was done stays done; only an erasure takes out what was written about it, and a draft's go with the draft.
    info=policies.rls(
        policies.row_above("initiative_step", "initiative_id", "initiative"),
        app_rights="SELECT, INSERT, UPDATE (reason), DELETE",
        erasing=policies.while_erasing("initiative_id || ' ' || coalesce(by::text, '')"),
        deleting=policies.row_above("initiative_step", "initiative_id", "initiative", where="status = 'draft'"),
    ),
)

attachments = Table(
    "attachment",
    metadata,
    tenant(),
    id_(),
    Column("initiative_id", Uuid, nullable=False),
    Column("filename", String(255), nullable=False, info=personal("evidence of the effect", basis=Basis.CONSENT)),
    Column("content_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    # The file itself lies in the attachment store under this.
    Column("sha256", String(64), nullable=False, info=personal("evidence of the effect", basis=Basis.CONSENT)),
    Column("uploaded_at", DateTime(timezone=True), nullable=False),
    Column("uploaded_by", Uuid, nullable=False, info=pseudonym("who attached it")),
    # The tenant it was uploaded in: its place in the store. Empty only from code of before there was this column.
    Column("kept_under", String(64), nullable=False, server_default=""),
    belongs_to("initiative", "initiative_id"),
    UniqueConstraint("tenant", "initiative_id", "sha256"),
    info=policies.rls(policies.row_above("attachment", "initiative_id", "initiative"))
    | policies.about("initiative_id"),
)

catalogue = Table(
    "catalogue_entry",
    metadata,
    tenant(),
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
    Column("search_text", Text, nullable=False, info=_PUBLISHED | _DERIVED),
    Index(
        "ix_catalogue_entry_search",
        "search_text",
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    ),
    Index("ix_catalogue_entry_newest", "decided_on", "initiative_id"),
    # The catalogue is the one thing every visitor sees of every province; who sees the dossier writes its entry.
    info={
        policies.KEPT: True,
        **policies.rls(
            "true",
            check=policies.row_above("catalogue_entry", "initiative_id", "initiative"),
            app_rights="SELECT, INSERT, UPDATE",
        ),
    },
)
