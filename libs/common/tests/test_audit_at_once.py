"""A chain holds while many write to it, and when one of them is killed."""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from common import audit
from common.database import UnitOfWork
from common.ids import new_id
from sample.app import thing
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError

KHANH_HOA = "khanh-hoa"


def test_a_chain_that_many_write_has_no_gap(
    make: Callable[..., list[UUID]], entries: Callable[..., list[Any]], verify: Callable[..., list[str]]
) -> None:
    run_at_once(*[lambda: make(10)] * 8)
    assert [one.position for one in entries()] == list(range(1, 81))
    assert verify() == []


def test_two_who_change_the_same_rows_in_turn_do_not_block_each_other(
    act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]], verify: Callable[..., list[str]]
) -> None:
    """Each transaction locks rows first and the chain last, so they cannot wait for each other in a circle."""
    ids = make(2)

    def change(order: Iterable[UUID]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(20):
                with act() as uow:
                    uow.execute(update(thing).where(thing.c.id.in_(ids)).values(size=thing.c.size + 1))
                for id_ in order:
                    with act() as uow:
                        uow.execute(update(thing).where(thing.c.id == id_).values(size=thing.c.size + 1))

        return run

    run_at_once(*[change(ids), change(ids[::-1])] * 2)
    assert verify() == []


LOCK_CHAIN = text("SELECT pg_advisory_xact_lock(0x5A41, hashtext(:tenant))")
REDACT = text("SELECT set_config('lock_timeout', '2s', true), audit_redact('', ARRAY[]::jsonb[], :mention, 'erasure')")


def test_an_erasure_searches_the_chain_before_it_locks_it(
    act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]]
) -> None:
    """What cannot be searched for is refused while another has the lock: nobody waits for the search."""
    make(1)
    with act() as writer:
        writer.execute(LOCK_CHAIN, {"tenant": KHANH_HOA})
        with pytest.raises(DBAPIError, match="regular expression"), act() as uow:
            uow.execute(REDACT, {"mention": "("})


def test_an_erasure_finds_what_was_written_while_it_waited_for_the_chain(
    act: Callable[..., UnitOfWork],
    make: Callable[..., list[UUID]],
    entries: Callable[..., list[Any]],
    verify: Callable[..., list[str]],
    database: Any,
    eventually: Callable[..., Any],
) -> None:
    person, waiting = uuid4(), text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    make(1, name=f"của {person}")
    make(1)

    def erase() -> None:
        with act() as uow:
            audit.redact_mentions(uow, [person], "erasure")

    eraser = threading.Thread(target=erase)
    with act() as writer:
        values = {"id": new_id(), "scope_path": "/KH/", "name": f"cũng của {person}", "closed": False, "version": 1}
        writer.execute(insert(thing).values(tenant=KHANH_HOA, **values))
        writer.execute(LOCK_CHAIN, {"tenant": KHANH_HOA})
        eraser.start()
        with database.admin_engine.connect() as connection:
            eventually(lambda: connection.scalar(waiting), "the erasure waits for the chain")
    eraser.join()
    assert [one.after is None for one in entries()] == [True, False, True, False]
    assert entries()[-1].after["positions"] == [1, 3]
    assert verify() == []


def run_at_once(*works: Callable[[], Any]) -> None:
    failures: list[BaseException] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_chain_holds_when_its_writer_is_killed_in_the_middle(
    start: Callable[..., Any],
    grant: Callable[..., UUID],
    issuer: Any,
    database: Any,
    eventually: Callable[..., Any],
    entries: Callable[..., list[Any]],
    verify: Callable[..., list[str]],
) -> None:
    given = grant("officer")
    headers = {"Authorization": f"Bearer {issuer.token('officer')}", "X-Acting-As": str(given)}
    api = start("api", SAMPLE_QUEUE="sample")  # Its own name, by which gunicorn finds it.
    api.is_ready()
    made: list[int] = []

    def keep_making() -> None:
        with suppress(requests.ConnectionError), requests.Session() as session:
            while True:
                answer = session.post(api.url("/v1/things"), json={"name": uuid4().hex}, headers=headers, timeout=10)
                made.append(answer.status_code)

    threads = [threading.Thread(target=keep_making) for _ in range(4)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(made) > 40, "things are being made")
    api.kill()
    for thread in threads:
        thread.join()
    assert set(made) == {201}
    assert len([one for one in entries() if one.table_name == "thing"]) >= len(made)
    assert verify() == []


def test_the_head_is_read_from_the_end_of_an_index_however_long_the_chain(
    act: Callable[..., UnitOfWork],
) -> None:
    def writing(count: int) -> float:
        started = time.perf_counter()
        with act() as uow:
            rows = [{"id": new_id(), "scope_path": "/KH/", "name": uuid4().hex, "closed": False, "version": 1,
                     "tenant": KHANH_HOA} for _ in range(count)]  # fmt: skip
            uow.execute(insert(thing), rows)
        return time.perf_counter() - started

    writing(300)
    early = writing(300)
    for _ in range(10):
        writing(300)
    # Read from the start it would be ten times as long; a busy machine may double it.
    assert writing(300) < 5 * early
