"""Add delegations to grants"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("access_grant", sa.Column("delegated_from", sa.Uuid(), nullable=True))
    op.add_column("access_grant", sa.Column("on_behalf_of", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_access_grant_delegation"), "access_grant", "(delegated_from IS NULL) = (on_behalf_of IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_access_grant_delegated_to_another"), "access_grant", "on_behalf_of <> person_id"
    )
    op.add_column("initiative_step", sa.Column("on_behalf_of", sa.Uuid(), nullable=True))
    op.add_column("access_grant", sa.Column("given_in", sa.String(64), nullable=False, server_default=""))
    # Two people who share a login already stay as they are: whoever holds both is never judge of either's own.
    op.execute(
        "UPDATE access_grant g SET given_in = tenant WHERE NOT EXISTS (SELECT 1 FROM access_grant o"
        " WHERE o.tenant = g.tenant AND o.issuer = g.issuer AND o.subject = g.subject AND o.person_id <> g.person_id"
        " AND o.revoked_at IS NULL AND g.revoked_at IS NULL)"
    )
    op.execute(
        "ALTER TABLE access_grant ADD CONSTRAINT ex_access_grant_one_person EXCLUDE USING gist (given_in WITH =,"
        " issuer WITH =, subject WITH =, (CASE WHEN valid_to < valid_from THEN 'empty'::daterange ELSE daterange(valid_from, valid_to, '[]') END) WITH &&, person_id WITH <>)"
        " WHERE (revoked_at IS NULL AND given_in <> '')"
    )


def downgrade() -> None:
    op.drop_column("initiative_step", "on_behalf_of")
    op.drop_column("access_grant", "given_in")
    op.drop_column("access_grant", "on_behalf_of")
    op.drop_column("access_grant", "delegated_from")
