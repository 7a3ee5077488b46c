"""What each principal tries at each route against a commune whose everything is somebody else's."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import uuid4

from werkzeug.test import TestResponse

from isolation import doors, routes
from isolation.provinces import Commune, Province
from isolation.routes import Route, Slot
from isolation.world import Person, World, fresh, plain

OTHER_PROVINCE, SIBLING, SAME_COMMUNE, OPERATOR = "other province", "sibling commune", "another author", "operator"


@dataclass(frozen=True)
class Principal:
    """Who tries. `own` holds identifiers of what is theirs, by kind."""

    relation: str
    person: Person
    own: dict[str, str]

    def __str__(self) -> str:
        return f"{self.relation}: {self.person.role}"


@dataclass(frozen=True)
class Attempt:
    """One thing tried; `told` is empty when the answer gave nothing away."""

    service: str
    route: str
    principal: str
    relation: str
    attack: str
    told: str = ""

    @property
    def door(self) -> str:
        return doors.route_door(self.service, self.route, self.relation, self.attack)

    @property
    def is_leak(self) -> bool:
        return bool(self.told) and not self.door


@dataclass
class Theatre:
    """The target, all who try, and all that there is to try."""

    world: World
    province: Province
    target: Commune
    principals: list[Principal]
    routes: list[Route]
    theirs: dict[str, list[str]] = field(default_factory=dict)

    def learn(self) -> None:
        """The target's identifiers by kind: what it made, and what its people's lists show them."""
        ids = self.target.ids
        self.theirs = {kind: [value] for kind, value in ids.items()}
        self.theirs |= {"unit_id": [self.target.unit_id], "cycle_id": [self.province.cycle_id]}
        self.theirs["initiative_id"] = [ids[name] for name in ("initiative_id", "decided_id", "dossier_id")]
        self.theirs["session_id"] = [ids["session_id"], ids["decided_session_id"]]
        for route in self.routes:
            prefix, _, name = route.path.rpartition("/")
            kind = name.strip("{}")
            if name.startswith("{") and kind not in self.theirs:
                self.theirs[kind] = self._listed(route.service, prefix)

    def _listed(self, service: str, path: str) -> list[str]:
        found = []
        for person in self.target.people.values():
            answer = person.ask(service, "GET", path)
            items = answer.get_json().get("items", []) if answer.status_code == 200 and answer.is_json else []
            found += [str(item["id"]) for item in items if "id" in item]
        return found[:3]

    @property
    def marks(self) -> set[str]:
        """By which the target is recognised in an answer: its word, and the ids of what it made."""
        return {self.target.word, *(value for kind in self.theirs for value in self.theirs[kind])} - self._shared

    @property
    def _shared(self) -> set[str]:
        """The whole province knows its cycles, its units and its people."""
        return {value for kind in doors.KNOWN_IN_PROVINCE for value in self.theirs.get(kind, [])}

    def attempts(self) -> Iterator[Attempt]:
        """What changes most comes last: repeated requests leave the target's words with those who sent them."""
        for attack, run in ATTACKS.items():
            for principal in self.principals:
                for route in self.routes:
                    for detail, told in run(self, principal, route):
                        name = f"{attack} {detail}".strip()
                        yield Attempt(route.service, str(route), str(principal), principal.relation, name, told)


Tried = Iterator[tuple[str, str]]


def guess_ids(theatre: Theatre, principal: Principal, route: Route) -> Tried:
    """Each identifier in turn theirs, the others the own: the answer is that for an identifier nobody has."""
    if route.is_public or principal.person.role not in route.roles:
        return
    for slot in route.slots():
        if slot.kind in _not_theirs(principal):
            continue
        for value in theatre.theirs.get(slot.kind, []):
            for etag in ('"1"',) if route.method == "GET" else ('"1"', '"2"'):
                yield slot.name, _differs(theatre, principal, route, slot, value, etag)


def _not_theirs(principal: Principal) -> frozenset[str]:
    """A province's cycle is also its other communes'; a commune's units and people also its other authors'."""
    if principal.relation == OTHER_PROVINCE or principal.relation == OPERATOR:
        return frozenset()
    return doors.KNOWN_IN_PROVINCE if principal.relation == SAME_COMMUNE else frozenset({"cycle_id"})


def _differs(theatre: Theatre, principal: Principal, route: Route, slot: Slot, value: str, etag: str) -> str:
    own = {one.name: principal.own[one.kind] for one in route.slots() if one.kind in principal.own}

    def ask(one: str) -> tuple[int, str]:
        return _answer(principal, route, own | {slot.name: one}, slot, If_Match=etag, If_None_Match=etag)

    theirs, nobodys = ask(value), ask(str(uuid4()))
    if found := [mark for mark in theatre.marks - {value} if mark in theirs[1]]:
        return f"{found} in {theirs[0]} {theirs[1][:200]}"
    is_known = principal.relation == SIBLING and slot.kind in doors.KNOWN_IN_PROVINCE
    if theirs == nobodys or (is_known and theirs[0] >= 400) or theirs == ask(str(uuid4())):
        return ""
    return f"{theirs[0]} {theirs[1][:200]} instead of {nobodys[0]} {nobodys[1][:200]}"


def _answer(principal: Principal, route: Route, ids: dict[str, str], slot: Slot, **headers: str) -> tuple[int, str]:
    answer = routes.request(principal.person, route, ids, slot, **headers)
    return answer.status_code, _neutral(plain(answer), ids[slot.name])


def _neutral(text: str, named: str) -> str:
    """Without the identifier that was asked for, and without those made for this answer."""
    text = text.replace(named, "THE-ID")
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "NEW-ID", text)


def look_through(theatre: Theatre, principal: Principal, route: Route) -> Tried:
    """Lists, counts, searches, orders and exports, asked in every way their parameters allow."""
    if not route.is_list or route.is_public or (route.roles and principal.person.role not in route.roles):
        return
    for detail, query in _queries(theatre, route):
        answer = principal.person.ask(route.service, "GET", f"{route.path}{query}")
        yield detail, _found(theatre, answer, query)


def _queries(theatre: Theatre, route: Route) -> Iterator[tuple[str, str]]:
    yield "list", ""
    for parameter in route.queries:
        name, schema = parameter["name"], parameter["schema"]
        if name == "limit":
            yield "list", "?limit=200"
        elif name == "cursor":
            yield from (("cursor", f"?limit=200&cursor={cursor}") for cursor in _cursors(theatre, route))
        elif name == "q":
            yield from (("search", f"?q={word}") for word in (theatre.target.word, theatre.target.code))
        elif routes.is_id(name):
            yield from (("filter", f"?{name}={value}") for value in theatre.theirs.get(routes.kind_of(name), []))
        else:
            yield from (
                ("filter", f"?{name}={value}") for value in schema.get("enum", [route.example(schema, {}, name)])
            )


def _cursors(theatre: Theatre, route: Route) -> list[str]:
    """Those that the target's own people get."""
    found = []
    for person in theatre.target.people.values():
        answer = person.ask(route.service, "GET", f"{route.path}?limit=1")
        if answer.status_code == 200 and answer.get_json().get("next"):
            found.append(answer.get_json()["next"])
    return found[:2]


def _found(theatre: Theatre, answer: TestResponse, asked: str) -> str:
    text = routes.readable(answer)
    found = sorted(mark for mark in theatre.marks if mark in text and mark not in asked)
    return f"{found[:3]} in {answer.status_code}" if found else ""


def borrow_grant(theatre: Theatre, principal: Principal, route: Route) -> Tried:
    """Somebody else's grant is like one that does not exist, at every route that takes one."""
    if route.is_public or not route.roles or principal.person.role not in ("officer", "operator"):
        return
    for lender in (theatre.target.people["officer"], theatre.province.admin):
        borrowed, invented = (_under(principal, route, grant_id) for grant_id in (lender.grant_id, str(uuid4())))
        yield "", "" if borrowed == invented and borrowed[0] == 403 else f"{borrowed} instead of {invented}"


def _under(principal: Principal, route: Route, grant_id: str) -> tuple[int, str]:
    answer = routes.request(principal.person, route, {}, X_Acting_As=grant_id)
    return answer.status_code, _neutral(plain(answer), grant_id)


def repeat_requests(theatre: Theatre, principal: Principal, route: Route) -> Tried:
    """What the target's people sent, word for word and under their keys: no stored answer, nothing of theirs."""
    for record in theatre.world.records:
        if record.service != route.service or record.method != route.method or not _fits(route, record.path):
            continue
        if record.by not in {person.subject for person in theatre.target.people.values()}:
            continue
        answer = principal.person.ask(
            record.service,
            record.method,
            record.path,
            fresh(record.body),
            Idempotency_Key=record.key,
            If_Match=record.etag,
        )
        sent = f"{record.path} {record.body}"
        yield "", "a stored answer" if "Idempotent-Replay" in answer.headers else _found(theatre, answer, sent)


def _fits(route: Route, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route.path), path.split("?")[0]) is not None


def overstep_role(theatre: Theatre, principal: Principal, route: Route) -> Tried:
    """A role that the document does not name is refused, whatever is asked for."""
    if not route.roles or principal.person.role in route.roles:
        return
    answer = routes.request(principal.person, route, principal.own)
    refused = answer.status_code == 403 and answer.get_json()["code"] == "auth.role_not_allowed"
    yield "", "" if refused else f"{answer.status_code} {plain(answer)[:200]}"


def stay_unknown(theatre: Theatre, principal: Principal, route: Route) -> Tried:
    """Without a token nothing but the catalogue answers."""
    if route.is_public or principal.relation != OPERATOR:
        return
    nobody = Person(theatre.world, "", "")
    answer = routes.request(nobody, route, {name: values[0] for name, values in theatre.theirs.items() if values})
    yield "", "" if answer.status_code == 401 else f"{answer.status_code} {plain(answer)[:200]}"


ATTACKS: dict[str, Callable[[Theatre, Principal, Route], Tried]] = {
    "id": guess_ids,
    "look": look_through,
    "grant": borrow_grant,
    "role": overstep_role,
    "no token": stay_unknown,
    "repeat": repeat_requests,
}


def make_theatre(world: World, province: Province, other: Province) -> Theatre:
    """The first commune of the province is the target; its sibling, the other province and the operator try."""
    target, sibling, _ = province.communes.values()
    [far] = other.communes.values()
    principals = [Principal(SIBLING, person, _own(province, sibling)) for person in sibling.people.values()]
    principals += [Principal(OTHER_PROVINCE, person, _own(other, far)) for person in other.people.values()]
    principals.append(Principal(SAME_COMMUNE, target.people["author-2"], {"unit_id": target.unit_id}))
    operator = world.person("operator", next(r.by and _grant(world) for r in world.records))
    operator.role = "operator"
    principals.append(Principal(OPERATOR, operator, {}))
    return Theatre(world, province, target, principals, routes.all_routes(world))


def _grant(world: World) -> str:
    me = world.person("operator").ask("registration", "GET", "/v1/me").get_json()
    return str(me["grants"][0]["id"])


def _own(province: Province, commune: Commune) -> dict[str, str]:
    return commune.ids | {"unit_id": commune.unit_id, "cycle_id": province.cycle_id}
