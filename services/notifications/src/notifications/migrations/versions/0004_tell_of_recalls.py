"""Tell of recalls"""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = ("notice", "message")
BEFORE = (
    "kind IN ('initiative.submitted', 'initiative.returned', 'initiative.withdrawn', 'initiative.endorsed',"
    " 'initiative.forwarded', 'initiative.review_started', 'initiative.recognised', 'initiative.not_recognised')"
)
AFTER = (
    "kind IN ('initiative.submitted', 'initiative.returned', 'initiative.withdrawn', 'initiative.endorsed',"
    " 'initiative.forwarded', 'initiative.recalled', 'initiative.review_started', 'initiative.recognised',"
    " 'initiative.not_recognised')"
)


def upgrade() -> None:
    for table in TABLES:
        op.drop_constraint(op.f(f"ck_{table}_kind"), table)
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, AFTER)


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE kind = 'initiative.recalled'")  # noqa: S608 -- constants only.
        op.drop_constraint(op.f(f"ck_{table}_kind"), table)
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, BEFORE)
