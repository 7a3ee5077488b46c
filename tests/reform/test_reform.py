"""`make reform`, the small one: Khánh Hòa and Ninh Thuận with the real case, every service listening."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from local.platform import Platform
from local.ports import free_base
from registration.country.editions import provinces
from sqlalchemy import text

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "examples" / "vietnam"))


@pytest.mark.timeout(900)
def test_two_provinces_become_one_and_every_total_stays(tmp_path: Path) -> None:
    from reform import opened, run
    from totals import differences

    lines: list[str] = []
    platform = Platform(tmp_path / "state", free_base())
    with platform, opened(platform, frozenset({"56", "58"}), lines.append) as country:
        assert run(country, 1000), "\n".join(lines)
        # The same dossiers each time: 977 of the thousand are no drafts, and the real case has 139.
        assert any("national: 1116 dossiers handed in" in line for line in lines), "\n".join(lines)
        before = country.readings.own("registration")
        with country.readings.everything["registration"].begin() as connection:
            connection.execute(
                text("UPDATE initiative SET year = year + 1 WHERE id = (SELECT min(id) FROM initiative)")
            )
        assert differences(before, country.readings.own("registration")), "a dossier that changes is noticed"
    platform.discard()


def test_a_total_that_differs_is_named() -> None:
    from totals import by_path, differences

    one, other = Counter({(2019, "submitted"): 2}), Counter({(2019, "submitted"): 1})
    assert differences({"a": one, "b": Counter()}, {"a": one}) == []
    assert differences({"a": one}, {"a": other}) == ["a: 2 wanted, 1 found"]
    assert differences({"a": one}, {}) == ["a: 2 wanted, 0 found"]
    assert differences({}, {"a": one}) == ["a: 0 wanted, 2 found"]
    # The commune's code may be the old one's: only the whole path tells that a dossier has moved.
    assert by_path({"/56/22651/DK-MT/": one}) == {"56": one, "22651": one}
    assert by_path({"/56/574/22651/": one}) == {"56": one}


def test_there_are_as_many_dossiers_as_asked_for_and_none_in_dien_khanh() -> None:
    from generated import Generator, shares

    made = [Generator(one, "issuer", without=["574"]) for one in provinces("2024")]
    assert sum(one.makers for one in made) == 10_035 + 5 - 17
    for count in (1_000, 100_000):
        assert sum(shares(made, count)) == count
