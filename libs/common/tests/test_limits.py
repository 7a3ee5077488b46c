"""Limits by tenant, identity and address: in this process, in Valkey, and when that is away."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from common.database import Context
from common.errors import TooMany
from common.limits import BURST_SECONDS, Limiter, Limits, MemoryBuckets, Quotas, Rate, ValkeyBuckets, save_quota
from common.settings import ApiSettings
from flask import Flask
from sample.app import build, metadata

PER_MINUTE = 60
AT_ONCE = int(BURST_SECONDS * PER_MINUTE / 60)
KHANH_HOA, LAI_CHAU = "khanh-hoa", "lai-chau"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_at_once_and_then_evenly() -> None:
    clock, rate = Clock(), Rate.per_minute(PER_MINUTE)
    buckets = MemoryBuckets(clock)
    waits = [buckets.take("a", rate) for _ in range(AT_ONCE + 1)]
    assert waits[:-1] == [0.0] * AT_ONCE
    assert waits[-1] == pytest.approx(1.0)
    clock.now += 1.0
    assert buckets.take("a", rate) == 0.0
    assert buckets.take("a", rate) == pytest.approx(1.0)
    assert buckets.take("b", rate) == 0.0


def test_a_small_rate_still_lets_the_first_one_in() -> None:
    buckets = MemoryBuckets(Clock())
    assert buckets.take("a", Rate.per_minute(1)) == 0.0
    assert buckets.take("a", Rate.per_minute(1)) == pytest.approx(60.0)


def test_buckets_that_are_full_again_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.limits.MOST_KNOWN", 3)
    clock = Clock()
    buckets = MemoryBuckets(clock)
    for key in "abc":
        buckets.take(key, Rate.per_minute(PER_MINUTE))
    clock.now += 100
    buckets.take("d", Rate.per_minute(PER_MINUTE))
    assert set(buckets._full_at) == {"d"}


def test_buckets_are_gone_through_once_a_second_however_many_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.limits.MOST_KNOWN", 3)
    clock = Clock()
    buckets, rate = MemoryBuckets(clock), Rate.per_minute(PER_MINUTE)
    for key in "abcd":
        buckets.take(key, rate)
    kept = buckets._full_at
    for key in "efg":
        buckets.take(key, rate)
    assert buckets._full_at is kept
    clock.now += 1.0
    buckets.take("h", rate)
    assert set(buckets._full_at) == {"h"}


def test_processes_share_a_bucket_in_valkey(valkey: Any) -> None:
    one, other, rate = ValkeyBuckets(valkey.url), ValkeyBuckets(valkey.url), Rate.per_minute(PER_MINUTE)
    key = f"shared-{time.monotonic()}"
    waits = [buckets.take(key, rate) for _ in range(AT_ONCE // 2) for buckets in (one, other)]
    assert waits == [0.0] * AT_ONCE
    assert 0 < one.take(key, rate) <= 1.0
    assert 0 < other.take(key, rate) <= 1.0
    assert other.take(f"{key}-b", rate) == 0.0


def test_a_store_that_is_away_lets_requests_in_and_is_not_waited_for(unused_port: Callable[[], int]) -> None:
    away: list[int] = []
    buckets = ValkeyBuckets(f"redis://127.0.0.1:{unused_port()}/0", lambda: away.append(1))
    began = time.monotonic()
    assert [buckets.take("a", Rate.per_minute(PER_MINUTE)) for _ in range(AT_ONCE)] == [0.0] * AT_ONCE
    assert time.monotonic() - began < 2.0
    assert away == [1]
    assert buckets.take("a", Rate.per_minute(PER_MINUTE)) > 0, "while it is away this process counts for itself"


@pytest.fixture
def limiter(database: Any) -> Limiter:
    return Limiter(Limits(tenant=PER_MINUTE), Quotas(database.app_engine, metadata), lambda _: None, lambda: None)


def test_a_tenants_own_quota_goes_before_the_platforms(database: Any, limiter: Limiter) -> None:
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        save_quota(uow, metadata, {"requests_per_minute": 6, "attachment_megabytes": 0}, 2)
        save_quota(uow, metadata, {"requests_per_minute": 600, "attachment_megabytes": 0}, 1)
    limiter.admit_tenant(KHANH_HOA)
    with pytest.raises(TooMany, match=r"limit.tenant"):
        limiter.admit_tenant(KHANH_HOA)
    for _ in range(AT_ONCE):
        limiter.admit_tenant(LAI_CHAU)


@pytest.fixture
def limited(database: Any, issuer: Any) -> Iterator[Callable[..., Flask]]:
    made: list[Flask] = []

    def make(**rates: Any) -> Flask:
        url = database.urls["DATABASE_URL"]
        made.append(build(ApiSettings(database_url=url, oidc_issuer=issuer.url, **rates)))
        return made[-1]

    yield make
    for app in made:
        app.extensions["service"].engine.dispose()


def statuses(ask: Callable[[], Any], times: int) -> list[int]:
    return [ask().status_code for _ in range(times)]


def test_a_province_at_its_limit_slows_no_other(limited: Any, grant: Any, caller: Any) -> None:
    app = limited(rate_per_tenant=PER_MINUTE)
    grant("a"), grant("b", tenant=LAI_CHAU)
    first, second = caller(app, "a"), caller(app, "b")
    assert statuses(lambda: first.get("/v1/things"), AT_ONCE + 5) == [200] * AT_ONCE + [429] * 5
    refused = first.get("/v1/things")
    assert refused.headers["Retry-After"] == "1"
    assert refused.mimetype == "application/problem+json"
    assert refused.json["code"] == "limit.tenant"
    assert "1 giây" in refused.json["messages"]["vi"]
    assert "1 s" in refused.json["messages"]["en"]
    assert statuses(lambda: second.get("/v1/things"), AT_ONCE) == [200] * AT_ONCE
    shown = app.test_client().get("/metrics").text
    assert 'requests_limited_total{limit="tenant",service="sample"} 6.0' in shown
    assert KHANH_HOA not in shown


def test_an_account_gone_wild_is_stopped_before_its_grants_are_looked_up(limited: Any, caller: Any) -> None:
    app = limited(rate_per_identity=PER_MINUTE)
    nobody = caller(app, "has-no-grant")
    assert statuses(lambda: nobody.get("/v1/things"), AT_ONCE + 1) == [403] * AT_ONCE + [429]
    assert nobody.get("/v1/things").json["code"] == "limit.identity"
    assert caller(app, "another").get("/v1/things").status_code == 403


def test_without_a_token_the_address_counts(limited: Any) -> None:
    app = limited(rate_per_address=PER_MINUTE, trusted_proxies=1)
    client = app.test_client()

    def ask(told: str) -> Any:
        return client.get("/v1/things/open", headers={"X-Forwarded-For": told})

    assert statuses(lambda: ask("spoofed, 192.0.2.1"), AT_ONCE + 1) == [200] * AT_ONCE + [429]
    assert ask("192.0.2.1").json["code"] == "limit.address"
    assert ask("192.0.2.1, 192.0.2.2").status_code == 200
    guessing = {"X-Forwarded-For": "192.0.2.3", "Authorization": "Bearer made-up"}
    found = statuses(lambda: client.get("/v1/things", headers=guessing), AT_ONCE + 1)
    assert found == [401] * AT_ONCE + [429]


def test_nobody_is_believed_about_an_address_unless_a_proxy_is_trusted(limited: Any) -> None:
    client = limited(rate_per_address=PER_MINUTE).test_client()
    places = iter(range(100))
    found = statuses(
        lambda: client.get("/v1/things/open", headers={"X-Forwarded-For": f"192.0.2.{next(places)}"}), AT_ONCE + 1
    )
    assert found == [200] * AT_ONCE + [429]


def test_health_is_never_limited(limited: Any) -> None:
    client = limited(rate_per_address=1).test_client()
    assert statuses(lambda: client.get("/healthz/live"), 20) == [200] * 20
