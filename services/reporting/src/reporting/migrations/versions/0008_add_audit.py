"""Add audit"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("trace_id", sa.String(length=32), nullable=False),
        sa.Column("process", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("row_key", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("operation", sa.String(length=16), nullable=False),
        sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("salt", sa.Uuid(), nullable=True),
        sa.Column("payload_digest", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "position", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        "ix_audit_entry_note",
        "audit_entry",
        ["tenant"],
        unique=False,
        postgresql_where=sa.text("operation = 'note'"),
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["tenant", "subject", "position"], unique=False)
    op.create_table(
        "audit_witness",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("contradicts", sa.Boolean(), nullable=False),
        sa.Column("witnessed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "service", "position", "sealed_at", name=op.f("pk_audit_witness")),
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS audit_row() CASCADE")  # With the triggers on every table.
    op.drop_table("audit_witness")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_index("ix_audit_entry_note", table_name="audit_entry", postgresql_where=sa.text("operation = 'note'"))
    op.drop_table("audit_entry")
