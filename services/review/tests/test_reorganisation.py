"""A unit ends: its heir answers for what was decided under it, and decisions are found under the issuer's old name."""

from typing import Any

import pytest
from sqlalchemy import text

THEN, NOW = "2025-06-30", "2025-07-01"
LISTS = ("dossiers", "sessions", "councils", "decisions", "commendations")


@pytest.fixture(scope="module")
def reformed(make_province: Any, council: Any) -> Any:
    """DK decided something, with DP below it; on 2025-07-01 DK ends, CL answers for it, and DP goes below CL."""
    province = make_province("phu-yen")
    council = type(council)(province)
    dossier = province.forward()
    session = council.open([dossier])
    council.judge(dossier)
    council.close(session)
    province.decision = council.decide(session, "01/QĐ-CU").json
    honour = {"title": "Giấy khen", "form": "praise", "authority": "district", "from_year": 2019, "to_year": 2019}
    honour |= {"unit_id": str(province.units["DK"]), "recipients": [{"kind": "individual", "group": "g", "count": 3}]}
    assert council.standing.post("/v1/commendations", honour).status_code == 201
    province.before, _ = province.person("standing", "CL")
    province.seen_before = province.before.get("/v1/decisions").json["items"]
    heir = province.paths["CL"]
    province.record_unit("CL", version=2, name="Xã Cam Lâm mới", valid_from=NOW)
    province.record_unit("DK", version=2, scope_path=heir, valid_from=NOW, ended=True)
    province.record_unit("DP", version=2, scope_path=f"{heir}DP/", valid_from=NOW)
    return province


def test_the_heir_sees_and_answers_for_what_was_decided(reformed: Any) -> None:
    assert reformed.seen_before == []
    [decision] = reformed.before.get("/v1/decisions").json["items"]
    assert (decision["id"], decision["unit_id"]) == (reformed.decision["id"], str(reformed.units["DK"]))
    assert decision["scope_path"] == reformed.paths["CL"]
    assert reformed.before.get(f"/v1/decisions/{decision['id']}").status_code == 200


def test_a_decision_is_found_under_the_name_its_issuer_had(reformed: Any) -> None:
    standing, _ = reformed.person("standing", "ROOT")
    [found] = standing.get("/v1/decisions?q=Đơn vị DK").json["items"]
    assert (found["issuer"], found["number"]) == ("Đơn vị DK", "01/QĐ-CU")
    assert standing.get("/v1/decisions?q=don vi dk").json["items"] == [found]
    assert standing.get("/v1/decisions?q=Cam Lâm mới").json["items"] == []
    assert len(standing.get("/v1/decisions?q=01/QĐ").json["items"]) == 1


@pytest.mark.parametrize("kind", LISTS)
def test_lists_take_the_structure_of_a_day(reformed: Any, kind: str) -> None:
    caller, _ = reformed.person("secretary" if kind == "dossiers" else "standing", "ROOT")
    ids = {code: str(unit_id) for code, unit_id in reformed.units.items()}

    def count(unit: str, day: str) -> int:
        answer = caller.get(f"/v1/{kind}?under={ids[unit]}&as_of={day}")
        return len(answer.json["items"]) if answer.status_code == 200 else -answer.status_code

    assert (count("DK", THEN), count("CL", THEN)) == (1, 0)
    assert (count("DK", NOW), count("CL", NOW)) == (-404, 1)
    assert count("ROOT", THEN) == count("ROOT", NOW) == len(caller.get(f"/v1/{kind}").json["items"]) == 1


def test_nothing_new_is_made_under_an_ended_unit(reformed: Any) -> None:
    refused = reformed.admin.post("/v1/rulebooks", reformed.rulebook_body("DK"))
    assert (refused.status_code, refused.json["code"]) == (422, "unit.unknown")


def test_every_version_of_a_unit_is_kept_once_whatever_order_they_come_in(reformed: Any, database: Any) -> None:
    reformed.record_unit("CL")
    query = "SELECT version, name FROM unit_version WHERE tenant = 'phu-yen' AND unit_id = :id ORDER BY version"
    with database.admin_engine.connect() as connection:
        rows = connection.execute(text(query), {"id": reformed.units["CL"]}).all()
    assert [tuple(row) for row in rows] == [(1, "Đơn vị CL"), (2, "Xã Cam Lâm mới")]


def test_one_province_becomes_part_of_another_with_everything_it_decided(make_province: Any, database: Any) -> None:
    absorbed, heir = make_province("ninh-thuan"), make_province("binh-thuan")
    dossier = absorbed.forward("CL")
    before = _rows(database, "ninh-thuan")
    merged = {"tenant_id": absorbed.units["ROOT"], "version": 2, "code": "ninh-thuan", "name": "Ninh Thuận"}
    absorbed.tell("tenant.recorded", merged | {"status": "merged", "heir": "binh-thuan"})
    assert _rows(database, "ninh-thuan") == {"tenant_standing": 1}
    assert {table: count for table, count in _rows(database, "binh-thuan").items() if table in before}
    absorbed.tell("initiative.withdrawn", absorbed.initiative("CL", version=9) | {"initiative_id": dossier})
    with database.admin_engine.connect() as connection:
        states = connection.execute(
            text("SELECT tenant, state FROM dossier WHERE initiative_id = :id"), {"id": dossier}
        ).all()
    assert [tuple(row) for row in states] == [("binh-thuan", "withdrawn")]
    assert heir.admin.get("/v1/councils").status_code == 200


def _rows(database: Any, tenant: str) -> dict[str, int]:
    found = {}
    with database.admin_engine.connect() as connection:
        for table in database.metadata.sorted_tables:
            if table.name not in ("outbox", "audit_entry", "audit_witness"):
                query = text(f'SELECT count(*) FROM "{table.name}" WHERE tenant = :t')
                if count := connection.scalar(query, {"t": tenant}):
                    found[table.name] = count
    return found
