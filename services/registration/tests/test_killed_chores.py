"""Export and deletion of a province, killed at a known moment and run again: done once and whole, or not at all."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from common.audit import commands
from common.objects import Objects
from registration.domain.exports import PARTS
from sqlalchemy import text

TOMBSTONE = {"tenant", "tenant_standing", "audit_entry"}
MANY = 3000
_WAITING = (
    "SELECT pid FROM pg_stat_activity"
    " WHERE usename LIKE '%app' AND datname = current_database() AND wait_event_type = 'Lock'"
)
_GONE = "SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"


@pytest.fixture
def exports(tmp_path: Path, app: Any) -> Objects:
    app.extensions["exports"] = Objects(f"file://{tmp_path}/exports")
    return Objects(f"file://{tmp_path}/exports")


@pytest.fixture
def environment(database: Any, app: Any, exports: Objects, tmp_path: Path) -> dict[str, str]:
    """That of the commands; their temporary files are where they can be seen."""
    (tmp_path / "temporary").mkdir()
    attached = app.extensions["files"]._objects._store.prefix
    return {
        **database.urls,
        "EXPORT_STORE_URL": f"file://{tmp_path}/exports",
        "ATTACHMENT_STORE_URL": f"file://{attached}",
        "TMPDIR": str(tmp_path / "temporary"),
        "PATH": os.environ["PATH"],
    }


@pytest.fixture
def province(make_province: Callable[[str], Any], new_name: Callable[[], str], database: Any) -> Any:
    """With a dossier, its file, and people enough for a command to take a while."""
    made = make_province(new_name())
    officer, _ = made.person("officer", subject=f"officer-{made.name}")
    made.dossier = officer.post("/v1/initiatives", made.draft()).json["id"]
    assert made.attach(officer, made.dossier, made.name.encode()).status_code == 201
    with database.admin_engine.begin() as connection:
        people = (
            "INSERT INTO person (tenant, id, name, email, phone, version)"
            " SELECT :tenant, gen_random_uuid(), 'Người ' || n, '', '', 1 FROM generate_series(1, :many) n"
        )
        connection.execute(text(people), {"tenant": made.name, "many": MANY})
    return made


def words(command: str) -> list[str]:
    return [sys.executable, "-m", "registration", command]


@pytest.fixture
def run(environment: dict[str, str]) -> Callable[[str], str]:
    def to_its_end(command: str) -> str:
        ran = subprocess.run(words(command), env=environment, check=True, capture_output=True, text=True)
        return ran.stdout

    return to_its_end


@pytest.fixture
def kill(database: Any, environment: dict[str, str]) -> Callable[..., None]:
    """`kill("purge-tenants", lock, ...)`: SIGKILL while it waits for what this holds, so at that very moment."""

    @contextmanager
    def holding(lock: str, values: dict[str, Any]) -> Iterator[None]:
        with database.admin_engine.connect() as connection:
            connection.execute(text(lock), values)
            yield
            connection.rollback()

    def until(query: str, **values: Any) -> Any:
        deadline = time.monotonic() + 30
        with database.admin_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not (found := connection.execute(text(query), values).scalar()):
                assert time.monotonic() < deadline, query
                time.sleep(0.02)
        return found

    def at(command: str, lock: str, **values: Any) -> None:
        with holding(lock, values):
            output = subprocess.DEVNULL
            with subprocess.Popen(words(command), env=environment, stdout=output, stderr=output) as process:
                pid = until(_WAITING)
                process.send_signal(signal.SIGKILL)
            assert process.returncode == -signal.SIGKILL
        until(f"SELECT ({_GONE}) = 0", pid=pid)

    return at


# Deletion


@pytest.fixture
def doomed(province: Any, ending: Any, run: Callable[[str], str]) -> Any:
    """Closed and exported, its time over."""
    ending.close(province.name)
    ending.publish()
    assert f"{province.name}: " in run("export-tenants")
    ending.end_retention(province.name)
    return province


# Of the moments of a deletion: files gone and rows not, rows of some tables gone, all but the mark that it is done.
DELETION = {
    "before the first row": "SELECT pg_advisory_xact_lock_shared(hashtextextended('tenant/' || :tenant, 0))",
    "in the audit": "SELECT FROM audit_entry WHERE tenant = :tenant AND salt IS NOT NULL LIMIT 1 FOR UPDATE",
    "at the first tables": "LOCK TABLE initiative_step IN SHARE MODE",
    "in the middle": "LOCK TABLE person IN SHARE MODE",
    "at the end": "SELECT FROM tenant_standing WHERE tenant = :tenant FOR UPDATE",
}


@pytest.mark.parametrize("lock", DELETION.values(), ids=DELETION.keys())
def test_a_deletion_killed_anywhere_is_done_by_the_next(
    lock: str, doomed: Any, make_province: Any, ending: Any, kill: Any, run: Any, app: Any, database: Any
) -> None:
    other, before = ending.rows(make_province("khanh-hoa").name), ending.rows(doomed.name)
    kill("purge-tenants", lock, **({"tenant": doomed.name} if ":tenant" in lock else {}))
    assert ending.rows(doomed.name) == before
    assert before["person"] > MANY
    assert f"{doomed.name}: {sum(before.values()) - kept(before)} rows deleted" in run("purge-tenants")
    assert set(ending.rows(doomed.name)) == TOMBSTONE
    assert ending.rows("khanh-hoa") == other
    assert app.extensions["files"].delete_all(doomed.name) == 0
    assert list(commands.verify(database.unit_of_work, doomed.name)) == []
    assert doomed.name not in run("purge-tenants")


def kept(rows: dict[str, int]) -> int:
    return sum(count for name, count in rows.items() if name in TOMBSTONE)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 1.5])
def test_a_deletion_killed_at_any_time_is_whole_or_has_not_begun(
    seconds: float, doomed: Any, ending: Any, run: Any, environment: dict[str, str]
) -> None:
    """Also when it is just done, or has hardly begun."""
    before = ending.rows(doomed.name)
    with subprocess.Popen(words("purge-tenants"), env=environment, stdout=subprocess.DEVNULL) as process:
        time.sleep(seconds)
        process.kill()
    deadline = time.monotonic() + 20
    while (rows := ending.rows(doomed.name)) != before and set(rows) != TOMBSTONE:
        assert time.monotonic() < deadline, rows
        time.sleep(0.05)
    run("purge-tenants")
    assert set(ending.rows(doomed.name)) == TOMBSTONE


# Export

# Of the moments of an export: while rows are read, a part there and not noted, the archive there and not told.
EXPORT = {
    "reading": "LOCK TABLE person IN ACCESS EXCLUSIVE MODE",
    "part not noted": "SELECT FROM tenant_export WHERE tenant = :tenant FOR UPDATE",
    "archive not told": "SELECT FROM tenant_archive WHERE tenant = :tenant FOR UPDATE",
}


@pytest.mark.parametrize("lock", EXPORT.values(), ids=EXPORT.keys())
def test_an_export_killed_anywhere_is_whole_or_absent(
    lock: str, province: Any, ending: Any, kill: Any, run: Any, exports: Objects, environment: dict[str, str]
) -> None:
    asked = province.admin.post("/v1/exports", {}).json
    path, place = f"/v1/exports/{asked['id']}/archive", f"{province.name}/{asked['id']}"
    ending.stand_in(exports, place, PARTS)
    kill("export-tenants", lock, **({"tenant": province.name} if ":tenant" in lock else {}))
    assert province.admin.get(path).json["code"] == "export.not_ready"
    assert list(Path(environment["TMPDIR"]).iterdir()) == []
    assert f"{province.name}: 4 of 4 parts, ready" in run("export-tenants")
    ensure_whole(province, path)
    assert exports.names(place) == [f"{place}/archive.zip"]
    assert province.name not in run("export-tenants")


def ensure_whole(province: Any, path: str) -> None:
    [told] = province.admin.get("/v1/exports").json["items"]
    content = province.admin.get(path).data
    assert (len(content), hashlib.sha256(content).hexdigest()) == (told["size"], told["sha256"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert [part["service"] for part in manifest["parts"]] == list(PARTS)
        files = {file["name"]: file for part in manifest["parts"] for file in part["files"]}
        for name, file in files.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == file["sha256"], name
        assert files["registration/person.jsonl"]["rows"] > MANY
        assert [one["size"] > 0 for one in manifest["attachments"]] == [True]


def test_what_a_killed_writer_left_goes_with_the_rest(
    province: Any, ending: Any, run: Any, exports: Objects, tmp_path: Path
) -> None:
    """A store in a directory lists no half written object; an archive of a whole province must not stay for ever."""
    asked = province.admin.post("/v1/exports", {}).json
    place = f"{province.name}/{asked['id']}"
    ending.stand_in(exports, place, PARTS)
    left = tmp_path / "exports" / place / "archive.zip#1"
    left.write_bytes(b"half of it")
    assert f"{place}/archive.zip#1" not in exports.names(place)
    run("export-tenants")
    assert exports.delete_all(place) == 1
    assert not left.exists()
