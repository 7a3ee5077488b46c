"""Add tenant settings; a unit's level becomes the tenant's data"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "tenant_settings",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_tenant_settings_version")),
        sa.PrimaryKeyConstraint("tenant", "version", name=op.f("pk_tenant_settings")),
    )
    op.drop_constraint(op.f("ck_unit_level"), "unit", type_="check")
    op.alter_column("unit", "level", type_=sa.String(length=32))
    op.create_check_constraint(op.f("ck_unit_level"), "unit", "level ~ '^[a-z][a-z0-9_]*$'")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_unit_level"), "unit", type_="check")
    op.alter_column("unit", "level", type_=sa.String(length=16))
    op.create_check_constraint(
        op.f("ck_unit_level"), "unit", "level IN ('centre', 'province', 'district', 'commune', 'village', 'none')"
    )
    op.drop_table("tenant_settings")
