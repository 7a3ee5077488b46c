"""Let messages end"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # A notice and its messages end each after its own time, an e-mail with its message.
    op.drop_constraint("fk_message_tenant_event_id", "message", type_="foreignkey")
    op.drop_constraint("fk_email_tenant_message_id", "email", type_="foreignkey")
    op.create_foreign_key(
        "fk_email_tenant_message_id",
        "email",
        "message",
        ["tenant", "message_id"],
        ["tenant", "id"],
        ondelete="CASCADE",
        deferrable=True,
    )
