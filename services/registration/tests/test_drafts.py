"""A draft that was never handed in is deleted with all that belongs to it; nothing else ever is."""

import hashlib
import io
from typing import Any

import pytest
from common.database import Context
from common.errors import NotFound
from registration.domain.attachments import Kept
from sample_files import pdf
from sqlalchemy import text

CONTENT = "multipart/form-data"
TABLES = ("initiative", "initiative_author", "initiative_step", "attachment")


def upload(person: Any, initiative_id: str, content: bytes, name: str) -> Any:
    path, data = f"/v1/initiatives/{initiative_id}/attachments", {"file": (io.BytesIO(content), name)}
    return person.post(path, data=data, content_type=CONTENT)


def rows(database: Any, initiative_id: str) -> dict[str, int]:
    keys = dict.fromkeys(TABLES[1:], "initiative_id") | {"initiative": "id"}
    with database.admin_engine.connect() as connection:
        return {
            table: connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {key} = :id"), {"id": initiative_id})
            for table, key in keys.items()
        }


def test_a_draft_is_deleted_with_its_files_and_leaves_its_trail(province: Any, app: Any, database: Any) -> None:
    author, person_id = province.person("author", "A", subject="author-of-drafts")
    unit_id, content = province.units["A"], pdf() + b"% draft"
    made, other = (author.post("/v1/initiatives", province.draft(unit_id=unit_id)).json for _ in range(2))
    path = f"/v1/initiatives/{made['id']}"
    assert upload(author, made["id"], content, "minh-chung.pdf").status_code == 201
    shown = author.get(path).json
    assert "delete" in shown["allowed"]
    assert "withdraw" not in shown["allowed"]
    assert author.delete(path).status_code == 428
    assert author.delete(path, version=shown["version"] - 1).status_code == 412
    assert author.post(f"{path}/withdraw", {"reason": "x"}).json["code"] == "initiative.never_handed_in"
    assert author.delete(path, version=shown["version"]).status_code == 204
    assert author.get(path).status_code == 404
    assert rows(database, made["id"]) == dict.fromkeys(
        ("initiative_author", "initiative_step", "attachment", "initiative"), 0
    )
    with pytest.raises(NotFound):
        app.extensions["files"].get(Kept(province.name, hashlib.sha256(content).hexdigest()))
    with database.admin_engine.connect() as connection:
        published = text("SELECT count(*) FROM outbox WHERE subject = :id")
        assert connection.scalar(published, {"id": made["id"]}) == 0
        trail = text(
            "SELECT person_id::text FROM audit_entry WHERE operation = 'delete' AND table_name = 'initiative'"
            " AND subject = :id"
        )
        assert connection.execute(trail, {"id": made["id"]}).scalars().all() == [person_id]
    assert author.get(f"/v1/initiatives/{other['id']}").status_code == 200


def test_a_file_that_another_dossier_has_too_stays(province: Any, app: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-of-drafts")
    content = pdf() + b"% shared"
    first, second = (officer.post("/v1/initiatives", province.draft()).json["id"] for _ in range(2))
    for initiative_id in (first, second):
        assert upload(officer, initiative_id, content, "chung.pdf").status_code == 201
    assert officer.delete(f"/v1/initiatives/{first}", version=2).status_code == 204
    assert app.extensions["files"].get(Kept(province.name, hashlib.sha256(content).hexdigest())) == content


def test_what_was_handed_in_is_never_deleted(province: Any, database: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-of-dossiers")
    initiative_id = officer.post("/v1/initiatives", province.draft()).json["id"]
    path = f"/v1/initiatives/{initiative_id}"
    assert officer.post(f"{path}/submit", {"received_on": "2024-03-01"}).status_code == 200
    for act in ("return", "withdraw"):
        assert officer.post(f"{path}/{act}", {"reason": "x"}).status_code == 200
        shown = officer.get(path).json
        assert "delete" not in shown["allowed"]
        refused = officer.delete(path, version=shown["version"])
        assert (refused.status_code, refused.json["code"]) == (409, "initiative.cannot_delete")
    with database.unit_of_work(Context(province.name)) as uow:
        for table, key in (("initiative_step", "initiative_id"), ("initiative", "id")):
            assert uow.execute(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": initiative_id}).rowcount == 0, (
                "the database refuses it as well"
            )


def test_nobody_else_deletes_a_draft(province: Any) -> None:
    author, _ = province.person("author", "A", subject="author-of-a-draft")
    made = author.post("/v1/initiatives", province.draft(unit_id=province.units["A"])).json
    for stranger in (
        province.person("officer", "A", subject="officer-next-door")[0],
        province.person("author", "B")[0],
    ):
        assert stranger.delete(f"/v1/initiatives/{made['id']}", version=made["version"]).status_code == 404


def test_a_draft_that_a_model_names_stays(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-of-models")
    made = officer.post("/v1/initiatives", province.draft()).json
    years = {"from_year": 2024, "to_year": 2024, "quantity": 1}
    model = {"title": "Mô hình", "unit_id": province.units["A"], "initiative_id": made["id"]} | years
    recorded = officer.post("/v1/models", model)
    assert recorded.status_code == 201, recorded.json
    refused = officer.delete(f"/v1/initiatives/{made['id']}", version=made["version"])
    assert (refused.status_code, refused.json["code"]) == (409, "initiative.has_model")
