"""What the database itself guarantees, and how many statements a request takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from common import limits
from common.database import Context
from registration.store import units
from registration.store.tables import metadata
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL sent while the block runs."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_every_table_begins_its_key_with_the_tenant() -> None:
    for table in metadata.sorted_tables:
        assert next(iter(table.primary_key)).name == "tenant", table.name


def test_the_territory_of_a_place_is_what_lies_below_it(database: Any, make_province: Any) -> None:
    province = make_province("long-an")
    for code, level in (("D1", "district"), ("D2", "district")):
        province.units[code] = province.make_unit(code, province.root_id, kind="administrative", level=level)
    for code, above in (("C1", "D1"), ("C2", "D2")):
        province.make_unit(code, province.units[above], kind="administrative", level="commune")
    with database.unit_of_work(Context("long-an")) as uow:
        below = units.territory(uow, date(2024, 1, 1), "/ROOT/D1/")
        assert sorted(unit.code for unit in below) == ["C1", "D1"]
        assert units.unit_codes(uow) == {"ROOT", "A", "B", "D1", "D2", "C1", "C2"}


def test_without_a_tenant_no_row_is_seen(database: Any, province: Any) -> None:
    with database.unit_of_work(Context()) as uow:
        for table in metadata.sorted_tables:
            if table.name not in ("tenant", "catalogue_entry"):
                assert uow.rows(text(f'SELECT 1 FROM "{table.name}"')) == [], table.name


def test_a_row_of_another_tenant_cannot_be_written(database: Any, province: Any) -> None:
    insert = text("INSERT INTO person (tenant, id, name, version) VALUES ('lai-chau', gen_random_uuid(), 'x', 1)")
    with pytest.raises(DBAPIError, match="row-level security"), database.unit_of_work(Context("khanh-hoa")) as uow:
        uow.execute(insert)


def test_the_relay_sees_the_outbox_only(database: Any, province: Any) -> None:
    for table in metadata.sorted_tables:
        with database.relay_engine.connect() as connection:
            query = text(f'SELECT count(*) FROM "{table.name}"')
            if table.name == "outbox":
                assert connection.scalar(query)
            elif table.name in ("inbox", "idempotency", "audit_witness"):
                assert connection.scalar(query) == 0  # Only rows that are old enough to be deleted.
            else:
                with pytest.raises(DBAPIError, match="permission denied"):
                    connection.execute(query)


def test_two_names_of_a_unit_never_overlap(database: Any, province: Any) -> None:
    change = text(
        "INSERT INTO unit_period (tenant, unit_id, valid_from, name, scope_path)"
        " SELECT tenant, unit_id, valid_from + 1, 'Tên khác', scope_path FROM unit_period WHERE tenant = 'khanh-hoa'"
    )
    with pytest.raises(IntegrityError, match="one_at_a_time"), database.unit_of_work(Context("khanh-hoa")) as uow:
        uow.execute(change)


def test_a_unit_keeps_its_old_name_for_the_old_days(province: Any) -> None:
    unit_id = province.make_unit("RENAMED", province.root_id)
    changed = province.admin.post(f"/v1/units/{unit_id}/changes", {"name": "Tên mới", "valid_from": "2025-07-01"})
    assert changed.status_code == 201, changed.json
    before = province.admin.get(f"/v1/units/{unit_id}?as_of=2025-06-30").json
    after = province.admin.get(f"/v1/units/{unit_id}?as_of=2025-07-01").json
    assert (before["name"], before["valid_to"], after["name"]) == ("Đơn vị RENAMED", "2025-06-30", "Tên mới")
    assert province.admin.get(f"/v1/units/{unit_id}?as_of=2009-12-31").status_code == 404


MOST_STATEMENTS = {"register": 7, "submit": 8, "list": 2, "show": 3}


def test_a_request_takes_few_statements_however_many_rows(
    province: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "QUOTAS_LIVE_SECONDS", float("inf"))  # A look at them is in no measurement.
    officer, _ = province.person("officer", "A", subject="officer-counting")
    engine = app.extensions["service"].engine
    for _ in range(12):
        officer.post("/v1/initiatives", province.draft())
    with statements(engine) as register:
        made = officer.post("/v1/initiatives", province.draft(), headers={"Idempotency-Key": "count"}).json
    path = f"/v1/initiatives/{made['id']}"
    with statements(engine) as submit:
        officer.post(f"{path}/submit", {"received_on": "2024-03-01"})
    with statements(engine) as listed:
        assert len(officer.get("/v1/initiatives?limit=10").json["items"]) == 10
    with statements(engine) as show:
        officer.get(path)
    counted = {"register": len(register), "submit": len(submit), "list": len(listed), "show": len(show)}
    assert all(counted[name] <= MOST_STATEMENTS[name] for name in counted), counted


def test_pages_follow_each_other_without_gap_or_repeat(province: Any) -> None:
    officer, _ = province.person("officer", "B", subject="officer-paging")
    made = [officer.post("/v1/initiatives", province.draft()).json["id"] for _ in range(7)]
    seen, cursor = [], ""
    while True:
        page = officer.get(f"/v1/initiatives?limit=3{cursor}").json
        seen += [item["id"] for item in page["items"]]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    assert [one for one in seen if one in made] == made[::-1]
    assert len(seen) == len(set(seen))


def test_the_lists_range_is_the_scopes_so_that_its_index_serves(app: Any, province: Any) -> None:
    """The policy keeps to it too, but its settings are no constants that a plan could use."""
    officer, _ = province.person("officer", "A", subject="officer-ranged")
    with statements(app.extensions["service"].engine) as sent:
        assert officer.get("/v1/initiatives").status_code == 200
    assert any("scope_path BETWEEN" in statement for statement in sent), sent
