"""Add delegations to grants"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("access_grant", sa.Column("delegated_from", sa.Uuid(), nullable=True))
    op.add_column("access_grant", sa.Column("on_behalf_of", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_access_grant_delegation"), "access_grant", "(delegated_from IS NULL) = (on_behalf_of IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_access_grant_delegated_to_another"), "access_grant", "on_behalf_of <> person_id"
    )


def downgrade() -> None:
    op.drop_column("access_grant", "on_behalf_of")
    op.drop_column("access_grant", "delegated_from")
