"""Exports that cannot be made hold up nobody: neither those of other provinces, nor what has to be cleared away."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from common import cli, clock, exports
from common.database import Context
from common.objects import Objects
from registration.app import SERVICE
from registration.domain.exports import PARTS
from registration.usecases import reorganisations
from sqlalchemy import text


@pytest.fixture
def objects(tmp_path: Path, app: Any, database: Any, monkeypatch: pytest.MonkeyPatch) -> Objects:
    """Of commands and API; without what other tests have asked for."""
    with database.admin_engine.begin() as connection:
        connection.execute(text("DELETE FROM tenant_export"))
        connection.execute(text("DELETE FROM tenant_archive"))
    place = f"file://{tmp_path}/exports"
    stores = {"EXPORT_STORE_URL": place, "ATTACHMENT_STORE_URL": f"file://{tmp_path}/files"}
    monkeypatch.setattr(os, "environ", {**os.environ, **database.urls, **stores, "LOG_LEVEL": "CRITICAL"})
    monkeypatch.setattr("sys.argv", ["registration", "export-tenants"])
    app.extensions["exports"] = Objects(place)
    return Objects(place)


@pytest.fixture
def ask(objects: Objects, ending: Any) -> Callable[[Any], str]:
    """For an export whose other parts are there; returns its place."""

    def asked(province: Any) -> str:
        place = exports.prefix(province.name, province.admin.post("/v1/exports", {}).json["id"])
        ending.stand_in(objects, place, PARTS)
        return place

    return asked


def expire(database: Any, tenant: str) -> None:
    with database.admin_engine.begin() as connection:
        query = "UPDATE tenant_archive SET expires_at = now() - interval '1 s' WHERE tenant = :tenant"
        connection.execute(text(query), {"tenant": tenant})


def state_of(province: Any) -> list[bool]:
    return [one["ready_at"] is not None for one in province.admin.get("/v1/exports").json["items"]]


def test_what_a_merged_province_had_asked_for_is_left(
    make_province: Any,
    new_name: Any,
    database: Any,
    rename_codes: Any,
    ask: Callable[[Any], str],
    objects: Objects,
    capsys: pytest.CaptureFixture[str],
) -> None:
    heir, absorbed, old = make_province(new_name()), make_province(new_name()), make_province(new_name())
    expired = ask(old)
    ask(absorbed)
    changes = [
        *({"action": "move", "unit_id": unit, "parent_id": heir.root_id} for unit in rename_codes(absorbed)),
        {"action": "end", "unit_id": absorbed.root_id, "successor_ids": [heir.root_id], "heir_id": heir.root_id},
    ]
    values = {"title": "Hợp nhất", "legal_basis": "202/2025/QH15", "effective_on": clock.today()}
    moment = reorganisations.Moment(clock.now(), clock.today())
    with database.unit_of_work(Context(heir.name)) as uow:
        reorganisations.carry_out(uow, moment, uuid4(), **values, absorbs=[absorbed.name], changes=changes)
    ask(heir)
    expire(database, old.name)
    cli.main(SERVICE)
    assert state_of(heir) == [True]
    assert objects.names(expired) == []
    assert absorbed.name not in capsys.readouterr().out


def test_a_part_is_noted_in_a_province_that_goes_on_working(
    make_province: Any, new_name: Any, database: Any, ask: Callable[[Any], str]
) -> None:
    """Its own audit has moved on since the part was begun."""
    province = make_province(new_name())
    ask(province)
    making = threading.Thread(target=cli.main, args=(SERVICE,))
    with database.admin_engine.begin() as connection:
        noted = text("SELECT FROM tenant_export WHERE tenant = :tenant FOR UPDATE")
        connection.execute(noted, {"tenant": province.name})
        making.start()
        wait_for_a_lock(database)
        made = province.admin.post("/v1/people", {"name": "Người mới", "email": "moi@example.vn"})
        assert made.status_code == 201
    making.join()
    assert state_of(province) == [True]


def wait_for_a_lock(database: Any) -> None:
    deadline = time.monotonic() + 30
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE '%app' AND wait_event_type = 'Lock'"
    with database.admin_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(text(waiting)):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_an_archive_that_cannot_be_made_holds_up_no_other(
    make_province: Any, new_name: Any, database: Any, ask: Callable[[Any], str], objects: Objects
) -> None:
    broken, whole, old = make_province(new_name()), make_province(new_name()), make_province(new_name())
    lost, expired = ask(broken), ask(old)
    objects.delete(f"{lost}/review.zip")
    ask(whole)
    expire(database, old.name)
    with pytest.raises(SystemExit):
        cli.main(SERVICE)
    assert (state_of(broken), state_of(whole)) == ([False], [True])
    assert objects.names(expired) == []


def test_what_has_expired_is_not_made_any_more(
    make_province: Any, new_name: Any, database: Any, ask: Callable[[Any], str], objects: Objects
) -> None:
    province = make_province(new_name())
    place = ask(province)
    expire(database, province.name)
    for _ in range(2):
        cli.main(SERVICE)
        assert objects.names(place) == []
