"""People as an administrator records and corrects them."""

from typing import Any

import pytest
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
