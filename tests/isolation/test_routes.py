"""Every route and every event type, new ones by being there: people of two provinces and of three communes."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

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
