"""Add recommendations"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "recommendation",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("recommended_on", sa.Date(), nullable=False),
        sa.Column("recommended_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=True),
        sa.Column("answer_reason", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer IN ('noted', 'accepted', 'declined')", name=op.f("ck_recommendation_answer")),
        sa.CheckConstraint("(answer IS NULL) = (answered_on IS NULL)", name=op.f("ck_recommendation_answered")),
        sa.PrimaryKeyConstraint("tenant", "initiative_id", name=op.f("pk_recommendation")),
    )


def downgrade() -> None:
    op.drop_table("recommendation")
