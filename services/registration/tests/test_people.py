"""People as an administrator records and corrects them."""

from typing import Any

from common.database import Context


def test_a_person_is_corrected_by_version_and_the_others_are_told(province: Any, database: Any) -> None:
    person_id = province.admin.post("/v1/people", {"name": "Nguyễn Văn Sai"}).json["id"]
    path, right = f"/v1/people/{person_id}", {"name": "Nguyễn Văn Đúng", "email": "dung@example.vn", "phone": "0901"}
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
