"""What the database itself guarantees: own rows only, one claim at a time, one message for an event and person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from common import clock
from common.database import Context, UnitOfWork
from common.errors import Stale
from common.ids import new_id
from common.outbox import EVERY_TENANT
from notifications.domain import NO_ADDRESS, EmailState, Preferences
from notifications.store import emails, messages, tables
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

WORKERS_ONLY = ("person", "unit", "cycle", "notice", "email")


def count(uow: Any, table: str) -> int:
    return int(uow.execute(select(func.count()).select_from(tables.metadata.tables[table])).scalar_one())


def test_a_request_sees_the_own_messages_and_nobody_elses(service: Any, province: Any) -> None:
    service.take(province.initiative("forwarded"))
    for one in province.everybody:
        with service.database.unit_of_work(Context(province.tenant, subject=one.subject)) as uow:
            rows = uow.rows(select(tables.message))
        assert [row.person_id for row in rows] == [one.id]


def test_a_request_sees_nothing_that_is_for_workers(service: Any, province: Any) -> None:
    service.take(province.initiative("forwarded"))
    with service.database.unit_of_work(Context(province.tenant, subject=province.officer.subject)) as uow:
        assert {table: count(uow, table) for table in WORKERS_ONLY} == dict.fromkeys(WORKERS_ONLY, 0)
    with service.work() as uow:
        assert all(count(uow, table) for table in WORKERS_ONLY)


def test_a_request_cannot_write_anothers_message(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"))
    with service.database.unit_of_work(Context(province.tenant, subject=province.officer.subject)) as uow:
        changed = uow.execute(update(tables.message).values(read_at=clock.now()))
        assert changed.rowcount == 1
    [other] = [row for row in service.rows("message") if row.person_id == province.author.id]
    assert other.read_at is None


def test_an_address_that_comes_hastens_the_persons_own_mail_only(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"))
    later = clock.now() + timedelta(hours=1)
    with service.database.admin_engine.begin() as connection:
        connection.execute(update(tables.email).values(error=NO_ADDRESS, due_at=later))
    service.take(province.person(province.author, version=2))
    of = {row.id: row.person_id for row in service.rows("message")}
    due = {of[row.message_id]: row.due_at for row in service.rows("email")}
    assert due.keys() == {province.author.id, province.officer.id}
    assert due[province.author.id] < later == due[province.officer.id]


def test_what_was_given_up_is_queued_again(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"))
    with service.database.admin_engine.begin() as connection:
        connection.execute(update(tables.email).values(state=EmailState.GIVEN_UP))
    with service.work() as uow:
        assert emails.requeue(uow, clock.now()) == 2


def test_somebodys_messages_are_theirs_whatever_the_policies(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"))
    with UnitOfWork(service.database.admin_engine, tables.metadata, "/notifications", Context(province.tenant)) as uow:
        assert messages.count_unread(uow, province.author.id) == 1
        assert messages.read_all(uow, province.author.id, clock.now()) == 1
        assert messages.count_unread(uow, province.officer.id) == 1
        messages.save_preferences(uow, province.author.id, Preferences(version=1))
        assert messages.preferences(uow, province.author.id).version == 1
        assert messages.preferences(uow, province.officer.id).version == 0


def test_a_request_cannot_choose_for_another(service: Any, province: Any) -> None:
    context = Context(province.tenant, subject=province.officer.subject)
    row = {"tenant": province.tenant, "person_id": province.author.id, "muted": [], "version": 1}
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        service.database.unit_of_work(context) as uow,
    ):
        uow.execute(insert(tables.preference), row)


def test_another_province_and_no_province_see_nothing(service: Any, province: Any) -> None:
    service.take(province.initiative("forwarded"))
    for context in (Context("lai-chau"), Context(), Context("lai-chau", subject=province.author.subject)):
        with service.database.unit_of_work(context) as uow:
            seen = {table: count(uow, table) for table in (*WORKERS_ONLY, "message", "preference")}
        assert not any(seen.values()), (context, seen)


def test_for_every_tenant_only_the_queue_is_open(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"))
    with service.database.unit_of_work(Context(EVERY_TENANT)) as uow:
        assert emails.tenants_due(uow, clock.now()) == [province.tenant]
        assert emails.oldest_due(uow) is not None
        assert not any(count(uow, table) for table in ("person", "notice", "message", "preference"))


def test_two_deliveries_never_claim_the_same_email(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"))
    now = clock.now()
    with service.work() as one, service.work() as two:
        first, second = emails.next_email(one, now), emails.next_email(two, now)
    assert first
    assert second
    assert first.message_id != second.message_id


def test_the_database_refuses_a_second_message_for_an_event_and_person(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"))
    row = dict(service.rows("message")[0]._mapping)
    with pytest.raises(IntegrityError, match="uq_message_tenant_event_id_person_id"), service.work() as uow:
        uow.execute(insert(tables.message), {**row, "id": new_id()})


def test_the_later_of_two_equal_choices_is_stale(service: Any, province: Any) -> None:
    changed = Preferences(version=1)
    with service.work() as uow:
        messages.save_preferences(uow, province.author.id, changed)
    with pytest.raises(Stale), service.work() as uow:
        messages.save_preferences(uow, province.author.id, changed)
    with service.work() as uow:
        messages.save_preferences(uow, province.author.id, replace(changed, version=2))
        assert messages.preferences(uow, province.author.id).version == 2
