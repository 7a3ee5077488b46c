"""The audit: who changed what, chained by hash; whatever is done to a chain afterwards is found."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from common import audit, tenants
from common.audit import commands, triggers, verifying, witnesses
from common.database import Actor, Context, UnitOfWork
from common.events import Event
from common.ids import new_id
from sample.app import metadata, thing
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

KHANH_HOA, LAI_CHAU = "khanh-hoa", "lai-chau"
OFFICER = Actor(
    person_id=str(uuid4()), grant_id=str(uuid4()), role="officer", unit_id=str(uuid4()), request_id="r-1", process="api"
)
entry = metadata.tables["audit_entry"]
Tamper = Callable[[str], None]


@pytest.fixture
def act(database: Any) -> Callable[..., UnitOfWork]:
    """`with act() as uow: ...` as an officer of a tenant."""
    return lambda tenant=KHANH_HOA, actor=OFFICER: database.unit_of_work(Context(tenant, actor=actor))


@pytest.fixture
def make(act: Callable[..., UnitOfWork]) -> Callable[..., list[UUID]]:
    """`make(3)`: that many things, each in a transaction of its own, as many entries."""

    def add(count: int = 1, tenant: str = KHANH_HOA, **more: Any) -> list[UUID]:
        ids = [new_id() for _ in range(count)]
        for id_ in ids:
            with act(tenant) as uow:
                values = {"id": id_, "scope_path": "/KH/", "name": str(id_), "closed": False, "version": 1} | more
                uow.execute(insert(thing).values(tenant=tenant, **values))
        return ids

    return add


@pytest.fixture
def entries(database: Any) -> Callable[..., list[Any]]:
    def read(tenant: str = KHANH_HOA) -> list[Any]:
        with database.admin_engine.connect() as connection:
            return list(connection.execute(select(entry).where(entry.c.tenant == tenant).order_by(entry.c.position)))

    return read


@pytest.fixture
def tamper(database: Any) -> Tamper:
    """What a superuser can do behind everybody's back."""

    def run(statement: str) -> None:
        with database.admin_engine.begin() as connection:
            connection.execute(text(statement))

    return run


@pytest.fixture
def verify(database: Any) -> Callable[..., list[str]]:
    return lambda tenant="", kept=(): list(commands.verify(database.unit_of_work, tenant, kept))


@pytest.fixture
def seal(database: Any) -> Callable[[], None]:
    """What the consumer does once a minute."""

    def run() -> None:
        with database.unit_of_work(Context("*")) as uow:
            moved = witnesses.unsealed(uow)
        for head in moved:
            with database.unit_of_work(Context(head.tenant)) as uow:
                witnesses.seal(uow, head)

    return run


# What is written


def test_an_entry_says_who_did_what_to_which_row(
    act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]], entries: Callable[..., list[Any]]
) -> None:
    (made,) = make(size=3)
    with act() as uow:
        uow.execute(update(thing).values(name="Khác", version=2))
    with act() as uow:
        uow.execute(delete(thing))
    added, changed, removed = entries()
    assert [one.operation for one in (added, changed, removed)] == ["insert", "update", "delete"]
    assert [one.position for one in (added, changed, removed)] == [1, 2, 3]
    for one in (added, changed, removed):
        assert (str(one.person_id), str(one.grant_id), str(one.unit_id)) == (
            OFFICER.person_id,
            OFFICER.grant_id,
            OFFICER.unit_id,
        )
        assert (one.role, one.request_id, one.process, one.cause) == ("officer", "r-1", "api", "")
        assert (one.table_name, one.row_key, one.subject) == ("thing", {"id": str(made)}, made)
    assert added.before is None
    assert added.after["size"] == 3
    assert (changed.before, changed.after) == ({"name": str(made), "version": 1}, {"name": "Khác", "version": 2})
    assert (removed.before["name"], removed.after) == ("Khác", None)


def test_a_change_that_changes_nothing_leaves_no_entry(
    act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]], entries: Callable[..., list[Any]]
) -> None:
    make()
    with act() as uow:
        uow.execute(update(thing).values(version=thing.c.version))
    assert len(entries()) == 1


def test_what_is_rolled_back_leaves_no_entry_and_no_gap(
    act: Callable[..., UnitOfWork],
    make: Callable[..., list[UUID]],
    entries: Callable[..., list[Any]],
    verify: Callable[..., list[str]],
) -> None:
    def fail() -> None:
        with act() as uow:
            uow.execute(update(thing).values(version=2))
            raise RuntimeError

    make()
    with pytest.raises(RuntimeError):
        fail()
    make()
    assert [one.position for one in entries()] == [1, 2]
    assert verify() == []


def test_each_tenant_has_a_chain_of_its_own(
    make: Callable[..., list[UUID]], entries: Callable[..., list[Any]], verify: Callable[..., list[str]]
) -> None:
    make(2)
    make(3, LAI_CHAU)
    assert [one.position for one in entries(KHANH_HOA)] == [1, 2]
    assert [one.position for one in entries(LAI_CHAU)] == [1, 2, 3]
    assert verify() == []


def test_each_event_of_a_batch_is_named_by_what_it_caused(
    consumer: Any, emit: Callable[..., list[UUID]], database: Any, entries: Callable[..., list[Any]]
) -> None:
    emit(3)
    with database.admin_engine.connect() as connection:
        bodies = [row.body for row in connection.execute(text("SELECT body FROM outbox ORDER BY position"))]
    consumer.receive(bodies)
    causes = [f"{json.loads(body)['type']} {json.loads(body)['id']}" for body in bodies]
    assert [(one.process, one.cause) for one in entries() if one.table_name == "effect"] == [
        ("consume", cause) for cause in causes
    ]


def test_a_request_is_found_by_its_id(officer: Any, entries: Callable[..., list[Any]]) -> None:
    answer = officer.post("/v1/things", {"name": "Vật"}, headers={"X-Request-Id": "from-outside"})
    (made,) = [one for one in entries() if one.table_name == "thing"]
    assert (made.request_id, made.role, made.process) == ("from-outside", "officer", "api")
    assert len(made.trace_id) == 32
    assert str(made.subject) == answer.json["id"]


# Who may do what with it


def test_another_tenant_sees_nothing(act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]]) -> None:
    (made,) = make()
    for tenant, count in ((KHANH_HOA, 1), (LAI_CHAU, 0), ("", 0), ("*", 0)):
        with act(tenant) as uow:
            assert len(uow.rows(select(entry))) == count
            assert len(audit.trail(uow, [made], tables=["thing"], limit=10)) == count


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_entry SELECT * FROM audit_entry",
        "UPDATE audit_entry SET role = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "SELECT audit_append('khanh-hoa', 'thing', '{}', NULL, 'insert', NULL, '{}')",
        "ALTER TABLE thing DISABLE TRIGGER audit_rows",
        "DROP TRIGGER audit_rows ON thing",
        "SET session_replication_role = replica",
        "UPDATE audit_witness SET position = 0",
        "DELETE FROM audit_witness",
    ],
)
def test_the_application_can_only_read_it(
    statement: str, make: Callable[..., list[UUID]], act: Callable[..., UnitOfWork], verify: Callable[..., list[str]]
) -> None:
    make(2)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), act() as uow:
        uow.execute(text(statement))
    assert verify() == []


@pytest.mark.parametrize("setting", ["app.absorbed", "app.auditing"])
def test_no_setting_lets_the_application_escape(
    setting: str, act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]], entries: Callable[..., list[Any]]
) -> None:
    make(1, LAI_CHAU)
    with act() as uow:
        for value in ("on", "*", LAI_CHAU):
            uow.execute(text("SELECT set_config(:name, :value, true)"), {"name": setting, "value": value})
            assert uow.rows(select(entry)) == []
        uow.execute(text("SELECT set_config('app.absorbed', 'khanh-hoa', true)"))
        values = {"id": new_id(), "scope_path": "/KH/", "name": "Vật", "closed": False, "version": 1}
        uow.execute(insert(thing).values(tenant=KHANH_HOA, **values))
    assert len(entries()) == 1


def test_the_owner_too_sees_and_deletes_nothing_outside_of_its_functions(
    database: Any, make: Callable[..., list[UUID]]
) -> None:
    make()
    with database.owner_engine.begin() as connection:
        assert connection.execute(select(entry)).all() == []
        assert connection.execute(delete(entry)).rowcount == 0


# Tampering


def forged(hash_: str = "'\\x00'", position: int = 3) -> str:
    columns = [column.name for column in entry.columns if column.name not in ("position", "hash")]
    listed = ", ".join(f'"{name}"' for name in columns)
    return (
        f'INSERT INTO audit_entry ({listed}, "position", hash)'
        f" SELECT {listed}, {position}, {hash_} FROM audit_entry WHERE position = 2"
    )


def recomputed(position: int) -> str:
    """Someone who knows how hashes are made: the entry alone is then consistent."""
    return (
        f"UPDATE audit_entry e SET payload_digest = {triggers.payload_digest_of('e')} WHERE position = {position};"
        f"UPDATE audit_entry e SET hash = sha256(previous || int8send(position)"
        f" || convert_to({triggers.meta_of('e')}, 'UTF8') || payload_digest) WHERE position = {position}"
    )


def shifted(first: int, by: int) -> str:
    """Renumber the entries from `first` on, past each other's places."""
    return (
        f"UPDATE audit_entry SET position = position + 1000 WHERE position >= {first};"
        f"UPDATE audit_entry SET position = position - 1000 + ({by}) WHERE position >= 1000"
    )


EDIT_PAYLOAD = "UPDATE audit_entry SET after = jsonb_set(after, '{size}', '99') WHERE position = 3"


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit_entry SET role = 'chair' WHERE position = 3"], ["3: edited: who, when or what"]),
        (["UPDATE audit_entry SET at = at - interval '1 day' WHERE position = 3"], ["3: edited: who, when or what"]),
        ([EDIT_PAYLOAD], ["3: edited: what was before or after"]),
        (["UPDATE audit_entry SET after = NULL WHERE position = 3"], ["3: edited: what was before or after"]),
        (["UPDATE audit_entry SET after = NULL, salt = NULL WHERE position = 3"], ["3: redacted without a record"]),
        (["UPDATE audit_entry SET salt = NULL WHERE position = 3"], ["3: edited: a payload without the salt"]),
        (["DELETE FROM audit_entry WHERE position = 3"], ["3: deleted: entries up to 3 are missing"]),
        (["DELETE FROM audit_entry WHERE position = 1"], ["1: deleted: entries up to 1 are missing"]),
        (["DELETE FROM audit_entry WHERE position IN (2, 3)"], ["2: deleted: entries up to 3 are missing"]),
        (
            ["DELETE FROM audit_entry WHERE position = 3", shifted(4, -1)],
            ["3: reordered: was recorded at position 4"],
        ),
        (["DELETE FROM audit_entry WHERE position >= 5"], ["5: truncated: a witness has seen 6 entries, 4 are there"]),
        (["DELETE FROM audit_entry"], ["1: truncated: a witness has seen 6 entries, 0 are there"]),
        ([shifted(3, 1), forged()], ["3: inserted: neither", "4: reordered: was recorded at position 3"]),
        ([forged(position=7)], ["7: inserted: neither"]),
        ([shifted(3, 1), forged(), recomputed(3)], ["3: replaced: the entry before", "4: reordered"]),
        (
            [
                "UPDATE audit_entry SET position = 1000 WHERE position = 3",
                "UPDATE audit_entry SET position = 3 WHERE position = 4",
                "UPDATE audit_entry SET position = 4 WHERE position = 1000",
            ],
            ["3: reordered: was recorded at position 4", "4: reordered: was recorded at position 3"],
        ),
        ([EDIT_PAYLOAD, recomputed(3)], ["4: replaced: the entry before it"]),
        (["UPDATE audit_entry SET hash = '\\x00' WHERE position = 3"], ["3: edited", "4: replaced"]),
        ([EDIT_PAYLOAD.replace("3", "6"), recomputed(6)], ["6: rewritten: a witness has seen another hash"]),
    ],
)
def test_whatever_is_done_to_a_chain_is_found(
    statements: list[str],
    found: list[str],
    make: Callable[..., list[UUID]],
    seal: Callable[[], None],
    tamper: Tamper,
    verify: Callable[..., list[str]],
) -> None:
    make(6)
    seal()
    assert verify() == []
    for statement in statements:
        for part in statement.split(";"):
            tamper(part)
    said = verify()
    assert said[: len(found)]
    for line, wanted in zip(said, found, strict=False):
        assert line.startswith(f"{KHANH_HOA} {wanted}"), said
    assert len(said) >= len(found)


def test_a_chain_rewritten_to_its_end_contradicts_its_witness_only(
    make: Callable[..., list[UUID]],
    tamper: Tamper,
    verify: Callable[..., list[str]],
    database: Any,
) -> None:
    make(4)
    kept = [witnesses.Head("sample", one["tenant"], one["position"], bytes.fromhex(one["hash"]))
            for one in commands.heads(database.unit_of_work)]  # fmt: skip
    tamper(EDIT_PAYLOAD)
    for position in (3, 4):
        for part in recomputed(position).split(";"):
            tamper(part)
        tamper(
            f"UPDATE audit_entry SET previous = (SELECT hash FROM audit_entry WHERE position = {position})"
            f" WHERE position = {position + 1}"
        )
    assert verify() == []
    assert verify(kept=kept) == [f"{KHANH_HOA} 4: rewritten: a witness has seen another hash here"]


# Many at once


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


# Erasure


def test_an_erased_payload_is_gone_and_the_chain_still_holds(
    act: Callable[..., UnitOfWork],
    make: Callable[..., list[UUID]],
    entries: Callable[..., list[Any]],
    verify: Callable[..., list[str]],
) -> None:
    erased, kept = make(2)
    with act() as uow:
        audit.redact(uow, "thing", [{"id": erased}], "request 7")
        uow.execute(update(thing).where(thing.c.id == erased).values(name="", version=2))
    added, other, changed, record = entries()
    for one in (added, changed):
        assert (one.before, one.after, one.salt) == (None, None, None)
        assert one.row_key == {"id": str(erased)}
    assert other.after["name"] == str(kept)
    assert record.operation == "redact"
    assert record.after == {"positions": [1, 3], "reason": "request 7"}
    assert str(erased) not in json.dumps([one.after for one in entries()])
    assert verify() == []


def test_an_erasure_reaches_no_other_tenant(
    act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]], entries: Callable[..., list[Any]]
) -> None:
    (made,) = make()
    with act(LAI_CHAU) as uow:
        audit.redact(uow, "thing", [{"id": made}], "not theirs")
    assert entries()[0].after is not None
    assert entries(LAI_CHAU) == []


def test_an_erasure_finds_whatever_mentions_a_person_also_in_a_chain_that_ended(
    act: Callable[..., UnitOfWork],
    make: Callable[..., list[UUID]],
    entries: Callable[..., list[Any]],
    verify: Callable[..., list[str]],
) -> None:
    person = uuid4()
    make(1, LAI_CHAU, name=f"của {person}")
    (about, other) = make(2, LAI_CHAU)
    merge(act)
    make(1, name=f"cũng của {person}")
    with act() as uow:
        uow.execute(update(thing).where(thing.c.id == other).values(size=7))
        audit.redact_mentions(uow, [person, about], "erasure")
    assert [one.after is None for one in entries(LAI_CHAU)] == [True, True, False, False, False]
    assert entries(LAI_CHAU)[2].after["id"] == str(other)
    assert [one.after is None for one in entries()] == [False, True, True, False]
    assert verify() == []


def test_a_record_that_is_blanked_itself_is_found(
    act: Callable[..., UnitOfWork],
    make: Callable[..., list[UUID]],
    tamper: Tamper,
    verify: Callable[..., list[str]],
) -> None:
    (made,) = make()
    with act() as uow:
        audit.redact(uow, "thing", [{"id": made}], "request 7")
    tamper("UPDATE audit_entry SET after = NULL, salt = NULL WHERE operation = 'redact'")
    assert [line.split(":")[1] for line in verify()] == [" redacted without a record"] * 2


# Mergers


def merge(act: Callable[..., UnitOfWork]) -> None:
    with act(LAI_CHAU) as uow:
        tenants.take_over(uow, metadata, {"code": LAI_CHAU, "status": "merged", "heir": KHANH_HOA, "version": 2})


def test_one_chain_leads_into_the_other(
    act: Callable[..., UnitOfWork],
    make: Callable[..., list[UUID]],
    entries: Callable[..., list[Any]],
    verify: Callable[..., list[str]],
) -> None:
    make(2, LAI_CHAU)
    make(3)
    merge(act)
    end, start = entries(LAI_CHAU)[-1], entries()[-1]
    assert (end.position, end.table_name, end.after) == (3, "merged", {"into": KHANH_HOA})
    assert start.after == {"tenant": LAI_CHAU, "position": 3, "hash": end.hash.hex()}
    assert str(start.person_id) == OFFICER.person_id
    make(1)
    assert verify() == []
    assert verify(KHANH_HOA) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM audit_entry WHERE tenant = 'lai-chau'", "khanh-hoa 2: merger: absorbed"),
        ("DELETE FROM audit_entry WHERE tenant = 'lai-chau' AND position = 3", "khanh-hoa 2: merger: absorbed"),
        ("DELETE FROM audit_entry WHERE tenant = 'khanh-hoa' AND position = 2", "lai-chau 3: merger: merged"),
    ],
)
def test_a_link_that_does_not_hold_is_found(
    statement: str,
    found: str,
    act: Callable[..., UnitOfWork],
    make: Callable[..., list[UUID]],
    tamper: Tamper,
    verify: Callable[..., list[str]],
) -> None:
    make(2, LAI_CHAU)
    make(1)
    merge(act)
    tamper(statement)
    assert any(line.startswith(found) for line in verify(found.split()[0]))


def test_nothing_follows_the_end_of_a_merged_chain(
    act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]], verify: Callable[..., list[str]], tamper: Tamper
) -> None:
    make(1, LAI_CHAU)
    merge(act)
    tamper("SELECT audit_append('lai-chau', 'thing', '{}', NULL, 'insert', NULL, '{}')")
    assert verify() == [f"{LAI_CHAU} 3: inserted: after the chain's last entry, its merger"]


def test_a_note_needs_a_tenant(act: Callable[..., UnitOfWork]) -> None:
    with pytest.raises(DBAPIError, match="no tenant acts"), act("") as uow:
        audit.note(uow, "thing", {})


# Witnesses


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


def test_verification_reads_page_by_page(
    make: Callable[..., list[UUID]], verify: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "PAGE", 2)
    make(5)
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
