"""Requests about personal data: asked, answered in two working days, and an erasure that leaves the public act."""

import io
import json
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from common import clock
from common.database import Context, UnitOfWork
from common.events import Event
from common.ids import new_id
from common.subject_data import collect
from registration.commands import show_overdue_requests
from registration.consumers import HANDLERS
from registration.domain.initiatives import Actor
from registration.domain.subject_requests import due_on
from registration.store.subjects import FINDERS
from registration.store.tables import metadata
from registration.usecases import subject_requests as usecases
from sample_files import pdf
from sqlalchemy import text

_OVERDUE = 'subject_requests_overdue{service="registration"}'
PDF = pdf()


def test_what_is_overdue_is_counted_and_shows_nobody(
    province: Any, app: Any, database: Any, someone: "Someone", monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def overdue() -> float:
        [line] = [one for one in app.test_client().get("/metrics").text.splitlines() if one.startswith(_OVERDUE)]
        return float(line.split()[-1])

    before, day = overdue(), (clock.today() - timedelta(days=30)).isoformat()
    made = ask(province.admin, "export", person_id=someone.id, received_on=day).json
    assert overdue() == before + 1
    monkeypatch.setenv("DATABASE_URL", database.urls["DATABASE_URL"])
    show_overdue_requests()
    told = capsys.readouterr().out
    assert province.name in told
    assert someone.id not in told
    province.admin.post(f"/v1/subject-requests/{made['id']}/refuse", {"reason": "Trùng"})
    assert overdue() == before


@dataclass
class Someone:
    """An author of whom nothing is found elsewhere."""

    caller: Any
    id: str
    subject: str
    name: str
    email: str
    phone: str


@pytest.fixture
def someone(province: Any) -> Someone:
    """Made anew for each test."""
    mark = new_id().hex[-10:]
    told = {"name": f"Trịnh Thị {mark}", "email": f"{mark}@example.vn", "phone": f"+84 {int(mark, 16) % 10**9:09}"}
    person_id = province.admin.post("/v1/people", told).json["id"]
    grant = {"person_id": person_id, "subject": f"login-{mark}", "role": "author", "unit_id": province.units["A"]}
    made = province.admin.post("/v1/grants", grant | {"valid_from": "2020-01-01"}).json
    caller = province._caller(province._app, grant["subject"], made["id"])
    return Someone(caller, person_id, grant["subject"], **told)


def ask(caller: Any, kind: str, **more: Any) -> Any:
    return caller.post("/v1/subject-requests", {"kind": kind} | more)


def test_a_person_asks_and_sees_only_the_own(province: Any, someone: Someone) -> None:
    caller, person_id = someone.caller, someone.id
    made = ask(caller, "export")
    assert made.status_code == 201, made.json
    assert (made.json["person_id"], made.json["state"], made.json["on_paper"]) == (person_id, "received", False)
    assert made.json["due_on"] == due_on(clock.today()).isoformat()
    assert ask(caller, "export").json["code"] == "constraint.uq_subject_request_open"
    other, _ = province.person("author", "A", subject=f"other-{new_id()}")
    assert other.get("/v1/subject-requests").json["items"] == []
    assert other.get(f"/v1/subject-requests/{made.json['id']}").status_code == 404
    assert [one["id"] for one in caller.get("/v1/subject-requests").json["items"]] == [made.json["id"]]
    assert made.json["id"] in [one["id"] for one in province.admin.get("/v1/subject-requests?open=1").json["items"]]


def test_another_province_sees_no_request(make_province: Any, someone: Someone) -> None:
    made = ask(someone.caller, "export").json
    stranger = make_province("lai-chau").admin
    assert made["id"] not in [one["id"] for one in stranger.get("/v1/subject-requests").json["items"]]
    for act in ("start", "complete"):
        assert stranger.post(f"/v1/subject-requests/{made['id']}/{act}").status_code == 404


def test_only_an_administrator_of_the_province_records_for_others(province: Any, someone: Someone) -> None:
    caller, person_id = someone.caller, someone.id
    other, _ = province.person("officer", "A", subject=f"other-{new_id()}")
    local, _ = province.person("administrator", "A", subject=f"local-{new_id()}")
    officer, _ = province.person("officer", "ROOT", subject=f"officer-{new_id()}")
    for stranger in (other, local, officer):
        assert ask(stranger, "erasure", person_id=person_id).json["code"] == "subject_request.administrators"
    day = (clock.today() - timedelta(days=9)).isoformat()
    assert ask(caller, "export", received_on=day).status_code == 403
    made = ask(province.admin, "correction", person_id=person_id, received_on=day, details="Tên đúng: An")
    assert (made.json["on_paper"], made.json["is_overdue"]) == (True, True)
    assert local.post(f"/v1/subject-requests/{made.json['id']}/start").status_code in (403, 404)
    refused = province.admin.post(f"/v1/subject-requests/{made.json['id']}/refuse", {"reason": "Không đúng"})
    assert (refused.json["state"], refused.json["reason"]) == ("refused", "Không đúng")


def test_everybody_reads_the_own_data_and_no_other(province: Any, someone: Someone) -> None:
    caller, person_id = someone.caller, someone.id
    caller.post("/v1/initiatives", province.draft(title="Hồ sơ của tôi"))
    held = caller.get("/v1/my-data").json
    assert (held["service"], held["person_id"]) == ("registration", person_id)
    [person] = held["tables"]["person"]
    assert (person["name"], person["email"], person["phone"]) == (someone.name, someone.email, someone.phone)
    assert [row["subject"] for row in held["tables"]["access_grant"]] == [someone.subject]
    assert [row["title"] for row in held["tables"]["initiative"]] == ["Hồ sơ của tôi"]
    asked = ask(caller, "export").json["id"]
    assert [row["id"] for row in caller.get("/v1/my-data").json["tables"]["subject_request"]] == [asked]
    other, other_id = province.person("officer", "A", subject=f"other-{new_id()}")
    theirs = json.dumps(other.get("/v1/my-data").json, ensure_ascii=False)
    assert other_id in theirs
    assert person_id not in theirs


def test_an_administrator_reads_it_while_a_copy_was_asked_for(
    province: Any, make_province: Any, someone: Someone
) -> None:
    caller, person_id = someone.caller, someone.id
    made = ask(caller, "export").json
    path = f"/v1/subject-requests/{made['id']}"
    assert province.admin.get(f"{path}/data").json["code"] == "subject_data.not_open"
    province.admin.post(f"{path}/start")
    held = province.admin.get(f"{path}/data").json
    assert held["person_id"] == person_id
    assert [row["id"] for row in held["tables"]["subject_request"]] == [made["id"]]
    assert make_province("lai-chau").admin.get(f"{path}/data").status_code == 404
    local, _ = province.person("administrator", "A", subject=f"local-{new_id()}")
    assert local.get(f"{path}/data").json["code"] == "subject_data.not_open"
    assert caller.get(f"{path}/data").status_code == 403
    province.admin.post(f"{path}/complete")
    assert province.admin.get(f"{path}/data").status_code == 404


def attach(app: Any, caller: Any, initiative_id: str, name: str, content: bytes) -> Any:
    data = {"file": (io.BytesIO(content), name)}
    made = caller.open("POST", f"/v1/initiatives/{initiative_id}/attachments", data=data)
    assert made.status_code == 201, made.json
    return made.json


def everything(database: Any) -> str:
    """Every row of every table as text."""
    with database.admin_engine.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        rows = [connection.scalars(text(f'SELECT t::text FROM "{one}" t')).all() for one in tables]
    return "\n".join(row for of_table in rows for row in of_table)


def decide(database: Any, tenant: str, initiative_id: str, outcome: str) -> None:
    data = {"initiative_id": initiative_id, "outcome": outcome, "decision_number": "12/QĐ", "decided_on": "2024-12-01"}
    data |= {"score": 80.0, "reasons": []}
    event = Event("vn.sangtao.review.dossier.decided.v1", "/review", tenant, initiative_id, 1, data)
    with database.unit_of_work(Context(tenant)) as uow:
        HANDLERS[event.type](uow, event)


def submitted(province: Any, app: Any, someone: Someone, file: bytes = b"", **values: Any) -> str:
    """A dossier of theirs before the council, with a file that bears their name."""
    draft = province.draft(authors=[{"name": someone.name, "share": 100, "person_id": someone.id}], **values)
    officer, _ = province.person("officer", "A", subject=f"officer-{new_id()}")
    made = officer.post("/v1/initiatives", draft).json
    attach(app, officer, made["id"], f"Đơn của {someone.name}.pdf", PDF + (file or str(new_id()).encode()))
    acts = [("submit", {"happened_on": "2024-03-01"}), ("endorse", {"happened_on": "2024-03-02"})]
    acts += [("forward", {"council_unit_id": province.root_id, "happened_on": "2024-03-03"})]
    for act, body in acts:
        answer = officer.post(f"/v1/initiatives/{made['id']}/{act}", body)
        assert answer.status_code == 200, answer.json
    return str(made["id"])


def erase(province: Any, someone: Someone) -> Any:
    made = ask(province.admin, "erasure", person_id=someone.id, details=f"Xin xoá, {someone.name}").json
    assert province.admin.post(f"/v1/subject-requests/{made['id']}/start").status_code == 200
    return province.admin.post(f"/v1/subject-requests/{made['id']}/complete")


def test_a_copy_holds_only_what_names_the_person_whatever_the_policies(
    province: Any, app: Any, database: Any, someone: Someone
) -> None:
    submitted(province, app, someone)
    ask(someone.caller, "correction", details="Sai năm sinh")
    officer, officer_id = province.person("officer", "A", subject=f"officer-{new_id()}")
    assert officer.post("/v1/initiatives", province.draft()).status_code == 201
    for person_id in (someone.id, officer_id):
        with UnitOfWork(database.admin_engine, metadata, "/registration", Context(province.name)) as uow:
            held = collect(uow, FINDERS, UUID(person_id))
        assert held["person"] != []
        for name, rows in held.items():
            assert [row for row in rows if person_id not in json.dumps(row)] == [], name


def test_an_erasure_leaves_the_public_act_and_nothing_else(
    province: Any, app: Any, database: Any, someone: Someone
) -> None:
    caller, person_id = someone.caller, someone.id
    mark = str(new_id())
    draft = caller.post(
        "/v1/initiatives", province.draft(title=f"Bản nháp {mark}", authors=[{"name": someone.name, "share": 100}])
    ).json
    attach(app, caller, draft["id"], f"Đơn của {someone.name}.pdf", PDF + mark.encode())
    open_one = submitted(province, app, someone, title=f"Đang xét {mark}")
    refused = submitted(province, app, someone, title=f"Không công nhận {mark}")
    recognised = submitted(province, app, someone, f"public{mark}".encode(), title="Được công nhận")
    other, other_id = province.person("author", "A", subject=f"other-{new_id()}")
    authors = [
        {"name": someone.name, "share": 50, "person_id": person_id},
        {"name": "Bạn", "share": 50, "person_id": other_id},
    ]
    joint = other.post("/v1/initiatives", province.draft(title="Hồ sơ chung", authors=authors)).json
    attach(app, caller, joint["id"], f"{someone.name}.pdf", PDF + b"joint" + mark.encode())
    decide(database, province.name, recognised, "recognised")
    decide(database, province.name, refused, "not_recognised")
    for known in (someone.name, someone.email, someone.phone, someone.subject, mark):
        assert known in everything(database)

    done = erase(province, someone)

    assert done.json["state"] == "done"
    assert done.json["person_name"] == "Người đã xoá"
    left = everything(database)
    for gone in (someone.email, someone.phone, someone.subject, mark):
        assert gone not in left, gone
    with database.admin_engine.connect() as connection:
        named = connection.execute(
            text("SELECT name FROM initiative_author WHERE initiative_id = :id"), {"id": recognised}
        )
        assert named.scalars().all() == [someone.name]
        entry = connection.execute(
            text("SELECT authors FROM catalogue_entry WHERE initiative_id = :id"), {"id": recognised}
        )
        assert entry.scalars().all() == [[someone.name]]
        states = connection.execute(text("SELECT id::text, status FROM initiative"))
        status = {row.id: row.status for row in states}
        files = connection.scalars(
            text("SELECT filename FROM attachment WHERE uploaded_by = :id"), {"id": person_id}
        ).all()
    assert [line for line in left.splitlines() if someone.name in line and recognised not in line] == []
    assert status[draft["id"]] == status[open_one] == "withdrawn"
    assert (status[refused], status[recognised], status[joint["id"]]) == ("not_recognised", "recognised", "draft")
    assert files == ["tep-da-an-ten.pdf"]
    assert caller.get("/v1/me").json["grants"] == []
    names = [author["name"] for author in other.get(f"/v1/initiatives/{joint['id']}").json["authors"]]
    assert names == ["Người đã xoá", "Bạn"]
    kept = [path.read_bytes() for path in _store_of(app).rglob("*") if path.is_file()]
    assert [content for content in kept if mark.encode() in content] == [PDF + b"joint" + mark.encode()]


@pytest.mark.parametrize("act", ["give", "lend"])
def test_what_is_given_during_an_erasure_waits_and_is_refused(
    province: Any, database: Any, someone: Someone, act: str
) -> None:
    """Else an erased person would have a login that works."""
    lender, lender_id = province.person("officer", "A", subject=f"lender-{new_id()}")
    days = {"valid_from": clock.today().isoformat(), "valid_to": clock.today().isoformat()}
    grant = {"subject": someone.subject, "role": "author", "unit_id": province.units["A"]}
    asked = {
        "give": (province.admin, "/v1/grants", {"person_id": someone.id} | days | grant),
        "lend": (lender, f"/v1/grants/{lender.grant_id}/delegations", {"person_id": someone.id} | days),
    }
    caller, path, body = asked[act]
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(caller.post(path, body).json))
    actor, moment = Actor(UUID(lender_id), "administrator"), {"now": clock.now(), "today": clock.today()}
    with database.unit_of_work(Context(province.name)) as uow:
        usecases.erase_person(uow, UUID(someone.id), actor, **moment, delete_files=lambda _: None)
        thread.start()
        thread.join(1)
        assert answers == []
    thread.join()
    assert [answer.get("code") for answer in answers] == ["person.erased"]


def _store_of(app: Any) -> Any:
    return Path(str(app.extensions["files"]._objects._store.prefix))


def test_who_is_erased_cannot_ask_and_is_told_of_by_id_only(province: Any, database: Any, someone: Someone) -> None:
    person_id = someone.id
    erase(province, someone)
    assert ask(province.admin, "export", person_id=person_id).json["code"] == "person.erased"
    corrected = province.admin.put(f"/v1/people/{person_id}", {"name": "An"}, version=2)
    assert corrected.json["code"] == "person.erased"
    grant = {"person_id": person_id, "subject": "new", "role": "author", "unit_id": province.units["A"]}
    given = province.admin.post("/v1/grants", grant | {"valid_from": "2020-01-01"})
    assert given.json["code"] == "person.erased"
    with database.admin_engine.connect() as connection:
        bodies = connection.scalars(
            text("SELECT body FROM outbox WHERE subject = :id ORDER BY position"), {"id": person_id}
        )
        told = [json.loads(body) for body in bodies]
    assert [event["type"].split(".", 3)[3] for event in told] == ["person.recorded.v1", "person.erased.v1"]
    assert told[0]["data"] | {"version": 1} == {
        "person_id": person_id,
        "version": 1,
        "name": "Người đã xoá",
        "email": "",
    }
    assert told[1]["data"] == {"person_id": person_id, "version": 2, "initiative_ids": []}


def test_a_form_open_since_before_does_not_bring_the_name_back(province: Any, someone: Someone) -> None:
    other, other_id = province.person("author", "A", subject=f"other-{new_id()}")
    authors = [
        {"name": someone.name, "share": 50, "person_id": someone.id},
        {"name": "Bạn", "share": 50, "person_id": other_id},
    ]
    form = province.draft(authors=authors)
    made = other.post("/v1/initiatives", form).json
    del form["cycle_id"]
    erase(province, someone)
    path = f"/v1/initiatives/{made['id']}"
    assert other.put(path, form, version=made["version"]).json["code"] == "request.stale"
    shown = other.get(path).json
    assert [author["name"] for author in shown["authors"]] == ["Người đã xoá", "Bạn"]


def test_what_others_have_written_stays_in_dossiers_requests_and_audit(
    province: Any, database: Any, someone: Someone
) -> None:
    other, other_id = province.person("author", "A", subject=f"other-{new_id()}")
    authors = [{"name": "Bạn", "share": 100, "person_id": other_id}]
    made = other.post("/v1/initiatives", province.draft(authors=authors)).json
    asked = ask(other, "correction", details="Sai năm sinh").json["id"]
    erase(province, someone)
    assert other.get(f"/v1/subject-requests/{asked}").json["details"] == "Sai năm sinh"
    query = text("SELECT after ->> 'name' FROM audit_entry WHERE table_name = 'initiative_author' AND subject = :id")
    with database.admin_engine.connect() as connection:
        assert connection.scalars(query, {"id": made["id"]}).all() == ["Bạn"]


def test_a_file_that_another_dossier_has_too_stays(province: Any, app: Any, someone: Someone) -> None:
    caller = someone.caller
    content = PDF + str(new_id()).encode()
    own = caller.post("/v1/initiatives", province.draft()).json
    attach(app, caller, own["id"], "a.pdf", content)
    other, _ = province.person("author", "A", subject=f"other-{new_id()}")
    theirs = other.post("/v1/initiatives", province.draft()).json
    kept = attach(app, other, theirs["id"], "b.pdf", content)
    assert erase(province, someone).status_code == 200
    assert other.get(f"/v1/initiatives/{theirs['id']}/attachments/{kept['id']}").data == content


def test_a_step_is_never_rewritten_otherwise(province: Any, app: Any, database: Any, someone: Someone) -> None:
    initiative_id = submitted(province, app, someone)
    change = text("UPDATE initiative_step SET reason = 'x' WHERE initiative_id = :id")
    with database.unit_of_work(Context(province.name)) as uow:
        assert uow.execute(change, {"id": initiative_id}).rowcount == 0
        uow.allow_erasing([new_id()])
        assert uow.execute(change, {"id": initiative_id}).rowcount == 0
