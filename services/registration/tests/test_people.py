"""People as an administrator records and corrects them, and as they are found."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from common import clock
from common.database import Context


def test_a_person_is_corrected_by_version_and_the_others_are_told(province: Any, database: Any) -> None:
    person_id = province.admin.post("/v1/people", {"name": "Nguyễn Văn Sai"}).json["id"]
    path, right = (
        f"/v1/people/{person_id}",
        {"name": "Nguyễn Văn Đúng", "email": "dung@example.vn", "phone": "0901 234 567"},
    )
    assert province.admin.put(path, right).status_code == 428
    corrected = province.admin.put(path, right, version=1)
    assert (corrected.status_code, corrected.headers["ETag"]) == (200, '"2"'), corrected.json
    assert province.admin.put(path, right, version=1).json["code"] == "request.stale"
    assert {name: province.admin.get(path).json[name] for name in right} == right
    officer, _ = province.person("officer")
    assert officer.get(path).json["code"] == "auth.role_not_allowed"
    with database.unit_of_work(Context(province.name)) as uow:
        outbox = database.metadata.tables["outbox"]
        rows = uow.rows(outbox.select().where(outbox.c.subject == person_id).order_by(outbox.c.position))
    assert [row.type.split(".")[-3:] for row in rows] == [["person", "recorded", "v1"]] * 2
    assert "Nguyễn Văn Đúng" in rows[1].body


@pytest.mark.parametrize("phone", ["", "113113", "0905 123 456", "+84 (258) 3822-106", "+84.905.123.456", "0" * 20])
def test_a_telephone_number_is_taken_as_it_is_written(province: Any, phone: str) -> None:
    made = province.admin.post("/v1/people", {"name": "Có điện thoại", "phone": f" {phone} "})
    assert (made.status_code, made.json["phone"]) == (201, phone)


@pytest.mark.parametrize("phone", ["abc", "0905 12x 456", "11311", "0" * 21, "+ () -", "a@example.vn", "٠١٢٣٤٥٦٧"])
def test_what_is_no_telephone_number_is_refused_at_its_field(province: Any, phone: str) -> None:
    body = {"name": "Có điện thoại", "phone": phone}
    person = province.admin.post("/v1/people", body | {"phone": ""}).json
    corrected = province.admin.put(f"/v1/people/{person['id']}", body, version=1)
    for refused in (province.admin.post("/v1/people", body), corrected):
        assert refused.status_code == 422
        [error] = refused.json["errors"]
        assert error["pointer"] == "/phone"
        assert "6 đến 20 chữ số" in error["messages"]["vi"]


def test_people_who_can_act_are_found_for_a_delegation(province: Any) -> None:
    _, able = province.person("member", "B", subject=f"deputy-{uuid4()}")
    without, former = province.record("Chưa có tài khoản"), province.record("Đã hết hạn")
    province.give(former, f"former-{uuid4()}", valid_to="2021-12-31")
    found = [one["id"] for one in province.admin.get("/v1/people?able=true&limit=200").json["items"]]
    assert able in found
    assert not {without, former} & set(found)


def test_where_people_work_today_tells_those_of_one_name_apart(province: Any) -> None:
    name = f"Trùng Tên {uuid4()}"
    at = {code: province.record(name) for code in ("A", "B", "lent", "over", "later", "revoked")}
    for each, code in (("A", "A"), ("B", "B"), ("lent", "B")):
        province.give(at[each], f"namesake-{uuid4()}", unit_id=province.units[code])
    province.give(at["over"], f"namesake-{uuid4()}", valid_to="2021-12-31")
    province.give(at["later"], f"namesake-{uuid4()}", valid_from="2090-01-01")
    revoked = province.give(at["revoked"], f"namesake-{uuid4()}").json["id"]
    province.admin.post(f"/v1/grants/{revoked}/revoke")
    officer, _ = province.person("officer", "A", subject=f"officer-{uuid4()}")
    today = clock.today()
    lending = {"person_id": at["lent"], "valid_from": today.isoformat(), "valid_to": f"{today + timedelta(days=10)}"}
    lent = officer.post(f"/v1/grants/{officer.grant_id}/delegations", lending)
    assert lent.status_code == 201, lent.json

    def seen(reader: Any) -> dict[str, list[str]]:
        found = {one["id"]: one["works_at"] for one in reader.get(f"/v1/people?q={name}").json["items"]}
        return {each: found[person_id] for each, person_id in at.items()}

    a, b = (province.admin.get(f"/v1/units/{province.units[code]}").json["name"] for code in "AB")
    nowhere: dict[str, list[str]] = {each: [] for each in at}
    assert seen(province.admin) == nowhere | {"A": [a], "B": [b], "lent": [b]}
    assert seen(officer) == nowhere | {"A": [a]}
