"""Tell of requests"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_KINDS = (
    "'initiative.submitted', 'initiative.returned', 'initiative.withdrawn', 'initiative.endorsed',"
    " 'initiative.forwarded', 'initiative.recalled', 'initiative.review_started', 'initiative.recognised',"
    " 'initiative.not_recognised'"
)
_REQUESTS = "'subject_request.received', 'subject_request.due', 'subject_request.closed'"
_AUDIENCES = "'author', 'officer', 'secretary'"


def upgrade() -> None:
    op.add_column("message", sa.Column("request_id", sa.Uuid(), nullable=True))
    op.alter_column("message", "initiative_id", existing_type=sa.Uuid(), nullable=True)
    _replace("kind", f"kind IN ({_KINDS}, {_REQUESTS})")
    _replace("audience", f"audience IN ({_AUDIENCES}, 'administrator', 'subject')")
    op.create_check_constraint(
        op.f("ck_message_about_one"), "message", "(initiative_id IS NULL) <> (request_id IS NULL)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM message WHERE request_id IS NOT NULL")
    op.drop_constraint(op.f("ck_message_about_one"), "message")
    _replace("audience", f"audience IN ({_AUDIENCES})")
    _replace("kind", f"kind IN ({_KINDS})")
    op.alter_column("message", "initiative_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_column("message", "request_id")


def _replace(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_message_{name}"), "message")
    op.create_check_constraint(op.f(f"ck_message_{name}"), "message", condition)
