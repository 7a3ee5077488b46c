"""One transaction, one tenant, one scope; roles, policies and migrations that make it so."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import common
import pytest
from common import migrating, policies
from common.database import Context, UnitOfWork, connect_engine, open_engine
from common.ids import new_id
from common.settings import BootstrapSettings, MigrationSettings
from sample.app import ThingMade, metadata, thing
from sqlalchemy import Column, MetaData, Table, Uuid, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError

SETTINGS = ("app.tenant", "app.scope", "app.scope_end", "app.person", "app.subject")
SOURCES = sorted(Path(common.__file__).parents[4].glob("*/*/src/**/*.py"))


@pytest.fixture
def one_connection(sample_database: Any) -> Any:
    """An application engine whose pool has a single connection, so that every unit of work reuses it."""
    engine = connect_engine(sample_database.urls["DATABASE_URL"], pool_size=1)
    yield engine
    engine.dispose()


def add(uow: UnitOfWork, scope_path: str, name: str = "") -> None:
    values = {"id": new_id(), "scope_path": scope_path, "name": name or uuid4().hex, "closed": False, "version": 1}
    uow.execute(insert(thing).values(tenant=uow.tenant, **values))


def seen(uow: UnitOfWork) -> set[str]:
    return {row.scope_path for row in uow.rows(select(thing))}


def test_only_rows_of_the_tenant_and_below_the_scope_are_seen_and_written(database: Any) -> None:
    for tenant in ("khanh-hoa", "lai-chau"):
        with database.unit_of_work(Context(tenant)) as uow:
            for path in ("/KH/", "/KH/DK/", "/KH/DK/01/", "/KH/DK0/", "/KH/NT/"):
                add(uow, path)
    with database.unit_of_work(Context("khanh-hoa", "/KH/DK/")) as uow:
        assert seen(uow) == {"/KH/DK/", "/KH/DK/01/"}
        add(uow, "/KH/DK/02/")
    below = database.unit_of_work(Context("khanh-hoa", "/KH/DK/"))
    with pytest.raises(ProgrammingError, match="row-level security"), below as uow:
        add(uow, "/KH/NT/")
    with database.unit_of_work(Context("khanh-hoa")) as uow:
        assert len(uow.rows(select(thing))) == 6
    with database.unit_of_work(Context()) as uow:
        assert seen(uow) == set()


def test_the_context_ends_with_its_transaction_however_that_ends(one_connection: Any, database: Any) -> None:
    context = Context("khanh-hoa", "/KH/", str(uuid4()), "somebody")

    def unit_of_work() -> UnitOfWork:
        return UnitOfWork(one_connection, metadata, "/sample", context)

    with unit_of_work() as uow:
        backend = uow.connection.scalar(text("SELECT pg_backend_pid()"))
        add(uow, "/KH/")
        assert seen(uow) == {"/KH/"}
    with pytest.raises(RuntimeError), unit_of_work() as uow:
        raise RuntimeError
    with pytest.raises(DBAPIError), unit_of_work() as uow:
        uow.execute(text("SELECT 1 / 0"))
    with one_connection.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == backend
        for name in SETTINGS:
            assert connection.scalar(text(f"SELECT coalesce(current_setting('{name}', true), '')")) == ""
        assert connection.execute(select(thing)).all() == []


def test_nothing_of_a_failed_unit_of_work_is_kept(database: Any) -> None:
    def fail() -> None:
        with database.unit_of_work(Context("khanh-hoa")) as uow:
            add(uow, "/KH/")
            uow.emit(ThingMade(new_id(), 1, "Vật"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM outbox")) == 0
        assert connection.scalar(text("SELECT count(*) FROM thing")) == 0


def test_deferred_work_runs_once_before_the_commit_and_undoes_all_when_it_fails(database: Any) -> None:
    done: list[list[int]] = []

    def fold(_: UnitOfWork, items: list[Any]) -> None:
        done.append(items)
        if 13 in items:
            raise RuntimeError

    with database.unit_of_work(Context("khanh-hoa")) as uow:
        for number in range(3):
            uow.defer(fold, number)
    assert done == [[0, 1, 2]]

    def fail() -> None:
        with database.unit_of_work(Context("khanh-hoa")) as uow:
            add(uow, "/KH/")
            uow.defer(fold, 13)

    with pytest.raises(RuntimeError):
        fail()
    with database.unit_of_work(Context("khanh-hoa")) as uow:
        assert seen(uow) == set()


def test_events_emitted_together_keep_their_order(database: Any) -> None:
    facts = [ThingMade(new_id(), 1, f"Vật {number}") for number in range(50)]
    with database.unit_of_work(Context("khanh-hoa")) as uow:
        uow.emit(*facts)
    with database.relay_engine.connect() as connection:
        rows = connection.execute(text("SELECT subject FROM outbox ORDER BY position"))
        assert [row.subject for row in rows] == [fact.thing_id for fact in facts]


def test_no_source_sets_anything_for_a_whole_session() -> None:
    """Behind a transaction pooler the next client would inherit it."""
    session_wide = re.compile(
        r"""(?<!DEFINER)["'\s]SET\s+(SESSION|app\.|ROLE|search_path|TIME ZONE)|set_config\([^)]*false\)"""
    )
    assert len(SOURCES) > 50
    assert [str(path) for path in SOURCES if session_wide.search(path.read_text("utf-8"))] == []


def test_the_application_owns_nothing_and_the_relay_sees_the_outbox_only(database: Any) -> None:
    with database.app_engine.connect() as connection:
        for statement in ("ALTER TABLE thing DISABLE ROW LEVEL SECURITY", "DROP POLICY app ON thing", "TRUNCATE thing"):
            with pytest.raises(ProgrammingError):
                connection.execute(text(statement))
            connection.rollback()
        for statement in ("DELETE FROM outbox", "UPDATE outbox SET event_id = gen_random_uuid()"):
            with pytest.raises(ProgrammingError):
                connection.execute(text(statement))
            connection.rollback()
    with database.unit_of_work(Context("khanh-hoa")) as uow:
        uow.emit(ThingMade(uuid4(), 1, "Vật"))
        assert uow.execute(text("UPDATE outbox SET body = ''")).rowcount == 0  # Only an erasure does.
    with database.relay_engine.connect() as connection:
        connection.execute(text("SELECT body FROM outbox"))
        for statement in ("SELECT 1 FROM thing", "SELECT 1 FROM access_grant", "UPDATE outbox SET body = ''"):
            with pytest.raises(ProgrammingError):
                connection.execute(text(statement))
            connection.rollback()


def test_even_the_owner_is_under_the_policies(database: Any) -> None:
    with database.unit_of_work(Context("khanh-hoa")) as uow:
        add(uow, "/KH/")
    with database.owner_engine.connect() as connection:
        assert connection.execute(select(thing)).all() == []


def test_a_table_without_a_policy_stops_the_migration(database: Any) -> None:
    open_to_all = MetaData()
    Table("open_to_all", open_to_all, Column("id", Uuid, primary_key=True))
    with database.owner_engine.begin() as connection, pytest.raises(RuntimeError, match="open_to_all"):
        policies.apply(connection, open_to_all, app_role="sample_app", relay_role="sample_relay")


def settings_of(urls: dict[str, str]) -> dict[str, str]:
    return {name.lower(): url for name, url in urls.items()}


def test_a_second_migration_waits_for_the_first_however_long(
    sample_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.migrating._LOCK_TIMEOUT", "50ms")
    urls = settings_of(sample_database.urls)
    del urls["admin_database_url"]
    settings = MigrationSettings(broker_url="", **urls)
    with sample_database.owner_engine.begin() as first:
        first.execute(text("SELECT pg_advisory_xact_lock(0x5A4D)"))
        with ThreadPoolExecutor() as pool:
            second = pool.submit(migrating.migrate, "sample", metadata, settings)
            with pytest.raises(TimeoutError):
                second.result(0.5)
            first.commit()
            second.result(20)


def test_bootstrap_is_idempotent_and_takes_any_password(postgres: str, eventually: Callable[..., Any]) -> None:
    address = make_url(postgres)
    for secret in ("50%'\"\\ ß:@/", "changed"):
        place = f"{address.host}:{address.port}/odd"
        urls = {role: f"postgresql://odd_{role}:{quote(secret, safe='')}@{place}" for role in ("owner", "app", "relay")}
        migrating.bootstrap(
            BootstrapSettings(
                admin_database_url=postgres,
                migration_database_url=urls["owner"],
                database_url=urls["app"],
                relay_database_url=urls["relay"],
            )
        )
        for url in urls.values():
            with open_engine(url) as engine, engine.connect() as connection:
                assert connection.scalar(text("SELECT current_database()")) == "odd"


def test_an_error_of_the_database_does_not_show_what_people_wrote(database: Any) -> None:
    with pytest.raises(DBAPIError) as raised, database.unit_of_work(Context("khanh-hoa")) as uow:
        add(uow, "/KH/", name="Nguyễn Văn Bí Mật " * 10)
    assert "Bí Mật" not in str(raised.value)


def test_the_first_request_after_a_restart_of_the_database_succeeds(
    database: Any, eventually: Callable[..., Any]
) -> None:
    """Idle connections that the server ended are replaced, all of them, without a failing statement."""
    with open_engine(database.urls["DATABASE_URL"], pool_size=2) as engine:
        first, second = engine.connect(), engine.connect()
        pids = [one.scalar(text("SELECT pg_backend_pid()")) for one in (first, second)]
        first.close()
        second.close()
        with database.admin_engine.begin() as admin:
            admin.execute(text("SELECT pg_terminate_backend(pid) FROM unnest(:pids) AS pid"), {"pids": pids})
        running = text("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(:pids)")

        def are_gone() -> bool:
            with database.admin_engine.connect() as admin:
                return bool(admin.scalar(running, {"pids": pids}) == 0)

        eventually(are_gone, "the backends end")
        with (
            UnitOfWork(engine, metadata, "sample", Context("khanh-hoa")) as uow,
            UnitOfWork(engine, metadata, "sample", Context("khanh-hoa")) as other,
        ):
            assert {one.execute(text("SELECT pg_backend_pid()")).scalar() for one in (uow, other)}.isdisjoint(pids)
