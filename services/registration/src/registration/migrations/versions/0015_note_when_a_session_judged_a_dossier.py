"""Note when a session judged a dossier"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("initiative", sa.Column("judged_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("initiative", "judged_on")
