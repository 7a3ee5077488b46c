"""A province exported and deleted: the archive is whole, and after its time nothing stays but what must."""

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
from common.audit import commands
from common.audit.witnesses import Head
from common.database import Context, UnitOfWork
from common.objects import Objects
from registration.archiving import Archivist
from registration.domain.exports import PARTS
from registration.store.tables import metadata
from registration.usecases import tenants
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

TOMBSTONE = {"tenant", "tenant_standing", "audit_entry"}


@pytest.fixture
def places(tmp_path: Path, app: Any) -> dict[str, Any]:
    found = {"exports": Objects(f"file://{tmp_path}/exports"), "files": app.extensions["files"]}
    app.extensions["exports"] = found["exports"]
    return found


def snapshot(database: Any) -> Callable[[Context], UnitOfWork]:
    engine = database.app_engine.execution_options(isolation_level="REPEATABLE READ")
    return partial(UnitOfWork, engine, metadata, "/registration")


def make_parts(ending: Any, database: Any, objects: Objects, services: tuple[str, ...] = PARTS) -> None:
    """This service's real part, and stand-ins for the others'."""
    exporter = exports.Exporter("registration", metadata, database.unit_of_work, snapshot(database), objects)
    for one in exporter.wanted():
        exporter.make(one.tenant, one.id)
        ending.stand_in(objects, exports.prefix(one.tenant, one.id), services)


def finish(archivist: Archivist) -> list[str]:
    return [archivist.finish(one) for one in archivist.waiting()]


def archive_of(answer: Any) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.json
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_an_export_holds_all_of_the_province_and_nothing_of_another(
    operator: Any, ending: Any, make_province: Any, database: Any, places: dict[str, Any]
) -> None:
    province, other = make_province("yen-bai"), make_province("khanh-hoa")
    for one in (province, other):
        officer, _ = one.person("officer", subject=f"officer-export-{one.name}")
        dossier = officer.post("/v1/initiatives", one.draft(title=f"Chỉ của {one.name}")).json["id"]
        assert province.attach(officer, dossier, one.name.encode()).status_code == 201
    asked = province.admin.post("/v1/exports", {})
    assert (asked.status_code, asked.json["parts"], asked.json["ready_at"]) == (202, [], None)
    path = f"/v1/exports/{asked.json['id']}/archive"
    assert province.admin.get(path).json["code"] == "export.not_ready"

    archivist = Archivist(database.unit_of_work, places["exports"], places["files"])
    make_parts(ending, database, places["exports"], ("review",))
    assert finish(archivist) == ["yen-bai: 2 of 4 parts"]
    assert province.admin.get("/v1/exports").json["items"][0]["parts"] == ["registration", "review"]
    with database.admin_engine.begin() as connection:
        connection.execute(text("UPDATE tenant_export SET made_at = NULL WHERE tenant = 'yen-bai'"))
    make_parts(ending, database, places["exports"])
    assert finish(archivist) == ["yen-bai: 4 of 4 parts, ready"]
    assert finish(archivist) == []

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
        assert archive.read(f"attachments/{attached['sha256']}").endswith(b"yen-bai")
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

    assert operator.get(path).json["code"] == "auth.role_not_allowed"
    assert operator.get("/v1/exports?tenant=yen-bai").json == province.admin.get("/v1/exports").json
    for nowhere in ("", f"?tenant={tenants.PLATFORM}", "?tenant=no-such-province"):
        assert operator.get(f"/v1/exports{nowhere}").json["code"] == "tenant.not_found", nowhere
    assert other.admin.get(path).json["code"] == "export.not_found"
    assert other.admin.get("/v1/exports?tenant=yen-bai").json["code"] == "settings.of_the_root"
    below, _ = province.person("administrator", "A", subject="admin-below-yen-bai")
    assert below.get(path).json["code"] == "settings.of_the_root"

    with database.admin_engine.begin() as connection:
        connection.execute(
            text("UPDATE tenant_archive SET expires_at = now() - interval '1 s' WHERE tenant = 'yen-bai'")
        )
    assert province.admin.get(path).json["code"] == "export.not_found"
    assert archivist.clear_expired() == 1
    assert places["exports"].names("yen-bai") == []


def purge(database: Any, tenant: str) -> int:
    with database.unit_of_work(Context(tenant)) as uow:
        return closing.purge(uow)


def break_off(database: Any, tenant: str) -> None:
    with database.unit_of_work(Context(tenant)) as uow:
        assert closing.purge(uow) > 0
        raise ZeroDivisionError


def test_a_closed_province_is_deleted_after_its_time_and_not_before(
    operator: Any, ending: Any, make_province: Any, database: Any, places: dict[str, Any]
) -> None:
    province, before = make_province("lang-son"), ending.rows(make_province("khanh-hoa").name)
    officer, _ = province.person("officer")
    dossier = officer.post("/v1/initiatives", province.draft()).json["id"]
    assert province.attach(officer, dossier, b"lang-son").status_code == 201
    closed = ending.close("lang-son")
    assert closed["delete_after"] == (clock.today() + timedelta(days=365)).isoformat()
    assert province.admin.get("/v1/units").json["code"] == "tenant.closing"

    with pytest.raises(DBAPIError, match="kept until"):
        purge(database, "lang-son")
    ending.end_retention("lang-son")
    with pytest.raises(DBAPIError, match="an export of it is still to be made"):
        purge(database, "lang-son")
    make_parts(ending, database, places["exports"])
    with pytest.raises(DBAPIError, match="not published"):
        purge(database, "lang-son")
    ending.publish()
    with pytest.raises(DBAPIError, match="under that tenant only"), database.unit_of_work(Context("khanh-hoa")) as uow:
        uow.execute(text("SELECT purge_tenant('lang-son')"))
    assert ending.rows("lang-son")["initiative"] == 1

    assert purge(database, "lang-son") > 10
    assert places["files"].delete_all("lang-son") == 1
    assert set(ending.rows("lang-son")) == TOMBSTONE
    with database.admin_engine.connect() as connection:
        left = connection.execute(text("SELECT purged_at FROM tenant_standing WHERE tenant = 'lang-son'")).scalar_one()
        blanked = text(
            "SELECT count(*) FROM audit_entry WHERE tenant = 'lang-son' AND salt IS NOT NULL AND operation <> 'redact'"
        )
        assert connection.execute(blanked).scalar_one() == 0
    assert left is not None
    assert purge(database, "lang-son") == 0
    assert ending.rows("khanh-hoa") == before
    assert operator.post("/v1/tenants/lang-son/resume").json["code"] == "tenant.not_found"
    assert operator.get("/v1/tenants?q=lang-son").json["items"][0]["purged_at"] is not None
    assert province.admin.get("/v1/units").status_code == 403


def test_an_export_of_before_it_went_on_is_not_enough(
    operator: Any, ending: Any, make_province: Any, database: Any, places: dict[str, Any]
) -> None:
    """Closed by mistake and resumed: what came after is in no export but that of the second closing."""
    make_province("kon-tum")
    ending.close("kon-tum")
    make_parts(ending, database, places["exports"])
    assert operator.post("/v1/tenants/kon-tum/resume").json["status"] == "active"
    ending.close("kon-tum")
    ending.publish()
    ending.end_retention("kon-tum")
    with pytest.raises(DBAPIError, match="an export of it is still to be made"):
        purge(database, "kon-tum")
    make_parts(ending, database, places["exports"])
    assert purge(database, "kon-tum") > 0


def test_nobody_purges_what_is_not_closed(operator: Any, make_province: Any, database: Any) -> None:
    make_province("cao-bang")
    for tenant in ("cao-bang", "never-heard-of"):
        with pytest.raises(DBAPIError, match="not closed"):
            purge(database, tenant)


def test_a_deletion_that_breaks_off_leaves_everything(
    ending: Any, make_province: Any, database: Any, places: dict[str, Any]
) -> None:
    province = make_province("bac-lieu")
    ending.close("bac-lieu")
    make_parts(ending, database, places["exports"])
    ending.publish()
    ending.end_retention("bac-lieu")
    before = ending.rows("bac-lieu")
    with pytest.raises(ZeroDivisionError):
        break_off(database, "bac-lieu")
    assert ending.rows("bac-lieu") == before
    assert province.name in closing.closed(database.unit_of_work, metadata)
    assert purge(database, "bac-lieu") > 0
    assert province.name not in closing.closed(database.unit_of_work, metadata)


def test_the_chain_of_a_deleted_province_still_holds(
    ending: Any, make_province: Any, database: Any, places: dict[str, Any]
) -> None:
    """Also against heads that were written down before: what it held is blanked, and nothing of it is cut off."""

    def heads() -> list[Head]:
        listed = commands.heads(database.unit_of_work)
        return [Head(one["service"], one["tenant"], one["position"], bytes.fromhex(one["hash"])) for one in listed]

    province = make_province("vinh-long")
    officer, _ = province.person("officer")
    assert officer.post("/v1/initiatives", province.draft()).status_code == 201
    ending.close("vinh-long")
    make_parts(ending, database, places["exports"])
    ending.publish()
    ending.end_retention("vinh-long")
    before = heads()
    assert purge(database, "vinh-long") > 0
    for kept in ((), before, heads(), [*before, *heads()]):
        assert list(commands.verify(database.unit_of_work, "vinh-long", kept)) == []


def test_who_may_be_half_deleted_is_not_resumed(operator: Any, ending: Any, new_name: Any, make_province: Any) -> None:
    """Another service may have deleted its rows already, or a deletion that was killed the files."""
    province = make_province(new_name())
    path = f"/v1/tenants/{province.name}/resume"
    for days_ago in (1, 0):
        ending.close(province.name)
        ending.end_retention(province.name, days_ago)
        refused = operator.post(path)
        assert (refused.status_code, refused.json["code"]) == (409, "tenant.retention_over")
        ending.end_retention(province.name, -1)
        assert operator.post(path).json["status"] == "active"
    assert province.admin.get("/v1/units").status_code == 200


def test_the_command_tells_what_it_keeps_and_deletes(
    ending: Any, make_province: Any, database: Any, tmp_path: Path
) -> None:
    make_province("tra-vinh")
    ending.close("tra-vinh")
    ending.publish()
    places = {"EXPORT_STORE_URL": f"file://{tmp_path}/exports", "ATTACHMENT_STORE_URL": f"file://{tmp_path}/files"}
    environment = {**database.urls, **places, "PATH": os.environ["PATH"]}

    def run(command: str) -> str:
        words = [sys.executable, "-m", "registration", command]
        return subprocess.run(words, env=environment, check=True, capture_output=True, text=True).stdout

    assert f"tra-vinh: kept until {clock.today() + timedelta(days=365)}" in run("purge-tenants")
    ending.end_retention("tra-vinh")
    assert "tra-vinh: an export of it is still to be made" in run("purge-tenants")
    assert re.search(r"tra-vinh: \d+ rows of \d+ tables", run("export-tenants"))
    assert re.search(r"tra-vinh: \d+ rows deleted", run("purge-tenants"))
    assert "tra-vinh" not in run("purge-tenants")
    assert set(ending.rows("tra-vinh")) == TOMBSTONE
