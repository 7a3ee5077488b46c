"""Tell of reinstated dossiers"""

from alembic import op

revision = "0015"
down_revision = "0014"

_KINDS = (
    "'initiative.submitted', 'initiative.returned', 'initiative.withdrawn', 'initiative.endorsed',"
    " 'initiative.forwarded', 'initiative.recalled', 'initiative.review_started', 'initiative.recognised',"
    " 'initiative.not_recognised', 'initiative.recommended', 'initiative.recommendation_withdrawn',"
    " 'initiative.recommendation_answered'"
)
_NEW = "'initiative.reinstated'"
_REQUESTS = "'subject_request.received', 'subject_request.due', 'subject_request.closed'"


def upgrade() -> None:
    _replace("notice", f"kind IN ({_KINDS}, {_NEW})")
    _replace("message", f"kind IN ({_KINDS}, {_NEW}, {_REQUESTS})")


def downgrade() -> None:
    op.execute("DELETE FROM message WHERE kind = 'initiative.reinstated'")
    op.execute("DELETE FROM notice WHERE kind = 'initiative.reinstated'")
    _replace("message", f"kind IN ({_KINDS}, {_REQUESTS})")
    _replace("notice", f"kind IN ({_KINDS})")


def _replace(table: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_kind"), table)
    op.create_check_constraint(op.f(f"ck_{table}_kind"), table, condition)
