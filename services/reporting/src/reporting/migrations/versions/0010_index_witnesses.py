"""Index witnesses"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index("ix_audit_witness_newest", "audit_witness", ["tenant", "service", "sealed_at"], unique=False)
    op.create_index(
        "ix_audit_witness_contradicts",
        "audit_witness",
        ["tenant"],
        unique=False,
        postgresql_where=sa.text("contradicts"),
    )
