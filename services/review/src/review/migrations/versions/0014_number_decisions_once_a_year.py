"""Number decisions once a year"""

import sqlalchemy as sa
from alembic import op
from common.text import fold_number

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("decision", sa.Column("number_folded", sa.String(length=120), nullable=True))
    op.add_column("decision", sa.Column("signed_year", sa.SmallInteger(), nullable=True))
    _fill()
    op.alter_column("decision", "number_folded", nullable=False)
    op.alter_column("decision", "signed_year", nullable=False)
    op.drop_constraint(op.f("uq_decision_tenant_unit_id_signed_on_number"), "decision", type_="unique")
    op.create_unique_constraint(
        op.f("uq_decision_number"), "decision", ["tenant", "unit_id", "signed_year", "number_folded"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_decision_number"), "decision", type_="unique")
    op.create_unique_constraint(
        op.f("uq_decision_tenant_unit_id_signed_on_number"), "decision", ["tenant", "unit_id", "signed_on", "number"]
    )
    op.drop_column("decision", "signed_year")
    op.drop_column("decision", "number_folded")


def _fill() -> None:
    """Numbers that were used twice before stay as they are: only the column that is compared tells them apart."""
    connection, used = op.get_bind(), set()
    rows = connection.execute(sa.text("SELECT tenant, id, unit_id, number, signed_on FROM decision ORDER BY id"))
    for row in rows.all():
        folded, again = fold_number(row.number), 2
        key = (row.tenant, row.unit_id, row.signed_on.year)
        while (*key, folded) in used:
            folded, again = f"{fold_number(row.number)} #{again}", again + 1
        used.add((*key, folded))
        connection.execute(
            sa.text(
                "UPDATE decision SET number_folded = :folded, signed_year = :year WHERE id = :id AND tenant = :tenant"
            ),
            {"folded": folded, "year": row.signed_on.year, "id": row.id, "tenant": row.tenant},
        )
