"""A tenant's standing, and one tenant's rows becoming another's while requests and events go on."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from common import tenants
from common.consumer import Consumer
from common.database import Context, UnitOfWork
from common.errors import Forbidden, Moved, Unavailable
from common.events import Event
from common.ids import new_id
from sample.app import THING_MADE, effect, metadata, thing
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

NINH_THUAN, KHANH_HOA = "ninh-thuan", "khanh-hoa"
MERGED = {"code": NINH_THUAN, "status": "merged", "heir": KHANH_HOA, "version": 2}


def add(uow: UnitOfWork) -> None:
    values = {"id": new_id(), "scope_path": "/KH/", "name": uuid4().hex, "closed": False, "version": 1}
    uow.execute(insert(thing).values(tenant=uow.tenant, **values))


def count(database: Any, tenant: str) -> int:
    with database.admin_engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM thing WHERE tenant = :t"), {"t": tenant}))


def merge(database: Any) -> None:
    with database.unit_of_work(Context(NINH_THUAN)) as uow:
        tenants.take_over(uow, metadata, MERGED)


def test_a_tenant_that_nobody_told_of_is_active(database: Any) -> None:
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        assert (uow.standing.status, uow.standing.heir) == ("active", "")
        uow.standing.ensure_open()


@pytest.mark.parametrize("status", ["suspended", "closing"])
def test_a_suspended_tenant_takes_in_events_and_refuses_people(database: Any, status: str) -> None:
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        tenants.save_standing(uow, metadata, {"status": status, "heir": "", "version": 2})
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        add(uow)
        with pytest.raises(Forbidden, match=f"tenant.{status}"):
            uow.standing.ensure_open()
    with database.unit_of_work(Context(NINH_THUAN)) as uow:
        uow.standing.ensure_open()


def test_an_older_word_on_the_standing_changes_nothing(database: Any) -> None:
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        tenants.save_standing(uow, metadata, {"status": "suspended", "heir": "", "version": 3})
        tenants.save_standing(uow, metadata, {"status": "active", "heir": "", "version": 2})
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        assert uow.standing.status == "suspended"


def test_every_row_of_a_merged_tenant_becomes_its_heirs(database: Any) -> None:
    for tenant, rows in ((NINH_THUAN, 3), (KHANH_HOA, 2), ("lai-chau", 1)):
        with database.unit_of_work(Context(tenant)) as uow:
            for _ in range(rows):
                add(uow)
    merge(database)
    assert [count(database, tenant) for tenant in (NINH_THUAN, KHANH_HOA, "lai-chau")] == [0, 5, 1]
    with pytest.raises(Moved) as moved, database.unit_of_work(Context(NINH_THUAN)):
        pass
    assert moved.value.details == {"heir": KHANH_HOA}
    with database.unit_of_work(Context(NINH_THUAN, follows=True)) as uow:
        assert uow.tenant == KHANH_HOA
        add(uow)
    assert count(database, KHANH_HOA) == 6


def test_a_merge_that_is_told_again_changes_nothing(database: Any) -> None:
    merge(database)
    with database.unit_of_work(Context(NINH_THUAN, follows=True)) as uow:
        tenants.take_over(uow, metadata, MERGED)
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        assert uow.standing.status == "active"


def test_what_was_told_by_a_merged_tenant_stays_its_own(database: Any, emit: Any) -> None:
    emit(2, tenant=NINH_THUAN)
    merge(database)
    with database.admin_engine.connect() as connection:
        assert set(connection.scalars(text("SELECT tenant FROM outbox"))) == {NINH_THUAN}


def test_a_late_event_of_a_merged_tenant_is_applied_once_in_its_heir(database: Any, consumer: Consumer) -> None:
    early, late = (Event(THING_MADE, "/sample", NINH_THUAN, str(uuid4()), 1, {"name": "Vật"}) for _ in range(2))
    consumer.apply([early])
    merge(database)
    consumer.apply([early, late])
    with database.admin_engine.connect() as connection:
        rows = connection.execute(select(effect.c.tenant, effect.c.subject).order_by(effect.c.position)).all()
    assert [(row.tenant, str(row.subject)) for row in rows] == [(KHANH_HOA, early.subject), (KHANH_HOA, late.subject)]


def test_a_request_that_began_before_a_merge_keeps_its_rows_and_one_that_comes_during_it_is_sent_away(
    database: Any,
) -> None:
    began, done, merged = threading.Event(), threading.Event(), threading.Event()

    def request() -> None:
        with database.unit_of_work(Context(NINH_THUAN)) as uow:
            began.set()
            done.wait(10)
            add(uow)

    def merging() -> None:
        merge(database)
        merged.set()

    first, second = threading.Thread(target=request), threading.Thread(target=merging)
    first.start()
    assert began.wait(10)
    second.start()
    waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with database.admin_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(text(waits)):
            assert second.is_alive()
    with pytest.raises(Unavailable, match=r"tenant\.moving"), database.unit_of_work(Context(NINH_THUAN)):
        pass
    assert not merged.is_set()
    done.set()
    first.join(10)
    second.join(10)
    assert (count(database, NINH_THUAN), count(database, KHANH_HOA)) == (0, 1)


def test_only_the_function_reaches_rows_of_two_tenants(database: Any) -> None:
    """Not the application, and the tables' owner neither, outside of it."""
    with database.unit_of_work(Context(NINH_THUAN)) as uow:
        add(uow)
    move = "UPDATE thing SET tenant = 'khanh-hoa'"
    with pytest.raises(ProgrammingError, match="row-level security"), database.unit_of_work(Context(NINH_THUAN)) as uow:
        uow.execute(text(move))
    with database.owner_engine.begin() as connection:
        assert connection.execute(text(move)).rowcount == 0
        assert connection.scalar(text("SELECT count(*) FROM thing")) == 0
    with pytest.raises(ProgrammingError, match="permission denied"), database.relay_engine.begin() as connection:
        connection.execute(text("SELECT absorb_tenant('ninh-thuan', 'khanh-hoa')"))
