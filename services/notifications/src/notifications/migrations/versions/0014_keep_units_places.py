"""Keep units' places

Only registration knows where a unit is: until it is told again (`replay`), it is found by its id alone, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_index("ix_access_grant_scope_path", "access_grant", ["tenant", "scope_path", "role"], unique=False)
    op.add_column("notice", sa.Column("responsible_unit_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_notice_responsible_unit", "notice", ["tenant", "responsible_unit_id", "occurred_at"], unique=False
    )
    op.add_column(
        "unit", sa.Column("scope_path", sa.String(length=500, collation="C"), server_default="", nullable=False)
    )
    op.create_index("ix_unit_scope_path", "unit", ["tenant", "scope_path"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_unit_scope_path", table_name="unit")
    op.drop_column("unit", "scope_path")
    op.drop_index("ix_notice_responsible_unit", table_name="notice")
    op.drop_column("notice", "responsible_unit_id")
    op.drop_index("ix_access_grant_scope_path", table_name="access_grant")
