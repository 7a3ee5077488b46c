"""The HTTP edge: a dossier's way, versions, idempotency, problems."""

from typing import Any
from uuid import uuid4

from common.database import Context
from registration.usecases import people


def test_a_dossier_goes_from_draft_to_the_council(province: Any) -> None:
    author, person_id = province.person("author")
    officer, _ = province.person("officer")
    body = province.draft(authors=[{"name": "Tác giả", "share": 100, "person_id": person_id}])
    made = author.post("/v1/initiatives", body)
    assert made.status_code == 201, made.json
    assert made.json["status"] == "draft"
    assert made.json["allowed"] == ["edit", "submit", "withdraw"]
    path = f"/v1/initiatives/{made.json['id']}"
    late = author.post(f"{path}/submit", {})
    assert (late.status_code, late.json["code"]) == (409, "cycle.registration_closed")
    submitted = officer.post(f"{path}/submit", {"received_on": "2024-03-01"})
    assert submitted.status_code == 200, submitted.json
    assert submitted.json["code"].startswith("KHANH-2024-")
    endorsed = officer.post(f"{path}/endorse", {"happened_on": "2024-05-01"})
    assert endorsed.json["status"] == "endorsed", endorsed.json
    forwarded = officer.post(f"{path}/forward", {"happened_on": "2024-05-02", "council_unit_id": province.root_id})
    assert forwarded.json["status"] == "forwarded", forwarded.json
    shown = author.get(path).json
    assert [step["to"] for step in shown["history"]] == ["submitted", "endorsed", "forwarded"]
    assert shown["authors"][0]["person_id"] == person_id


def test_me_lists_the_own_grants(province: Any) -> None:
    officer, person_id = province.person("officer", "B")
    [grant] = [grant for grant in officer.get("/v1/me").json["grants"] if grant["person_id"] == person_id]
    assert grant["unit"]["code"] == "B"
    assert grant["scope_path"] == "/ROOT/B/"


def test_an_unknown_field_is_refused_in_both_languages(province: Any) -> None:
    author, _ = province.person("author")
    answer = author.post("/v1/initiatives", province.draft(colour="red"))
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    [error] = answer.json["errors"]
    assert error["pointer"] == "/colour"
    assert error["messages"] == {"vi": "Không có trường này.", "en": "Unknown field."}


def test_an_edit_needs_the_version_it_was_made_from(province: Any) -> None:
    author, _ = province.person("author")
    body = province.draft()
    made = author.post("/v1/initiatives", body)
    del body["cycle_id"]
    path = f"/v1/initiatives/{made.json['id']}"
    assert author.put(path, body).status_code == 428
    edited = author.put(path, body | {"title": "Tên mới"}, version=1)
    assert (edited.status_code, edited.headers["ETag"]) == (200, '"2"'), edited.json
    assert author.put(path, body, version=1).json["code"] == "request.stale"


def test_the_same_key_makes_one_dossier(province: Any) -> None:
    author, _ = province.person("author")
    headers = {"Idempotency-Key": str(uuid4())}
    first = author.post("/v1/initiatives", province.draft(), headers=headers)
    again = author.post("/v1/initiatives", province.draft(), headers=headers)
    assert again.json["id"] == first.json["id"]
    assert again.headers["Idempotent-Replay"] == "true"
    other = author.post("/v1/initiatives", province.draft(title="Khác"), headers=headers)
    assert (other.status_code, other.json["code"]) == (409, "request.idempotency_key_reused")


def test_an_issuer_that_moves_takes_its_grants_along(
    province: Any, database: Any, caller: Any, app: Any, issuer: Any
) -> None:
    officer, _ = province.person("officer", "A", subject="officer-moving")
    with database.unit_of_work(Context(province.name)) as uow:
        people.move_issuer(uow, before=issuer.url, after="https://id.moved.example")
    app.extensions["grants"]._known.clear()  # Instead of waiting for GRANTS_LIVE_SECONDS.
    assert officer.get("/v1/initiatives").json["code"] == "auth.no_such_grant"
    with database.unit_of_work(Context(province.name)) as uow:
        people.move_issuer(uow, before="https://id.moved.example", after=issuer.url)
    app.extensions["grants"]._known.clear()
    assert officer.get("/v1/initiatives").status_code == 200
