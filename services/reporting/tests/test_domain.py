"""The rules behind the figures, without a database."""

from collections import Counter
from datetime import date
from uuid import UUID, uuid4

import pytest
from common.errors import Invalid, Stale
from hypothesis import given
from hypothesis import strategies as st
from reporting.domain import counting, figures, tree
from reporting.domain.activities import Activity, Reach
from reporting.domain.facts import Initiative, recipients
from reporting.domain.figures import Count, Span

YEARS = Span(2019, 2021)


def test_rates_are_rounded_half_up_to_one_decimal() -> None:
    assert figures.rate_percent(20, 48) == 41.7
    assert figures.rate_percent(21, 46) == 45.7
    assert figures.rate_percent(1, 16) == 6.3  # 6.25: half-even would say 6.2
    assert figures.rate_percent(0, 3) == 0.0
    assert figures.rate_percent(0, 0) is None


@pytest.mark.parametrize(("first", "last", "code"), [(2021, 2019, "span.reversed"), (2000, 2020, "span.too_long")])
def test_an_impossible_span_is_refused(first: int, last: int, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        Span(first, last)


def test_a_year_that_nothing_was_decided_of_has_no_recognised_not_zero() -> None:
    counts = [Count(2019, "not_recognised", 3), Count(2021, "under_review", 2), Count(2021, "withdrawn", 5)]
    years = figures.yearly(counts, YEARS)
    assert [(year.registered, year.recognised, year.recognition_rate_percent) for year in years] == [
        (3, 0, 0.0),
        (0, None, None),
        (2, None, None),
    ]


def test_an_open_year_does_not_lower_the_rate_of_the_whole() -> None:
    counts = [Count(2019, "recognised", 1), Count(2019, "not_recognised", 1), Count(2020, "submitted", 8)]
    totals = figures.totals(counts)
    assert totals == {
        "registered": 10, "recognised": 1, "not_recognised": 1, "in_progress": 8, "recognition_rate_percent": 50.0,
    }  # fmt: skip


def test_one_decided_dossier_does_not_decide_its_year() -> None:
    """45 open dossiers of 2021 and one recognised: all that was decided was recognised, and 45 still wait."""
    counts = [
        *(Count(2019, status, count) for status, count in (("recognised", 20), ("not_recognised", 28))),
        *(Count(2020, status, count) for status, count in (("recognised", 21), ("not_recognised", 25))),
        Count(2021, "under_review", 45), Count(2021, "recognised", 1), Count(2021, "withdrawn", 3),
    ]  # fmt: skip
    years = figures.yearly(counts, YEARS)
    assert [(year.recognition_rate_percent, year.undecided) for year in years if year.registered] == [
        (41.7, 0), (45.7, 0), (100.0, 45),
    ]  # fmt: skip
    assert figures.totals(counts) == {
        "registered": 140, "recognised": 42, "not_recognised": 53, "in_progress": 45, "recognition_rate_percent": 44.2,
    }  # fmt: skip


def test_replicated_models_are_part_of_the_total() -> None:
    found = figures.models([(2019, 2020, 61)], [(2019, 5), (2019, 7)])
    assert found == {"years": [2019, 2020], "total": 61, "replicated_by_origin_year": {"2019": 12}}
    assert figures.models([], []) == {"years": [], "total": 0, "replicated_by_origin_year": {}}


def test_recipients_are_counted_whole_and_by_the_parts_that_are_named() -> None:
    told = [{"kind": "individual", "group": "movement", "count": 419, "of_which": {"leaders": 22}}]
    assert [(line.of_which, line.count) for line in recipients(told)] == [("", 419), ("leaders", 22)]
    with pytest.raises(ValueError, match="unknown kind"):
        recipients([{"kind": "ghost", "group": "x", "count": 1, "of_which": {}}])


def test_paths_name_every_level_above() -> None:
    assert tree.levels("/KH/DK/DT/") == ["/KH/", "/KH/DK/", "/KH/DK/DT/"]
    assert (tree.parent("/KH/DK/"), tree.parent("/KH/")) == ("/KH/", "/")
    assert tree.code("/KH/DK/") == "DK"
    assert tree.part_of("/KH/", "/KH/DK/DT/") == "/KH/DK/"
    assert tree.part_of("/KH/", "/KH/") == "/KH/"


UNITS = [UUID(int=n) for n in range(4)]
PLACES = dict(zip(UNITS, ["/KH/", "/KH/DK/", "/KH/DK/DT/", "/KH/NH/"], strict=True))
states = st.builds(
    Initiative,
    id=st.sampled_from([UUID(int=100 + n) for n in range(5)]),
    version=st.integers(1, 6),
    unit_id=st.sampled_from(UNITS),
    scope_path=st.just("/"),
    year=st.sampled_from([2019, 2020]),
    status=st.sampled_from(["submitted", "recognised", "withdrawn"]),
    content=st.just("production"),
    field=st.just("economy"),
    affiliation=st.just("other_agency"),
)


@given(st.lists(states, max_size=30), st.randoms())
def test_counters_follow_the_newest_states_in_whatever_batches_they_come(
    told: list[Initiative], random: object
) -> None:
    by_version = {(one.id, one.version): one for one in told}
    told = list(by_version.values())
    random.shuffle(told)  # type: ignore[attr-defined]
    known: dict[UUID, Initiative] = {}
    own: counting.OwnCounts = Counter()
    for batch in (told[:7], told[7:20], told[20:], told):
        newer = [
            one for one in counting.newest(batch).values()
            if one.id not in known or known[one.id].version < one.version
        ]  # fmt: skip
        own.update(counting.changes(known, newer))
        known.update({one.id: one for one in newer})
    afresh = Counter((one.home, counting.cell_of(one)) for one in counting.newest(told).values())
    assert +own == afresh
    assert all(count >= 0 for count in own.values())
    roots = [count for (path, _), count in counting.on_every_level(afresh, PLACES).items() if path == "/KH/"]
    assert sum(roots) == len(known)


def test_a_move_takes_from_the_old_levels_what_it_gives_the_new() -> None:
    initiative = Initiative(uuid4(), 1, UNITS[2], "/", 2019, "recognised", "production", "economy", "other_agency")
    own = counting.changes({}, [initiative])
    changes = counting.moved(own, {UNITS[2]: "/KH/DK/DT/"}, {UNITS[2]: "/KH/DT/"})
    assert {path: count for (path, _), count in changes.items()} == {"/KH/DK/": -1, "/KH/DK/DT/": -1, "/KH/DT/": 1}


def _activity(**values: object) -> Activity:
    day = date(2019, 6, 17)
    known = {"id": uuid4(), "kind": "launch", "title": "Phát động", "form": "conference", "unit_id": uuid4()}
    dates = {"scope_path": "/KH/", "from_date": day, "to_date": day, "reach": Reach(97, 93)}
    return Activity(**known | dates | values)  # type: ignore[arg-type]


def test_an_activity_cannot_end_before_it_begins() -> None:
    with pytest.raises(Invalid, match="dates_reversed"):
        _activity(to_date=date(2019, 6, 16)).recorded()


def test_a_correction_needs_the_newest_version() -> None:
    activity = _activity()
    assert activity.revise(1, reach=Reach(98, 93)).version == 2
    with pytest.raises(Stale):
        activity.revise(1, reach=Reach(99, 93))
