"""Add subject requests"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "export_door",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "request_id", name=op.f("pk_export_door")),
    )
    op.create_table(
        "subject_request",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('done', 'refused')) = (decided_at IS NOT NULL)",
            name=op.f("ck_subject_request_closed_is_decided"),
        ),
        sa.CheckConstraint("kind IN ('export', 'correction', 'erasure')", name=op.f("ck_subject_request_kind")),
        sa.CheckConstraint("state <> 'refused' OR reason <> ''", name=op.f("ck_subject_request_refused_has_reason")),
        sa.CheckConstraint(
            "state IN ('received', 'in_progress', 'done', 'refused')", name=op.f("ck_subject_request_state")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_subject_request")),
    )
    op.create_index(
        "ix_subject_request_due",
        "subject_request",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("state IN ('received', 'in_progress')"),
    )
    op.create_index(
        "uq_subject_request_open",
        "subject_request",
        ["tenant", "person_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state IN ('received', 'in_progress')"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_subject_request_open",
        table_name="subject_request",
        postgresql_where=sa.text("state IN ('received', 'in_progress')"),
    )
    op.drop_index(
        "ix_subject_request_due",
        table_name="subject_request",
        postgresql_where=sa.text("state IN ('received', 'in_progress')"),
    )
    op.drop_table("subject_request")
    op.drop_table("export_door")
