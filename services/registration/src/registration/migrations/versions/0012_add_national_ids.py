"""Add national ids"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "national_id",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_in", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind_index", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "person_id"],
            ["person.tenant", "person.id"],
            name=op.f("fk_national_id_tenant_person_id"),
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("tenant", "person_id", name=op.f("pk_national_id")),
        sa.UniqueConstraint("tenant", "blind_index", name=op.f("uq_national_id_tenant_blind_index")),
    )
    op.create_table(
        "national_id_disclosure",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_national_id_disclosure")),
    )
    op.create_index("ix_national_id_disclosure_person", "national_id_disclosure", ["tenant", "person_id"])


def downgrade() -> None:
    op.drop_table("national_id_disclosure")
    op.drop_table("national_id")
