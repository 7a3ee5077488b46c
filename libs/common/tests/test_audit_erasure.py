"""What was erased is gone from the audit too, and the chain still holds."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from common import audit
from common.database import UnitOfWork
from sample.app import thing
from sqlalchemy import update

LAI_CHAU = "lai-chau"
Tamper = Callable[[str], None]


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
    merge: Callable[[], None],
    act: Callable[..., UnitOfWork],
    make: Callable[..., list[UUID]],
    entries: Callable[..., list[Any]],
    verify: Callable[..., list[str]],
) -> None:
    person = uuid4()
    make(1, LAI_CHAU, name=f"của {person}")
    (about, other) = make(2, LAI_CHAU)
    merge()
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
