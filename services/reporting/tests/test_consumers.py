"""Events in whatever order, twice, or late: the figures come out the same, on every level."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from common.events import Event
from reporting.consumers import HANDLERS
from reporting.domain.rollups import RollupSent
from reporting.store import resetting
from sqlalchemy import text

OLD, NEW = "2010-01-01", "2025-07-01"


def _read(database: Any, query: str) -> list[tuple[Any, ...]]:
    with database.admin_engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _contents(database: Any) -> dict[str, list[Any]]:
    """The whole read model."""
    tables = ("unit", "place", "cycle", "initiative", "model", "replication", "commendation", "decision")
    found = {name: sorted(map(str, _read(database, f'SELECT * FROM "{name}"'))) for name in tables}
    counts = {
        name: sorted(map(str, _read(database, f"SELECT * FROM {name} WHERE count <> 0")))
        for name in ("own_count", "level_count")
    }
    return found | counts


def _ensure_right(counters: Any) -> None:
    seen = counters()
    assert seen["levels"] == seen["levels_afresh"]
    assert seen["own"] == seen["own_afresh"]


def test_the_case_is_counted_right_on_every_level(story: Any, the_case: list[str], counters: Any) -> None:
    story.tell(*the_case)
    _ensure_right(counters)
    assert sum(row[-1] for row in counters()["levels"] if row[0] == "/KH/DK/") == 139


@pytest.mark.parametrize("seed", range(5))
def test_order_duplicates_and_batches_change_nothing(
    story: Any, the_case: list[str], counters: Any, database: Any, seed: int
) -> None:
    story.tell(*the_case)
    in_order = _contents(database)
    database.empty()
    shuffled = the_case + the_case[::3]
    random.Random(seed).shuffle(shuffled)  # noqa: S311
    for start in range(0, len(shuffled), 37):
        story.tell(*shuffled[start : start + 37])
    _ensure_right(counters)
    assert _contents(database) == in_order


def test_the_same_version_under_another_event_id_changes_nothing(story: Any, database: Any, counters: Any) -> None:
    story.unit("KH")
    story.tell(*story.life("one", "KH", 2019, "recognised"))
    before = _contents(database)
    story.tell(*story.life("one", "KH", 2019, "recognised"))
    story.tell(story.initiative("one", "KH", 2019, "submitted", 2))
    assert _contents(database) == before
    _ensure_right(counters)


def test_a_unit_that_comes_after_its_initiatives_and_elsewhere_repairs_everything(
    story: Any, counters: Any, database: Any
) -> None:
    story.tell(story.unit("KH"), story.unit("DK", "KH"))
    late = story.unit("DT", "DK")
    story.paths["DT"] = "/KH/XX/DT/"  # What the initiative's event knew is no longer so.
    story.tell(*story.life("one", "DT", 2019, "recognised"), story.model("m", "DT", 2019, 2019, 3))
    assert [row[0] for row in counters()["levels"]] == ["/KH/", "/KH/XX/", "/KH/XX/DT/"]
    story.tell(late)
    assert [row[0] for row in counters()["levels"]] == ["/KH/", "/KH/DK/", "/KH/DK/DT/"]
    _ensure_right(counters)
    assert _read(database, "SELECT scope_path FROM model") == [("/KH/DK/DT/",)]


def test_a_reorganisation_moves_everything_made_under_the_unit(story: Any, counters: Any, database: Any) -> None:
    story.tell(story.unit("KH"), story.unit("DK", "KH"), story.unit("DT", "DK", valid_from=OLD))
    story.tell(*story.life("one", "DT", 2019, "recognised"), *story.life("two", "DK", 2019, "not_recognised"))
    moved = story.unit("DT", "KH", version=2, valid_from=NEW)
    story.tell(moved, *story.life("three", "DT", 2020, "submitted"))
    _ensure_right(counters)
    assert {row[0] for row in counters()["levels"]} == {"/KH/", "/KH/DK/", "/KH/DT/"}
    paths = _read(database, "SELECT version, path, scope_path FROM unit WHERE code = 'DT' ORDER BY version")
    assert paths == [(1, "/KH/DK/DT/", "/KH/DT/"), (2, "/KH/DT/", "/KH/DT/")]
    story.tell(story.unit("DT", "DK", valid_from=OLD))  # The first version once more, after the second.
    assert _read(database, "SELECT DISTINCT scope_path FROM unit WHERE code = 'DT'") == [("/KH/DT/",)]
    _ensure_right(counters)


def test_one_bad_event_is_kept_aside_and_the_others_of_its_batch_count(
    story: Any, database: Any, counters: Any
) -> None:
    story.unit("KH")
    good = [event for name in ("a", "b") for event in story.life(name, "KH", 2019, "submitted")]
    bad = story.initiative("c", "KH", 2019, "submitted", unit_id="nowhere")
    story.tell(good[0], bad, good[1])
    assert _read(database, "SELECT type, attempts FROM dead_letter") == [
        ("vn.sangtao.registration.initiative.submitted.v1", 1)
    ]
    assert _read(database, "SELECT sum(count) FROM level_count") == [(2,)]
    _ensure_right(counters)


def test_a_reset_and_a_replay_build_the_same_figures_and_keep_activities(
    story: Any, the_case: list[str], launch: dict[str, Any], database: Any, app: Any, caller: Any, counters: Any
) -> None:
    story.tell(*the_case)
    who = caller(app, "standing-dk")
    assert who.post("/v1/activities", launch).status_code == 201
    question = "/v1/evaluations?from_year=2019&to_year=2021"
    before, figures = _contents(database), who.get(question).json
    resetting.reset(database.owner_engine)
    assert _read(database, "SELECT count(*) FROM level_count") == [(0,)]
    assert who.get(question).status_code == 404
    review = [event for event in the_case if "sangtao.review" in event]
    registration = [event for event in the_case if "sangtao.review" not in event]
    story.tell(*review, *registration)
    assert _contents(database) == before
    assert who.get(question).json == figures
    assert figures["outreach"] == {"agencies_reached": 97, "villages_reached": 93}
    _ensure_right(counters)


def test_a_batch_costs_the_same_statements_however_many_events(story: Any, database: Any, statements: Any) -> None:
    story.tell(story.unit("KH"), story.unit("DK", "KH"), story.unit("DT", "DK"))
    few = [event for n in range(2) for event in story.life(f"few-{n}", "DT", 2019, "recognised")]
    many = [event for n in range(20) for event in story.life(f"many-{n}", "DT", 2019, "recognised")]
    with statements(database.app_engine) as for_few:
        story.tell(*few)
    with statements(database.app_engine) as for_many:
        story.tell(*many)
    assert len(for_few) == len(for_many) == 9, for_many


def test_two_consumers_at_once_count_nothing_twice(
    story: Any, the_case: list[str], counters: Any, database: Any
) -> None:
    story.tell(*the_case)
    in_order = _contents(database)
    database.empty()
    shuffled = list(the_case)
    random.Random(7).shuffle(shuffled)  # noqa: S311
    batches = [shuffled[start : start + 25] for start in range(0, len(shuffled), 25)]
    with ThreadPoolExecutor(2) as consumers:
        list(consumers.map(lambda batch: story.tell(*batch), batches))
    _ensure_right(counters)
    assert _contents(database) == in_order


def test_two_tenants_are_counted_apart(storyteller: Any, database: Any) -> None:
    for tenant in ("khanh-hoa", "lai-chau"):
        story = storyteller(tenant)
        story.tell(story.unit("T"), *story.life("one", "T", 2019, "recognised"))
    assert _read(database, "SELECT tenant, sum(count) FROM level_count GROUP BY 1 ORDER BY 1") == [
        ("khanh-hoa", 1),
        ("lai-chau", 1),
    ]


def test_a_revoked_grant_stays_revoked_when_its_issue_comes_late(story: Any, database: Any) -> None:
    story.unit("KH")
    story.tell(story.grant("somebody", "officer", "KH", version=2, revoked_at="2024-05-01T02:03:04+00:00"))
    story.tell(story.grant("somebody", "officer", "KH"))
    assert _read(database, "SELECT version, revoked_at IS NOT NULL FROM access_grant") == [(2, True)]


def test_every_handler_is_for_a_versioned_event_of_another_service_or_tenant(story: Any) -> None:
    assert all(name.endswith(".v1") for name in HANDLERS)
    assert [name for name in HANDLERS if name.split(".")[2] == "reporting"] == [RollupSent.type]
    assert {
        Event.from_json(event).type for event in story.life("x", story.paths.setdefault("Y", "Y"), 2019, "recognised")
    } <= set(HANDLERS)
