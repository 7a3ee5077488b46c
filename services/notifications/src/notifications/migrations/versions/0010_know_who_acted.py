"""Know who acted"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("notice", sa.Column("acted_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("notice", "acted_by")
