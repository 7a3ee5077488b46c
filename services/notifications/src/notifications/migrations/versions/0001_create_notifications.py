"""Create notifications."""

import sqlalchemy as sa
from alembic import op

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
        "cycle",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
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
        "notice",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("council_unit_id", sa.Uuid(), nullable=True),
        sa.Column("author_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision_number", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('initiative.submitted', 'initiative.returned', 'initiative.withdrawn', 'initiative.endorsed', 'initiative.forwarded', 'initiative.review_started', 'initiative.recognised', 'initiative.not_recognised')",
            name=op.f("ck_notice_kind"),
        ),
        sa.PrimaryKeyConstraint("tenant", "event_id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_council_unit", "notice", ["tenant", "council_unit_id", "occurred_at"], unique=False)
    op.create_index("ix_notice_unit", "notice", ["tenant", "unit_id", "occurred_at"], unique=False)
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
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_person")),
    )
    op.create_table(
        "preference",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("muted", sa.ARRAY(sa.String(length=64)), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "unit",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_unit")),
    )
    op.create_table(
        "message",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("audience IN ('author', 'officer', 'secretary')", name=op.f("ck_message_audience")),
        sa.CheckConstraint(
            "kind IN ('initiative.submitted', 'initiative.returned', 'initiative.withdrawn', 'initiative.endorsed', 'initiative.forwarded', 'initiative.review_started', 'initiative.recognised', 'initiative.not_recognised')",
            name=op.f("ck_message_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "event_id"], ["notice.tenant", "notice.event_id"], name=op.f("fk_message_tenant_event_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_message")),
        sa.UniqueConstraint("tenant", "event_id", "person_id", name=op.f("uq_message_tenant_event_id_person_id")),
    )
    op.create_index("ix_message_person", "message", ["tenant", "person_id", "id"], unique=False)
    op.create_index(
        "ix_message_unread",
        "message",
        ["tenant", "person_id", "id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "email",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_email_sent_at")),
        sa.CheckConstraint("state IN ('queued', 'sent', 'given_up')", name=op.f("ck_email_state")),
        sa.ForeignKeyConstraint(
            ["tenant", "message_id"], ["message.tenant", "message.id"], name=op.f("fk_email_tenant_message_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "message_id", name=op.f("pk_email")),
    )
    op.create_index(
        "ix_email_due", "email", ["tenant", "due_at"], unique=False, postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index(
        "ix_email_given_up", "email", ["tenant", "due_at"], unique=False, postgresql_where=sa.text("state = 'given_up'")
    )


def downgrade() -> None:
    op.drop_index("ix_email_given_up", table_name="email", postgresql_where=sa.text("state = 'given_up'"))
    op.drop_index("ix_email_due", table_name="email", postgresql_where=sa.text("state = 'queued'"))
    op.drop_table("email")
    op.drop_index("ix_message_unread", table_name="message", postgresql_where=sa.text("read_at IS NULL"))
    op.drop_index("ix_message_person", table_name="message")
    op.drop_table("message")
    op.drop_table("unit")
    op.drop_table("preference")
    op.drop_table("person")
    op.drop_index("ix_outbox_unpublished", table_name="outbox", postgresql_where=sa.text("published_at IS NULL"))
    op.drop_index("ix_outbox_position", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_notice_unit", table_name="notice")
    op.drop_index("ix_notice_council_unit", table_name="notice")
    op.drop_table("notice")
    op.drop_table("inbox")
    op.drop_table("idempotency")
    op.drop_index("ix_dead_letter_retry_at", table_name="dead_letter")
    op.drop_table("dead_letter")
    op.drop_table("cycle")
    op.drop_index("ix_access_grant_unit", table_name="access_grant")
    op.drop_index("ix_access_grant_subject", table_name="access_grant")
    op.drop_table("access_grant")
