"""Every route and every event type, new ones by being there: people of two provinces and of three communes."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from common import logs
from common.centre import CENTRE
from isolation import attacks, crossing, databases, doors, predicates, provinces
from isolation.world import World, open_world

pytestmark = pytest.mark.timeout(900)


@dataclass
class Play:
    """The theatre, what strangers were shown before and after the target lived its year, and what was logged."""

    theatre: attacks.Theatre
    communes: list[provinces.Commune]
    before: crossing.Shown
    after: crossing.Shown
    log: io.StringIO

    @property
    def world(self) -> World:
        return self.theatre.world


@pytest.fixture(scope="module", autouse=True)
def _every_statement_names_its_tenant() -> Iterator[None]:
    """The code's own net, beside the policies: in whatever request or event runs the statement."""
    predicates.watch()
    yield
    predicates.stop()


@pytest.fixture(scope="module")
def world(postgres: str, issuer: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        databases.scratch(postgres, "routes") as made,
        open_world(made, issuer.url, issuer.token, tmp_path_factory.mktemp("files")) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def play(world: World) -> Iterator[Play]:
    """The target lives its year last: strangers and siblings were shown everything before."""
    log = io.StringIO()
    with redirect_stdout(log):
        logs.configure("test", "test", "INFO")
    province = provinces.found_province(world, "khanh-hoa", ("XA", "XB", "XC"))
    other = provinces.found_province(world, "lai-chau", ("XA",))
    for place in (province, other):
        for commune in place.communes.values():
            provinces.people_of(place, commune)
    target, sibling, _ = province.communes.values()
    provinces.live_a_year(province, sibling)
    provinces.live_a_year(other, *other.communes.values())
    theatre = attacks.make_theatre(world, province, other)
    outside = [one for one in theatre.principals if one.relation != attacks.SAME_COMMUNE]
    world.settle()
    before = crossing.shown(theatre, outside)
    provinces.live_a_year(province, target)
    theatre.learn()
    yield Play(theatre, [target, sibling, *other.communes.values()], before, crossing.shown(theatre, outside), log)
    logs.configure("test", "test", "WARNING")


def test_what_others_do_changes_nothing_of_what_one_is_shown(play: Play) -> None:
    """Lists, counts, figures, exports and tags of siblings and strangers, before and after a commune's whole year."""
    assert len(play.before) > 100
    changed = {asked for asked, answer in play.before.items() if play.after[asked] != answer}
    assert changed == set()


def test_every_identifier_of_a_path_is_tried(play: Play) -> None:
    """A new kind of thing has to be made in isolation/provinces.py, or nothing of it would be tried."""
    wanted = {slot.kind for route in play.theatre.routes for slot in route.slots() if slot.where == "path"}
    assert {kind for kind in wanted if not play.theatre.theirs.get(kind)} == set(doors.UNTRIED)


def test_not_yours_is_like_not_there_on_every_route(play: Play, isolation_report: Callable[[str, Any], None]) -> None:
    theirs = "to_jsonb(t)::text ~ '" + "|".join(sorted(play.theatre.marks - {play.theatre.target.word})) + "'"
    before = play.world.rows(theirs)
    tried = list(play.theatre.attempts())
    isolation_report("routes", tried)
    assert {f"{one.route} by {one.principal}: {one.attack}: {one.told}" for one in tried if one.is_leak} == set()
    kinds = Counter(one.attack.split()[0] for one in tried)
    assert all(kinds[name] > 50 for name in ("id", "look", "grant", "role", "repeat", "no")), kinds
    assert {str(route) for route in play.theatre.routes if not route.is_public} <= {one.route for one in tried}
    after = play.world.rows(theirs)
    assert {name: rows - after[name] for name, rows in before.items() if not rows <= after[name]} == {}


def test_an_event_touches_its_own_tenant_only(play: Play) -> None:
    """Of every type, naming what another tenant has; versions newer than anything there."""
    everything_else, centre = f"tenant NOT IN ('lai-chau', '{CENTRE}')", f"tenant = '{CENTRE}'"
    play.world.settle()
    before, seen = play.world.rows(everything_else), 0
    before_at_centre = play.world.rows(centre)
    for event_type, schema in crossing.contracts().items():
        bodies = list(crossing.forged("lai-chau", play.theatre.theirs, event_type, schema))
        crossing.deliver(play.world, bodies)
        assert play.world.rows(everything_else) == before, event_type
        seen += len(bodies)
    assert seen >= 60
    given = crossing.given(before_at_centre, play.world.rows(centre))
    assert {"reporting.received_rollup"} <= set(given) <= set(doors.GIVEN_TO_THE_CENTRE)
    assert {row for rows in given.values() for row in rows if '"province": "lai-chau"' not in row} == set()


def test_attributes_and_routing_keys_say_nothing_of_anybody(play: Play) -> None:
    assert len(play.world.events) > 100
    assert crossing.telltale_attributes(play.world, play.communes) == []
    assert crossing.events_with_names(play.world, play.communes) == set(doors.EVENTS_WITH_NAMES)


def test_metrics_and_logs_hold_neither_texts_nor_names(play: Play) -> None:
    told = play.log.getvalue()
    assert told.count('"event": "request"') > 300
    for app in play.world.apps.values():
        metrics = app.test_client().get("/metrics").get_data(as_text=True)
        assert "http_requests_total" in metrics
        told += metrics
    words = {word for commune in play.communes for word in (commune.word, *commune.names)}
    assert {word for word in words if word in told} == set()


# Lists of which the theatre has one row at most for everybody who may ask.
SHORT = {
    "GET /v1/settings/versions", "GET /v1/rollups", "GET /v1/recommended", "GET /v1/delegations",
    "GET /v1/reorganisations/{reorganisation_id}/dossiers",
}  # fmt: skip


def test_every_list_is_walked_to_its_end(play: Play) -> None:
    """A row at a time: nothing is lost or comes twice, also where rows are equal in what they are sorted by."""
    _another_cycle_of_the_year(play.theatre.province)
    lists = [route for route in play.theatre.routes if route.takes("cursor")]
    assert len(lists) > 20
    rows = {str(one): max(_walk_the_longest(play, one, path) for path in _paths(play, one.path)) for one in lists}
    short = {name for name, count in rows.items() if count < 2}
    assert sorted(short - SHORT) == [], "lists that were not really walked"


def _another_cycle_of_the_year(province: provinces.Province) -> None:
    ends = ("opens_on", "registration_closes_on", "endorsement_closes_on", "review_closes_on")
    [cycle] = province.admin.ask("registration", "GET", "/v1/cycles").json["items"]
    body = {name: cycle[name] for name in ("year", "name", *ends)}
    province.admin.post(
        "registration", "/v1/cycles", body | {"unit_id": next(iter(province.communes.values())).unit_id}
    )


def _paths(play: Play, path: str) -> list[str]:
    """The path with each identifier that the target has of the kind that it takes."""
    found = re.search(r"\{(\w+)\}", path)
    return [path.replace(found[0], id_) for id_ in play.theatre.theirs[found[1]]] if found else [path]


def _walk_the_longest(play: Play, route: Any, path: str) -> int:
    """Walk what the person sees who sees most; return how many rows that is."""
    everybody = [*(one.person for one in play.theatre.principals), *play.theatre.province.people.values()]
    asking = [person for person in everybody if person.role in route.roles or route.is_public]
    seen = {person.subject: _items(person, route, f"{path}?limit=200")[0] for person in asking}
    person = max(asking, key=lambda one: len(seen[one.subject]))
    whole, walked, cursor = seen[person.subject], list[Any](), ""
    for _ in range(len(whole) + 1):
        items, cursor = _items(person, route, f"{path}?limit=1{cursor and '&cursor=' + quote(cursor)}")
        walked += items
        if not cursor:
            break
    assert walked == whole, str(route)
    return len(whole)


def _items(person: Any, route: Any, path: str) -> tuple[list[Any], str]:
    answer = person.ask(route.service, "GET", path)
    if answer.status_code in (403, 404):
        return [], ""
    assert answer.status_code == 200, f"{path}: {answer.get_data(as_text=True)}"
    return answer.json["items"], answer.json["next"] or ""
