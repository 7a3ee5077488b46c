"""Create review"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "access_grant",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_access_grant")),
    )
    op.create_index("ix_access_grant_subject", "access_grant", ["subject", "issuer"], unique=False)
    op.create_index("ix_access_grant_unit", "access_grant", ["tenant", "unit_id", "role"], unique=False)
    op.create_table(
        "commendation",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("authority", sa.String(length=32), nullable=False),
        sa.Column("occasion", sa.String(length=300), nullable=False),
        sa.Column("from_year", sa.SmallInteger(), nullable=False),
        sa.Column("to_year", sa.SmallInteger(), nullable=False),
        sa.Column("decision_number", sa.String(length=100), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=False),
        sa.Column("recipients", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "authority IN ('centre', 'province', 'district', 'commune', 'organisation')",
            name=op.f("ck_commendation_authority"),
        ),
        sa.CheckConstraint(
            "form IN ('praise', 'emulation_flag', 'excellent_labour_collective', 'certificate_of_merit', 'certificate_of_commendation', 'cash_reward', 'achievement')",
            name=op.f("ck_commendation_form"),
        ),
        sa.CheckConstraint("(decision_number IS NULL) = (signed_on IS NULL)", name=op.f("ck_commendation_decision")),
        sa.CheckConstraint("to_year >= from_year", name=op.f("ck_commendation_years")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_commendation")),
    )
    op.create_index("ix_commendation_scope", "commendation", ["tenant", "scope_path"], unique=False)
    op.create_table(
        "conflict",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('author', 'relative', 'same_unit', 'material_interest', 'other')", name=op.f("ck_conflict_kind")
        ),
        sa.PrimaryKeyConstraint("tenant", "initiative_id", "person_id", name=op.f("pk_conflict")),
    )
    op.create_table(
        "council",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("established_number", sa.String(length=100), nullable=False),
        sa.Column("established_on", sa.Date(), nullable=False),
        sa.Column("term_from", sa.Date(), nullable=False),
        sa.Column("term_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("term_to >= term_from", name=op.f("ck_council_term")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_council")),
    )
    op.create_index("ix_council_scope", "council", ["tenant", "scope_path"], unique=False)
    op.create_index("ix_council_unit", "council", ["tenant", "unit_id"], unique=False)
    op.create_table(
        "cycle",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("review_closes_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_cycle")),
    )
    op.create_table(
        "dead_letter",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "event_id", name=op.f("pk_dead_letter")),
    )
    op.create_index("ix_dead_letter_retry_at", "dead_letter", ["retry_at"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("etag", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "grant_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "inbox",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "event_id", name=op.f("pk_inbox")),
    )
    op.create_table(
        "initiative_seen",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "initiative_id", name=op.f("pk_initiative_seen")),
    )
    op.create_table(
        "outbox",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("routing_key", sa.String(length=255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "position", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_position", "outbox", ["position"], unique=False)
    op.create_index(
        "ix_outbox_unpublished", "outbox", ["position"], unique=False, postgresql_where=sa.text("published_at IS NULL")
    )
    op.create_table(
        "person",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_person")),
    )
    op.create_table(
        "rulebook",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lineage_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name=op.f("ck_rulebook_published")),
        sa.CheckConstraint("status IN ('draft', 'published')", name=op.f("ck_rulebook_status")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_rulebook")),
        sa.UniqueConstraint("tenant", "lineage_id", "edition", name=op.f("uq_rulebook_tenant_lineage_id_edition")),
    )
    op.create_index("ix_rulebook_unit", "rulebook", ["tenant", "unit_id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("affiliation", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_unit")),
    )
    op.create_table(
        "council_member",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("council_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "role IN ('chair', 'vice_chair', 'secretary', 'member')", name=op.f("ck_council_member_role")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "council_id"], ["council.tenant", "council.id"], name=op.f("fk_council_member_tenant_council_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "council_id", "person_id", name=op.f("pk_council_member")),
    )
    op.create_index("ix_council_member_person", "council_member", ["tenant", "person_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("council_id", sa.Uuid(), nullable=False),
        sa.Column("rulebook_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("present", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("rules", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(status = 'planned') = (rules IS NULL)", name=op.f("ck_session_frozen")),
        sa.CheckConstraint("status IN ('planned', 'open', 'closed', 'decided')", name=op.f("ck_session_status")),
        sa.ForeignKeyConstraint(
            ["tenant", "council_id"], ["council.tenant", "council.id"], name=op.f("fk_session_tenant_council_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "rulebook_id"], ["rulebook.tenant", "rulebook.id"], name=op.f("fk_session_tenant_rulebook_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_session")),
    )
    op.create_index("ix_session_held_on", "session", ["tenant", "held_on", "id"], unique=False)
    op.create_index("ix_session_scope", "session", ["tenant", "scope_path"], unique=False)
    op.create_table(
        "ballot",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(length=32), nullable=True),
        sa.CheckConstraint("choice IN ('yes', 'no', 'abstain')", name=op.f("ck_ballot_choice")),
        sa.ForeignKeyConstraint(
            ["tenant", "session_id"], ["session.tenant", "session.id"], name=op.f("fk_ballot_tenant_session_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "session_id", "initiative_id", "person_id", name=op.f("pk_ballot")),
    )
    op.create_table(
        "decision",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signatory", sa.String(length=300), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("recognised", sa.Integer(), nullable=False),
        sa.Column("not_recognised", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "session_id"], ["session.tenant", "session.id"], name=op.f("fk_decision_tenant_session_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_decision")),
        sa.UniqueConstraint("tenant", "session_id", name=op.f("uq_decision_tenant_session_id")),
        sa.UniqueConstraint(
            "tenant", "unit_id", "signed_on", "number", name=op.f("uq_decision_tenant_unit_id_signed_on_number")
        ),
    )
    op.create_index("ix_decision_scope", "decision", ["tenant", "scope_path"], unique=False)
    op.create_table(
        "dossier",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("initiative_unit_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("affiliation", sa.String(length=32), nullable=False),
        sa.Column("author_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("author_count", sa.Integer(), nullable=False),
        sa.Column("forwarded_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'scheduled', 'decided', 'withdrawn')", name=op.f("ck_dossier_state")),
        sa.CheckConstraint(
            "state NOT IN ('scheduled', 'decided') OR session_id IS NOT NULL", name=op.f("ck_dossier_scheduled")
        ),
        sa.CheckConstraint("(session_id IS NULL) = (position IS NULL)", name=op.f("ck_dossier_position")),
        sa.ForeignKeyConstraint(
            ["tenant", "session_id"], ["session.tenant", "session.id"], name=op.f("fk_dossier_tenant_session_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "initiative_id", name=op.f("pk_dossier")),
    )
    op.create_index("ix_dossier_code", "dossier", ["tenant", "code", "initiative_id"], unique=False)
    op.create_index("ix_dossier_scope", "dossier", ["tenant", "scope_path", "state"], unique=False)
    op.create_index("ix_dossier_session", "dossier", ["tenant", "session_id"], unique=False)
    op.create_table(
        "score_sheet",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "session_id"], ["session.tenant", "session.id"], name=op.f("fk_score_sheet_tenant_session_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "session_id", "initiative_id", "person_id", name=op.f("pk_score_sheet")),
    )
    op.create_table(
        "tally",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("abstain", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "session_id"], ["session.tenant", "session.id"], name=op.f("fk_tally_tenant_session_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "session_id", "initiative_id", name=op.f("pk_tally")),
    )
    op.create_table(
        "verdict",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("outcome IN ('recognised', 'not_recognised')", name=op.f("ck_verdict_outcome")),
        sa.ForeignKeyConstraint(
            ["tenant", "decision_id"], ["decision.tenant", "decision.id"], name=op.f("fk_verdict_tenant_decision_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "decision_id", "initiative_id", name=op.f("pk_verdict")),
    )
    op.create_index("ix_verdict_initiative", "verdict", ["tenant", "initiative_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_verdict_initiative", table_name="verdict")
    op.drop_table("verdict")
    op.drop_table("tally")
    op.drop_table("score_sheet")
    op.drop_index("ix_dossier_session", table_name="dossier")
    op.drop_index("ix_dossier_scope", table_name="dossier")
    op.drop_index("ix_dossier_code", table_name="dossier")
    op.drop_table("dossier")
    op.drop_index("ix_decision_scope", table_name="decision")
    op.drop_table("decision")
    op.drop_table("ballot")
    op.drop_index("ix_session_scope", table_name="session")
    op.drop_index("ix_session_held_on", table_name="session")
    op.drop_table("session")
    op.drop_index("ix_council_member_person", table_name="council_member")
    op.drop_table("council_member")
    op.drop_table("unit")
    op.drop_index("ix_rulebook_unit", table_name="rulebook")
    op.drop_table("rulebook")
    op.drop_table("person")
    op.drop_index("ix_outbox_unpublished", table_name="outbox", postgresql_where=sa.text("published_at IS NULL"))
    op.drop_index("ix_outbox_position", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("initiative_seen")
    op.drop_table("inbox")
    op.drop_table("idempotency")
    op.drop_index("ix_dead_letter_retry_at", table_name="dead_letter")
    op.drop_table("dead_letter")
    op.drop_table("cycle")
    op.drop_index("ix_council_unit", table_name="council")
    op.drop_index("ix_council_scope", table_name="council")
    op.drop_table("council")
    op.drop_table("conflict")
    op.drop_index("ix_commendation_scope", table_name="commendation")
    op.drop_table("commendation")
    op.drop_index("ix_access_grant_unit", table_name="access_grant")
    op.drop_index("ix_access_grant_subject", table_name="access_grant")
    op.drop_table("access_grant")
