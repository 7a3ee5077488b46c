"""Create sample"""

from alembic import op
from sample.app import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
