"""What row-level security, the audit and the look-up of grants each add to a request: with and without, in turns.

Both halves of a pair are the same act of the same application. PostgreSQL's CPU is that of the backends that serve it:
policies and triggers run there.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from acts import Act, Acts, forget_callers
from common.audit import triggers
from common.database import Actor, Context, UnitOfWork, connect_engine
from common.ids import new_id
from flask import Flask
from measuring import Cost, Spread, block
from registration.store.tables import metadata, people
from sqlalchemy import Engine, insert, text

Switch = Callable[[bool], None]


@dataclass(frozen=True)
class Share:
    """The ratio of a request with a thing to the same request without it, and what it adds in milliseconds."""

    thing: str
    act: str
    cpu_ratio: Spread
    database_cpu_ratio: Spread
    added_ms: float
    database_added_ms: float
    statements: float
    statements_without: float


def shares(acts: Acts, app: Flask, admin: Engine, rounds: int, size: int) -> Iterator[Share]:
    """Each thing on the acts it concerns; drafts are registered before they are handed in."""
    found = {act.name: act for act in acts}
    listed = found["list_50"]
    things: list[tuple[str, Act, Switch]] = [
        ("audit", found["register"], _audit(admin)),
        ("audit", found["submit"], _audit(admin)),
        ("row-level security", listed, _policies(admin)),
        ("look-up of grants", listed, _grants(listed, app)),
        ("row-level security", found["register"], _policies(admin)),
        # Only now are there drafts of others, newer than all that the reader sees; whoever sees all lists just these.
        ("row-level security past drafts", listed, _policies(admin)),
    ]
    engine = app.extensions["service"].engine
    for thing, act, switch in things:
        yield _share(thing, act, switch, engine, rounds, size)


def _share(thing: str, act: Act, switch: Switch, engine: Engine, rounds: int, size: int) -> Share:
    pairs = []
    for number in range(rounds + 1):
        halves = {}
        for is_on in (True, False) if number % 2 else (False, True):
            switch(is_on)
            halves[is_on] = _measured(act, engine, size)
        pairs.append((halves[True], halves[False]))
    switch(True)
    kept = pairs[1:]  # The first warms up.
    return Share(
        thing,
        act.name,
        Spread.of([on[0].cpu_ms / off[0].cpu_ms for on, off in kept]),
        Spread.of([on[1] / off[1] for on, off in kept]),
        round(median(on[0].cpu_ms - off[0].cpu_ms for on, off in kept), 3),
        round(median(on[1] - off[1] for on, off in kept), 3),
        median(on[0].statements for on, _ in kept),
        median(off[0].statements for _, off in kept),
    )


def _measured(act: Act, engine: Engine, size: int) -> tuple[Cost, float]:
    """The block's cost, and the milliseconds of CPU that the engine's backend spent on each request."""
    with engine.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    before = _cpu_ns(pid)
    cost = block(act.platform, size)
    return cost, (_cpu_ns(pid) - before) / size / 1e6


def _cpu_ns(pid: Any) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def _audit(admin: Engine) -> Switch:
    def switch(is_on: bool) -> None:
        verb = "ENABLE" if is_on else "DISABLE"
        with _committed(admin) as connection:
            for table in triggers.audited_tables(metadata):
                for name in ("audit_rows", "audit_changes"):
                    connection.execute(text(f'ALTER TABLE "{table.name}" {verb} TRIGGER {name}'))

    return switch


def _policies(admin: Engine) -> Switch:
    def switch(is_on: bool) -> None:
        with _committed(admin) as connection:
            connection.execute(text(f"ALTER ROLE registration_app {'NO' if is_on else ''}BYPASSRLS"))

    return switch


def _grants(act: Act, app: Flask) -> Switch:
    """With: the caller is not known, as somebody who comes back after two seconds."""

    def switch(is_on: bool) -> None:
        act.platform.before_each = partial(forget_callers, app) if is_on else _nothing

    return switch


def _nothing() -> None:
    """Before each request."""


@dataclass(frozen=True)
class Throughput:
    """Transactions per second that write one row each, all of one tenant."""

    threads: int
    with_audit: float
    without: float


def throughputs(database_url: str, admin: Engine, tenant: str, seconds: float) -> Iterator[Throughput]:
    """A chain has one writer at a time: how much that costs a busy province."""
    switch = _audit(admin)
    for threads in (1, 4, 16):
        engine = connect_engine(database_url, pool_size=threads)
        rates = {}
        for is_on in (True, False):
            switch(is_on)
            rates[is_on] = _rate(engine, tenant, threads, seconds)
        switch(True)
        engine.dispose()
        yield Throughput(threads, rates[True], rates[False])


def _rate(engine: Engine, tenant: str, threads: int, seconds: float) -> float:
    until, context = time.monotonic() + seconds, Context(tenant, actor=Actor(process="bench"))

    def write(_: int) -> int:
        done = 0
        while time.monotonic() < until:
            with UnitOfWork(engine, metadata, "/registration", context) as uow:
                values = {"tenant": tenant, "id": new_id(), "name": "Người", "version": 1}
                uow.execute(insert(people).values(values))
            done += 1
        return done

    with ThreadPoolExecutor(threads) as pool:
        return round(sum(pool.map(write, range(threads))) / seconds, 1)


@contextmanager
def _committed(admin: Engine) -> Iterator[Any]:
    with admin.begin() as connection:
        yield connection
