"""Suspended, resumed, given quotas, closed, exported and deleted: all of it the operator's, none of it another's."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from common import clock, closing, exports, policies
from common.database import Context, UnitOfWork
from common.objects import Objects
from registration.archiving import Archivist
from registration.domain.exports import PARTS
from registration.files import Files
from registration.store import tenants as store
from registration.store.tables import metadata
from registration.usecases import tenants
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

TOMBSTONE = {"tenant", "tenant_standing", "audit_entry"}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def operator(make_province: Any, app: Any, caller: Any) -> Any:
    make_province("khanh-hoa")
    return caller(app, "operator")


def test_a_suspended_province_is_told_why_and_goes_on_where_it_stopped(
    operator: Any, make_province: Any, database: Any
) -> None:
    province = make_province("cao-bang")
    other = make_province("khanh-hoa")
    path = "/v1/tenants/cao-bang"
    stopped = operator.post(f"{path}/suspend", {"reason": "Chưa ký thỏa thuận"})
    assert (stopped.status_code, stopped.json["status"], stopped.json["reason"]) == (
        200,
        "suspended",
        "Chưa ký thỏa thuận",
    )
    refused = province.admin.get("/v1/units")
    assert (refused.status_code, refused.json["code"]) == (403, "tenant.suspended")
    assert "Chưa ký thỏa thuận" in refused.json["messages"]["vi"]
    assert province.admin.post("/v1/cycles", {}).status_code in (403, 422)
    assert other.admin.get("/v1/units").status_code == 200
    assert operator.post(f"{path}/suspend", {"reason": "x"}).json["code"] == "tenant.is_suspended"
    listed = operator.get("/v1/tenants?status=suspended").json["items"]
    assert [one["tenant"] for one in listed] == ["cao-bang"]
    assert operator.post(f"{path}/resume").json["status"] == "active"
    assert province.admin.get("/v1/units").status_code == 200
    assert operator.post(f"{path}/resume").json["code"] == "tenant.is_active"


def test_the_same_suspension_twice_is_one(operator: Any, make_province: Any) -> None:
    make_province("bac-kan")
    key = {"Idempotency-Key": "suspend-bac-kan"}
    first, again = (operator.post("/v1/tenants/bac-kan/suspend", {"reason": "x"}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replay"] == "true"
    operator.post("/v1/tenants/bac-kan/resume")


def test_the_operator_sees_every_province_and_nothing_in_it(operator: Any, make_province: Any) -> None:
    names = []
    cursor = ""
    while cursor is not None:
        page = operator.get("/v1/tenants", query_string={"limit": 1, "cursor": cursor} if cursor else {"limit": 1}).json
        names += [one["tenant"] for one in page["items"]]
        cursor = page["next"]
    assert names == sorted(names)
    assert "khanh-hoa" in names
    assert tenants.PLATFORM not in names
    assert operator.get("/v1/units").json["code"] == "auth.role_not_allowed"
    assert operator.get("/v1/tenants?q=khanh-hoa").json["items"][0]["status"] == "active"
    assert "khanh-hoa" in [one["tenant"] for one in operator.get("/v1/tenants?q=tinh khanh").json["items"]]


@pytest.mark.parametrize("act", ["suspend", "resume", "close", "administrator", "quotas"])
def test_only_the_operator_acts_on_provinces(province: Any, operator: Any, act: str) -> None:
    method = "PUT" if act == "quotas" else "POST"
    bodies = {
        "quotas": {"requests_per_minute": 1, "attachment_megabytes": 1},
        "administrator": {"administrator": {"name": "x", "subject": "y"}},
    }
    body = bodies.get(act, {"reason": "x"})
    for tenant in ("khanh-hoa", "cao-bang"):
        refused = province.admin.open(method, f"/v1/tenants/{tenant}/{act}", json=body)
        assert refused.json["code"] == "auth.role_not_allowed"
        assert province.admin.get(f"/v1/tenants/{tenant}").json["code"] == "auth.role_not_allowed"
    for unknown in ("no-such", tenants.PLATFORM):
        assert operator.get(f"/v1/tenants/{unknown}").json["code"] == "tenant.not_found"
        assert operator.open(method, f"/v1/tenants/{unknown}/{act}", json=body).json["code"] == "tenant.not_found"


def test_quotas_are_a_version_of_the_settings(operator: Any, make_province: Any, database: Any) -> None:
    province = make_province("ha-giang")
    before = province.admin.get("/v1/settings").json
    quotas = {"requests_per_minute": 1234, "attachment_megabytes": 1}
    set_to = operator.put("/v1/tenants/ha-giang/quotas", quotas)
    assert (set_to.status_code, set_to.json["quotas"]) == (200, quotas)
    shown = operator.get("/v1/tenants/ha-giang").json
    assert (shown["status"], shown["quotas"]) == ("active", quotas)
    after = province.admin.get("/v1/settings").json
    assert after == before | {"quotas": quotas, "version": before["version"] + 1}
    with database.unit_of_work(Context("ha-giang")) as uow:
        row = uow.find(text("SELECT * FROM tenant_quota"))
    assert (row.requests_per_minute, row.version) == (1234, after["version"])


def attach(caller: Any, dossier: str, content: bytes) -> Any:
    return caller.post(
        f"/v1/initiatives/{dossier}/attachments",
        data={"file": (io.BytesIO(content), "minh-chung.pdf")},
        content_type="multipart/form-data",
    )


def test_files_stop_at_the_provinces_quota(operator: Any, make_province: Any) -> None:
    province = make_province("tuyen-quang")
    officer, _ = province.person("officer")
    dossier = officer.post("/v1/initiatives", province.draft()).json["id"]
    operator.put("/v1/tenants/tuyen-quang/quotas", {"requests_per_minute": 0, "attachment_megabytes": 1})
    for letter in (b"a", b"b"):
        assert attach(officer, dossier, PDF + letter * 400_000).status_code == 201
    refused = attach(officer, dossier, PDF + b"d" * 400_000)
    assert (refused.status_code, refused.json["code"]) == (409, "attachment.quota")
    assert "1 MB" in refused.json["messages"]["vi"]
    assert attach(officer, dossier, PDF + b"c" * 1000).status_code == 201


# -- Export and deletion


@pytest.fixture
def places(tmp_path: Path, app: Any) -> dict[str, Any]:
    found = {"exports": Objects(f"file://{tmp_path}/exports"), "files": app.extensions["files"]}
    app.extensions["exports"] = found["exports"]
    return found


def unit_of_work(database: Any) -> Callable[[Context], UnitOfWork]:
    engine = database.app_engine.execution_options(isolation_level="REPEATABLE READ")
    return partial(UnitOfWork, engine, metadata, "/registration")


def make_parts(database: Any, objects: Objects, services: tuple[str, ...] = PARTS) -> None:
    """This service's real part, and stand-ins for the others'."""
    exporter = exports.Exporter("registration", metadata, unit_of_work(database), objects)
    for one in exporter.wanted():
        exporter.make(one.tenant, one.id)
        for service in services:
            if service != "registration":
                place = f"{exports.prefix(one.tenant, one.id)}/{service}"
                content = io.BytesIO()
                with zipfile.ZipFile(content, "w") as part:
                    file = exports.write_lines(part, f"{service}/rows.jsonl", iter(["{}"]))
                objects.put(f"{place}.zip", content.getvalue())
                objects.put(f"{place}.json", json.dumps({"service": service, "files": [file]}).encode())


def archive_of(answer: Any) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.json
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_an_export_holds_all_of_the_province_and_nothing_of_another(
    operator: Any, make_province: Any, database: Any, places: dict[str, Any]
) -> None:
    province, other = make_province("yen-bai"), make_province("khanh-hoa")
    for one in (province, other):
        officer, _ = one.person("officer", subject=f"officer-export-{one.name}")
        dossier = officer.post("/v1/initiatives", one.draft(title=f"Chỉ của {one.name}")).json["id"]
        assert attach(officer, dossier, PDF + one.name.encode()).status_code == 201
    asked = province.admin.post("/v1/exports", {})
    assert (asked.status_code, asked.json["parts"], asked.json["ready_at"]) == (202, [], None)
    path = f"/v1/exports/{asked.json['id']}/archive"
    assert province.admin.get(path).json["code"] == "export.not_ready"

    archivist = Archivist(unit_of_work(database), places["exports"], places["files"])
    make_parts(database, places["exports"], ("review",))
    assert archivist.finish() == ["yen-bai: 2 of 4 parts"]
    assert province.admin.get("/v1/exports").json["items"][0]["parts"] == ["registration", "review"]
    with database.admin_engine.begin() as connection:
        connection.execute(text("UPDATE tenant_export SET made_at = NULL WHERE tenant = 'yen-bai'"))
    make_parts(database, places["exports"])
    assert archivist.finish() == ["yen-bai: 4 of 4 parts, ready"]
    assert archivist.finish() == []

    with archive_of(province.admin.get(path)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert [part["service"] for part in manifest["parts"]] == list(PARTS)
        for part in manifest["parts"]:
            for file in part["files"]:
                assert archive.read(file["name"]).count(b"\n") == file["rows"]
        everything = b"".join(archive.read(name) for name in archive.namelist())
        rows = [json.loads(line) for line in archive.read("registration/initiative.jsonl").splitlines()]
        assert "Chỉ của yen-bai" in {row["title"] for row in rows}
        [attached] = manifest["attachments"]
        assert archive.read(f"attachments/{attached['sha256']}") == PDF + b"yen-bai"
        tables = {name.split("/")[1].removesuffix(".jsonl") for name in archive.namelist() if "registration/" in name}
    sealed = {table.name for table in metadata.sorted_tables if table.info.get(policies.SEALED)}
    assert tables == set(metadata.tables) - exports.TECHNICAL - sealed
    assert b"khanh-hoa" not in everything
    with database.admin_engine.connect() as connection:
        for table in metadata.sorted_tables:
            # Who opened the province is in its own audit: the operator's grant.
            for row in connection.execute(table.select().where(table.c.tenant.not_in(("yen-bai", tenants.PLATFORM)))):
                for name in ("id", "initiative_id", "event_id"):
                    if name in table.c and isinstance(getattr(row, name), UUID):
                        assert str(getattr(row, name)).encode() not in everything, table.name

    assert operator.get(f"{path}?tenant=yen-bai").json["code"] == "export.not_found"
    assert other.admin.get(path).json["code"] == "export.not_found"
    assert other.admin.get(f"{path}?tenant=yen-bai").json["code"] == "settings.of_the_root"
    below, _ = province.person("administrator", "A", subject="admin-below-yen-bai")
    assert below.get(path).json["code"] == "settings.of_the_root"

    with database.admin_engine.begin() as connection:
        connection.execute(
            text("UPDATE tenant_archive SET expires_at = now() - interval '1 s' WHERE tenant = 'yen-bai'")
        )
    assert province.admin.get(path).json["code"] == "export.not_found"
    assert archivist.clear_expired() == 1
    assert places["exports"].names("yen-bai") == []


def close(database: Any, operator: Any, tenant: str) -> Any:
    closed = operator.post(f"/v1/tenants/{tenant}/close", {"reason": "Tỉnh chuyển sang hệ thống khác"})
    assert closed.status_code == 200, closed.json
    return closed.json


def publish_all(database: Any) -> None:
    with database.admin_engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET published_at = now() WHERE published_at IS NULL"))


def end_retention(database: Any, tenant: str) -> None:
    with database.admin_engine.begin() as connection:
        query = "UPDATE tenant_standing SET delete_after = :day WHERE tenant = :tenant"
        connection.execute(text(query), {"day": clock.today() - timedelta(days=1), "tenant": tenant})


def purge(database: Any, tenant: str) -> int:
    with database.unit_of_work(Context(tenant)) as uow:
        return closing.purge(uow)


def break_off(database: Any, tenant: str) -> None:
    with database.unit_of_work(Context(tenant)) as uow:
        assert closing.purge(uow) > 0
        raise ZeroDivisionError


def rows_of(database: Any, tenant: str) -> dict[str, int]:
    with database.admin_engine.connect() as connection:
        counts = {
            table.name: int(
                connection.execute(
                    text(f'SELECT count(*) FROM "{table.name}" WHERE tenant = :tenant'), {"tenant": tenant}
                ).scalar_one()
            )
            for table in metadata.sorted_tables
        }
    return {name: count for name, count in counts.items() if count}


def test_a_closed_province_is_deleted_after_its_time_and_not_before(
    operator: Any, make_province: Any, database: Any, places: dict[str, Any]
) -> None:
    province, before = make_province("lang-son"), rows_of(database, make_province("khanh-hoa").name)
    officer, _ = province.person("officer")
    dossier = officer.post("/v1/initiatives", province.draft()).json["id"]
    assert attach(officer, dossier, PDF + b"lang-son").status_code == 201
    closed = close(database, operator, "lang-son")
    assert closed["delete_after"] == (clock.today() + timedelta(days=365)).isoformat()
    assert province.admin.get("/v1/units").json["code"] == "tenant.closing"

    with pytest.raises(DBAPIError, match="kept until"):
        purge(database, "lang-son")
    end_retention(database, "lang-son")
    with pytest.raises(DBAPIError, match="nothing of it was exported"):
        purge(database, "lang-son")
    make_parts(database, places["exports"])
    with pytest.raises(DBAPIError, match="not published"):
        purge(database, "lang-son")
    publish_all(database)
    with pytest.raises(DBAPIError, match="under that tenant only"), database.unit_of_work(Context("khanh-hoa")) as uow:
        uow.execute(text("SELECT purge_tenant('lang-son')"))
    assert rows_of(database, "lang-son")["initiative"] == 1

    assert purge(database, "lang-son") > 10
    assert places["files"].delete_all("lang-son") == 1
    assert set(rows_of(database, "lang-son")) == TOMBSTONE
    with database.admin_engine.connect() as connection:
        left = connection.execute(text("SELECT purged_at FROM tenant_standing WHERE tenant = 'lang-son'")).scalar_one()
        blanked = text(
            "SELECT count(*) FROM audit_entry WHERE tenant = 'lang-son' AND salt IS NOT NULL AND operation <> 'redact'"
        )
        assert connection.execute(blanked).scalar_one() == 0
    assert left is not None
    assert purge(database, "lang-son") == 0
    assert rows_of(database, "khanh-hoa") == before
    assert operator.post("/v1/tenants/lang-son/resume").json["code"] == "tenant.not_found"
    assert operator.get("/v1/tenants?q=lang-son").json["items"][0]["purged_at"] is not None
    assert province.admin.get("/v1/units").status_code == 403


def test_nobody_purges_what_is_not_closed(operator: Any, make_province: Any, database: Any) -> None:
    make_province("cao-bang")
    for tenant in ("cao-bang", "never-heard-of"):
        with pytest.raises(DBAPIError, match="not closed"):
            purge(database, tenant)


def test_a_deletion_that_breaks_off_leaves_everything(
    operator: Any, make_province: Any, database: Any, places: dict[str, Any]
) -> None:
    province = make_province("bac-lieu")
    close(database, operator, "bac-lieu")
    make_parts(database, places["exports"])
    publish_all(database)
    end_retention(database, "bac-lieu")
    before = rows_of(database, "bac-lieu")
    with pytest.raises(ZeroDivisionError):
        break_off(database, "bac-lieu")
    assert rows_of(database, "bac-lieu") == before
    assert province.name in closing.closed(database.unit_of_work, metadata)
    assert purge(database, "bac-lieu") > 0
    assert province.name not in closing.closed(database.unit_of_work, metadata)


def test_the_command_tells_what_it_keeps_and_deletes(
    operator: Any, make_province: Any, database: Any, tmp_path: Path
) -> None:
    make_province("tra-vinh")
    close(database, operator, "tra-vinh")
    publish_all(database)
    places = {"EXPORT_STORE_URL": f"file://{tmp_path}/exports", "ATTACHMENT_STORE_URL": f"file://{tmp_path}/files"}
    environment = {**database.urls, **places, "PATH": os.environ["PATH"]}

    def run(command: str) -> str:
        words = [sys.executable, "-m", "registration", command]
        return subprocess.run(words, env=environment, check=True, capture_output=True, text=True).stdout

    assert f"tra-vinh: kept until {clock.today() + timedelta(days=365)}" in run("purge-tenants")
    end_retention(database, "tra-vinh")
    assert "tra-vinh: nothing of it was exported" in run("purge-tenants")
    assert re.search(r"tra-vinh: \d+ rows of \d+ tables", run("export-tenants"))
    assert re.search(r"tra-vinh: \d+ rows deleted", run("purge-tenants"))
    assert "tra-vinh" not in run("purge-tenants")
    assert set(rows_of(database, "tra-vinh")) == TOMBSTONE


def test_standing_and_settings_travel_to_every_service(operator: Any, make_province: Any, database: Any) -> None:
    make_province("ca-mau-life")
    operator.post("/v1/tenants/ca-mau-life/suspend", {"reason": "Tạm ngừng"})
    with database.admin_engine.connect() as connection:
        bodies = connection.scalars(
            text("SELECT body FROM outbox WHERE tenant = :tenant AND type LIKE :type ORDER BY position"),
            {"tenant": "ca-mau-life", "type": "%tenant.recorded.v1"},
        ).all()
    said = [json.loads(body)["data"] for body in bodies]
    assert [(one["status"], one["version"], one["reason"]) for one in said] == [
        ("active", 1, ""),
        ("suspended", 2, "Tạm ngừng"),
    ]
    with database.unit_of_work(Context("ca-mau-life")) as uow:
        assert uow.standing.reason == "Tạm ngừng"
        assert store.acting_tenant(uow).status == "suspended"


def test_the_files_store_keeps_provinces_apart(tmp_path: Path) -> None:
    files = Files(f"file://{tmp_path}")
    for tenant in ("ha", "ha-noi"):
        files._objects.put(f"{tenant}/ab/abc", b"x")
    assert files.delete_all("ha") == 1
    assert files.get("ha-noi", "abc") == b"x"
