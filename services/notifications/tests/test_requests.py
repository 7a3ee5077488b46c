"""Requests about personal data: administrators are told and reminded, the person hears the end."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from common import clock
from common.ids import new_id
from notifications import telling, usecases
from notifications.domain import RequestKind


@pytest.fixture
def admin(service: Any, province: Any) -> Any:
    """An administrator of the province; one of a unit below it hears nothing."""
    made = [province.someone(f"Quản trị {one}", f"qt{one}", "administrator", province.unit_id) for one in (1, 2)]
    for one, scope in zip(made, ("/KH/", "/KH/DK/"), strict=True):
        event = province.grant(one)
        event.data["scope_path"] = scope
        service.take(province.person(one), event)
    return made[0]


def request(province: Any, what: str, *, at: datetime | None = None, **more: Any) -> Any:
    data = {"request_id": more.pop("request_id", str(new_id())), "version": 1, "kind": "correction"}
    data |= {"person_id": str(province.author.id)} | more
    return province.event(f"subject_request.{what}", data["request_id"], data, at)


def kinds(service: Any) -> list[tuple[Any, str]]:
    return [(row.person_id, row.kind) for row in service.rows("message", "created_at", "id")]


def test_administrators_are_told_and_reminded_on_the_last_morning(service: Any, province: Any, admin: Any) -> None:
    due = clock.today() + timedelta(days=2)
    service.take(request(province, "received", due_on=due.isoformat()))
    assert kinds(service) == [(admin.id, RequestKind.RECEIVED), (admin.id, RequestKind.DUE)]
    reminder = service.rows("message", "created_at")[1]
    morning = reminder.created_at.astimezone(clock.LEGAL_ZONE)
    assert (morning.date(), morning.time()) == (due, telling.MORNING)
    told, waits = service.rows("email", "due_at")
    assert (waits.message_id, waits.due_at) == (reminder.id, reminder.created_at)
    assert told.due_at <= clock.now()
    with service.work() as uow:
        assert usecases.count_unread(uow, admin.id) == 1
    sent: list[Any] = []
    service.deliver(sent.append)
    assert [(email.address, email.path) for email in sent] == [
        (admin.email, f"/admin/data-requests/{reminder.request_id}")
    ]


def test_an_answer_ends_the_reminders_and_reaches_the_person(service: Any, province: Any, admin: Any) -> None:
    asked = request(province, "received", due_on=(clock.today() + timedelta(days=2)).isoformat())
    service.take(asked)
    service.take(request(province, "closed", request_id=asked.data["request_id"], outcome="refused", version=2))
    assert kinds(service) == [(admin.id, RequestKind.RECEIVED), (province.author.id, RequestKind.CLOSED)]
    last = service.rows("message", "created_at")[-1]
    assert last.subject == "Yêu cầu về dữ liệu cá nhân không được chấp nhận"
    assert len(service.rows("email")) == 2
    assert not any("message.delivered" in row.type for row in service.rows("outbox"))


def test_who_was_erased_is_told_nothing(service: Any, province: Any, admin: Any) -> None:
    service.take(request(province, "closed", kind="erasure", outcome="done"))
    assert kinds(service) == []
    service.take(request(province, "closed", kind="erasure", outcome="refused"))
    assert kinds(service) == [(province.author.id, RequestKind.CLOSED)]


def test_told_twice_is_told_once(service: Any, province: Any, admin: Any) -> None:
    asked = request(province, "received", due_on=clock.today().isoformat())
    service.take(asked, asked)
    assert kinds(service)[0] == (admin.id, RequestKind.RECEIVED)
    assert len({kind for _, kind in kinds(service)}) == len(kinds(service))


def test_what_is_told_again_long_after_is_not_sent_by_mail(service: Any, province: Any, admin: Any) -> None:
    """As when the database is rebuilt."""
    at = clock.now() - timedelta(days=8)
    asked = request(province, "received", at=at, due_on=(clock.today() - timedelta(days=6)).isoformat())
    service.take(asked, request(province, "closed", at=at, request_id=str(new_id()), outcome="done", version=2))
    assert set(kinds(service)) == {(admin.id, RequestKind.RECEIVED), (province.author.id, RequestKind.CLOSED)}
    assert not service.rows("email")


def test_the_reminder_of_what_is_still_due_is_sent_all_the_same(service: Any, province: Any, admin: Any) -> None:
    due_on = (clock.today() + timedelta(days=2)).isoformat()
    service.take(request(province, "received", at=clock.now() - timedelta(days=8), due_on=due_on))
    [waits] = service.rows("email")
    assert waits.due_at > clock.now()


def test_no_message_about_a_request_names_the_person(service: Any, province: Any, admin: Any) -> None:
    service.take(request(province, "received", due_on=(clock.today() + timedelta(days=2)).isoformat()))
    for row in service.rows("message"):
        assert province.author.name not in row.subject + row.text
