"""Tell of recommendations"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_KINDS = (
    "'initiative.submitted', 'initiative.returned', 'initiative.withdrawn', 'initiative.endorsed',"
    " 'initiative.forwarded', 'initiative.recalled', 'initiative.review_started', 'initiative.recognised',"
    " 'initiative.not_recognised'"
)
_NEW = "'initiative.recommended', 'initiative.recommendation_withdrawn', 'initiative.recommendation_answered'"
_REQUESTS = "'subject_request.received', 'subject_request.due', 'subject_request.closed'"


def upgrade() -> None:
    op.add_column("notice", sa.Column("answer", sa.String(length=16), server_default="", nullable=False))
    _replace("notice", "kind", f"kind IN ({_KINDS}, {_NEW})")
    _replace("message", "kind", f"kind IN ({_KINDS}, {_NEW}, {_REQUESTS})")
    _replace(
        "message", "audience", "audience IN ('author', 'officer', 'secretary', 'standing', 'administrator', 'subject')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM message WHERE kind LIKE 'initiative.recommend%' OR audience = 'standing'")
    op.execute("DELETE FROM notice WHERE kind LIKE 'initiative.recommend%'")
    _replace("message", "audience", "audience IN ('author', 'officer', 'secretary', 'administrator', 'subject')")
    _replace("message", "kind", f"kind IN ({_KINDS}, {_REQUESTS})")
    _replace("notice", "kind", f"kind IN ({_KINDS})")
    op.drop_column("notice", "answer")


def _replace(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
