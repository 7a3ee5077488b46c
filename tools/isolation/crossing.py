"""Events that name what another tenant has, and what one tenant's life changes in what others are shown."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from common.events import Event

from isolation import routes
from isolation.attacks import OTHER_PROVINCE, Principal, Theatre
from isolation.provinces import Commune
from isolation.world import World, plain

CONTRACTS = Path(__file__).parents[2] / "services"
LATE = 1_000_000  # A version that is newer than anything there.
_NOW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(\+00:00|Z)")  # When an answer was made is in some.
Shown = dict[tuple[str, str, str], str]


def shown(theatre: Theatre, principals: list[Principal]) -> Shown:
    """Everything that lists, figures and exports show to these people, with the tags of the answers."""
    found = {}
    for principal in principals:
        for route in theatre.routes:
            if route.is_list and not route.is_public and principal.person.role in route.roles:
                answer = principal.person.ask(route.service, "GET", route.path)
                text = plain(answer) if answer.is_json else routes.readable(answer)
                told = f"{answer.status_code} {answer.headers.get('ETag')} {_NOW.sub('NOW', text)}"
                found[str(principal), route.service, str(route)] = told
    return found


def contracts() -> dict[str, dict[str, Any]]:
    """Every event type's schema."""
    paths = sorted(CONTRACTS.glob("*/contracts/*.json"))
    return {path.stem: json.loads(path.read_text("utf-8")) for path in paths}


def forged(tenant: str, theirs: dict[str, list[str]], event_type: str, schema: dict[str, Any]) -> Iterator[str]:
    """Events of a tenant that name what is another's: for each of the ids that the other has of a kind."""
    for number in range(3):
        for example in schema["examples"]:
            data = {name: _taken(name, value, theirs, number) for name, value in example.items()}
            if "version" in data:
                data["version"] = LATE + number
            subject = next((value for name, value in data.items() if name.endswith("_id")), str(uuid4()))
            service = event_type.split(".")[2]
            yield Event(event_type, f"/{service}", tenant, str(subject), LATE + number, data).to_json()


def _taken(name: str, value: Any, theirs: dict[str, list[str]], number: int) -> Any:
    if isinstance(value, list):
        return [_taken(name, one, theirs, number) for one in value]
    if not routes.is_id(name) or not _is_uuid(value):
        return value
    values = theirs.get(routes.kind_of(name)) or [value]
    return values[number % len(values)]


def _is_uuid(value: Any) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


def deliver(world: World, bodies: list[str]) -> None:
    """To every consumer, and all that follows from it."""
    for consumer in world.consumers.values():
        consumer.receive(list(bodies))
    world.settle()


def given(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, set[str]]:
    """The centre's rows that have come or changed, by service and table."""
    return {name: rows - before[name] for name, rows in after.items() if rows != before[name]}


def strangers(theatre: Theatre) -> list[Principal]:
    return [principal for principal in theatre.principals if principal.relation == OTHER_PROVINCE]


def telltale_attributes(world: World, communes: list[Commune]) -> list[str]:
    """Events whose attributes or routing key say anything of what people wrote or are called."""
    words = {word for commune in communes for word in (commune.word, *commune.names)}
    found = []
    for routing_key, body in world.events:
        envelope = json.loads(body)
        expected = f"{envelope['type']}.{envelope['tenant']}"
        data = envelope.pop("data")
        attributes = json.dumps(envelope, ensure_ascii=False) + routing_key
        if routing_key != expected or any(word in attributes for word in words) or "@" in attributes:
            found.append(f"{routing_key}: {envelope} of {sorted(data)}")
    return found


def events_with_names(world: World, communes: list[Commune]) -> set[str]:
    """Types of events that carry people's names or addresses."""
    names = {name for commune in communes for name in commune.names}
    return {json.loads(body)["type"] for _, body in world.events if any(name in body for name in names)}
