"""Notices and messages end after two years, and e-mails with their messages."""

from datetime import timedelta
from typing import Any

from common import clock
from common.relay import prune
from notifications.store import tables
from notifications.store.tables import KEPT_DAYS, metadata
from sqlalchemy import update


def age(service: Any, message_id: Any, event_id: Any, days: int) -> None:
    then = clock.now() - timedelta(days=days)
    with service.database.admin_engine.begin() as connection:
        connection.execute(update(tables.message).where(tables.message.c.id == message_id).values(created_at=then))
        connection.execute(update(tables.notice).where(tables.notice.c.event_id == event_id).values(occurred_at=then))


def test_only_what_is_older_than_its_days_is_deleted(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"), province.initiative("returned"))
    old, young, *_ = [row for row in service.rows("message", "id") if row.person_id == province.author.id]
    age(service, old.id, old.event_id, KEPT_DAYS + 1)
    age(service, young.id, young.event_id, KEPT_DAYS - 1)
    before = [len(service.rows(table)) for table in ("message", "email")]
    assert prune(service.database.relay_engine, metadata) == 2
    assert [len(service.rows(table)) for table in ("message", "email")] == [count - 1 for count in before]
    assert old.id not in {row.message_id for row in service.rows("email")}
    assert {row.event_id for row in service.rows("notice")} == {young.event_id}
    assert young.id in {row.message_id for row in service.rows("email")}
