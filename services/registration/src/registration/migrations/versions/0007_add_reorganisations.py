"""Add reorganisations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "reorganisation",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("absorbs", postgresql.ARRAY(sa.String(length=64)), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("assignments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("journal", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name=op.f("ck_reorganisation_undone")),
        sa.CheckConstraint(
            "(status IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name=op.f("ck_reorganisation_applied")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'approved', 'applied', 'undone', 'withdrawn')", name=op.f("ck_reorganisation_status")
        ),
        sa.CheckConstraint("approved_by <> prepared_by", name=op.f("ck_reorganisation_two_people")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_reorganisation")),
    )
    op.create_table(
        "unit_succession",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("predecessor_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("reorganisation_id", sa.Uuid(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("is_heir", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('merged_into', 'split_into')", name=op.f("ck_unit_succession_kind")),
        sa.ForeignKeyConstraint(
            ["tenant", "predecessor_id"],
            ["unit.tenant", "unit.id"],
            name=op.f("fk_unit_succession_tenant_predecessor_id"),
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "reorganisation_id"],
            ["reorganisation.tenant", "reorganisation.id"],
            name=op.f("fk_unit_succession_tenant_reorganisation_id"),
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "successor_id"],
            ["unit.tenant", "unit.id"],
            name=op.f("fk_unit_succession_tenant_successor_id"),
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("tenant", "predecessor_id", "successor_id", name=op.f("pk_unit_succession")),
    )
    op.create_index("ix_unit_succession_successor", "unit_succession", ["tenant", "successor_id"], unique=False)
    op.add_column("attachment", sa.Column("kept_under", sa.String(length=64), server_default="", nullable=False))
    op.execute("UPDATE attachment SET kept_under = tenant")
    op.add_column("initiative", sa.Column("responsible_unit_id", sa.Uuid(), nullable=True))
    op.add_column("initiative", sa.Column("responsible_since", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_initiative_responsible_since"),
        "initiative",
        "(responsible_unit_id IS NULL) = (responsible_since IS NULL)",
    )
    op.add_column("unit", sa.Column("ended_on", sa.Date(), nullable=True))
    op.add_column("unit", sa.Column("heir_id", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("uq_unit_tenant_code"), "unit", type_="unique")
    op.create_index(
        "uq_unit_tenant_code", "unit", ["tenant", "code"], unique=True, postgresql_where=sa.text("ended_on IS NULL")
    )
    op.create_foreign_key(
        op.f("fk_unit_tenant_heir_id"), "unit", "unit", ["tenant", "heir_id"], ["tenant", "id"], deferrable=True
    )
    op.create_check_constraint(op.f("ck_unit_ended_has_heir"), "unit", "(ended_on IS NULL) = (heir_id IS NULL)")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_unit_ended_has_heir"), "unit")
    op.drop_constraint(op.f("fk_unit_tenant_heir_id"), "unit", type_="foreignkey")
    op.drop_index("uq_unit_tenant_code", table_name="unit", postgresql_where=sa.text("ended_on IS NULL"))
    op.create_unique_constraint(
        op.f("uq_unit_tenant_code"), "unit", ["tenant", "code"], postgresql_nulls_not_distinct=False
    )
    op.drop_column("unit", "heir_id")
    op.drop_column("unit", "ended_on")
    op.drop_column("initiative", "responsible_since")
    op.drop_column("initiative", "responsible_unit_id")
    op.drop_column("attachment", "kept_under")
    op.drop_index("ix_unit_succession_successor", table_name="unit_succession")
    op.drop_table("unit_succession")
    op.drop_table("reorganisation")
