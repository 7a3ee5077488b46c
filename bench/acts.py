"""What is compared: each act on the platform, and on the floor the same rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, product
from typing import Any
from uuid import uuid4

from asking import Answer, Request
from common.auth import Grants
from common.limits import Quotas
from flask import Flask
from floor import Floor
from province import Province, Session
from statements import count_on

SCORES = {"novelty": 8, "effect": 9, "spread": 7.5, "practice": 8.25}
PAGE = 50


@dataclass
class Side:
    """An application, what to ask it next, and what it answered."""

    app: Flask
    requests: Iterator[Request]
    before_each: Callable[[], None] = lambda: None
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True)
class Act:
    """One thing people do; `made` is called with the answers of the acts before it."""

    name: str
    title: str
    platform: Side
    floor: Side


class Acts:
    """In an order in which each finds what the one before has left: drafts are registered, then handed in."""

    def __init__(self, province: Province, floor: Floor, session: Session) -> None:
        self._province, self._floor, self._session = province, floor, session
        for app in (province.registration, province.review):
            count_on(app.extensions["service"].engine)
            ask_for_quotas_once(app)
            forget_callers(app)

    def __iter__(self) -> Iterator[Act]:
        registered = self._register("register", "Register a draft with two authors")
        yield registered
        yield self._register("register_with_key", "... with an Idempotency-Key, as the portal does", with_key=True)
        yield self._submit(registered)
        yield self._score()
        yield self._list("list_50", "List 50 initiatives")
        yield self._list("list_50_stranger", "... for a caller not seen for two seconds", is_known=False)

    def _register(self, name: str, title: str, *, with_key: bool = False) -> Act:
        author, draft = self._province.author, self._province.draft()
        keys = ({"Idempotency_Key": str(uuid4())} if with_key else {} for _ in cycle([0]))
        platform = (author.request("POST", "/v1/initiatives", draft, **key) for key in keys)
        bare = cycle([Request("POST", "/initiatives", draft)])
        return self._act(name, title, platform, bare)

    def _submit(self, drafts: Act) -> Act:
        def paths(side: Side, prefix: str) -> Iterator[str]:
            return (f"{prefix}/initiatives/{answer.json['id']}/submit" for answer in side.answers)

        author = self._province.author
        platform = (author.request("POST", path, {}) for path in paths(drafts.platform, "/v1"))
        bare = (Request("POST", path, {}) for path in paths(drafts.floor, ""))
        return self._act("submit", "Hand in a draft", platform, bare)

    def _score(self) -> Act:
        """Each member's first sheet on each dossier."""
        sheet = {"scores": SCORES, "comment": "Có tính mới, dễ nhân rộng."}
        to_do = product(self._session.dossiers, self._session.people)
        platform = (one.request("PUT", f"/v1/dossiers/{id_}/score-sheet", sheet) for id_, one in to_do)
        paths = cycle(f"/sessions/{self._session.id}/dossiers/{id_}/score-sheet" for id_ in self._session.dossiers)
        act = self._act("score", "Fill in a score sheet", platform, (Request("PUT", path, sheet) for path in paths))
        act.platform.app = self._province.review
        return act

    def _list(self, name: str, title: str, *, is_known: bool = True) -> Act:
        platform = cycle([self._province.officer.request("GET", f"/v1/initiatives?limit={PAGE}")])
        act = self._act(name, title, platform, cycle([Request("GET", "/initiatives")]))
        if not is_known:
            act.platform.before_each = partial(forget_callers, self._province.registration)
        return act

    def _act(self, name: str, title: str, platform: Iterator[Request], bare: Iterator[Request]) -> Act:
        return Act(name, title, Side(self._province.registration, platform), Side(self._floor.app, bare))


def ask_for_quotas_once(app: Flask) -> None:
    """Not every ten seconds: whether a look at them falls into what is counted would be chance."""
    api: Any = app.extensions["service"]
    app.extensions["limiter"]._quotas = Quotas(api.engine, api.metadata, clock=lambda: 0.0)


def forget_callers(app: Flask) -> None:
    """Start with no caller known; one who becomes known stays so, however long a run takes on a busy machine."""
    api: Any = app.extensions["service"]
    app.extensions["grants"] = Grants(api.engine, api.metadata, clock_=lambda: 0.0)
