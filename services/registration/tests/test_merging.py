"""Two provinces become one: nothing is lost, codes stay, and nobody notices but by the name."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from common import clock
from common.centre import CENTRE, PLATFORM
from common.database import Context
from common.errors import Conflict, Moved
from registration.store import reorganisations as store
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


def test_the_operator_prepares_a_merge_in_words_and_the_province_that_goes_on_decides(
    make_province: Any, new_name: Any, operator: Any, rename_codes: Any
) -> None:
    heir, absorbed = make_province(new_name()), make_province(new_name())
    moved = rename_codes(absorbed)
    [theirs] = absorbed.hand_in("A")
    body = {"title": "Hợp nhất", "legal_basis": "202/2025/QH15", "effective_on": AFTER.isoformat()}
    made = operator.post("/v1/reorganisations", body | {"tenant": heir.name, "absorbs": [absorbed.name]})
    assert made.status_code == 201, made.json
    assert made.json["absorbed_names"] == [f"Tỉnh {absorbed.name}"]
    *moves, end = made.json["changes"]
    assert {one["unit_id"] for one in moves} == set(moved)
    assert {(one["action"], one["parent_id"]) for one in moves} == {("move", heir.root_id)}
    assert (end["action"], end["unit_id"], end["heir_id"], end["grants"]) == (
        "end", absorbed.root_id, heir.root_id, "end",
    )  # fmt: skip
    assert {absorbed.root_id, heir.root_id, *(one["unit_id"] for one in moves)} == set(made.json["names"])
    path, of_heir = f"/v1/reorganisations/{made.json['id']}", f"?tenant={heir.name}"
    totals = operator.get(f"{path}/preview{of_heir}").json["totals"]
    assert (totals["initiative"], totals["ended"]) == (1, 1)
    assert heir.admin.post(f"{path}/approve").status_code == 200
    applied = heir.admin.post(f"{path}/apply")
    assert (applied.status_code, applied.json["status"]) == (200, "applied"), applied.json
    assert [applied.json[name] == made.json[name] for name in ("names", "absorbed_names")] == [True, True]
    standing, _ = heir.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    assert [one["id"] for one in standing.get("/v1/initiatives").json["items"]] == [theirs]


def test_the_operator_withdraws_a_merge_before_it_is_applied(
    make_province: Any, new_name: Any, operator: Any, rename_codes: Any
) -> None:
    heir, absorbed = make_province(new_name()), make_province(new_name())
    rename_codes(absorbed)
    body = {"title": "Hợp nhất", "legal_basis": "202", "effective_on": AFTER.isoformat(), "absorbs": [absorbed.name]}
    path = f"/v1/reorganisations/{operator.post('/v1/reorganisations', body | {'tenant': heir.name}).json['id']}"
    assert operator.post(f"{path}/withdraw?tenant={absorbed.name}").json["code"] == "reorganisation.not_found"
    assert heir.admin.post(f"{path}/withdraw?tenant={absorbed.name}").json["code"] == "reorganisation.operators_only"
    below, _ = heir.person("administrator", "A", subject=f"b-{uuid4().hex[:8]}")
    assert below.post(f"{path}/withdraw").json["code"] == "reorganisation.of_the_whole_province"
    assert operator.post(f"{path}/withdraw?tenant={heir.name}").json["status"] == "withdrawn"


def test_who_writes_a_merge_does_not_decide_it_and_the_other_way_round(
    make_province: Any, new_name: Any, operator: Any, rename_codes: Any
) -> None:
    heir, absorbed = make_province(new_name()), make_province(new_name())
    rename_codes(absorbed)
    body = {"title": "Hợp nhất", "legal_basis": "202", "effective_on": AFTER.isoformat()}
    made = operator.post("/v1/reorganisations", body | {"tenant": heir.name, "absorbs": [absorbed.name]}).json
    path, anew = f"/v1/reorganisations/{made['id']}", body | {"changes": made["changes"], "title": "Khác"}
    refused = heir.admin.put(path, anew, version=1)
    assert (refused.status_code, refused.json["code"]) == (403, "reorganisation.merge_is_the_operators")
    edited = operator.put(f"{path}?tenant={heir.name}", anew, version=1)
    assert (edited.json["title"], edited.json["prepared_by"]) == ("Khác", made["prepared_by"])
    assert heir.admin.post(f"{path}/withdraw").json["status"] == "withdrawn"


def test_the_operator_has_no_part_in_what_a_province_does_within_itself(
    make_province: Any, new_name: Any, operator: Any
) -> None:
    province = make_province(new_name())
    rename = {"action": "rename", "unit_id": province.units["A"], "name": "Xã Khác"}
    body = {"title": "Đổi tên", "legal_basis": "x", "effective_on": AFTER.isoformat(), "changes": [rename]}
    path, of_it = f"/v1/reorganisations/{province.admin.post('/v1/reorganisations', body).json['id']}", province.name
    for answer in (
        operator.post("/v1/reorganisations", body | {"tenant": of_it}),
        operator.put(f"{path}?tenant={of_it}", body, version=1),
        operator.post(f"{path}/withdraw?tenant={of_it}"),
    ):
        assert (answer.status_code, answer.json["code"]) == (403, "reorganisation.of_the_province")
    assert (province.admin.get(path).json["status"], province.admin.get(path).json["version"]) == ("draft", 1)


def test_what_cannot_be_merged_is_refused_when_it_is_prepared(
    make_province: Any, new_name: Any, operator: Any, rename_codes: Any, database: Any
) -> None:
    heir, absorbed = make_province(new_name()), make_province(new_name())
    body = {"title": "Hợp nhất", "legal_basis": "202", "effective_on": AFTER.isoformat(), "tenant": heir.name}
    rename = [{"action": "rename", "unit_id": heir.units["A"], "name": "Xã Khác"}]
    of_none = [(PLATFORM, "tenant.not_found"), ("khong-co", "tenant.not_found")]
    for other, code in (*of_none, (heir.name, "tenant.merges_with_itself")):
        for changes in ([], rename):
            refused = operator.post("/v1/reorganisations", body | {"absorbs": [other], "changes": changes})
            assert refused.json["code"] == code, changes
    for nowhere in ("khong-co", "", PLATFORM):
        refused = operator.post("/v1/reorganisations", body | {"tenant": nowhere, "absorbs": [absorbed.name]})
        assert refused.json["code"] == "tenant.not_found", "no province goes on"
    last = make_province(new_name())
    merge = {"title": "x", "legal_basis": "202", "effective_on": AFTER, "absorbs": [last.name], "changes": []}
    rename_codes(last)
    late = operator.post("/v1/reorganisations", body | {"absorbs": [last.name]}).json
    with database.unit_of_work(Context(absorbed.name)) as uow:
        usecases.carry_out(uow, usecases.Moment(clock.now(), clock.today()), uuid4(), **merge)
    gone = operator.post("/v1/reorganisations", body | {"absorbs": [last.name]}).json
    assert (gone["code"], absorbed.name in gone["detail"]) == ("tenant.already_merged", True)
    shown = operator.get(f"/v1/reorganisations/{late['id']}?tenant={heir.name}")
    assert (shown.status_code, heir.root_id in shown.json["names"]) == (200, True), "a draft that came too late"
    looked = operator.get(f"/v1/reorganisations/{late['id']}/preview?tenant={heir.name}")
    assert looked.json["code"] == "tenant.already_merged"
    again = operator.post("/v1/reorganisations", body | {"absorbs": [absorbed.name, absorbed.name]})
    assert (again.json["code"], again.json["errors"][0]["pointer"]) == ("reorganisation.absorbs_twice", "/absorbs")
    for side in ({"tenant": CENTRE, "absorbs": [heir.name]}, {"absorbs": [CENTRE]}):
        make_province(CENTRE)
        assert operator.post("/v1/reorganisations", body | side).json["code"] == "tenant.is_the_centre"
    for day in ("0001-01-01", "1999-12-31", "2101-01-01"):
        refused = operator.post("/v1/reorganisations", body | {"absorbs": [absorbed.name], "effective_on": day})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/effective_on")
    twice = operator.post("/v1/reorganisations", body | {"absorbs": [absorbed.name]}).json
    refused = operator.get(f"/v1/reorganisations/{twice['id']}/preview?tenant={heir.name}")
    assert refused.json["code"] == "reorganisation.code_twice", "both provinces have a unit of this code"


@pytest.mark.parametrize("stop", ["suspend", "close"])
def test_a_province_that_is_not_at_work_joins_no_other(
    make_province: Any, new_name: Any, operator: Any, rename_codes: Any, stop: str
) -> None:
    heir, absorbed = make_province(new_name()), make_province(new_name())
    rename_codes(absorbed)
    body = {"title": "Hợp nhất", "legal_basis": "202", "effective_on": AFTER.isoformat(), "tenant": heir.name}
    made = operator.post("/v1/reorganisations", body | {"absorbs": [absorbed.name]}).json
    path = f"/v1/reorganisations/{made['id']}"
    assert heir.admin.post(f"{path}/approve").status_code == 200
    assert operator.post(f"/v1/tenants/{absorbed.name}/{stop}", {"reason": "Thử"}).status_code == 200
    drafted = operator.post("/v1/reorganisations", body | {"absorbs": [absorbed.name]})
    for refused in (drafted, heir.admin.post(f"{path}/apply")):
        assert (refused.status_code, refused.json["code"]) == (409, "tenant.not_at_work"), refused.json
        assert f"Tỉnh {absorbed.name}" in refused.json["messages"]["vi"]
    assert operator.post(f"/v1/tenants/{absorbed.name}/resume").status_code == 200
    assert heir.admin.post(f"{path}/apply").status_code == 200


def test_what_the_other_province_had_prepared_is_withdrawn_when_it_joins(
    make_province: Any, new_name: Any, operator: Any, rename_codes: Any, database: Any
) -> None:
    heir, absorbed = make_province(new_name()), make_province(new_name())
    rename_codes(absorbed)
    rename = {"action": "rename", "unit_id": absorbed.units["A"], "name": "Xã Khác"}
    own = {"title": "Riêng", "legal_basis": "x", "effective_on": "2026-01-01", "changes": [rename]}
    draft, approved, given_up = (absorbed.admin.post("/v1/reorganisations", own).json["id"] for _ in range(3))
    standing, _ = absorbed.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    assert standing.post(f"/v1/reorganisations/{approved}/approve").status_code == 200
    absorbed.admin.post(f"/v1/reorganisations/{given_up}/withdraw")
    kept = heir.admin.post("/v1/reorganisations", own | {"changes": []}).json
    values = {"title": "x", "legal_basis": "202", "effective_on": AFTER, "absorbs": [absorbed.name], "changes": []}
    with database.unit_of_work(Context(heir.name)) as uow:
        usecases.carry_out(uow, usecases.Moment(clock.now(), clock.today()), uuid4(), **values)
    found = {one: heir.admin.get(f"/v1/reorganisations/{one}").json for one in (draft, approved, given_up, kept["id"])}
    assert [one["status"] for one in found.values()] == ["withdrawn", "withdrawn", "withdrawn", "draft"]
    assert [one["version"] for one in found.values()] == [2, 3, 2, 1]


def test_a_province_never_has_two_roots(
    make_province: Any, new_name: Any, operator: Any, rename_codes: Any, database: Any
) -> None:
    heir, absorbed = make_province(new_name()), make_province(new_name())
    rename_codes(absorbed)
    body = {"title": "Hợp nhất", "legal_basis": "202", "effective_on": AFTER.isoformat(), "changes": []}
    made = operator.post("/v1/reorganisations", body | {"tenant": heir.name, "absorbs": [absorbed.name]}).json
    path = f"/v1/reorganisations/{made['id']}"
    rewritten = operator.put(f"{path}?tenant={heir.name}", body | {"changes": made["changes"][:-1]}, version=1)
    assert rewritten.status_code == 200, rewritten.json
    answers = [operator.get(f"{path}/preview?tenant={heir.name}"), heir.admin.post(f"{path}/approve")]
    moment = usecases.Moment(clock.now(), clock.today())
    with database.unit_of_work(Context(heir.name)) as uow:  # As if it had been approved before this was refused.
        act = store.reorganisation(uow, UUID(made["id"]))
        act.approve(None, moment.now)
        store.save(uow, act)
    for answer in (*answers, heir.admin.post(f"{path}/apply")):
        assert (answer.status_code, answer.json["code"]) == (409, "reorganisation.two_roots")
        assert all(f"Tỉnh {one.name}" in answer.json["detail"] for one in (heir, absorbed))
    assert absorbed.admin.get("/v1/units").status_code == 200, "it is no part of the other"
    assert heir.admin.post(f"{path}/withdraw").status_code == 200


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
    with pytest.raises(Conflict, match="already_merged"), database.unit_of_work(Context(heir.name)) as uow:
        usecases.carry_out(uow, moment, uuid4(), **values, changes=changes)
