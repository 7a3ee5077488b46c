"""A request about personal data by itself: its days and its states. No database."""

from datetime import date, timedelta
from typing import Any

import pytest
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from common.ids import new_id
from registration.domain.subject_requests import Kind, State, SubjectRequest, due_on
from registration.domain.working_days import HOLIDAYS, working_days_after


def request_of(kind: Kind = Kind.EXPORT, **values: Any) -> SubjectRequest:
    person, day = new_id(), date(2026, 11, 25)
    given = {"id": new_id(), "person_id": person, "kind": kind, "details": "sai tên", "on_paper": False}
    given |= {"recorded_by": person, "received_on": day, "due_on": due_on(day)}
    return SubjectRequest(**(given | values))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 25), date(2026, 11, 27)),  # Wednesday to Friday.
        (date(2026, 11, 26), date(2026, 11, 30)),  # Over a weekend.
        (date(2026, 11, 28), date(2026, 12, 1)),  # Received on a Saturday.
        (date(2026, 2, 13), date(2026, 2, 24)),  # Tết: 16 to 20 February.
        (date(2026, 8, 31), date(2026, 9, 4)),  # National Day.
    ],
)
def test_an_answer_is_due_in_two_working_days(received: date, due: date) -> None:
    assert due_on(received) == due


def test_holidays_are_working_days_of_the_week_only() -> None:
    assert {day.year for day in HOLIDAYS} == {2025, 2026, 2027}
    assert all(day.weekday() < 5 for day in HOLIDAYS)
    assert working_days_after(date(2026, 12, 31), 1, frozenset()) == date(2027, 1, 1)


def test_a_request_goes_one_way() -> None:
    by, now = new_id(), clock.now()
    request = request_of()
    assert request.received(date(2026, 11, 25)).due_on == date(2026, 11, 27)
    with pytest.raises(Conflict):
        request.complete(by, at=now)
    assert request.start(by, at=now).open_until == now + timedelta(days=3)
    assert request.complete(by, at=now).outcome == State.DONE
    for late in (lambda: request.start(by, at=now), lambda: request.refuse(by, "x", at=now)):
        with pytest.raises(Conflict):
            late()


def test_only_a_copy_opens_the_door() -> None:
    assert request_of(Kind.CORRECTION).start(new_id(), at=clock.now()).open_until is None


def test_a_correction_is_done_when_something_was_corrected_or_the_person_is_told_why_not() -> None:
    by, now = new_id(), clock.now()
    request = request_of(Kind.CORRECTION)
    request.start(by, at=now)
    with pytest.raises(Conflict) as refused:
        request.complete(by, at=now)
    assert (refused.value.code, refused.value.pointer) == ("subject_request.nothing_corrected", "/reason")
    assert request.complete(by, at=now, is_corrected=True).outcome == State.DONE
    other = request_of(Kind.CORRECTION)
    other.start(by, at=now)
    assert other.complete(by, at=now, reason="Tên đã đúng").outcome == State.DONE
    assert other.reason == "Tên đã đúng"


def test_nobody_answers_the_request_to_erase_themselves() -> None:
    request = request_of(Kind.ERASURE)
    for act in (lambda: request.start(request.person_id, at=clock.now()),
                lambda: request.refuse(request.person_id, "x", at=clock.now())):  # fmt: skip
        with pytest.raises(Forbidden):
            act()


def test_what_makes_no_request_is_refused() -> None:
    with pytest.raises(Invalid):
        request_of(Kind.CORRECTION, details="").received(date(2026, 11, 25))
    with pytest.raises(Invalid):
        request_of().received(date(2026, 11, 24))


def test_overdue_begins_the_day_after() -> None:
    request = request_of()
    assert not request.is_overdue(date(2026, 11, 27))
    assert request.is_overdue(date(2026, 11, 28))
    request.refuse(new_id(), "x", at=clock.now())
    assert not request.is_overdue(date(2026, 11, 28))
