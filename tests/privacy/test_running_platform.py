"""On the running platform: nothing personal in logs, metrics, spans and routing; and an erasure after which a search
over every database, the attachment store and all logs finds the person in public acts only.

One story in order: the second half erases whom the first half drove through every act.
"""

import json
import time
from typing import Any

import pytest
import requests

MARK = "Xuanhoabi"
NAME, EMAIL, PHONE = "Xoahetq", "xoahetq@example.vn", "717 273"
LOGIN, FILE, SECRET = "author-td", "bimattep", "Bimathoso"
SERVICES = ("registration", "review", "reporting", "notifications")
EVERYTHING = (MARK, NAME, EMAIL, PHONE, FILE, SECRET)
# The public act: the decision on a recognised initiative is published with its author's name.
# The audit keeps the entry that it was published.
PUBLIC = {("registration", one) for one in ("initiative_author", "catalogue_entry", "audit_entry")}
COPY = "recommended_dossier"  # What the centre was given of it: no public act.

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def story(world: Any, register: Any, forward: Any, recognise: Any) -> dict[str, str]:
    """Every act, and every way to fail that quotes what was sent."""
    made = {"draft": register(f"Bản nháp {SECRET}", FILE.encode())}
    made["open"] = register(f"Đang xét {SECRET}")
    made["public"] = register(f"Được công nhận {MARK}", f"minh chung {FILE}".encode())
    forward(made["open"])
    forward(made["public"])
    recognise(made["public"])
    recommended = f"/v1/dossiers/{made['public']}/recommendation"
    world.person("chair-td").post("review", recommended, {"statement": f"Đề nghị {MARK}"})
    author, officer, admin = (world.person(one) for one in ("author-td", "officer-td", "admin-lc"))
    other = {"name": f"Bạn {MARK}", "share": 50, "person_id": officer.person_id}
    own = {"name": f"Lò Thị {NAME} {MARK}", "share": 50, "person_id": author.person_id}
    made["joint"] = register(f"Hồ sơ chung {MARK}", b"", [own, other])
    author.post("registration", f"/v1/initiatives/{made['joint']}/submit")
    officer_reason = {"reason": f"Cần bổ sung {MARK}"}
    returned = register(f"Trả lại {SECRET}")
    author.post("registration", f"/v1/initiatives/{returned}/submit")
    officer.post("registration", f"/v1/initiatives/{returned}/return", officer_reason)
    standing = {"unit_id": world.units["TD"], "title": f"Phát động {MARK}", "kind": "launch", "form": "meeting"}
    standing |= {"from_date": "2026-01-05", "to_date": "2026-01-06", "note": MARK, "reach": {"people": 7}}
    _fail(author, "reporting", "/v1/activities", standing)
    _fail_in_every_way(author, admin, world)
    world.wait_for("the author is told", lambda: author.get("notifications", "/v1/messages")["items"])
    world.wait_for("the decision", lambda: _status(author, made["public"]) == "recognised")
    world.wait_for("the centre's copy", lambda: any(table == COPY for _, table, _, _ in world.found(NAME)))
    world.wait_for("the letters", lambda: any(EMAIL in path.read_text() for path in world.platform.mail()))
    return made


def _status(person: Any, initiative_id: str) -> str:
    return str(person.get("registration", f"/v1/initiatives/{initiative_id}")["status"])


def _fail(person: Any, service: str, path: str, body: Any, **options: Any) -> None:
    headers = {"Authorization": f"Bearer {person.token}"}
    answer = requests.post(f"{person.urls[service]}{path}", json=body, headers=headers, timeout=20, **options)
    assert 400 <= answer.status_code < 600, answer.text


def _fail_in_every_way(author: Any, admin: Any, world: Any) -> None:
    unit = {"code": "TD", "name": f"Trùng {MARK}", "kind": "front", "affiliation": "front_system", "level": "district"}
    _fail(admin, "registration", "/v1/units", unit | {"parent_id": world.units["LC"], "valid_from": "2010-01-01"})
    _fail(admin, "registration", "/v1/people", {"name": f"{MARK}\0", "email": EMAIL})
    _fail(admin, "registration", "/v1/people", {"name": MARK, "email": f"{NAME} không phải địa chỉ"})
    _fail(author, "registration", f"/v1/initiatives/{MARK}", {"title": NAME})
    _fail(author, "registration", "/v1/initiatives", {"title": NAME, "cycle_id": MARK})
    _fail(author, "registration", "/v1/initiatives", {}, params={"q": NAME, "cursor": MARK})
    search = {"Authorization": f"Bearer {author.token}", "X-Request-Id": "some-id", "traceparent": f"00-{MARK}"}
    for path in (f"/v1/initiatives?q={NAME}", f"/v1/catalogue?q={NAME}%20{MARK}", f"/v1/{MARK}", f"/{NAME}"):
        requests.get(f"{author.urls['registration']}{path}", headers=search, timeout=20)
    requests.get(f"{world.platform.urls['portal']}/catalogue?q={NAME}%20{MARK}", timeout=20)


def test_no_log_quotes_what_people_wrote(world: Any, story: dict[str, str]) -> None:
    told = [(name, mark) for name, said in world.logs() for mark in EVERYTHING if mark in said]
    assert told == []
    assert any('"event": "request"' in said for _, said in world.logs())


def test_no_metric_holds_anything_personal(world: Any, story: dict[str, str]) -> None:
    read = {}
    for name, port in world.platform.environment.ports.items():
        try:
            answer = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5)
        except requests.RequestException:
            continue
        if answer.ok and "# HELP" in answer.text:
            read[name] = answer.text
    assert {"registration", "review", "reporting", "notifications", "portal"} <= read.keys()
    assert {"registration-relay", "review-consume", "notifications-deliver"} <= read.keys()
    marks = (*EVERYTHING, "lai-chau", LOGIN)
    assert [(name, mark) for name, said in read.items() for mark in marks if mark in said] == []


def test_no_span_holds_anything_personal(world: Any, sink: Any, story: dict[str, str]) -> None:
    world.wait_for("the spans", lambda: any(b"initiatives" in one for one in sink.received))
    told = [mark for one in sink.received for mark in (*EVERYTHING, LOGIN) if mark.encode() in one]
    assert told == []


def test_no_route_and_no_attribute_of_an_event_holds_anything_personal(world: Any, story: dict[str, str]) -> None:
    events = [
        event
        for service in ("registration", "review", "reporting", "notifications")
        for event in _outbox(world, service)
    ]
    assert len(events) > 30
    for routing_key, body in events:
        attributes = json.dumps({name: value for name, value in body.items() if name != "data"}, ensure_ascii=False)
        for mark in (*EVERYTHING, LOGIN):
            assert mark not in routing_key + attributes


def _outbox(world: Any, service: str) -> list[tuple[str, dict[str, Any]]]:
    from sqlalchemy import create_engine, text

    url = world.platform.postgres.url.replace("postgresql://", "postgresql+psycopg://").rsplit("/", 1)[0]
    engine = create_engine(f"{url}/{service}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT routing_key, body FROM outbox")).all()
    engine.dispose()
    return [(row.routing_key, json.loads(row.body)) for row in rows]


def test_a_person_collects_what_all_four_hold(world: Any, story: dict[str, str]) -> None:
    author = world.person("author-td")
    held = {
        service: author.get(service, "/v1/my-data")["tables"] for service in ("registration", "review", "reporting")
    }
    held["notifications"] = author.get("notifications", "/v1/my-data")["tables"]
    assert held["registration"]["person"][0]["email"] == EMAIL
    assert held["notifications"]["person"][0]["email"] == EMAIL
    assert {row["id"] for row in held["registration"]["initiative"]} >= {story["draft"], story["public"]}
    assert held["notifications"]["message"]
    assert [row["person_id"] for row in held["reporting"]["access_grant"]] == [author.person_id]


@pytest.fixture(scope="module")
def erased(world: Any, story: dict[str, str]) -> str:
    """Erased while consumers are killed and one is away; returns the request's id."""
    admin, person_id = world.person("admin-lc"), world.person("author-td").person_id
    assert world.found(NAME, EMAIL, PHONE, SECRET, FILE)
    asked = {"kind": "erasure", "person_id": person_id, "details": f"Xin xoá {NAME}"}
    path = f"/v1/subject-requests/{admin.post('registration', '/v1/subject-requests', asked)['id']}"
    admin.post("registration", f"{path}/start")
    world.platform.stop("notifications-consume")
    admin.post("registration", f"{path}/complete")
    for name in ("registration-api", "registration-relay", "review-consume"):
        world.platform.kill(name)
    world.platform.start("notifications-consume")
    world.platform.wait_ready()
    return path


def _left(world: Any, public: str) -> list[tuple[str, str, str]]:
    """Where she is found apart from her name in the public act."""

    def is_public(service: str, table: str, mark: str, row: str) -> bool:
        return mark == NAME and (service, table) in PUBLIC and public in row

    found = world.found(NAME, EMAIL, PHONE, SECRET, FILE)
    return [(service, table, mark) for service, table, mark, row in found if not is_public(service, table, mark, row)]


def _wait_until_gone(world: Any, public: str) -> None:
    """Fails with the places where she is still found."""
    deadline = time.monotonic() + 60
    while left := _left(world, public):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)


def test_a_search_over_everything_finds_public_acts_only(world: Any, story: dict[str, str], erased: str) -> None:
    _wait_until_gone(world, story["public"])
    public = [(table, row) for _, table, mark, row in world.found(NAME) if mark == NAME]
    assert {table for table, _ in public} == {table for _, table in PUBLIC}
    assert all(story["public"] in row for _, row in public)
    assert world.found(EMAIL, PHONE, SECRET, FILE) == []
    told = [(name, mark) for name, said in world.logs() for mark in (NAME, EMAIL, PHONE, SECRET) if mark in said]
    assert told == []
    entry = requests.get(f"{world.platform.urls['registration']}/v1/catalogue/{story['public']}", timeout=20).json()
    assert NAME in entry["authors"][0]


def test_the_login_is_over_and_the_work_of_others_goes_on(world: Any, story: dict[str, str], erased: str) -> None:
    token = world.person("author-td").token
    headers = {"Authorization": f"Bearer {token}"}

    def is_out(service: str, path: str) -> bool:
        answer = requests.get(f"{world.platform.urls[service]}{path}", headers=headers, timeout=20)
        return answer.status_code == 403

    for service, path in (("registration", "/v1/initiatives"), ("notifications", "/v1/messages")):
        world.wait_for(f"{service} lets her in no more", lambda service=service, path=path: is_out(service, path))
    officer = world.person("officer-td")
    joint = officer.get("registration", f"/v1/initiatives/{story['joint']}")
    assert [author["name"] for author in joint["authors"]] == ["Người đã xoá", f"Bạn {MARK}"]
    assert _status(officer, story["open"]) == "withdrawn"


def test_a_replay_of_everything_brings_nobody_back(world: Any, story: dict[str, str], erased: str) -> None:
    world.platform.run("reporting", "reset")
    for service in ("review", "reporting", "notifications"):
        world.platform.run("registration", "replay", "--to", service)
    world.platform.run("review", "replay", "--to", "registration")
    officer = world.person("admin-lc")

    def are_counted() -> bool:
        totals = officer.get("reporting", "/v1/dashboard")["totals"]
        return bool(totals["recognised"] == 1)

    world.wait_for("the figures", are_counted)
    _wait_until_gone(world, story["public"])


def test_erasing_again_is_refused_and_changes_nothing(world: Any, story: dict[str, str], erased: str) -> None:
    admin = world.person("admin-lc")
    answer = requests.post(
        f"{world.platform.urls['registration']}{erased}/complete",
        headers={"Authorization": f"Bearer {admin.token}"},
        timeout=20,
    )
    assert answer.status_code == 409
    assert admin.get("registration", erased)["state"] == "done"
    assert _left(world, story["public"]) == []


def test_the_public_page_still_names_her(world: Any, story: dict[str, str], erased: str) -> None:
    page = requests.get(f"{world.platform.urls['portal']}/catalogue/{story['public']}", timeout=20)
    assert page.status_code == 200
    assert NAME in page.text
    assert EMAIL not in page.text
