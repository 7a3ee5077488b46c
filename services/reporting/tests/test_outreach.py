"""What launches reached: nothing counts twice, and a reorganisation neither adds nor takes anything."""

from datetime import date
from uuid import NAMESPACE_URL, uuid5

import pytest
from reporting.domain.outreach import Launch, Stand, reached

BEGINNING, REFORM = date(2010, 1, 1), date(2025, 7, 1)
HEIR = "/KH/N/"


def launch(path: str, agencies: int, year: int = 2024, *, villages: int = 0, heir: str = "", since: date = REFORM,
           began: date = BEGINNING) -> Launch:  # fmt: skip
    """Of the unit at that path, which with `heir` ended later."""
    own = Stand(began, path)
    stands = (Stand(since, heir, ended=True), own) if heir else (own,)
    return Launch(uuid5(NAMESPACE_URL, path), date(year, 9, 1), agencies, villages, stands)


def agencies(*launches: Launch) -> int:
    assert reached(launches) == reached(reversed(launches))
    return reached(launches)["agencies_reached"]


def test_launches_of_one_unit_reach_the_same_bodies_those_of_its_parts_others() -> None:
    assert reached([]) == {"agencies_reached": 0, "villages_reached": 0}
    assert reached([launch("/KH/DK/", 97, villages=93)]) == {"agencies_reached": 97, "villages_reached": 93}
    assert agencies(launch("/KH/DK/", 5), launch("/KH/DK/", 7, 2026), launch("/KH/DK/", 6, 2026)) == 7
    parts = [
        launch("/KH/DK/", 97, villages=0),
        launch("/KH/DK/DT/", 10, villages=60),
        launch("/KH/DK/DA/", 5, villages=40),
        launch("/KH/NH/", 80, villages=70),
    ]
    assert reached(parts) == {"agencies_reached": 177, "villages_reached": 170}


BEFORE = (launch("/KH/DK/", 12, heir=HEIR), launch("/KH/DK/X/", 10, heir=HEIR), launch("/KH/DK/Y/", 5, heir="/KH/Z/"))


@pytest.mark.parametrize(("of_heir", "of_both", "of_all"), [(3, 12, 15), (12, 12, 15), (20, 20, 23)])
def test_an_heir_reaches_what_those_it_took_in_had_reached_and_only_more_is_more(
    of_heir: int, of_both: int, of_all: int
) -> None:
    """N takes in the district DK and its commune X: a launch of N before that reached other bodies."""
    assert agencies(*BEFORE) == 15
    since = launch(HEIR, of_heir, 2026, began=REFORM)
    assert agencies(*BEFORE[:2], since) == of_both
    assert agencies(*BEFORE, since) == of_all
    assert agencies(*BEFORE[:2], launch(HEIR, of_heir, 2024)) == 12 + of_heir


def test_a_unit_that_goes_on_after_taking_others_in_is_compared_with_all_of_them() -> None:
    own, other = launch("/KH/Y/", 5), launch("/KH/X/", 10, heir="/KH/Y/")
    assert agencies(own, other) == 15
    assert agencies(own, other, launch("/KH/Y/", 18, 2026)) == 18
    assert agencies(own, other, launch("/KH/Y/", 14, 2026), launch("/KH/Y/", 17, 2027)) == 17
    assert agencies(own, launch("/NT/", 10, heir="/KH/Y/"), launch("/KH/", 16, 2026)) == 16
    assert agencies(launch("/KH/Y/", 8, 2026), other) == 10


def test_bodies_that_nobody_had_reached_before_the_merger_are_more() -> None:
    assert agencies(launch("/KH/NH/", 80, heir="/KH/Z/"), *BEFORE[:2], launch("/KH/Z/", 20, 2026, began=REFORM)) == 92
    assert agencies(launch("/KH/A/", 30), launch("/KH/B/", 7, 2026)) == 37


def test_a_unit_that_moves_reaches_once_what_it_had_reached_elsewhere() -> None:
    moved = (Stand(REFORM, "/KH/X/"), Stand(BEGINNING, "/KH/DK/X/"))
    of_x = [
        Launch(uuid5(NAMESPACE_URL, "x"), date(year, 9, 1), number, 0, moved)
        for year, number in ((2024, 10), (2026, 12))
    ]
    assert agencies(*of_x) == 12
    assert agencies(launch("/KH/DK/", 97), *of_x) == 97


def test_an_ended_units_own_place_holds_also_for_a_launch_after_its_end() -> None:
    assert launch("/KH/X/", 1, 2026, heir=HEIR).path == "/KH/X/"
    assert agencies(launch("/KH/X/", 4, 2026, heir=HEIR), launch("/KH/Y/", 6, heir=HEIR)) == 10


def test_a_reorganisation_that_was_undone_has_never_been() -> None:
    undone = (Stand(BEGINNING, "/KH/X/"), Stand(REFORM, HEIR, ended=True), Stand(BEGINNING, "/KH/X/"))
    of_x = Launch(uuid5(NAMESPACE_URL, "x"), date(2024, 9, 1), 10, 0, undone)
    assert agencies(of_x, launch(HEIR, 12, 2026, began=REFORM)) == 22
