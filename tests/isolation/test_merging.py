"""When provinces merge every row of every table goes to the heir, or the table says why it stays; nothing is lost."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))  # The proof is a script's package, not an installed one.

from common import tenants
from common.database import Context
from isolation import databases, tables
from isolation.tables import HERE, THERE
from sqlalchemy import text

# Tables whose rows keep the tenant they were written under, each with its reason.
STAYS = {
    "outbox": "what was told was told by the province of that time",
    "tenant_standing": "what became of the merged province itself",
    "tenant_quota": "the merged province's own limits; the heir has its own",
    "tenant_export": "what was exported as the merged province",
    "tenant_archive": "the archive of an export as the merged province",
    "audit_entry": "what was done was done in the province of that time; the chain leads into the heir's",
    "audit_witness": "what other services said of the merged province's chains",
    "province": "the centre's, which is no province and never merges: which provinces there are",
    "recommended_dossier": "the centre's too: under whose name it was given is a column, and so is who answers for it",
    "received_rollup": "the centre's too: what each province gave, under its name of that time",
    "tenant": "the merged province's own name, for what it published",
    "tenant_settings": "the rules that the merged province had; from now on the heir's hold",
}


@pytest.fixture(scope="module")
def scratch(postgres: str) -> Iterator[Any]:
    with databases.scratch(postgres, "merging") as made:
        yield made


@pytest.mark.parametrize("service", databases.SERVICES)
def test_every_row_goes_to_the_heir_or_its_table_says_why_it_stays(scratch: Any, service: str) -> None:
    siege = tables.Siege(scratch[service])
    siege.fill()
    before = _counts(siege)
    assert all(before[table.name].get(THERE) for table in siege.tables)
    with siege.database.admin.begin() as connection:
        connection.execute(text("UPDATE tenant_standing SET status = 'active', heir = ''"))
    with siege.database.unit_of_work(Context(THERE)) as uow:
        tenants.absorb(uow, HERE)
    after = _counts(siege)
    assert {name for name, counts in after.items() if THERE in counts} == STAYS.keys() & before.keys()
    for name, counts in before.items():
        if name not in STAYS:
            assert after[name] == {HERE: sum(counts.values())}, name


def _counts(siege: tables.Siege) -> dict[str, dict[str, int]]:
    with siege.database.admin.connect() as connection:
        return {
            table.name: {
                row.tenant: row.rows
                for row in connection.execute(
                    text(f'SELECT tenant, count(*) AS rows FROM "{table.name}" GROUP BY tenant')
                )
            }
            for table in siege.tables
        }
