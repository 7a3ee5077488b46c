"""Let sessions lapse"""

from alembic import op

revision = "0012"
down_revision = "0011"

NAME = "ck_session_status"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "session", type_="check")
    op.create_check_constraint(op.f(NAME), "session", "status IN ('planned', 'open', 'closed', 'decided', 'lapsed')")


def downgrade() -> None:
    op.execute("UPDATE session SET status = 'closed' WHERE status = 'lapsed'")
    op.drop_constraint(op.f(NAME), "session", type_="check")
    op.create_check_constraint(op.f(NAME), "session", "status IN ('planned', 'open', 'closed', 'decided')")
