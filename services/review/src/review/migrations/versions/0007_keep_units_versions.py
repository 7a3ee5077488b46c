"""Keep units versions"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "unit_version",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "unit_id", "version", name=op.f("pk_unit_version")),
    )
    op.add_column("decision", sa.Column("issuer", sa.String(length=300), server_default="", nullable=False))
    op.add_column("unit", sa.Column("ended", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute(
        "INSERT INTO unit_version (tenant, unit_id, version, name, path, valid_from, ended)"
        " SELECT tenant, id, version, name, scope_path, valid_from, false FROM unit"
    )
    op.execute(
        "UPDATE decision SET issuer = unit.name FROM unit"
        " WHERE unit.tenant = decision.tenant AND unit.id = decision.unit_id"
    )


def downgrade() -> None:
    op.drop_column("unit", "ended")
    op.drop_column("decision", "issuer")
    op.drop_table("unit_version")
