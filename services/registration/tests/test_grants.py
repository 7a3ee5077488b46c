"""Grants: who gives them, for how long, to whom they are lent, and that a login is one person's."""

import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from common import clock
from common.database import Context
from registration.usecases import people
from sqlalchemy import text

TODAY = clock.today()
DAY = timedelta(days=1)
LATER = {"valid_from": TODAY.isoformat(), "valid_to": (TODAY + 10 * DAY).isoformat()}


@pytest.fixture(autouse=True)
def _ask_the_database_again(app: Any) -> None:
    app.extensions["grants"]._known.clear()


@pytest.fixture
def known(app: Any) -> Callable[[], None]:
    """Instead of waiting for GRANTS_LIVE_SECONDS."""
    return app.extensions["grants"]._known.clear  # type: ignore[no-any-return]


def holder(caller: Any, person_id: str, subject: str) -> SimpleNamespace:
    """Somebody who calls, and what a test has to know of them."""
    calls = {name: getattr(caller, name) for name in ("get", "post", "put", "grant_id")}
    return SimpleNamespace(**calls, person_id=person_id, subject=subject)


# One login is one person


def test_a_login_is_one_persons_at_a_time(province: Any) -> None:
    subject = f"login-{uuid4()}"
    first, second = province.record("Người một"), province.record("Người hai")
    made = province.give(first, subject)
    assert made.status_code == 201, made.json
    refused = province.give(second, subject)
    assert (refused.status_code, refused.json["code"]) == (409, "constraint.ex_access_grant_one_person")
    assert "Mỗi tài khoản chỉ của một người" in refused.json["messages"]["vi"]
    assert province.give(first, subject, "secretary").status_code == 201
    assert province.give(first, f"{subject}-other").status_code == 201  # One person, two logins.
    for grant in province.admin.get(f"/v1/grants?person_id={first}").json["items"]:
        province.admin.post(f"/v1/grants/{grant['id']}/revoke")
    assert province.give(second, subject).status_code == 201


def test_a_login_passes_on_when_its_time_is_over(province: Any) -> None:
    subject = f"login-{uuid4()}"
    first, second = province.record("Người một"), province.record("Người hai")
    made = province.give(first, subject, valid_to="2021-12-31").json
    assert province.give(second, subject, valid_from="2021-12-31").status_code == 409
    assert province.give(second, subject, valid_from="2022-01-01").status_code == 201
    longer = {"valid_from": "2020-01-01", "valid_to": "2022-01-01"}
    assert province.admin.put(f"/v1/grants/{made['id']}", longer, version=1).status_code == 409


def test_of_two_people_given_a_login_at_once_one_gets_it(province: Any, app: Any, caller: Any) -> None:
    subject = f"login-{uuid4()}"
    people = [province.record(f"Người {number}") for number in range(6)]
    admins = [caller(app, f"admin-{province.name}") for _ in people]
    gate, statuses = threading.Barrier(len(people)), []

    def try_it(number: int) -> None:
        gate.wait()
        statuses.append(province.give(people[number], subject, by=admins[number]).status_code)

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]


def test_the_same_login_may_be_somebody_in_another_province(province: Any, make_province: Any) -> None:
    subject, other = f"login-{uuid4()}", make_province("lai-chau")
    assert province.give(province.record("Ở đây"), subject).status_code == 201
    assert other.give(other.record("Ở kia"), subject).status_code == 201


@pytest.mark.parametrize("issuer_moves", [False, True])
def test_a_login_that_passed_on_still_judges_nothing_of_its_former_person(
    province: Any, app: Any, caller: Any, known: Callable[[], None], database: Any, issuer: Any, issuer_moves: bool
) -> None:
    """The same human recorded twice: the second record must not endorse what the first has written."""
    subject = f"login-{uuid4()}"
    first, second = province.record("Ghi lần một"), province.record("Ghi lần hai")
    as_author = province.give(first, subject, "author").json["id"]
    on_paper, draft = (
        province.person("officer")[0],
        province.draft(authors=[{"name": "A", "share": 100, "person_id": first}]),
    )
    path = f"/v1/initiatives/{on_paper.post('/v1/initiatives', draft).json['id']}"
    assert on_paper.post(f"{path}/submit", {"received_on": "2024-03-01"}).status_code == 200
    province.admin.post(f"/v1/grants/{as_author}/revoke")
    as_officer = province.give(second, subject).json["id"]
    if issuer_moves:
        _move_here(database, province, subject, issuer.url)
    known()
    officer = caller(app, subject, as_officer)
    assert not {"endorse", "return"} & set(officer.get(path).json["allowed"])
    refused = officer.post(f"{path}/endorse", {"happened_on": "2024-03-02"})
    assert (refused.status_code, refused.json["code"]) == (403, "initiative.own")


def _move_here(database: Any, province: Any, subject: str, here: str) -> None:
    """All that was given to the login was given at another address of the issuer, which then moves to this one."""
    former = "https://id.former.example"
    with database.admin_engine.begin() as connection:
        at_former = text("UPDATE access_grant SET issuer = :former WHERE subject = :subject")
        connection.execute(at_former, {"former": former, "subject": subject})
    with database.unit_of_work(Context(province.name)) as uow:
        people.move_issuer(uow, before=former, after=here)


# Who gives


@pytest.fixture
def commune(province: Any, app: Any, caller: Any) -> Any:
    """An administrator of unit A."""
    person_id = province.record("Quản trị A")
    subject = f"admin-a-{uuid4()}"
    grant_id = province.give(person_id, subject, "administrator").json["id"]
    return holder(caller(app, subject, grant_id), person_id, subject)


@pytest.mark.parametrize("role", ["administrator", "standing", "officer", "secretary", "chair", "member", "author"])
def test_an_administrator_gives_every_role_at_the_own_unit_to_another(commune: Any, province: Any, role: str) -> None:
    assert province.give(province.record("Người khác"), f"new-{uuid4()}", role, by=commune).status_code == 201


def test_an_administrator_gives_nothing_above_nor_beside(commune: Any, province: Any) -> None:
    person_id = province.record("Người khác")
    for unit_id in (province.root_id, province.units["B"]):
        refused = province.give(person_id, f"new-{uuid4()}", by=commune, unit_id=unit_id)
        assert (refused.status_code, refused.json["code"]) == (403, "grant.not_yours_to_give")
    assert province.give(person_id, "x", "operator", by=commune).json["code"] == "grant.not_yours_to_give"


def test_nobody_gives_changes_or_revokes_their_own(commune: Any, province: Any) -> None:
    for role in ("officer", "administrator", "author"):
        refused = province.give(commune.person_id, f"own-{uuid4()}", role, by=commune)
        assert (refused.status_code, refused.json["code"]) == (403, "grant.own")
    period = {"valid_from": "2020-01-01", "valid_to": "2099-12-31"}
    path = f"/v1/grants/{commune.grant_id}"
    assert commune.put(path, period, version=1).json["code"] == "grant.own"
    assert commune.post(f"{path}/revoke").json["code"] == "grant.own"
    assert province.admin.post(f"{path}/revoke").status_code == 200


def test_an_issuer_that_is_not_trusted_here_is_given_nothing(province: Any) -> None:
    person_id = province.record("Người khác")
    refused = province.give(person_id, "x", issuer="https://elsewhere.vn")
    assert (refused.status_code, refused.json["code"]) == (422, "grant.issuer_not_trusted")


def test_the_days_of_a_grant_are_changed_by_version(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject=f"officer-{uuid4()}")
    path = f"/v1/grants/{officer.grant_id}"
    assert province.admin.put(path, {"valid_from": "2020-01-01"}).status_code == 428
    changed = province.admin.put(path, {"valid_from": "2020-01-01", "valid_to": "2020-12-31"}, version=1)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"'), changed.json
    assert province.admin.put(path, {"valid_from": "2020-01-01"}, version=1).json["code"] == "request.stale"
    backwards = {"valid_from": "2020-01-01", "valid_to": "2019-12-31"}
    assert province.admin.put(path, backwards, version=2).json["code"] == "grant.ends_before_start"


def test_grants_are_found_by_unit_role_state_and_name(province: Any, commune: Any) -> None:
    person_id = province.record(f"Tìm {uuid4()}")
    name = province.admin.get(f"/v1/people/{person_id}").json["name"]
    for values in ({}, {"valid_to": "2021-01-01"}, {"valid_from": "2099-01-01"}, {"role": "chair"}):
        province.give(person_id, f"find-{person_id}", **values)
    at = f"/v1/grants?person_id={person_id}"
    revoked = province.admin.get(f"{at}&role=chair").json["items"][0]["id"]
    province.admin.post(f"/v1/grants/{revoked}/revoke")
    for state in ("active", "ended", "future", "revoked"):
        assert len(province.admin.get(f"{at}&state={state}").json["items"]) == 1, state
    assert len(province.admin.get(f"/v1/grants?q={name[:9]}&unit_id={province.units['A']}").json["items"]) == 4
    assert province.admin.get(f"{at}&unit_id={province.units['B']}").json["items"] == []
    assert province.admin.get(f"{at}&delegated=true").json["items"] == []
    assert len(commune.get(at).json["items"]) == 4
    assert province.admin.get(f"{at}&state=dormant").status_code == 422


# Lent during absence


@pytest.fixture
def lender(province: Any) -> Any:
    subject = f"lender-{uuid4()}"
    return holder(*province.person("officer", "A", subject=subject), subject)


@pytest.fixture
def deputy(province: Any) -> Any:
    subject = f"deputy-{uuid4()}"
    return holder(*province.person("member", "B", subject=subject), subject)


def lend(lender: Any, deputy: Any, **values: Any) -> Any:
    return lender.post(f"/v1/grants/{lender.grant_id}/delegations", {"person_id": deputy.person_id} | LATER | values)


def as_delegate(app: Any, caller: Any, deputy: Any, grant_id: str) -> Any:
    return caller(app, deputy.subject, grant_id)


def test_a_delegate_acts_in_the_name_of_both(province: Any, app: Any, caller: Any, lender: Any, deputy: Any) -> None:
    lent = lend(lender, deputy)
    assert lent.status_code == 201, lent.json
    assert (lent.json["on_behalf_of"], lent.json["delegated_from"]) == (lender.person_id, str(lender.grant_id))
    delegate = as_delegate(app, caller, deputy, lent.json["id"])
    mine = next(grant for grant in delegate.get("/v1/me").json["grants"] if grant["id"] == lent.json["id"])
    assert (mine["on_behalf_of_name"], mine["unit"]["code"], mine["role"]) == ("officer A", "A", "officer")
    made = delegate.post("/v1/initiatives", province.draft()).json
    path = f"/v1/initiatives/{made['id']}"
    delegate.post(f"{path}/submit", {"received_on": "2024-03-01"})
    assert delegate.post(f"{path}/endorse", {"happened_on": "2024-03-02"}).status_code == 200
    for step in delegate.get(path).json["history"]:
        assert (step["by"], step["on_behalf_of"]) == (deputy.person_id, lender.person_id)
    endorsed = next(one for one in delegate.get(f"{path}/trail").json["items"] if one["table"] == "initiative_step")
    assert (endorsed["person_id"], endorsed["on_behalf_of"]) == (deputy.person_id, lender.person_id)
    assert endorsed["on_behalf_of_name"] == "officer A"
    lender.post(f"{path}/return", {"reason": "Bổ sung", "happened_on": "2024-03-03"})
    assert lender.get(path).json["history"][-1]["on_behalf_of"] is None


@pytest.mark.parametrize("whose", ["lender", "deputy"])
def test_a_delegate_endorses_neither_their_own_nor_the_lenders(
    whose: str, province: Any, app: Any, caller: Any, lender: Any, deputy: Any
) -> None:
    lent = lend(lender, deputy).json
    person_id = {"lender": lender.person_id, "deputy": deputy.person_id}[whose]
    officer, _ = province.person("officer")
    authors = [{"name": "Tác giả", "share": 100, "person_id": person_id}]
    path = f"/v1/initiatives/{officer.post('/v1/initiatives', province.draft(authors=authors)).json['id']}"
    officer.post(f"{path}/submit", {"received_on": "2024-03-01"})
    delegate = as_delegate(app, caller, deputy, lent["id"])
    assert not {"endorse", "return"} & set(delegate.get(path).json["allowed"])
    for act in ("endorse", "return"):
        body = {"happened_on": "2024-03-02"} | ({"reason": "x"} if act == "return" else {})
        assert delegate.post(f"{path}/{act}", body).json["code"] == "initiative.own"
    assert officer.post(f"{path}/endorse", {"happened_on": "2024-03-02"}).status_code == 200
    forward = {"happened_on": "2024-03-02", "council_unit_id": province.root_id}
    assert delegate.post(f"{path}/forward", forward).json["code"] == "initiative.own"


def test_who_becomes_an_author_later_endorses_no_more(province: Any, lender: Any) -> None:
    officer, _ = province.person("officer")
    made = lender.post("/v1/initiatives", province.draft()).json
    path = f"/v1/initiatives/{made['id']}"
    lender.post(f"{path}/submit", {"received_on": "2024-03-01"})
    returned = officer.post(f"{path}/return", {"reason": "Thiếu tác giả", "happened_on": "2024-03-02"}).json
    body = {name: value for name, value in province.draft().items() if name != "cycle_id"}
    body["authors"] = [{"name": "Tác giả", "share": 100, "person_id": lender.person_id}]
    edited = lender.put(path, body, version=returned["version"]).json
    body["authors"] = [{"name": "Tác giả", "share": 100}]
    lender.put(path, body, version=edited["version"])  # Off the list again, and still the lender's own.
    lender.post(f"{path}/submit", {"received_on": "2024-03-03"})
    assert lender.post(f"{path}/endorse", {"happened_on": "2024-03-04"}).json["code"] == "initiative.own"
    assert officer.post(f"{path}/endorse", {"happened_on": "2024-03-04"}).status_code == 200


def test_what_was_lent_is_not_lent_further(app: Any, caller: Any, province: Any, lender: Any, deputy: Any) -> None:
    lent = lend(lender, deputy).json
    delegate = as_delegate(app, caller, deputy, lent["id"])
    _, person_id = province.person("officer", "B", subject=f"third-{uuid4()}")
    refused = delegate.post(f"/v1/grants/{lent['id']}/delegations", {"person_id": person_id} | LATER)
    assert (refused.status_code, refused.json["code"]) == (403, "grant.delegated_no_further")
    not_theirs = delegate.post(f"/v1/grants/{lender.grant_id}/delegations", {"person_id": person_id} | LATER)
    unknown = delegate.post(f"/v1/grants/{uuid4()}/delegations", {"person_id": person_id} | LATER)
    assert not_theirs.json["code"] == unknown.json["code"] == "grant.not_found"


def test_only_some_days_of_a_grant_that_is_not_personal_are_lent_to_another_who_can_sign_in(
    province: Any, lender: Any, deputy: Any, make_province: Any
) -> None:
    yesterday = (TODAY - DAY).isoformat()
    over = lend(lender, deputy, valid_from=yesterday, valid_to=yesterday)
    assert (over.status_code, over.json["errors"][0]["pointer"]) == (422, "/valid_to")
    assert lend(lender, deputy, valid_to="2099-12-31").json["code"] == "grant.delegation_too_long"
    assert lend(lender, deputy, valid_to=None).status_code == 422
    assert lend(lender, lender).json["code"] == "grant.delegate_is_holder"
    without = province.record("Chưa có tài khoản")
    elsewhere = make_province("lai-chau").person("officer", "A", subject=f"elsewhere-{uuid4()}")[1]
    for person_id in (without, elsewhere, str(uuid4())):
        assert lend(lender, deputy, person_id=person_id).json["code"] == "grant.delegate_has_no_login"
    member = deputy.post(f"/v1/grants/{deputy.grant_id}/delegations", {"person_id": lender.person_id} | LATER)
    assert member.json["code"] == "auth.role_not_allowed"


def test_nobody_is_lent_the_same_twice_for_a_day(lender: Any, deputy: Any) -> None:
    lent = lend(lender, deputy).json["id"]
    twice = lend(lender, deputy, valid_from=LATER["valid_to"])
    assert (twice.status_code, twice.json["code"]) == (409, "grant.delegation_overlaps")
    assert twice.json["errors"][0]["pointer"] == "/person_id"
    assert "đang được ủy quyền" in twice.json["errors"][0]["messages"]["vi"]
    lender.post(f"/v1/delegations/{lent}/revoke")
    assert lend(lender, deputy).status_code == 201


@pytest.mark.parametrize("who", ["lender", "deputy", "administrator"])
def test_a_delegation_is_revoked_by_both_and_the_administrator(
    who: str, province: Any, lender: Any, deputy: Any
) -> None:
    lent = lend(lender, deputy).json["id"]
    stranger, _ = province.person("officer", "B", subject=f"stranger-{uuid4()}")
    assert stranger.post(f"/v1/delegations/{lent}/revoke").json["code"] == "grant.not_found"
    assert lender.post(f"/v1/delegations/{lender.grant_id}/revoke").json["code"] == "grant.not_found"
    by = {"lender": lender, "deputy": deputy, "administrator": province.admin}[who]
    path = f"/v1/grants/{lent}/revoke" if who == "administrator" else f"/v1/delegations/{lent}/revoke"
    assert by.post(path).json["revoked_at"]
    for one in (lender, deputy):
        [shown] = [grant for grant in one.get("/v1/delegations").json["items"] if grant["id"] == lent]
        assert shown["revoked_at"]
    assert stranger.get("/v1/delegations").json["items"] == []


def test_a_delegation_ends_with_the_grant_it_came_from(province: Any, lender: Any, deputy: Any) -> None:
    _, third = province.person("member", "B", subject=f"third-{uuid4()}")
    lent, other = lend(lender, deputy).json["id"], lend(lender, deputy, person_id=third).json["id"]

    def shown(grant_id: str) -> Any:
        return next(
            one
            for one in province.admin.get("/v1/grants?delegated=true&limit=200").json["items"]
            if one["id"] == grant_id
        )

    ends = (TODAY + 3 * DAY).isoformat()
    path = f"/v1/grants/{lender.grant_id}"
    province.admin.put(path, {"valid_from": "2020-01-01", "valid_to": ends}, version=1)
    assert (shown(lent)["valid_to"], shown(lent)["version"], shown(lent)["revoked_at"]) == (ends, 2, None)
    assert province.admin.put(f"/v1/grants/{lent}", LATER, version=2).json["code"] == "grant.change_delegation"
    province.admin.post(f"/v1/grants/{other}/revoke")
    province.admin.put(path, {"valid_from": "2020-01-01", "valid_to": (TODAY - DAY).isoformat()}, version=2)
    assert shown(lent)["revoked_at"]
    assert shown(other)["version"] == 3  # It was over already.


def test_a_delegation_made_while_its_grant_is_revoked_does_not_outlive_it(
    province: Any, database: Any, lender: Any, deputy: Any, app: Any
) -> None:
    """Whichever comes first: the other waits for it."""
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(lend(lender, deputy).status_code)),
        threading.Thread(target=lambda: province.admin.post(f"/v1/grants/{lender.grant_id}/revoke")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 1
    lent = province.admin.get(f"/v1/grants?person_id={deputy.person_id}&delegated=true").json["items"]
    assert all(grant["revoked_at"] for grant in lent)
