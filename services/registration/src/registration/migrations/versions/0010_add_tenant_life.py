"""Add what a tenant's life needs: reason and end of a standing, quotas, exports"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("tenant_standing", sa.Column("reason", sa.String(length=1000), server_default="", nullable=False))
    op.add_column("tenant_standing", sa.Column("delete_after", sa.Date(), nullable=True))
    op.add_column("tenant_standing", sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_tenant_standing_only_closing_ends"), "tenant_standing", "delete_after IS NULL OR status = 'closing'"
    )
    op.create_table(
        "tenant_quota",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("requests_per_minute", sa.Integer(), nullable=False),
        sa.Column("attachment_megabytes", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_tenant_quota")),
    )
    op.create_table(
        "tenant_export",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_tenant_export")),
    )
    op.create_table(
        "tenant_archive",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_tenant_archive")),
    )


def downgrade() -> None:
    op.drop_table("tenant_archive")
    op.drop_table("tenant_export")
    op.drop_table("tenant_quota")
    op.drop_constraint(op.f("ck_tenant_standing_only_closing_ends"), "tenant_standing", type_="check")
    for name in ("purged_at", "delete_after", "reason"):
        op.drop_column("tenant_standing", name)
