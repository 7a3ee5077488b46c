"""Keep drafts private"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("initiative", sa.Column("recorded_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    # The table's policy names the column; the code of before applies its own after this.
    op.execute("DROP POLICY IF EXISTS app ON initiative")
    op.drop_column("initiative", "recorded_by")
