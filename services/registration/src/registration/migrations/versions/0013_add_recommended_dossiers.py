"""Add recommended dossiers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "recommended_dossier",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("given_version", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(length=64), nullable=False),
        sa.Column("province_name", sa.String(length=200), nullable=False),
        sa.Column("held_by", sa.String(length=64), nullable=False),
        sa.Column("held_by_name", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("affiliation", sa.String(length=32), nullable=False),
        sa.Column("unit_name", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("authors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decision_number", sa.String(length=100), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("abstain", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("recommended_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answer_reason", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('noted', 'accepted', 'declined')) = (answered_on IS NOT NULL)",
            name=op.f("ck_recommended_dossier_answered"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'noted', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_recommended_dossier_state"),
        ),
        sa.PrimaryKeyConstraint("tenant", "initiative_id", name=op.f("pk_recommended_dossier")),
    )
    op.create_index(
        "ix_recommended_dossier_newest",
        "recommended_dossier",
        ["tenant", "recommended_on", "initiative_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_recommended_dossier_newest", table_name="recommended_dossier")
    op.drop_table("recommended_dossier")
