"""For which days a grant is lent. No database."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from common.clock import now
from common.errors import Conflict, Forbidden, Invalid, Outcome
from common.ids import new_id
from registration.domain.people import Grant, Login
from registration.domain.vocabulary import Role

TODAY, DAY = date(2026, 11, 28), timedelta(days=1)
HELD_FROM, HELD_TO = date(2026, 11, 1), date(2028, 12, 31)
DEPUTY = Login(new_id(), "https://issuer.example.vn", "deputy")


def a_grant(**values: Any) -> Grant:
    given = {"id": new_id(), "person_id": new_id(), "issuer": DEPUTY.issuer, "subject": "holder"}
    given |= {"role": Role.OFFICER, "unit_id": new_id(), "scope_path": "/KH/A/"}
    return Grant(**(given | {"valid_from": HELD_FROM, "valid_to": HELD_TO} | values))


def lend(grant: Grant, begins: date, ends: date, to: Login = DEPUTY, lent: tuple[Grant, ...] = ()) -> Grant:
    return grant.lend(new_id(), to, begins, ends, TODAY, lent)


def refusal(kind: type[Outcome], grant: Grant, begins: date, ends: date, **more: Any) -> tuple[str, str | None]:
    with pytest.raises(kind) as refused:
        lend(grant, begins, ends, **more)
    return refused.value.code, refused.value.pointer


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (TODAY, TODAY),
        (TODAY, date(2027, 11, 28)),
        (date(2027, 11, 28), date(2028, 11, 28)),  # A year with a leap day.
        (HELD_TO, HELD_TO),
    ],
)
def test_days_from_today_within_those_of_the_grant_are_lent(begins: date, ends: date) -> None:
    lent = lend(a_grant(), begins, ends)
    assert (lent.valid_from, lent.valid_to, lent.person_id) == (begins, ends, DEPUTY.person_id)


@pytest.mark.parametrize(
    ("begins", "ends", "code", "pointer"),
    [
        (TODAY - 9 * DAY, TODAY - DAY, "grant.delegation_over", "/valid_to"),
        (TODAY - DAY, TODAY + DAY, "grant.delegation_backdated", "/valid_from"),
        (TODAY, TODAY + 367 * DAY, "grant.delegation_too_long", "/valid_to"),
        (TODAY, date(2099, 12, 31), "grant.delegation_too_long", "/valid_to"),
        (HELD_TO, HELD_TO + DAY, "grant.delegation_outside", "/valid_to"),
        (TODAY + DAY, TODAY, "grant.ends_before_start", "/valid_to"),
    ],
)
def test_other_days_are_refused_at_their_field(begins: date, ends: date, code: str, pointer: str) -> None:
    assert refusal(Invalid, a_grant(), begins, ends) == (code, pointer)


def test_nothing_is_lent_before_it_is_held() -> None:
    to_come = a_grant(valid_from=TODAY + 2 * DAY)
    assert refusal(Invalid, to_come, TODAY, TODAY + 3 * DAY) == ("grant.delegation_outside", "/valid_from")


def test_who_may_lend_to_whom() -> None:
    days = (TODAY, TODAY + DAY)
    assert refusal(Conflict, a_grant(revoked_at=now()), *days)[0] == "grant.already_revoked"
    assert refusal(Forbidden, a_grant(role=Role.MEMBER), *days)[0] == "grant.role_is_personal"
    grant = a_grant()
    assert refusal(Forbidden, lend(grant, *days), *days)[0] == "grant.delegated_no_further"
    own = Login(grant.person_id, grant.issuer, grant.subject)
    assert refusal(Invalid, grant, *days, to=own) == ("grant.delegate_is_holder", "/person_id")


@pytest.mark.parametrize(("begins", "ends"), [(0, 5), (5, 5), (3, 4), (10, 20), (1, 30)])
def test_the_same_person_is_not_lent_the_same_twice_for_a_day(begins: int, ends: int) -> None:
    grant = a_grant()
    days = (TODAY + begins * DAY, TODAY + ends * DAY)
    other = lend(grant, TODAY + 3 * DAY, TODAY + 10 * DAY)
    assert refusal(Conflict, grant, *days, lent=(other,)) == ("grant.delegation_overlaps", "/person_id")
    third = Login(new_id(), DEPUTY.issuer, "third")
    assert lend(grant, *days, to=third, lent=(other,)).person_id == third.person_id


@pytest.mark.parametrize(("begins", "ends"), [(0, 2), (11, 12)])
def test_the_days_before_and_after_are_lent_to_the_same_person(begins: int, ends: int) -> None:
    grant = a_grant()
    other = lend(grant, TODAY + 3 * DAY, TODAY + 10 * DAY)
    assert lend(grant, TODAY + begins * DAY, TODAY + ends * DAY, lent=(other,)).delegated_from == grant.id


def test_what_is_held_for_another_period_stays_the_same_otherwise() -> None:
    """An administrator corrects the past too: the rules for lending are not those for holding."""
    grant = a_grant()
    before = asdict(grant)
    grant.hold(TODAY - 900 * DAY, date(2099, 12, 31))
    period = {"valid_from": TODAY - 900 * DAY, "valid_to": date(2099, 12, 31), "version": 2}
    assert asdict(grant) == before | period
