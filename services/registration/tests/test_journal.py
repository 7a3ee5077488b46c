"""The province's audit as its administrators read it: everything that was done, and nothing of what dossiers hold."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from common import audit, clock
from common.database import Context
from common.ids import new_id
from common.privacy import MARK, Personal
from registration.api import journal as api
from registration.store.tables import initiatives, metadata
from sqlalchemy import text


@pytest.fixture(scope="module")
def province(make_province: Any) -> Any:
    """A province of its own: its chain has what these tests did."""
    made = make_province("hau-giang")
    officer, officer_id = made.person("officer", "A", subject="officer-journal")
    made.officer, made.officer_id = officer, officer_id
    draft = officer.post("/v1/initiatives", made.draft(title="Bí mật của tác giả")).json
    assert officer.post(f"/v1/initiatives/{draft['id']}/submit", {"received_on": "2024-03-01"}).status_code == 200
    return made


def journal(province: Any, **query: Any) -> list[dict[str, Any]]:
    answer = province.admin.get("/v1/audit", query_string={"limit": 200} | query)
    assert answer.status_code == 200, answer.json
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def test_every_entry_is_there_with_who_acted_as_what(province: Any, database: Any) -> None:
    items = journal(province)
    with database.unit_of_work(Context("hau-giang")) as uow:
        positions = [row.position for row in uow.rows(text("SELECT position FROM audit_entry ORDER BY 1 DESC"))]
    assert [one["position"] for one in items] == positions[:200]
    handed_in = next(one for one in items if one["table"] == "initiative" and one["operation"] == "update")
    assert (handed_in["person_name"], handed_in["role"]) == ("officer A", "officer")
    assert handed_in["unit_id"] == str(province.units["A"])
    granted = next(one for one in items if one["table"] == "access_grant" and one["subject_name"] == "officer A")
    assert {one["field"]: one["after"] for one in granted["changes"]}["role"] == "officer"
    assert "subject" in granted["columns"]
    assert "officer-journal" not in str(items)


def test_no_dossier_is_shown_nor_named(province: Any) -> None:
    items = [one for one in journal(province) if one["table"].startswith(("initiative", "attachment", "catalogue"))]
    assert items
    assert all(one["changes"] == [] and one["subject"] is None and one["columns"] for one in items)
    assert "Bí mật của tác giả" not in str(journal(province))
    drafts = province.officer.get("/v1/initiatives").json["items"]
    assert not [one for one in drafts if one["id"] in str(journal(province))]


def test_only_columns_that_administrators_read_elsewhere_are_open() -> None:
    """A new table is closed until somebody opens it; what is personal stays closed."""
    for name, columns in api.OPEN.items():
        table = metadata.tables[name]
        assert [one for one in columns if isinstance(table.c[one].info.get(MARK), Personal)] == []
    assert initiatives.name not in api.OPEN
    assert set(api.OPEN) <= {table.name for table in audit.audited_tables(metadata)}


def test_it_is_narrowed_by_kind_person_and_act(province: Any) -> None:
    every = journal(province)
    for query in ({"table": "unit"}, {"operation": "update"}, {"person_id": province.officer_id}):
        [(name, value)] = query.items()
        found = journal(province, **query)
        assert found
        assert found == [one for one in every if one[name] == str(value)]
    both = journal(province, table="initiative", operation="insert", person_id=province.officer_id)
    assert len(both) == 1
    assert journal(province, person_id=uuid4()) == []


def test_it_is_narrowed_by_days_of_hanoi(province: Any, database: Any) -> None:
    """The chain is found by halves, so that what is long ago costs nothing; a day is one of Vietnam's."""
    today = clock.today()
    assert journal(province, to=today - timedelta(days=1)) == []
    assert journal(province, **{"from": today, "to": today}) == journal(province)
    assert journal(province, **{"from": today + timedelta(days=1)}) == []
    moments = [one["at"] for one in journal(province)]
    with database.unit_of_work(Context("hau-giang")) as uow:
        for place in (0, 1, len(moments) // 2, len(moments) - 1):
            at = uow.execute(text("SELECT cast(:at AS timestamptz)"), {"at": moments[place]}).scalar_one()
            since = audit.journal(uow, audit.Wanted(since=at), limit=200, below=None)
            until = audit.journal(uow, audit.Wanted(until=at), limit=200, below=None)
            assert (len(since), len(until)) == (place + 1, len(moments) - place - 1)


@pytest.mark.parametrize("query", ["from=9999-12-31", "to=x", "table=pg_class", "operation=x", "cursor=W10="])
def test_what_is_no_filter_is_refused(province: Any, query: str) -> None:
    assert province.admin.get(f"/v1/audit?{query}").status_code in (400, 422)


def test_pages_follow_each_other(province: Any) -> None:
    found, cursor = [], ""
    while cursor is not None:
        page = province.admin.get(f"/v1/audit?limit=7{cursor and '&cursor=' + cursor}").json
        found += page["items"]
        cursor = page["next"]
    assert found == journal(province)


def test_only_an_administrator_of_the_whole_province_reads_it(province: Any, make_province: Any) -> None:
    below, _ = province.person("administrator", "A", subject=f"below-{new_id()}")
    standing, _ = province.person("standing", "ROOT", subject=f"standing-{new_id()}")
    for path in ("/v1/audit", "/v1/audit/witnesses"):
        assert below.get(path).json["code"] == "settings.of_the_root"
        assert standing.get(path).json["code"] == "auth.role_not_allowed"
    other = make_province("khanh-hoa")
    assert other.admin.get("/v1/audit", query_string={"person_id": province.officer_id}).json["items"] == []
    theirs = {one["request_id"] for one in journal(province)}
    assert not [one for one in other.admin.get("/v1/audit").json["items"] if one["request_id"] in theirs]


def test_what_was_erased_says_so(province: Any, database: Any) -> None:
    officer, _ = province.person("officer", "B", subject=f"erased-{new_id()}")
    draft = officer.post("/v1/initiatives", province.draft(title="Sẽ bị xóa")).json
    with database.unit_of_work(Context("hau-giang")) as uow:
        audit.redact(uow, "initiative", [{"id": draft["id"]}], "erasure")
    items = journal(province)
    assert items[0]["operation"] == "redact"
    assert items[0]["changes"] == []
    [gone] = [one for one in items if one["table"] == "initiative" and one["redacted"]]
    assert (gone["columns"], gone["changes"], gone["role"]) == ([], [], "officer")


def test_it_says_how_far_it_is_witnessed(province: Any, database: Any) -> None:
    assert province.admin.get("/v1/audit/witnesses").json == {"items": []}
    with database.admin_engine.begin() as connection:
        for service, position, contradicts in (("review", 4, False), ("review", 7, False), ("review", 6, True)):
            connection.execute(
                text(
                    "INSERT INTO audit_witness (tenant, service, position, sealed_at, hash, contradicts)"
                    " VALUES ('hau-giang', :service, :position, now(), '', :contradicts)"
                ),
                {"service": service, "position": position, "contradicts": contradicts},
            )
    [kept] = province.admin.get("/v1/audit/witnesses").json["items"]
    assert (kept["service"], kept["position"], kept["contradictions"]) == ("review", 7, 1)
