"""Let units end"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = ["tenant", "unit_id", "home_id", "home_since", "year", "status", "content", "field", "affiliation"]


def upgrade() -> None:
    op.add_column("initiative", sa.Column("responsible_unit_id", sa.Uuid(), nullable=True))
    op.add_column("initiative", sa.Column("responsible_since", sa.Date(), nullable=True))
    op.add_column("own_count", sa.Column("home_id", sa.Uuid(), nullable=True))
    op.add_column("own_count", sa.Column("home_since", sa.Date(), nullable=True))
    op.execute("UPDATE own_count SET home_id = unit_id, home_since = '0001-01-01'")
    op.drop_constraint("pk_own_count", "own_count")
    op.create_primary_key("pk_own_count", "own_count", KEY)
    op.create_index("ix_own_count_home_id", "own_count", ["tenant", "home_id"], unique=False)
    op.add_column("unit", sa.Column("ended", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("unit", "ended")
    op.drop_index("ix_own_count_home_id", table_name="own_count")
    op.drop_constraint("pk_own_count", "own_count")
    op.drop_column("own_count", "home_since")
    op.drop_column("own_count", "home_id")
    op.drop_column("initiative", "responsible_since")
    op.drop_column("initiative", "responsible_unit_id")
    op.create_primary_key("pk_own_count", "own_count", [one for one in KEY if not one.startswith("home")])
