"""No national id is stored unless the province asks for it; then sealed, and read for a reason that is noted."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from common.database import Context
from common.errors import Unavailable
from flask import Flask
from registration import app as registration
from registration import commands
from registration.national_ids import Seal
from registration.settings import ApiSettings
from sqlalchemy import text

NUMBER = "056090001234"


def key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


KEYS = {"national_id_keys": f"k1:{key('a')}", "national_id_index_key": key("i")}


@pytest.fixture(scope="module")
def sealing_app(database: Any, issuer: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    files: Path = tmp_path_factory.mktemp("files")
    address = {"database_url": database.urls["DATABASE_URL"], "oidc_issuer": issuer.url}
    made = registration.build(ApiSettings(**address, attachment_store_url=f"file://{files}", **KEYS))
    yield made
    made.extensions["service"].engine.dispose()


@pytest.fixture
def asking(make_province: Callable[[str], Any], sealing_app: Flask, caller: Callable[..., Any]) -> Any:
    """The administrator of a province whose rule asks for national ids."""
    province = make_province("soc-trang")
    settings = province.admin.get("/v1/settings").json
    wanted = {name: value for name, value in settings.items() if name in ("levels", "retention", "contact")}
    changed = province.admin.put("/v1/settings", wanted | {"national_id": "required"}, version=settings["version"])
    assert changed.status_code == 200, changed.json
    return caller(sealing_app, "admin-soc-trang")


def record(admin: Any, number: str = "", **options: Any) -> Any:
    body = {"name": f"Người {uuid4()}"} | ({"national_id": number} if number else {})
    return admin.post("/v1/people", body, **options)


def fresh() -> str:
    return f"{uuid4().int % 10**12:012}"


def test_a_province_that_does_not_ask_stores_none(province: Any) -> None:
    assert record(province.admin).status_code == 201
    refused = record(province.admin, NUMBER)
    assert (refused.status_code, refused.json["code"]) == (422, "person.national_id_not_asked_for")


def test_a_province_that_asks_gets_one_for_each_person(asking: Any) -> None:
    assert record(asking).json["code"] == "person.national_id_required"
    for wrong in ("12345678901", "05609000123x", "1234567890123"):
        assert record(asking, wrong).status_code == 422
    number = fresh()
    assert record(asking, number).status_code == 201
    again = record(asking, number)
    assert (again.status_code, again.json["code"]) == (409, "constraint.uq_national_id_tenant_blind_index")


def test_it_is_read_by_an_administrator_for_a_reason_that_is_noted(asking: Any, database: Any) -> None:
    number = fresh()
    person = record(asking, number).json
    path = f"/v1/people/{person['id']}"
    assert asking.get(path).json["has_national_id"] is True
    assert asking.post(f"{path}/national-id", {}).status_code == 422
    key_of_request = {"Idempotency-Key": str(uuid4())}
    read = asking.post(f"{path}/national-id", {"reason": "Đối chiếu giấy khen"}, headers=key_of_request)
    assert (read.json, read.headers["Cache-Control"]) == ({"national_id": number}, "no-store")
    with database.admin_engine.connect() as connection:
        noted = connection.execute(
            text("SELECT by, reason FROM national_id_disclosure WHERE person_id = :id"), {"id": person["id"]}
        ).all()
        assert [row.reason for row in noted] == ["Đối chiếu giấy khen"]
        assert not connection.scalar(text("SELECT count(*) FROM idempotency WHERE body LIKE :n"), {"n": f"%{number}%"})


def test_it_is_in_no_list_event_row_or_export(asking: Any, database: Any) -> None:
    number = fresh()
    body = {"name": "Người giữ kín", "email": "kin@example.vn", "phone": "", "national_id": number}
    made = asking.post("/v1/people", body, headers={"Idempotency-Key": str(uuid4())}).json
    answers = [made, asking.get("/v1/people?q=kín").json, asking.get(f"/v1/people/{made['id']}").json]
    assert all(number not in json.dumps(answer) for answer in answers)
    with database.admin_engine.connect() as connection:
        for table in database.metadata.sorted_tables:
            rows = connection.execute(text(f'SELECT CAST(t.* AS text) FROM "{table.name}" t')).scalars()
            assert not [row for row in rows if number in row], table.name
    assert database.metadata.tables["national_id"].info["sealed"]


def test_a_correction_keeps_it_or_puts_another_in_its_place(asking: Any) -> None:
    number, other = fresh(), fresh()
    path = f"/v1/people/{record(asking, number).json['id']}"
    asking.put(path, {"name": "Tên đúng"}, version=1)
    assert asking.post(f"{path}/national-id", {"reason": "x"}).json["national_id"] == number
    asking.put(path, {"name": "Tên đúng", "national_id": other}, version=2)
    assert asking.post(f"{path}/national-id", {"reason": "x"}).json["national_id"] == other


def test_an_erasure_takes_the_persons_own_only(asking: Any) -> None:
    number = fresh()
    erased, other, _ = (record(asking, one).json["id"] for one in (fresh(), number, fresh()))
    request = asking.post("/v1/subject-requests", {"kind": "erasure", "person_id": erased}).json["id"]
    for act in ("start", "complete"):
        assert asking.post(f"/v1/subject-requests/{request}/{act}").status_code == 200
    read = {one: asking.post(f"/v1/people/{one}/national-id", {"reason": "Đối chiếu"}) for one in (erased, other)}
    held = asking.get("/v1/my-data").json["tables"]
    assert [held[name] for name in ("national_id", "national_id_disclosure")] == [[], []], "the administrator's own"
    assert read[other].json == {"national_id": number}
    assert read[erased].status_code == 404
    kept = [asking.get(f"/v1/people/{one}").json["has_national_id"] for one in (erased, other)]
    assert kept == [False, True]


def test_an_officer_reads_none(asking: Any, make_province: Callable[[str], Any]) -> None:
    province, person = make_province("soc-trang"), record(asking, fresh()).json
    body = {"person_id": person["id"], "subject": f"officer-{uuid4()}", "role": "officer"}
    grant = asking.post("/v1/grants", body | {"unit_id": province.units["A"], "valid_from": "2020-01-01"}).json
    officer = province._caller(province._app, body["subject"], grant["id"])
    assert officer.post(f"/v1/people/{person['id']}/national-id", {"reason": "x"}).json["code"] == (
        "auth.role_not_allowed"
    )


def test_without_keys_nothing_is_stored(asking: Any, make_province: Callable[[str], Any]) -> None:
    refused = record(make_province("soc-trang").admin, fresh())
    assert (refused.status_code, refused.json["code"]) == (503, "person.national_id_no_key")


def test_a_row_copied_to_another_person_or_province_does_not_open() -> None:
    seal = Seal.of(**{name.removeprefix("national_id_"): value for name, value in KEYS.items()})
    sealed = seal.close("soc-trang", uuid4(), NUMBER)
    assert seal.open(sealed) == NUMBER
    assert NUMBER.encode() not in sealed.sealed
    assert seal.close("soc-trang", sealed.person_id, NUMBER).sealed != sealed.sealed
    assert seal.close("lao-cai", sealed.person_id, NUMBER).blind_index != sealed.blind_index
    for moved in ({"person_id": uuid4()}, {"sealed_in": "lao-cai"}, {"sealed": sealed.sealed[:-1] + b"x"}):
        with pytest.raises(Unavailable, match="national_id_unreadable"):
            seal.open(type(sealed)(**vars(sealed) | moved))
    with pytest.raises(ValueError):
        Seal.of("k1:short", key("i"))


def test_keys_are_exchanged(asking: Any, database: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    number = fresh()
    person_id = record(asking, number).json["id"]
    both = f"k2:{key('b')},{KEYS['national_id_keys']}"
    monkeypatch.setenv("DATABASE_URL", database.urls["DATABASE_URL"])
    monkeypatch.setenv("NATIONAL_ID_KEYS", both)
    monkeypatch.setenv("NATIONAL_ID_INDEX_KEY", KEYS["national_id_index_key"])
    commands.reseal_national_ids()
    assert "soc-trang: 0" not in capsys.readouterr().out
    new = Seal.of(f"k2:{key('b')}", KEYS["national_id_index_key"])
    from registration.store import national_ids

    with database.unit_of_work(Context("soc-trang")) as uow:
        sealed = national_ids.find(uow, person_id)
        assert sealed is not None
        assert (sealed.key_id, new.open(sealed)) == ("k2", number)
        for one in national_ids.sealed_otherwise(uow, "k1"):  # Back again, for the other tests.
            old = Seal.of(f"{KEYS['national_id_keys']},k2:{key('b')}", KEYS["national_id_index_key"])
            national_ids.keep(uow, old.close(one.sealed_in, one.person_id, old.open(one)))
