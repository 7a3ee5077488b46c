"""The HTTP edge: a dossier's way, versions, idempotency, problems."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from common import clock
from common.database import Context
from registration.usecases import people
from sqlalchemy import event, text


def test_a_dossier_goes_from_draft_to_the_council(province: Any) -> None:
    author, person_id = province.person("author")
    officer, _ = province.person("officer")
    body = province.draft(authors=[{"name": "Tác giả", "share": 100, "person_id": person_id}])
    made = author.post("/v1/initiatives", body)
    assert made.status_code == 201, made.json
    assert made.json["status"] == "draft"
    assert made.json["allowed"] == ["edit", "attach", "detach", "delete", "submit"]
    path = f"/v1/initiatives/{made.json['id']}"
    late = author.post(f"{path}/submit", {})
    assert (late.status_code, late.json["code"]) == (409, "cycle.registration_closed")
    paper = officer.post("/v1/initiatives", body).json
    path = f"/v1/initiatives/{paper['id']}"
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
    elsewhere, _ = province.person("officer", "A", subject="officer-elsewhere")
    with database.admin_engine.begin() as connection:
        change = text("UPDATE access_grant SET issuer = 'https://id.stays.example' WHERE id = :id")
        connection.execute(change, {"id": elsewhere.grant_id})
    with database.unit_of_work(Context(province.name)) as uow:
        people.move_issuer(uow, before=issuer.url, after="https://id.moved.example")
    app.extensions["grants"]._known.clear()  # Instead of waiting for GRANTS_LIVE_SECONDS.
    assert officer.get("/v1/initiatives").json["code"] == "auth.no_such_grant"
    with database.unit_of_work(Context(province.name)) as uow:
        people.move_issuer(uow, before="https://id.moved.example", after=issuer.url)
    app.extensions["grants"]._known.clear()
    assert officer.get("/v1/initiatives").status_code == 200
    assert elsewhere.get("/v1/initiatives").json["code"] == "auth.no_such_grant", "its issuer did not move"


NIGHT_IN_HANOI = datetime(2024, 3, 1, 18, tzinfo=UTC)  # 2 March, one in the morning, in Vietnam.


def test_the_legal_date_is_that_of_hanoi(province: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """At one in the morning in Vietnam it is still yesterday in UTC."""
    officer, _ = province.person("officer", "A", subject="officer-night")
    made = officer.post("/v1/initiatives", province.draft()).json
    monkeypatch.setattr(clock, "now", lambda: NIGHT_IN_HANOI)
    monkeypatch.setattr(clock, "today", lambda: date(2024, 3, 2))
    submitted = officer.post(f"/v1/initiatives/{made['id']}/submit", {})
    assert (submitted.status_code, submitted.json["received_on"]) == (200, "2024-03-02"), submitted.json


def test_a_returned_dossier_is_mended_and_handed_in_again(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-returning")
    made = officer.post("/v1/initiatives", province.draft()).json
    path = f"/v1/initiatives/{made['id']}"
    code = officer.post(f"{path}/submit", {"received_on": "2024-03-01"}).json["code"]
    assert officer.post(f"{path}/return", {"happened_on": "2024-03-05"}).status_code == 422
    reason = {"reason": "Bổ sung số liệu", "happened_on": "2024-03-05"}
    returned = officer.post(f"{path}/return", reason)
    assert (returned.json["status"], returned.json["reason"]) == ("returned", "Bổ sung số liệu")
    body = {name: value for name, value in province.draft().items() if name != "cycle_id"}
    edited = officer.put(path, body, version=returned.json["version"])
    assert edited.status_code == 200
    again = officer.post(f"{path}/submit", {"received_on": "2024-03-06"}).json
    assert (again["status"], again["code"], again["reason"]) == ("submitted", code, "")
    withdrawn = officer.post(f"{path}/withdraw", {"reason": "Trùng hồ sơ", "happened_on": "2024-03-07"}).json
    assert (withdrawn["status"], withdrawn["allowed"]) == ("withdrawn", [])


def test_dossiers_of_several_states_are_listed_without_gap_or_repeat(province: Any) -> None:
    author, person_id = province.person("author", "A", subject="author-of-many")
    officer, _ = province.person("officer", "A", subject="officer-of-many")
    own = province.draft(authors=[{"name": "Tác giả", "share": 100, "person_id": person_id}])
    submitted, endorsed, draft = (officer.post("/v1/initiatives", own).json["id"] for _ in range(3))
    for made in (submitted, endorsed):
        officer.post(f"/v1/initiatives/{made}/submit", {"received_on": "2024-03-01"})
    officer.post(f"/v1/initiatives/{endorsed}/endorse", {"happened_on": "2024-03-02"})

    def asked(query: str) -> Any:
        return author.get(f"/v1/initiatives?mine=1&{query}").json

    assert [one["id"] for one in asked("status=submitted,endorsed")["items"]] == [endorsed, submitted]
    assert [one["id"] for one in asked("status=draft")["items"]] == [draft]
    first = asked("status=endorsed,submitted&limit=1")
    second = asked(f"status=endorsed,submitted&limit=1&cursor={first['next']}")
    assert [one["id"] for page in (first, second) for one in page["items"]] == [endorsed, submitted]
    assert second["next"] is None
    assert asked("status=draft,lost")["errors"][0]["pointer"] == "/status/1"


def test_only_an_officer_records_the_date_of_a_paper(province: Any) -> None:
    author, _ = province.person("author", "A", subject="author-backdating")
    made = author.post("/v1/initiatives", province.draft()).json
    answer = author.post(f"/v1/initiatives/{made['id']}/submit", {"received_on": "2024-03-01"})
    assert (answer.status_code, answer.json["code"]) == (403, "initiative.date_is_officers")


def test_a_dossier_goes_only_to_a_council_above_it(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-forwarding")
    made = officer.post("/v1/initiatives", province.draft()).json
    path = f"/v1/initiatives/{made['id']}"
    officer.post(f"{path}/submit", {"received_on": "2024-03-01"})
    officer.post(f"{path}/endorse", {"happened_on": "2024-03-02"})
    beside = {"council_unit_id": province.units["B"], "happened_on": "2024-03-02"}
    assert officer.post(f"{path}/forward", beside).json["code"] == "initiative.council_not_above"
    late = {"council_unit_id": province.root_id, "happened_on": "2024-12-01"}
    assert officer.post(f"{path}/forward", late).json["code"] == "cycle.endorsement_closed"


def test_deadlines_are_changed_by_who_has_the_unit_in_scope(province: Any) -> None:
    cycle_id = province.make_cycle(2030)
    shown = province.admin.get(f"/v1/cycles/{cycle_id}").json
    changed = {name: shown[name] for name in shown if name.endswith("_on")} | {"name": "Đợt mới"}
    standing, _ = province.person("standing", "B", subject="standing-b")
    assert standing.put(f"/v1/cycles/{cycle_id}", changed, version=1).json["code"] == "cycle.not_found"
    new = {name: shown[name] for name in shown if name.endswith("_on")} | {"name": "Đợt của A", "year": 2031}
    assert standing.post("/v1/cycles", new | {"unit_id": province.units["A"]}).json["code"] == "unit.not_found"
    assert province.admin.put(f"/v1/cycles/{cycle_id}", changed, version=1).json["version"] == 2
    assert province.admin.put(f"/v1/cycles/{cycle_id}", changed, version=1).json["code"] == "request.stale"
    backwards = changed | {"review_closes_on": "2029-01-01"}
    assert province.admin.put(f"/v1/cycles/{cycle_id}", backwards, version=2).json["code"] == "cycle.dates_out_of_order"


def test_names_are_found_without_their_marks(province: Any) -> None:
    unit_id = province.make_unit("MARKS", province.root_id, name="Phường Đống Đa")
    assert [one["id"] for one in province.admin.get("/v1/units?q=dong da").json["items"]] == [unit_id]
    person_id = province.admin.post("/v1/people", {"name": "Ngô Thị Đặng Ý"}).json["id"]
    assert [one["id"] for one in province.admin.get("/v1/people?q=NGO THI DANG").json["items"]] == [person_id]


def test_addresses_of_people_are_for_the_administrator(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-curious")
    [shown, *_] = officer.get("/v1/people").json["items"]
    assert set(shown) == {"id", "name", "works_at", "version"}
    assert officer.get("/v1/people?q=example.vn").json["items"] == []
    board, _ = province.person("standing", "ROOT", subject="board-curious")
    assert set(board.get("/v1/people").json["items"][0]) == set(shown), "the whole province is not enough"
    assert province.admin.get("/v1/people?q=officer-curious").json["items"][0]["email"] == "officer-curious@example.vn"


def test_models_are_listed_with_their_replications(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-models")
    body = {"title": "Tuyến đường hoa", "unit_id": province.units["A"], "from_year": 2024, "to_year": 2024}
    model = officer.post("/v1/models", body).json
    adoption = {"unit_id": province.units["A"], "origin_year": 2024, "adopted_from_year": 2024, "adopted_to_year": 2025}
    officer.post(f"/v1/models/{model['id']}/replications", adoption | {"quantity": 4})
    beside = officer.post(f"/v1/models/{model['id']}/replications", adoption | {"unit_id": province.units["B"]})
    assert beside.json["code"] == "unit.not_found"
    assert officer.get(f"/v1/models/{model['id']}").json["replicated"] == 4
    assert officer.post("/v1/models", body | {"to_year": 2023}).json["code"] == "model.years_out_of_order"
    assert officer.post("/v1/models", body | {"unit_id": province.units["B"]}).json["code"] == beside.json["code"]


def test_nothing_was_applied_in_the_future(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-tomorrow")
    today, tomorrow = clock.today(), (clock.today() + timedelta(days=1)).isoformat()
    refused = officer.post("/v1/initiatives", province.draft(first_applied_on=tomorrow))
    assert (refused.status_code, refused.json["code"]) == (422, "initiative.applied_in_future")
    assert refused.json["errors"][0]["pointer"] == "/first_applied_on"
    made = officer.post("/v1/initiatives", province.draft(first_applied_on=today.isoformat())).json
    body = {name: value for name, value in province.draft(first_applied_on=tomorrow).items() if name != "cycle_id"}
    path = f"/v1/initiatives/{made['id']}"
    assert officer.put(path, body, version=1).json["code"] == "initiative.applied_in_future"
    assert officer.get(path).json["first_applied_on"] == today.isoformat()


@pytest.mark.parametrize(
    ("origin", "adopted", "code"),
    [(2023, 2024, "replication.origin_before_model"), (2025, 2024, "replication.before_origin")],
)
def test_nothing_is_replicated_before_it_was_there(province: Any, origin: int, adopted: int, code: str) -> None:
    officer, _ = province.person("officer", "A", subject="officer-replicating")
    unit = {"unit_id": province.units["A"]}
    model = officer.post("/v1/models", unit | {"title": "Tuyến đường hoa", "from_year": 2024, "to_year": 2025}).json
    years = {"origin_year": origin, "adopted_from_year": adopted, "adopted_to_year": 2025}
    refused = officer.post(f"/v1/models/{model['id']}/replications", unit | years)
    assert (refused.status_code, refused.json["code"]) == (422, code)


def test_who_has_many_grants_costs_as_little_as_who_has_one(province: Any, app: Any) -> None:
    subject = f"many-{uuid4().hex[:8]}"
    engine, sent = app.extensions["service"].engine, list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    def asked(who: Any) -> tuple[list[str], int]:
        sent.clear()
        event.listen(engine, "before_cursor_execute", note)
        units = [grant["unit"]["code"] for grant in who.get("/v1/me").json["grants"]]
        event.remove(engine, "before_cursor_execute", note)
        return sorted(units), len(sent)

    _, of_one = asked(province.person("member", "A", subject=subject)[0])
    for role, unit in (("officer", "A"), ("member", "B")):
        somebody, _ = province.person(role, unit, subject=subject)
    assert asked(somebody) == (["A", "A", "B"], of_one)
