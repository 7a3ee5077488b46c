"""An identity acts under one grant, which is given, limited, lent and taken away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from common import auth, clock
from common.auth import Grants
from common.errors import Forbidden
from common.tokens import Identity
from sample.app import metadata
from sqlalchemy import text


@pytest.fixture
def grants(database: Any) -> Grants:
    return Grants(database.app_engine, metadata)


def test_a_grant_is_chosen_by_its_id_or_by_being_the_only_one(
    grants: Grants, grant: Callable[..., UUID], issuer: Any
) -> None:
    who = Identity(issuer.url, "officer")
    with pytest.raises(Forbidden, match=r"auth\.no_grant"):
        grants.resolve(who, "")
    first = grant("officer")
    assert grants.resolve(who, "").grant_id == first
    second = grant("officer", "chair", tenant="lai-chau")
    assert grants.resolve(who, str(second)).tenant == "lai-chau"
    grants.resolve(who, str(first))
    with pytest.raises(Forbidden, match=r"auth\.choose_grant"):
        grants.resolve(who, "")
    for other in (str(uuid4()), "not an id"):
        with pytest.raises(Forbidden, match=r"auth\.no_such_grant"):
            grants.resolve(who, other)


def test_neither_another_persons_grant_nor_another_issuers_is_found(
    grants: Grants, grant: Callable[..., UUID], issuer: Any
) -> None:
    mine = grant("officer")
    for who in (Identity(issuer.url, "other"), Identity("https://elsewhere.vn", "officer"), Identity(issuer.url, "")):
        with pytest.raises(Forbidden):
            grants.resolve(who, str(mine))


def test_a_grant_works_on_the_days_it_is_valid(grants: Grants, grant: Callable[..., UUID], issuer: Any) -> None:
    today, day = clock.today(), timedelta(days=1)
    grant("past", valid_to=today - day)
    grant("last", valid_to=today)
    grant("future", valid_from=today + day)
    assert grants.resolve(Identity(issuer.url, "last"), "").role == "officer"
    for subject in ("past", "future"):
        with pytest.raises(Forbidden):
            grants.resolve(Identity(issuer.url, subject), "")


def test_a_revoked_grant_stops_working_within_two_seconds_and_a_known_one_costs_no_query(
    database: Any, grant: Callable[..., UUID], issuer: Any
) -> None:
    now = [0.0]
    grants = Grants(database.app_engine, metadata, lambda: now[0])
    who = Identity(issuer.url, "officer")
    mine = grant("officer")
    grants.resolve(who, "")
    grant("officer", id=mine, version=2, revoked_at=clock.now())
    assert grants.resolve(who, "").grant_id == mine
    now[0] += auth.GRANTS_LIVE_SECONDS
    with pytest.raises(Forbidden):
        grants.resolve(who, "")


def test_an_older_version_of_a_grant_changes_nothing(
    database: Any, grants: Grants, grant: Callable[..., UUID], issuer: Any
) -> None:
    mine = grant("officer", version=3)
    grant("officer", "chair", id=mine, version=2)
    assert grants.resolve(Identity(issuer.url, "officer"), "").role == "officer"
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM access_grant")) == 1


def test_a_provinces_own_issuer_cannot_speak_for_another_province(
    grants: Grants, grant: Callable[..., UUID], issuer: Any
) -> None:
    """Even where a grant under it was recorded by mistake: the issuer decides who its subjects are."""
    here, there = grant("officer", tenant="lai-chau"), grant("officer", tenant="khanh-hoa")
    limited = Identity(issuer.url, "officer", ("lai-chau",))
    assert grants.resolve(limited, "").grant_id == here
    assert [row.id for row in grants.of(limited)] == [here]
    with pytest.raises(Forbidden, match=r"auth\.no_such_grant"):
        grants.resolve(limited, str(there))
    everywhere = Identity(issuer.url, "officer")
    assert grants.resolve(everywhere, str(there)).tenant == "khanh-hoa"


def test_what_is_ones_own_follows_the_login_and_the_delegation(
    grants: Grants, grant: Callable[..., UUID], issuer: Any
) -> None:
    """A login that passed from one person to another still stands for both; a delegate stands for two people."""
    before, person, absent, elsewhere = (uuid4() for _ in range(4))
    grant("officer", person_id=before, revoked_at=clock.now())
    mine = grant("officer", person_id=person)
    lent = grant("officer", person_id=person, delegated_from=uuid4(), on_behalf_of=absent)
    grant("officer", person_id=elsewhere, tenant="lai-chau")
    who = Identity(issuer.url, "officer")
    own = grants.resolve(who, str(mine))
    assert (own.on_behalf_of, own.selves) == (None, {before, person})
    delegated = grants.resolve(who, str(lent))
    assert (delegated.person_id, delegated.on_behalf_of) == (person, absent)
    assert delegated.selves == {before, person, absent}
