"""Behind a transaction pooler with two connections for each service, nobody is answered with rows of others."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from isolation import databases, pooling, provinces
from isolation.world import World, open_world
from local import pgbouncer
from local.ports import free_base

pytestmark = pytest.mark.timeout(3600)
REQUESTS = 100_000 if os.environ.get("ISOLATION") == "full" else 5_000
LEAKY_REQUESTS = 1_000


@pytest.fixture(scope="module")
def crowd(
    postgres: str, issuer: Any, tmp_path_factory: pytest.TempPathFactory, skip_or_fail: Callable[[str], None]
) -> Iterator[tuple[World, list[pooling.Client]]]:
    """Two provinces with two busy communes each, and their services behind the pooler."""
    if reason := pgbouncer.unavailable():
        skip_or_fail(reason)
    files, state = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("pgbouncer")
    with databases.scratch(postgres, "pooling") as made:
        urls = {service: database.urls["database_url"] for service, database in made.items()}
        pooler = pgbouncer.PgBouncer(state, free_base(), urls, pool_size=2)
        pooler.start()
        with (
            open_world(made, issuer.url, issuer.token, files) as direct,
            open_world(made, issuer.url, issuer.token, files, pooler.urls) as pooled,
        ):
            founded = [provinces.found_province(direct, code, ("XA", "XB")) for code in ("khanh-hoa", "lai-chau")]
            for province in founded:
                for commune in province.communes.values():
                    provinces.people_of(province, commune)
                    provinces.live_a_year(province, commune)
            yield pooled, pooling.clients(direct, founded)
        pooler.stop()


def test_no_answer_holds_rows_of_others(
    crowd: tuple[World, list[pooling.Client]], isolation_report: Callable[[str, Any], None]
) -> None:
    tally = pooling.load(*crowd, REQUESTS)
    isolation_report("pooling", tally)
    assert tally.foreign == []
    assert tally.requests == REQUESTS
    assert tally.rows > REQUESTS
    assert set(tally.statuses) <= {200, 403, 404, 409}, tally.statuses


def test_a_context_for_the_session_would_be_noticed(crowd: tuple[World, list[pooling.Client]]) -> None:
    world, asking = crowd
    pooling.with_units_of_work(world, pooling.ForTheSession)
    assert pooling.load(world, asking, LEAKY_REQUESTS).foreign != []
