"""Create reporting"""

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
        "activity",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=False),
        sa.Column("agencies", sa.Integer(), nullable=False),
        sa.Column("villages", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "form IN ('conference', 'meeting', 'radio', 'web', 'press', 'social', 'other')",
            name=op.f("ck_activity_form"),
        ),
        sa.CheckConstraint("kind IN ('launch', 'outreach')", name=op.f("ck_activity_kind")),
        sa.CheckConstraint("agencies >= 0 AND villages >= 0 AND people >= 0", name=op.f("ck_activity_reach")),
        sa.CheckConstraint("from_date <= to_date", name=op.f("ck_activity_dates")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_activity")),
    )
    op.create_index("ix_activity_from_date", "activity", ["tenant", "from_date", "id"], unique=False)
    op.create_index("ix_activity_scope_path", "activity", ["tenant", "scope_path"], unique=False)
    op.create_index("ix_activity_unit_id", "activity", ["tenant", "unit_id"], unique=False)
    op.create_table(
        "commendation",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.Text(collation="C"), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("to_year", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_commendation")),
    )
    op.create_index("ix_commendation_scope_path", "commendation", ["tenant", "scope_path"], unique=False)
    op.create_index("ix_commendation_unit_id", "commendation", ["tenant", "unit_id"], unique=False)
    op.create_table(
        "cycle",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("registration_closes_on", sa.Date(), nullable=False),
        sa.Column("endorsement_closes_on", sa.Date(), nullable=False),
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
        "decision",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.Text(collation="C"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signatory", sa.Text(), nullable=False),
        sa.Column("recognised", sa.Integer(), nullable=False),
        sa.Column("not_recognised", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_scope_path", "decision", ["tenant", "scope_path"], unique=False)
    op.create_index("ix_decision_unit_id", "decision", ["tenant", "unit_id"], unique=False)
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
        "initiative",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.Text(collation="C"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("affiliation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_initiative")),
    )
    op.create_index("ix_initiative_unit_id", "initiative", ["tenant", "unit_id"], unique=False)
    op.create_table(
        "level_count",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("scope_path", sa.Text(collation="C"), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("affiliation", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("parent_path", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "scope_path", "year", "status", "content", "field", "affiliation", name=op.f("pk_level_count")
        ),
    )
    op.create_index("ix_level_count_parent_path", "level_count", ["tenant", "parent_path", "year"], unique=False)
    op.create_table(
        "model",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.Text(collation="C"), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("to_year", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_model")),
    )
    op.create_index("ix_model_scope_path", "model", ["tenant", "scope_path"], unique=False)
    op.create_index("ix_model_unit_id", "model", ["tenant", "unit_id"], unique=False)
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
        "own_count",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("affiliation", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("scope_path", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "unit_id", "year", "status", "content", "field", "affiliation", name=op.f("pk_own_count")
        ),
    )
    op.create_index("ix_own_count_scope_path", "own_count", ["tenant", "scope_path"], unique=False)
    op.create_table(
        "place",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scope_path", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "unit_id", name=op.f("pk_place")),
    )
    op.create_table(
        "replication",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.Text(collation="C"), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("origin_year", sa.Integer(), nullable=False),
        sa.Column("adopted_from_year", sa.Integer(), nullable=False),
        sa.Column("adopted_to_year", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_replication")),
    )
    op.create_index("ix_replication_scope_path", "replication", ["tenant", "scope_path"], unique=False)
    op.create_index("ix_replication_unit_id", "replication", ["tenant", "unit_id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("affiliation", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("scope_path", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", "version", name=op.f("pk_unit")),
    )
    op.create_index("ix_unit_scope_path", "unit", ["tenant", "scope_path"], unique=False)
