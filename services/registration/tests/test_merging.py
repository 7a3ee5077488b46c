"""Two provinces become one: nothing is lost, codes stay, and nobody notices but by the name."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from common import clock
from common.database import Context
from common.errors import Conflict, Moved
from registration.usecases import reorganisations as usecases
from sqlalchemy import text

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


def test_two_provinces_become_one_and_nothing_is_lost(
    make_province: Any, new_name: Any, database: Any, rename_codes: Any
) -> None:
    heir, absorbed = make_province(new_name()), make_province(new_name())
    absorbed_units = rename_codes(absorbed)
    mine, theirs = heir.hand_in("A", 2), absorbed.hand_in("A", 3)
    codes = {one: heir.row(one).code for one in (*mine, *theirs)}
    member, _ = absorbed.person("officer", "A", subject=f"m-{uuid4().hex[:8]}")
    before = census(database, heir.name, absorbed.name)
    changes = [
        *({"action": "move", "unit_id": unit, "parent_id": heir.root_id} for unit in absorbed_units),
        {"action": "end", "unit_id": absorbed.root_id, "successor_ids": [heir.root_id], "heir_id": heir.root_id,
         "grants": "end"},
    ]  # fmt: skip
    with database.unit_of_work(Context(heir.name)) as uow:
        usecases.carry_out(
            uow, usecases.Moment(clock.now(), clock.today()), uuid4(), title="Hợp nhất", legal_basis="202/2025/QH15",
            effective_on=AFTER, absorbs=[absorbed.name], changes=changes,
        )  # fmt: skip
    after = census(database, heir.name, absorbed.name)
    assert {table: sum(counts.values()) for table, counts in after.items()} == {
        table: sum(counts.values()) + (table == "reorganisation") + (table == "unit_succession")
        + (table == "unit_period") * (len(absorbed_units) + 1) for table, counts in before.items()
    }  # fmt: skip
    assert {table for table, counts in after.items() if absorbed.name in counts} == {
        "tenant",
        "tenant_standing",
        "tenant_quota",
        "tenant_settings",
    }
    assert {one: heir.row(one).code for one in codes} == codes
    standing, _ = heir.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    listed = {one["id"] for one in standing.get("/v1/initiatives").json["items"]}
    assert listed == {*mine, *theirs}
    old = {one["id"] for one in standing.get(f"/v1/initiatives?under={absorbed.root_id}&as_of={BEFORE}").json["items"]}
    assert old == set(theirs)
    with pytest.raises(Moved), database.unit_of_work(Context(absorbed.name)):
        pass
    # The officer's grant is known to the API from before; the request is sent on to the new province.
    assert member.get("/v1/initiatives").status_code == 200
    assert member.get(f"/v1/initiatives/{theirs[0]}").status_code == 200
    [told] = [one for one in absorbed.told("tenant.recorded") if one["status"] == "merged"]
    assert told["heir"] == heir.name


def census(database: Any, *tenants: str) -> dict[str, dict[str, int]]:
    """Rows of each table by tenant, but of the log of events and the audit, which says that they moved."""
    found: dict[str, dict[str, int]] = {}
    with database.admin_engine.connect() as connection:
        for table in database.metadata.sorted_tables:
            if "tenant" in table.c and table.name not in ("outbox", "audit_entry"):
                query = text(f'SELECT tenant, count(*) FROM "{table.name}" WHERE tenant = ANY(:t) GROUP BY tenant')
                found[table.name] = dict(connection.execute(query, {"t": list(tenants)}).all())  # type: ignore[arg-type]
    return found


def test_a_merge_cannot_be_undone_and_a_province_merges_once(
    make_province: Any, new_name: Any, database: Any, rename_codes: Any
) -> None:
    heir, absorbed = make_province(new_name()), make_province(new_name())
    units = rename_codes(absorbed)
    changes = [
        *({"action": "move", "unit_id": unit, "parent_id": heir.root_id} for unit in units),
        {"action": "end", "unit_id": absorbed.root_id, "successor_ids": [heir.root_id], "heir_id": heir.root_id},
    ]
    values = {"title": "Hợp nhất", "legal_basis": "202", "effective_on": AFTER, "absorbs": [absorbed.name]}
    moment = usecases.Moment(clock.now(), clock.today())
    with database.unit_of_work(Context(heir.name)) as uow:
        act = usecases.carry_out(uow, moment, uuid4(), **values, changes=changes)
    with pytest.raises(Conflict, match="merge_is_final"), database.unit_of_work(Context(heir.name)) as uow:
        usecases.undo(uow, act.id, moment)
    with pytest.raises(Moved), database.unit_of_work(Context(heir.name)) as uow:
        usecases.carry_out(uow, moment, uuid4(), **values, changes=changes)
