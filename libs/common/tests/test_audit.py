"""The audit: each change leaves an entry that says who did what to which row, in its tenant's chain."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from common import audit
from common.database import UnitOfWork
from sample.app import thing
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

KHANH_HOA, LAI_CHAU = "khanh-hoa", "lai-chau"


def test_an_entry_says_who_did_what_to_which_row(
    actor: Any, act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]], entries: Callable[..., list[Any]]
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
            actor.person_id,
            actor.grant_id,
            actor.unit_id,
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


def test_a_note_needs_a_tenant(act: Callable[..., UnitOfWork]) -> None:
    with pytest.raises(DBAPIError, match="no tenant acts"), act("") as uow:
        audit.note(uow, "thing", {})
