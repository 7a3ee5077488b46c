"""When a province leaves, every row of every table is in its export, and is deleted with it; or it is said why not."""

import json
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))  # The proof is a script's package, not an installed one.

from common import clock, closing, exports
from common.database import Context
from common.ids import new_id
from common.objects import Objects
from isolation import databases, tables
from isolation.tables import HERE, THERE
from sqlalchemy import func, select, text, update

SEALED = {"registration": ["national_id"]}  # What leaves in no export; the archive names it.
# What a deletion leaves: the tombstone, what is public, and who said what of the chain that stays.
KEPT = {"tenant", "tenant_standing", "catalogue_entry", "audit_entry", "audit_witness"}


@pytest.fixture(scope="module")
def scratch(postgres: str) -> Iterator[Any]:
    with databases.scratch(postgres, "leaving") as made:
        yield made


@pytest.fixture(params=databases.SERVICES)
def siege(request: pytest.FixtureRequest, scratch: Any) -> tables.Siege:
    made = tables.Siege(scratch[request.param])
    made.fill()
    with made.database.admin.begin() as connection:
        connection.execute(text("UPDATE tenant_standing SET status = 'active', heir = ''"))
    return made


def test_every_row_is_in_the_export_or_its_table_is_named_as_sealed(siege: tables.Siege, tmp_path: Path) -> None:
    service, objects, there = siege.database.service, Objects(f"file://{tmp_path}"), counts(siege, THERE)
    unit_of_work = siege.database.unit_of_work
    exporter = exports.Exporter(service, siege.database.metadata, unit_of_work, unit_of_work, objects)
    export_id = new_id()
    manifest = exporter.make(THERE, export_id)
    assert all(there.values())
    assert manifest["sealed"] == SEALED.get(service, [])
    left_out = exports.TECHNICAL | set(manifest["sealed"])
    assert {one["name"]: one["rows"] for one in manifest["files"]} == {
        f"{service}/{name}.jsonl": rows for name, rows in there.items() if name not in left_out
    }
    with zipfile.ZipFile(tmp_path / exports.prefix(THERE, export_id) / f"{service}.zip") as archive:
        rows = [json.loads(line) for name in archive.namelist() for line in archive.read(name).splitlines()]
    assert {row["tenant"] for row in rows} == {THERE}


def test_every_row_is_deleted_in_the_end_but_for_what_is_kept(siege: tables.Siege) -> None:
    others = counts(siege, HERE)
    with siege.database.admin.begin() as connection:
        yesterday = clock.today() - timedelta(days=1)
        standing = siege.database.metadata.tables["tenant_standing"]
        theirs = update(standing).where(standing.c.tenant == THERE)
        connection.execute(theirs.values(status="closing", delete_after=yesterday, purged_at=None))
        for done in ("tenant_export SET made_at", "outbox SET published_at"):
            connection.execute(text(f"UPDATE {done} = now() WHERE tenant = '{THERE}'"))
    with siege.database.unit_of_work(Context(THERE)) as uow:
        assert closing.purge(uow) > len(siege.tables)
    assert {name for name, rows in counts(siege, THERE).items() if rows} == KEPT & others.keys()
    assert counts(siege, HERE) == others


def test_no_login_reads_as_an_export_does(scratch: Any) -> None:
    """Nor an export the rows of another tenant."""
    siege = tables.Siege(scratch["registration"])
    siege.fill()
    table = siege.database.metadata.tables["subject_request"]
    for context, seen in (
        (Context(HERE), {HERE}),
        (Context(THERE), {THERE}),
        (Context(HERE, subject="somebody"), set()),
        (Context(), set()),
    ):
        with siege.database.unit_of_work(context) as uow:
            uow.allow_exporting()
            assert {row.tenant for row in uow.rows(select(table.c.tenant))} == seen
    with siege.database.unit_of_work(Context(HERE)) as uow:
        assert uow.rows(select(table)) == []


def counts(siege: tables.Siege, tenant: str) -> dict[str, int]:
    with siege.database.admin.connect() as connection:
        return {
            table.name: connection.execute(
                select(func.count()).select_from(table).where(table.c.tenant == tenant)
            ).scalar_one()
            for table in siege.tables
        }
