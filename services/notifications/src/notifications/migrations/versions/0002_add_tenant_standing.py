"""Add tenant standing"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "tenant_standing",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("heir", sa.String(length=64), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(status = 'merged') = (heir <> '')", name=op.f("ck_tenant_standing_merged_has_heir")),
        sa.CheckConstraint(
            "status IN ('active', 'suspended', 'closing', 'merged')", name=op.f("ck_tenant_standing_status")
        ),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_tenant_standing")),
    )
    # When one tenant's rows become another's, a row and the one it names move one after the other.
    op.execute(
        """
        DO $$ DECLARE key record; BEGIN
          FOR key IN SELECT conrelid::regclass AS owner, conname FROM pg_constraint WHERE contype = 'f' LOOP
            EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY IMMEDIATE', key.owner, key.conname);
          END LOOP;
        END $$
        """
    )


def downgrade() -> None:
    op.drop_table("tenant_standing")
