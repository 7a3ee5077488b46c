"""What stands for the country: nothing twice, nothing lost, whoever merges with whom and whenever they send."""

from datetime import UTC, datetime
from typing import Any

import pytest
from reporting.domain import national, rollups
from reporting.domain.figures import Span
from reporting.domain.national import Province, Received

YEAR = range(2024, 2025)


def on(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def given(province: str, day: int, registered: int = 1, *, year: int = 2024, **figures: Any) -> Received:
    whole: dict[str, Any] = {"registered": registered, "recognised": None, "by_status": {"submitted": registered}}
    whole |= {f"by_{name}": {} for name in ("content", "field", "affiliation")}
    whole |= {"models": [], "replications": [], "commendations": [], "outreach": dict.fromkeys(national.OUTREACH, 0)}
    return Received(province, year, 1, on(day), whole | figures)


def provinces(**merged: tuple[str, int]) -> dict[str, Province]:
    """a, b and c; `a=("b", 5)`: a became part of b on the 5th."""
    found = {code: Province(code, code.upper()) for code in "abc"}
    for code, (heir, day) in merged.items():
        found[code] = Province(code, code.upper(), "merged", heir, on(day))
    return found


def stands(rows: list[Received], known: dict[str, Province]) -> set[str]:
    return {one.province for one in national.holding(rows, known, YEAR)}


@pytest.mark.parametrize(
    ("drawn", "standing"),
    [({"a": 1, "b": 2}, "ab"), ({"a": 1}, "a"), ({"a": 1, "b": 6}, "b"), ({"a": 1, "b": 5}, "ab"), ({"b": 6}, "b")],
)
def test_a_merged_provinces_stands_until_its_heir_has_drawn_again(drawn: dict[str, int], standing: str) -> None:
    rows = [given(code, day) for code, day in drawn.items()]
    assert stands(rows, provinces(a=("b", 5))) == set(standing)


@pytest.mark.parametrize(
    ("drawn", "standing"),
    [
        ({"a": 1, "b": 2, "c": 3}, "abc"),
        ({"a": 1, "b": 6, "c": 3}, "bc"),  # b's holds a's.
        ({"a": 1, "b": 6, "c": 7}, "bc"),  # c drew before b was its own.
        ({"a": 1, "b": 2, "c": 11}, "c"),  # c's holds both, though b never drew a's.
        ({"a": 1, "c": 11}, "c"),
        ({"a": 1, "c": 7}, "ac"),
    ],
)
def test_two_mergers_in_a_row(drawn: dict[str, int], standing: str) -> None:
    rows = [given(code, day) for code, day in drawn.items()]
    assert stands(rows, provinces(a=("b", 5), b=("c", 10))) == set(standing)
    assert national.today("a", provinces(a=("b", 5), b=("c", 10))) == "c"


def test_provinces_that_were_never_told_of_stand_for_themselves() -> None:
    assert stands([given("x", 1), given("a", 2)], {}) == {"a", "x"}
    assert list(national.heirs("a", provinces(a=("b", 5), b=("a", 6)))) == [("b", on(5))]


def test_another_year_of_the_heir_takes_nothing_away() -> None:
    rows = [given("a", 1), given("b", 6, year=2023)]
    found = national.national(rows, provinces(a=("b", 5)), Span(2023, 2024))
    assert [(one["year"], one["registered"], one["sent"]) for one in found["years"]] == [(2023, 1, 1), (2024, 1, 1)]
    [line] = [one for one in found["provinces"] if one["province"] == "b"]
    assert ([one["province"] for one in line["sent"]], line["missing"]) == (["b", "a"], [2024])
    assert [one["province"] for one in found["provinces"]] == ["b", "c"]


def model(quantity: int, first: int = 2023, last: int = 2024) -> dict[str, Any]:
    return {"models": [{"from_year": first, "to_year": last, "quantity": quantity}]}


def quantity(rows: list[Received], known: dict[str, Province]) -> int:
    found = national.lasting(rows, known, Span(2023, 2024), "models")
    assert len(found) <= 1
    return sum(one["quantity"] for one in found)


def test_what_lasts_several_years_counts_once_as_it_was_told_last() -> None:
    known = provinces()
    assert quantity([given("a", 1, year=2023, **model(3)), given("a", 2, **model(4))], known) == 4
    assert quantity([given("a", 9, year=2023, **model(3)), given("a", 2, **model(4))], known) == 3
    assert quantity([given("a", 1, year=2023, **model(3)), given("b", 2, **model(4))], known) == 7
    assert quantity([given("a", 1, year=2023, **model(3)), given("a", 2)], known) == 0  # Corrected since.


def test_what_lasts_is_neither_lost_nor_doubled_by_a_merger() -> None:
    known = provinces(a=("b", 5))
    of_both = [given("a", 1, year=2023, **model(3)), given("b", 1, year=2023, **model(5))]
    assert quantity(of_both, known) == 8
    assert quantity([*of_both, given("b", 2, **model(5))], known) == 8  # Drawn before the merger.
    assert quantity([*of_both, given("b", 6, **model(8))], known) == 8


def test_a_province_that_leaves_is_not_waited_for() -> None:
    known = provinces() | {"c": Province("c", "C", "closing"), "b": Province("b", "B", "suspended")}
    lines = national.national([], known, Span(2024, 2024))["provinces"]
    assert [(one["province"], one["missing"]) for one in lines] == [("a", [2024]), ("b", [2024])]
    [_, _, left] = national.national([given("c", 1)], known, Span(2024, 2024))["provinces"]
    assert (left["province"], left["registered"]) == ("c", 1)


def test_rates_are_of_what_is_decided() -> None:
    rows = [given("a", 1, 10, recognised=4, by_status={"recognised": 4, "not_recognised": 1}), given("b", 1, 30)]
    found = national.national(rows, provinces(), Span(2024, 2024))
    assert found["totals"] == {
        "registered": 40, "recognised": 4, "undecided": 35, "recognition_rate_percent": 80.0,
    }  # fmt: skip
    assert [one["recognised"] for one in found["provinces"]] == [4, None, None]


def test_breakdowns_add_up_most_registered_first() -> None:
    first = {"by_content": {"production": {"registered": 1, "recognised": 1}}}
    second = {"by_content": {w: {"registered": 2, "recognised": 0} for w in ("production", "armed_forces")}}
    found = national.national([given("a", 1, **first), given("b", 1, **second)], provinces(), Span(2024, 2024))
    assert list(found["by_content"].items()) == [
        ("production", {"registered": 3, "recognised": 1}),
        ("armed_forces", {"registered": 2, "recognised": 0}),
    ]


def test_changes_name_each_figure() -> None:
    before = given("a", 1, 3, **model(2)).figures
    after = given("a", 1, 4, recognised=1, **model(2, 2024)).figures
    assert [(one.figure, one.before, one.after) for one in rollups.changes(before, after)] == [
        (("registered",), 3, 4),
        (("recognised",), None, 1),
        (("by_status", "submitted"), 3, 4),
        (("models", "2024", "2024", "quantity"), None, 2),
        (("models", "2023", "2024", "quantity"), 2, None),
    ]
    assert rollups.changes(after, after) == []
