"""Many clients of several tenants and communes over few connections, through PgBouncer in transaction mode."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import sqlalchemy as sa
from common import database
from common.database import UnitOfWork
from common.tenants import Standing

from isolation import routes
from isolation.provinces import Commune, Province
from isolation.routes import Route
from isolation.world import Person, World

CLIENTS = 16


@dataclass(frozen=True)
class Client:
    """Somebody who asks, with what is theirs, and the words of everybody else's texts."""

    person: Person
    paths: tuple[tuple[str, str], ...]
    foreign: frozenset[str]


@dataclass
class Tally:
    """What a load was answered."""

    requests: int = 0
    foreign: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    rows: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        rate = self.requests / self.seconds
        answers = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        load = f"{self.requests:,} requests of {CLIENTS} clients at once in {self.seconds:.0f} s ({rate:.0f} a second)"
        return f"{load}: {answers}; {self.rows:,} rows of the own, {len(self.foreign)} of others"


def clients(world: World, provinces: Sequence[Province]) -> list[Client]:
    """Everybody of every commune and of the provinces themselves."""
    listed = [route for route in routes.all_routes(world) if route.is_list and not route.is_public]
    communes = [commune for province in provinces for commune in province.communes.values()]
    made = []
    for province in provinces:
        for commune in province.communes.values():
            words = frozenset(other.word for other in communes if other is not commune)
            others = [other for other in communes if other.ids and other is not commune]
            made += [_client(one, listed, commune, others, words) for one in commune.people.values()]
        far = [commune for commune in communes if commune.tenant != province.code]
        words = frozenset(commune.word for commune in far)
        made += [_client(one, listed, None, far, words) for one in province.people.values()]
    return made


def _client(
    person: Person, listed: list[Route], own: Commune | None, others: list[Commune], words: frozenset[str]
) -> Client:
    asked = [route for route in listed if person.role in route.roles]
    paths = [(route.service, f"{route.path}?limit=50" if route.takes("limit") else route.path) for route in asked]
    known = [other for other in [own, *others] if other and other.ids]
    for commune in known:
        ids = commune.ids
        paths += [
            ("registration", f"/v1/initiatives/{ids['initiative_id']}"),
            ("registration", f"/v1/initiatives/{ids['initiative_id']}/attachments"),
            ("registration", f"/v1/models/{ids['model_id']}"),
            ("review", f"/v1/sessions/{ids['session_id']}"),
            ("review", f"/v1/dossiers/{ids['decided_id']}"),
            ("review", f"/v1/decisions/{ids['decision_id']}"),
            ("reporting", f"/v1/activities/{ids['activity_id']}"),
        ]
    return Client(person, tuple(paths), words)


def load(world: World, asking: Sequence[Client], requests: int) -> Tally:
    """So many requests, each by anybody for anything that is theirs or not."""
    tally, began = Tally(), time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = [requests // CLIENTS + (number < requests % CLIENTS) for number in range(CLIENTS)]
        for part in pool.map(partial(_ask_many, world, asking), range(CLIENTS), shares):
            tally.requests += part.requests
            tally.foreign += part.foreign
            tally.statuses += part.statuses
            tally.rows += part.rows
    tally.seconds = time.monotonic() - began
    return tally


def _ask_many(world: World, asking: Sequence[Client], seed: int, requests: int) -> Tally:
    chance, tally = random.Random(seed), Tally()  # noqa: S311 -- whose turn it is is no secret.
    for _ in range(requests):
        client = chance.choice(asking)
        service, path = chance.choice(client.paths)
        answer = replace(client.person, world=world).ask(service, "GET", path)
        text = routes.readable(answer)
        tally.requests += 1
        tally.statuses[answer.status_code] += 1
        tally.rows += text.count('"id"')
        tally.foreign += [f"{word} for {client.person.subject} in {path}" for word in client.foreign if word in text]
    return tally


class ForTheSession(UnitOfWork):
    """The mistake that PgBouncer punishes: the context is set for the session, before the transaction that needs it."""

    def _enter_context(self) -> None:
        statement = sa.text(str(database._SET_CONTEXT).replace(", true)", ", false)"))
        row = self.connection.execute(statement, self.context.settings()).one()
        self.standing = Standing(*row.standing)
        self.connection.commit()


def with_units_of_work(world: World, kind: Callable[..., Any]) -> None:
    """Have every service use another unit of work from now on."""
    for service, app in world.apps.items():
        api = app.extensions["service"]
        made = partial(kind, api.engine, api.metadata, f"/{service}")
        app.extensions["service"] = replace(api, unit_of_work=made)
