"""What belongs to another province, unit or author does not exist."""

from typing import Any
from uuid import uuid4

import pytest
from common.database import Context
from sqlalchemy import text


@pytest.fixture
def dossier(province: Any) -> str:
    officer, _ = province.person("officer", "A")
    return str(officer.post("/v1/initiatives", province.draft()).json["id"])


@pytest.fixture(params=["other province", "neighbour unit", "other author"])
def stranger(request: pytest.FixtureRequest, province: Any, make_province: Any) -> Any:
    if request.param == "other province":
        return make_province("lai-chau").person("officer", "A", subject="officer-lc")[0]
    if request.param == "neighbour unit":
        return province.person("officer", "B", subject="officer-b")[0]
    return province.person("author", "A", subject="author-other")[0]


def _same(one: Any, other: Any) -> bool:
    """Equal but for what names the request itself."""
    ignored = ("instance", "request_id")
    bodies = [{k: v for k, v in answer.json.items() if k not in ignored} for answer in (one, other)]
    return bodies[0] == bodies[1] and one.status_code == other.status_code


def test_not_yours_is_answered_like_not_there(stranger: Any, dossier: str, province: Any) -> None:
    nothing = str(uuid4())
    body = {name: value for name, value in province.draft().items() if name != "cycle_id"}
    for attempt in (
        lambda i: stranger.get(f"/v1/initiatives/{i}"),
        lambda i: stranger.put(f"/v1/initiatives/{i}", body, version=1),
        lambda i: stranger.post(f"/v1/initiatives/{i}/submit", {}),
        lambda i: stranger.post(f"/v1/initiatives/{i}/withdraw", {"reason": "x"}),
        lambda i: stranger.get(f"/v1/initiatives/{i}/attachments"),
    ):
        theirs, none = attempt(dossier), attempt(nothing)
        assert theirs.status_code == 404, theirs.json
        assert _same(theirs, none)


def test_lists_and_searches_do_not_show_it(stranger: Any, dossier: str) -> None:
    for query in ("", "?q=quan ao", "?status=draft", "?mine=1"):
        items = stranger.get(f"/v1/initiatives{query}").json["items"]
        assert dossier not in [item["id"] for item in items]


def test_an_officers_own_are_those_they_wrote(province: Any) -> None:
    officer, person_id = province.person("officer", "A", subject="officer-who-writes")
    own, others = (
        officer.post("/v1/initiatives", province.draft(authors=[{"name": "A", "share": 100, "person_id": author}]))
        for author in (person_id, None)
    )
    assert [one["id"] for one in officer.get("/v1/initiatives?mine=1").json["items"]] == [own.json["id"]]
    assert others.json["id"] in [one["id"] for one in officer.get("/v1/initiatives?limit=200").json["items"]]


@pytest.fixture
def own_draft(province: Any) -> tuple[Any, str]:
    author, person_id = province.person("author", "A", subject="author-of-drafts")
    body = province.draft(title="Ý tưởng chưa nộp", authors=[{"name": "A", "share": 100, "person_id": person_id}])
    return author, author.post("/v1/initiatives", body).json["id"]


@pytest.mark.parametrize("role", ["officer", "standing", "secretary", "member", "chair"])
def test_a_draft_is_its_authors_own_until_it_is_handed_in(province: Any, own_draft: Any, role: str) -> None:
    author, draft = own_draft
    other, _ = province.person(role, "A", subject=f"{role}-curious")
    assert other.get(f"/v1/initiatives/{draft}").json["code"] == "initiative.not_found"
    for query in ("", "?status=draft", "?status=draft,submitted", "?q=chua nop", "?limit=200"):
        assert draft not in [item["id"] for item in other.get(f"/v1/initiatives{query}").json["items"]]
    assert author.get(f"/v1/initiatives/{draft}").status_code == 200
    if role == "officer":
        content = {name: value for name, value in province.draft().items() if name != "cycle_id"}
        attempts = [other.put(f"/v1/initiatives/{draft}", content, version=1)]
        attempts += [other.post(f"/v1/initiatives/{draft}/{act}", {"reason": "x"}) for act in ("withdraw", "return")]
        attempts.append(other.post(f"/v1/initiatives/{draft}/submit", {"received_on": "2024-03-01"}))
        attempts.append(other.get(f"/v1/initiatives/{draft}/attachments"))
        assert {answer.status_code for answer in attempts} == {404}


def test_a_withdrawn_draft_was_never_handed_in(province: Any, own_draft: Any, database: Any) -> None:
    author, draft = own_draft
    author.post(f"/v1/initiatives/{draft}/withdraw", {"reason": "Làm lại"})
    officer, _ = province.person("officer", "A", subject="officer-late")
    assert officer.get(f"/v1/initiatives/{draft}").status_code == 404
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM outbox WHERE subject = :id"), {"id": draft}) == 0


def test_a_paper_draft_is_of_the_officer_who_recorded_it(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-recording")
    colleague, _ = province.person("officer", "A", subject="officer-colleague")
    author, person_id = province.person("author", "A", subject="author-on-paper")
    authors = [{"name": "A", "share": 100, "person_id": person_id}]
    draft = officer.post("/v1/initiatives", province.draft(authors=authors)).json["id"]
    seen = [one.get(f"/v1/initiatives/{draft}").status_code for one in (officer, author, colleague)]
    assert seen == [200, 200, 404]
    officer.post(f"/v1/initiatives/{draft}/submit", {"received_on": "2024-03-01"})
    reason = {"reason": "Bổ sung", "happened_on": "2024-03-02"}
    assert colleague.post(f"/v1/initiatives/{draft}/return", reason).json["status"] == "returned"
    seen = [one.get(f"/v1/initiatives/{draft}").status_code for one in (officer, author, colleague)]
    assert seen == [200, 200, 200]


def test_a_dossier_cannot_be_made_at_a_unit_of_others(province: Any, make_province: Any) -> None:
    officer, _ = province.person("officer", "B", subject="officer-b2")
    for unit_id in (province.units["A"], make_province("lai-chau").units["A"], str(uuid4())):
        answer = officer.post("/v1/initiatives", province.draft(unit_id=unit_id))
        assert (answer.status_code, answer.json["code"]) == (404, "unit.not_found")


def test_a_grant_of_another_person_cannot_be_borrowed(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-lender")
    other, _ = province.person("author", "A", subject="borrower")
    answer = other.get("/v1/initiatives", headers={"X-Acting-As": str(officer.grant_id)})
    assert (answer.status_code, answer.json["code"]) == (403, "auth.no_such_grant")


def test_an_administrator_gives_nothing_outside_the_own_tenant(province: Any, make_province: Any) -> None:
    other = make_province("lai-chau")
    person = province.admin.post("/v1/people", {"name": "Người mới"}).json
    values = {"person_id": person["id"], "subject": "x", "role": "officer", "valid_from": "2020-01-01"}
    assert province.admin.post("/v1/grants", values | {"unit_id": other.root_id}).status_code == 404
    own = values | {"unit_id": province.root_id, "role": "operator"}
    assert province.admin.post("/v1/grants", own).json["code"] == "grant.not_yours_to_give"


def test_a_revoked_grant_stops_working(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-leaving")
    assert officer.get("/v1/initiatives").status_code == 200
    province.admin.post(f"/v1/grants/{officer.grant_id}/revoke")
    app_cache = officer.client.application.extensions["grants"]
    app_cache._known.clear()  # Instead of waiting for GRANTS_LIVE_SECONDS.
    assert officer.get("/v1/initiatives").json["code"] == "auth.no_such_grant"


def test_the_operator_sees_no_dossier(app: Any, caller: Any, province: Any) -> None:
    operator = caller(app, "operator")
    for path in ("/v1/initiatives", "/v1/units", "/v1/people", "/v1/models"):
        assert operator.get(path).json["code"] == "auth.role_not_allowed"


def test_a_token_of_another_issuer_or_audience_is_refused(app: Any, issuer: Any) -> None:
    client = app.test_client()
    for token in (
        "nonsense",
        issuer.token("operator", aud="other"),
        issuer.token("operator", iss="http://evil.example"),
    ):
        answer = client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json["code"]) == (401, "auth.token_refused")
    assert client.get("/v1/me").json["code"] == "auth.token_missing"
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {issuer.token('x', exp=1)}"}).status_code == 401


def test_an_administrator_of_a_commune_reads_its_own_people_only(province: Any) -> None:
    below, _ = province.person("administrator", "A", subject="admin-of-a")
    _, own = province.person("officer", "A", subject="officer-of-a")
    _, other = province.person("officer", "B", subject="officer-of-b")
    fresh = below.post("/v1/people", {"name": "Người mới", "email": "moi@example.vn"}).json["id"]
    assert [below.get(f"/v1/people/{one}").status_code for one in (own, fresh, other)] == [200, 200, 404]
    body = {"name": "Tên khác", "email": "khac@example.vn"}
    assert below.put(f"/v1/people/{other}", body, version=1).status_code == 404
    assert below.post(f"/v1/people/{other}/national-id", {"reason": "Thử"}).json["code"] == "person.not_found"
    assert not any(one.get("email") for one in below.get("/v1/people").json["items"])
    assert any(one.get("email") for one in province.admin.get("/v1/people").json["items"])
    assert province.admin.get(f"/v1/people/{other}").status_code == 200


def test_a_grant_below_makes_nobody_of_elsewhere_ones_own(province: Any) -> None:
    below, _ = province.person("administrator", "A", subject="admin-of-a-who-gives")
    officer, other = province.person("officer", "B", subject="officer-of-b-given-more")
    _, above = province.person("administrator", "ROOT", subject="admin-given-more")
    for number, person_id in enumerate((other, above)):
        values = {"person_id": person_id, "subject": f"given-{number}", "role": "author", "valid_from": "2020-01-01"}
        assert below.post("/v1/grants", values | {"unit_id": province.units["A"]}).status_code == 201
        assert below.get(f"/v1/people/{person_id}").json["code"] == "person.not_found"
        body = {"name": "Tên khác", "email": "khac@example.vn"}
        assert below.put(f"/v1/people/{person_id}", body, version=1).json["code"] == "person.not_found"
        asked = below.post(f"/v1/people/{person_id}/national-id", {"reason": "Thử"})
        assert asked.json["code"] == "person.not_found"
    province.admin.post(f"/v1/grants/{officer.grant_id}/revoke")  # Moved over from B to A.
    assert below.get(f"/v1/people/{other}").status_code == 200


def test_an_administrator_of_a_commune_adds_and_renames_units_below_its_own_only(province: Any) -> None:
    below, _ = province.person("administrator", "A", subject="admin-of-a-who-builds")
    unit = {"name": "Thôn mới", "kind": "front", "affiliation": "front_system", "valid_from": "2024-01-01"}
    made = {
        name: below.post("/v1/units", unit | {"code": f"THON-{name}", "parent_id": province.units[name]})
        for name in province.units
    }
    assert {name: answer.status_code for name, answer in made.items()} == {"A": 201, "B": 404}
    name = {"name": "Tên khác", "valid_from": "2024-02-01"}
    own, other = made["A"].json["id"], province.units["B"]
    renamed = [below.post(f"/v1/units/{one}/changes", name).status_code for one in (own, other)]
    assert renamed == [201, 404]


def test_the_list_of_requests_is_ones_own_but_for_the_administrators_of_the_province(province: Any) -> None:
    request_id = _request_about(province)
    admin, _ = province.person("administrator", "ROOT", subject="admin-who-asks-too")
    own = admin.post("/v1/subject-requests", {"kind": "export"}).json["id"]

    def listed(caller: Any, query: str = "") -> list[str]:
        return [one["id"] for one in caller.get(f"/v1/subject-requests{query}").json["items"]]

    assert {request_id, own} <= set(listed(admin))
    assert listed(admin, "?mine=1") == [own]
    for role, unit in (("officer", "ROOT"), ("administrator", "A")):
        caller, _ = province.person(role, unit, subject=f"{role}-without-requests")
        assert listed(caller) == []


def _request_about(province: Any) -> str:
    _, person_id = province.person("author", "A", subject=f"asking-{uuid4()}")
    made = province.admin.post("/v1/subject-requests", {"kind": "export", "person_id": person_id})
    return str(made.json["id"])


def test_a_request_is_seen_by_whom_it_concerns_under_the_grant_they_act_under(province: Any) -> None:
    """The same login administers the province under another grant."""
    request_id, subject = _request_about(province), f"two-grants-{uuid4()}"
    admin, _ = province.person("administrator", "ROOT", subject=subject)
    officer, _ = province.person("officer", "A", subject=subject)
    seen = [one.get(f"/v1/subject-requests/{request_id}").status_code for one in (admin, officer)]
    assert seen == [200, 404]


@pytest.mark.parametrize("values", [
    {"valid_to": "2021-12-31"}, {"valid_from": "2999-01-01"}, {"issuer": "https://id.other.example"}
])  # fmt: skip
def test_the_policy_of_requests_asks_for_a_grant_of_today_at_the_own_issuer(
    province: Any, database: Any, issuer: Any, values: dict[str, str]
) -> None:
    request_id, subject = _request_about(province), f"admin-once-{uuid4()}"
    admin, _ = province.person("administrator", "ROOT", subject=subject)
    query = text("SELECT count(*) FROM subject_request WHERE id = :id")

    def seen() -> Any:
        with database.unit_of_work(Context(province.name, subject=subject, issuer=issuer.url)) as uow:
            return uow.execute(query, {"id": request_id}).scalar_one()

    assert seen() == 1
    [(name, value)] = values.items()
    with database.admin_engine.begin() as connection:
        change = text(f"UPDATE access_grant SET {name} = :value WHERE id = :id")
        connection.execute(change, {"value": value, "id": admin.grant_id})
    assert seen() == 0
