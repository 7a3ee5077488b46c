"""What the review holds of a person: given to them, and taken out when they are erased."""

import json
from typing import Any

from common.ids import new_id
from sqlalchemy import text

MARK = "Trần Xoá Sạch"


def everything(database: Any) -> str:
    with database.admin_engine.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        rows = [connection.scalars(text(f'SELECT t::text FROM "{one}" t')).all() for one in tables]
    return "\n".join(row for of_table in rows for row in of_table)


def erased(province: Any, person_id: Any, *initiative_ids: str) -> None:
    data = {"person_id": str(person_id), "version": 9, "initiative_ids": list(initiative_ids)}
    province.tell("person.erased", data)


def test_a_member_is_erased_and_the_result_stays(province: Any, make_council: Any, database: Any) -> None:
    mark = f"{MARK} {new_id().hex[-6:]}"
    council = make_council()
    dossier = province.forward(title=f"Sáng kiến {mark}")
    session = council.open([dossier])
    council.judge(dossier)
    member, member_id = council.members[0], council.ids[2]
    sheet = {"scores": {"novelty": 8, "effect": 8}, "comment": f"Ý kiến {mark}"}
    assert member.put(f"/v1/dossiers/{dossier}/score-sheet", sheet, version=1).status_code == 200
    other = sheet | {"comment": "Ý kiến của người khác"}
    assert council.members[1].put(f"/v1/dossiers/{dossier}/score-sheet", other, version=1).status_code == 200
    province.tell("person.recorded", {"person_id": member_id, "version": 2, "name": mark, "email": ""})
    held = json.dumps(member.get("/v1/my-data").json, ensure_ascii=False)
    assert f"Ý kiến {mark}" in held
    council.close(session)
    before = council.secretary.get(f"/v1/sessions/{session}/results").json

    erased(province, member_id, dossier)

    assert mark not in everything(database)
    after = council.secretary.get(f"/v1/sessions/{session}/results").json
    [was], [now] = before["items"], after["items"]
    assert was["result"] == now["result"]
    assert was["result"]["votes"]["yes"] == 5
    names = {member["name"] for member in council.secretary.get(f"/v1/councils/{council.id}").json["members"]}
    assert names == {"Chủ tịch", "Thư ký", "Người đã xoá", "Ủy viên 1", "Ủy viên 2"}
    [kept] = council.members[1].get("/v1/my-data").json["tables"]["score_sheet"]
    assert kept["comment"] == other["comment"]


def test_a_copy_holds_only_what_names_the_person(province: Any, make_council: Any) -> None:
    """Though the council sees each other's sheets after the closing, and an administrator all of it."""
    council, (judged, left) = make_council(), [province.forward() for _ in range(2)]
    session = council.open([judged, left])
    conflict = {"kind": "same_unit", "reason": "Cùng đơn vị"}
    assert council.members[1].post(f"/v1/dossiers/{left}/conflict", conflict).status_code == 201
    council.judge(judged)
    council.close(session)
    for caller in (council.members[0], council.secretary, province.admin):
        held = caller.get("/v1/my-data").json
        for name, rows in held["tables"].items():
            assert [row for row in rows if held["person_id"] not in json.dumps(row)] == [], name
    [own] = council.members[0].get("/v1/my-data").json["tables"]["score_sheet"]
    assert own["person_id"] == council.ids[2]


def test_what_was_told_before_and_comes_after_brings_nobody_back(province: Any, database: Any) -> None:
    person_id, mark = new_id(), f"{MARK} {new_id().hex[-6:]}"
    recorded = {"person_id": person_id, "version": 1, "name": mark, "email": "a@example.vn"}
    erased(province, person_id)
    province.tell("person.recorded", recorded)
    erased(province, person_id)
    assert mark not in everything(database)
    dossier = province.initiative(title=f"Sáng kiến {mark}")
    erased(province, person_id, str(dossier["initiative_id"]))
    province.tell("initiative.forwarded", dossier)
    assert mark not in everything(database)


def test_a_signed_decision_keeps_what_it_says(province: Any, make_council: Any, database: Any) -> None:
    mark = f"{MARK} {new_id().hex[-6:]}"
    council, author = make_council(), new_id()
    dossier = province.forward(title=f"Công nhận {mark}", author_ids=[str(author)])
    session = council.open([dossier])
    council.judge(dossier)
    council.close(session)
    decision = council.decide(session).json
    erased(province, author)
    assert mark in json.dumps(council.secretary.get(f"/v1/decisions/{decision['id']}").json, ensure_ascii=False)


def test_a_door_is_open_while_a_copy_is_asked_for(province: Any, make_province: Any) -> None:
    member, member_id = province.person("member", name="Người xin bản sao")
    request = {"request_id": str(new_id()), "version": 2, "person_id": str(member_id), "kind": "export"}
    path = f"/v1/subject-requests/{request['request_id']}/data"
    assert province.admin.get(path).status_code == 404
    province.tell("subject_request.started", request | {"open_until": "2999-01-01T00:00:00+00:00"})
    [person] = province.admin.get(path).json["tables"]["person"]
    assert person["name"] == "Người xin bản sao"
    assert member.get(path).status_code == 403
    assert make_province("lai-chau").admin.get(path).status_code == 404
    province.tell("subject_request.closed", request | {"version": 3, "outcome": "done"})
    assert province.admin.get(path).status_code == 404
    province.tell("subject_request.started", request | {"open_until": "2999-01-01T00:00:00+00:00"})
    assert province.admin.get(path).status_code == 404  # It was a dead letter until after the end.
    province.tell("subject_request.started", request | {"request_id": str(new_id()), "open_until": None})
