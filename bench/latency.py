"""From commit to read model: dossiers handed in at registration, and when reporting has counted them."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles
from typing import Any

import psycopg
from asking import serve
from province import Province, ensured
from psycopg.rows import scalar_row
from servers import Servers

_PATIENCE_SECONDS = 60.0
_COMMITTED = "SELECT id::text, pg_xact_commit_timestamp(xmin) FROM initiative WHERE id = ANY(%s::uuid[])"
_BACKLOG = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
_ARRIVED = "SELECT count(*) FROM initiative WHERE id = ANY(%s::uuid[])"


@dataclass(frozen=True)
class Rhythm:
    """How events come: `gap` gives the pause before the next one."""

    name: str
    title: str
    events: int
    gap: Callable[[], float]


@dataclass(frozen=True)
class Lag:
    """Milliseconds between two commits: of the dossier at registration, and of the counters at reporting."""

    name: str
    title: str
    events: int
    p50_ms: float
    p95_ms: float
    highest_ms: float


def rhythms() -> Iterator[Rhythm]:
    """The relay looks more seldom while nothing happens, so that a busy day and a quiet one differ."""
    chance = random.Random(1)  # noqa: S311 -- the same gaps in each run.
    yield Rhythm("busy", "20 events per second, at random", 200, lambda: chance.expovariate(20))
    yield Rhythm("quiet", "one event now and then", 40, lambda: chance.uniform(0.4, 0.8))


def lags(province: Province, servers: Servers, chosen: Iterable[Rhythm]) -> list[Lag]:
    """Runs the real relay, Valkey and the real consumer; what was recorded before is let through first."""
    urls = [servers.databases[name]["ADMIN_DATABASE_URL"] for name in ("registration", "reporting")]
    with (
        servers.forwarding(),
        psycopg.connect(urls[0], autocommit=True) as source,
        psycopg.connect(urls[1], autocommit=True) as target,
    ):
        _wait(lambda: _count(source, _BACKLOG) == 0)
        return [_lag(province, source, target, rhythm) for rhythm in chosen]


def _lag(province: Province, source: psycopg.Connection[Any], target: psycopg.Connection[Any], rhythm: Rhythm) -> Lag:
    ids = [hand_in(province) for _ in _paced(rhythm)]
    _wait(lambda: _count(target, _ARRIVED, ids) == len(ids))
    left, arrived = _commits(source, ids), _commits(target, ids)
    took = [(arrived[id_] - left[id_]).total_seconds() * 1000 for id_ in ids]
    percentiles = quantiles(took, n=20)
    figures = (percentiles[9], percentiles[18], max(took))
    return Lag(rhythm.name, rhythm.title, len(ids), *(round(figure, 1) for figure in figures))


def _paced(rhythm: Rhythm) -> Iterator[int]:
    for number in range(rhythm.events):
        time.sleep(rhythm.gap())
        yield number


def hand_in(province: Province) -> str:
    """Register and submit through the API; the draft makes no event."""
    author = province.author
    drafted = ensured(
        serve(province.registration, author.request("POST", "/v1/initiatives", province.draft()).environ())
    )
    id_ = str(drafted.json["id"])
    author.does("POST", f"/v1/initiatives/{id_}/submit", {})
    return id_


def _commits(connection: psycopg.Connection[Any], ids: list[str]) -> dict[str, datetime]:
    return dict(connection.execute(_COMMITTED, [ids]).fetchall())


def _count(connection: psycopg.Connection[Any], query: str, *values: Any) -> int:
    return int(connection.cursor(row_factory=scalar_row).execute(query, values).fetchone() or 0)


def _wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("Relay or consumer did not keep up.")
        time.sleep(0.1)
