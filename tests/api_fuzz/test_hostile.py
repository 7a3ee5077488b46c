"""Every route refuses hostile input with a problem that names the field: it never fails, and never takes long."""

import copy
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import hostile
import pytest
from isolation.routes import METHODS, Route

SERVICES = ("registration", "review", "reporting", "notifications")
SECONDS = 5.0


@dataclass(frozen=True)
class Attack:
    """One request: `what` is said where it is not refused as it should be."""

    what: str
    path: str
    query: dict[str, str]
    body: bytes | None
    headers: dict[str, str]


def routes(service: str, target: Any) -> Iterator[Route]:
    document = target.app.test_client().get("/openapi.json").get_json()
    for path, operations in document["paths"].items():
        for method in METHODS:
            if operation := operations.get(method):
                shared = operations.get("parameters", [])
                merged = operation | {"parameters": [*shared, *operation.get("parameters", [])]}
                yield Route(service, method.upper(), path, merged, document)


def address(route: Route, known: dict[str, str], **instead: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: instead.get(name[1]) or known.get(name[1], known["unit_id"]), route.path)


def leaves(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the way to each value of a body and the value itself."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*way, key), part
        yield from leaves(part, (*way, key))


def changed(body: Any, way: tuple[Any, ...], value: Any) -> bytes:
    made = copy.deepcopy(body)
    place = made
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = value
    return json.dumps(made).encode("utf-8", "surrogatepass")


def attacks(route: Route, known: dict[str, str]) -> Iterator[Attack]:
    usual = address(route, known)
    body = route.example(route.body, known) if route.body else None
    sound = json.dumps(body).encode() if body is not None else None
    for name in re.findall(r"\{(\w+)\}", route.path):
        for value in hostile.PATHS:
            yield Attack(f"{name}={value[:20]}", address(route, known, **{name: value}), {}, sound, {})
    for parameter in route.queries:
        values = hostile.CURSORS if parameter["name"] == "cursor" else hostile.QUERIES
        for what, text in values.items():
            yield Attack(f"?{parameter['name']}: {what}", usual, {parameter["name"]: text}, sound, {})
    yield Attack("an unknown parameter", usual, {"khong_co": "1"}, sound, {})
    for what, headers in hostile.HEADERS.items():
        yield Attack(what, usual, {}, sound, headers)
    if body is not None:
        for what, content in hostile.BODIES.items():
            yield Attack(what, usual, {}, content, {})
        for way, value in leaves(body):
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            for what, bad in (hostile.NUMBERS if is_number else hostile.TEXTS).items():
                yield Attack(f"{'/'.join(map(str, way))}: {what}", usual, {}, changed(body, way, bad), {})


def fault(route: Route, attack: Attack, target: Any) -> str:
    """Send it; return what is wrong with the answer, or nothing."""
    query = "&".join(f"{name}={quote(value)}" for name, value in attack.query.items())
    headers = {"If-Match": '"1"'} | target.headers(list(route.roles)) | attack.headers
    content = {"data": attack.body, "content_type": "application/json"} if attack.body is not None else {}
    began = time.perf_counter()
    with target.app.test_client() as client:
        answer = client.open(f"{attack.path}?{query}", method=route.method, headers=headers, **content)
    said = f"{route}, {attack.what}: {answer.status_code} {answer.get_data()[:200]!r}"
    if time.perf_counter() - began > SECONDS:
        return f"slow: {said}"
    if answer.status_code >= 500:
        return said
    if answer.status_code >= 400 and answer.mimetype != "application/problem+json":
        return f"no problem+json: {said}"
    if answer.status_code == 422 and answer.json["code"] == "request.invalid" and not answer.json["errors"]:
        return f"no field named: {said}"
    if attack.what == "an unknown parameter" and answer.status_code < 400:
        return f"not refused: {said}"
    return ""


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_refuses_hostile_input(service: str, targets: dict[str, Any]) -> None:
    target, tried = targets[service], 0
    faults = []
    for route in routes(service, target):
        for attack in attacks(route, target.known):
            tried += 1
            if found := fault(route, attack, target):
                faults.append(found)
    assert tried > 100
    assert faults == [], f"{len(faults)} of {tried}:\n" + "\n".join(faults[:40])
