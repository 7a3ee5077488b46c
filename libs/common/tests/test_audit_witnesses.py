"""Heads of chains are told to other services, which keep them as witnesses."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from common import audit
from common.audit import commands, witnesses
from common.database import Context, UnitOfWork
from common.events import Event
from sample.app import metadata
from sqlalchemy import select, text

KHANH_HOA, LAI_CHAU = "khanh-hoa", "lai-chau"
Tamper = Callable[[str], None]


def sealed(database: Any) -> list[dict[str, Any]]:
    with database.admin_engine.connect() as connection:
        rows = connection.execute(text("SELECT body FROM outbox WHERE type LIKE '%.audit.sealed.v1' ORDER BY position"))
        return [json.loads(row.body) for row in rows]


def test_a_head_is_told_when_it_moved_and_once(
    make: Callable[..., list[UUID]], seal: Callable[[], None], database: Any, entries: Callable[..., list[Any]]
) -> None:
    make(2)
    make(1, LAI_CHAU)
    seal()
    seal()
    make(1)
    seal()
    told = [(one["tenant"], one["data"]["version"]) for one in sealed(database)]
    assert told == [(KHANH_HOA, 2), (LAI_CHAU, 1), (KHANH_HOA, 3)]
    last = sealed(database)[-1]
    assert last["type"] == "vn.sangtao.sample.audit.sealed.v1"
    assert last["data"]["hash"] == entries()[-1].hash.hex()
    assert last["subject"] == last["data"]["chain_id"] == sealed(database)[0]["subject"]


def test_an_old_head_is_told_again_so_that_a_fresh_witness_is_always_there(
    make: Callable[..., list[UUID]], seal: Callable[[], None], database: Any, tamper: Tamper
) -> None:
    make(1)
    seal()
    tamper("UPDATE audit_witness SET sealed_at = sealed_at - interval '25 hours'")
    seal()
    assert [one["data"]["version"] for one in sealed(database)] == [1, 1]


def test_of_two_consumers_the_one_that_is_late_tells_no_head_that_has_passed(
    make: Callable[..., list[UUID]], seal: Callable[[], None], database: Any
) -> None:
    make(1)
    with database.unit_of_work(Context("*")) as uow:
        listed = witnesses.unsealed(uow)
    make(1)
    seal()
    for tenant in listed:
        with database.unit_of_work(Context(tenant)) as uow:
            witnesses.seal(uow)
    assert [one["data"]["version"] for one in sealed(database)] == [2]


def test_a_head_is_told_later_than_the_one_before_it_whatever_the_clocks_say(
    make: Callable[..., list[UUID]], seal: Callable[[], None], database: Any, tamper: Tamper
) -> None:
    make(1)
    seal()
    tamper("UPDATE audit_witness SET sealed_at = now() + interval '5 s'")
    make(1)
    seal()
    with database.admin_engine.connect() as connection:
        witness = metadata.tables["audit_witness"].c
        first, second = connection.scalars(select(witness.sealed_at).order_by(witness.position))
    assert first < second == datetime.fromisoformat(sealed(database)[1]["time"])


def test_a_chain_that_was_cut_off_is_told_too(
    make: Callable[..., list[UUID]], seal: Callable[[], None], database: Any, tamper: Tamper
) -> None:
    """Only so do the others learn of it."""
    make(3)
    seal()
    tamper("DELETE FROM audit_entry WHERE position = 3")
    seal()
    assert [one["data"]["version"] for one in sealed(database)] == [3, 2]


MANY_SEALED = """
INSERT INTO audit_witness (tenant, service, position, hash, sealed_at, contradicts)
SELECT tenant, service, n, 'x', now() - (50000 - n) * interval '1 s', false
FROM unnest(ARRAY['khanh-hoa', 'lai-chau']) tenant, unnest(ARRAY['sample', 'other']) service,
generate_series(1, 50000) n
"""


def test_what_is_asked_each_minute_reads_few_witnesses_however_many_there_are(
    make: Callable[..., list[UUID]], hear: Callable[..., None], database: Any, tamper: Tamper
) -> None:
    make(1)
    tamper(MANY_SEALED)
    tamper("ANALYZE audit_witness")

    def ask() -> None:
        with database.unit_of_work(Context("*")) as uow:
            witnesses.unsealed(uow)
            witnesses.count_contradictions(uow)
        hear(50_001, "a", 10**6)

    assert rows_read(database, ask) < 100


def rows_read(database: Any, ask: Callable[[], None]) -> int:
    """Of the witnesses, by scans of the table and of its indexes."""
    query = text(
        "SELECT seq_tup_read + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'audit_witness')"
        " FROM pg_stat_user_tables WHERE relname = 'audit_witness'"
    )

    def read() -> int:
        database.app_engine.dispose()  # A connection tells what it read at its end at the latest.
        with database.admin_engine.connect() as connection:
            return int(connection.scalar(query))

    before = read()
    ask()
    return read() - before


def test_nothing_is_told_of_a_chain_that_has_ended(
    make: Callable[..., list[UUID]], seal: Callable[[], None], merge: Callable[[], None], database: Any, tamper: Tamper
) -> None:
    make(1, LAI_CHAU)
    make(1, "da-xoa")
    make(1)
    merge()
    tamper("INSERT INTO tenant_standing (tenant, status, purged_at, version) VALUES ('da-xoa', 'closing', now(), 1)")
    seal()
    assert [one["tenant"] for one in sealed(database)] == [KHANH_HOA]


@pytest.fixture
def hear(database: Any) -> Callable[..., None]:
    """`hear(position, hash, minute)`: another service's head, as an event."""
    (handler,) = audit.witnessing("other").values()

    def run(position: int, letter: str, minute: int, tenant: str = KHANH_HOA) -> None:
        at = datetime(2026, 11, 25, tzinfo=UTC) + timedelta(minutes=minute)
        data = {"chain_id": str(uuid4()), "version": position, "hash": letter * 64}
        event = Event("vn.sangtao.other.audit.sealed.v1", "/other", tenant, str(uuid4()), position, data, time=at)
        with database.unit_of_work(Context(tenant)) as uow:
            handler(uow, event)

    return run


def contradictions(database: Any) -> int:
    with database.unit_of_work(Context("*")) as uow:
        return witnesses.count_contradictions(uow)


@pytest.mark.parametrize(
    ("heads", "contradicting"),
    [
        ([(1, "a", 1), (2, "b", 2), (2, "b", 1441)], 0),
        ([(2, "b", 2), (1, "a", 1)], 0),
        ([(1, "a", 1), (1, "a", 1)], 0),
        ([(2, "b", 1), (2, "c", 2)], 1),
        ([(3, "c", 1), (2, "b", 2)], 1),
        ([(2, "b", 2), (3, "c", 1)], 1),
    ],
)
def test_a_head_that_contradicts_is_kept_beside_the_others(
    heads: list[Any], contradicting: int, hear: Callable[..., None], database: Any
) -> None:
    for head in heads:
        hear(*head)
    hear(9, "f", 0, LAI_CHAU)
    assert contradictions(database) == contradicting
    shown = commands.witnessed(database.unit_of_work)
    assert sum(one["contradicts"] for one in shown) == contradicting
    newest = [one for one in shown if not one["contradicts"] and one["tenant"] == KHANH_HOA]
    assert len(newest) == 1
    first_of_two = heads[0] if contradicting else max(heads)
    assert newest[0]["hash"] == first_of_two[1] * 64


def test_a_witness_of_one_tenant_is_not_seen_by_another(
    hear: Callable[..., None], act: Callable[..., UnitOfWork]
) -> None:
    hear(1, "a", 1)
    with act(LAI_CHAU) as uow:
        assert uow.rows(select(metadata.tables["audit_witness"])) == []


def test_a_file_of_heads_is_read_for_its_own_service(tmp_path: Path) -> None:
    listed = [{"service": name, "tenant": "t", "position": 1, "hash": "00"} for name in ("sample", "other")]
    (tmp_path / "heads.json").write_text(json.dumps(listed))
    assert commands.read_heads(tmp_path / "heads.json", "sample") == [witnesses.Head("sample", "t", 1, b"\0")]
