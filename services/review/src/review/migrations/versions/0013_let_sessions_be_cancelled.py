"""Let sessions be cancelled"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

STATUSES = "'planned', 'open', 'closed', 'decided', 'lapsed'"


def upgrade() -> None:
    op.add_column("decision", sa.Column("recorded_late", sa.Text(), server_default="", nullable=False))
    op.add_column("session", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    _replace("status", f"status IN ({STATUSES}, 'cancelled')")
    _replace("frozen", "(status = 'planned') = (rules IS NULL) OR status = 'cancelled'")
    op.create_check_constraint(
        op.f("ck_session_cancelled_has_reason"), "session", "(status = 'cancelled') = (reason <> '')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_session_cancelled_has_reason"), "session", type_="check")
    op.execute("UPDATE session SET status = 'lapsed' WHERE status = 'cancelled' AND rules IS NOT NULL")
    op.execute("UPDATE session SET status = 'planned' WHERE status = 'cancelled'")
    _replace("status", f"status IN ({STATUSES})")
    _replace("frozen", "(status = 'planned') = (rules IS NULL)")
    op.drop_column("session", "reason")
    op.drop_column("decision", "recorded_late")


def _replace(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_session_{name}"), "session", type_="check")
    op.create_check_constraint(op.f(f"ck_session_{name}"), "session", condition)
