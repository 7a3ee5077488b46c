"""What the maintained data of the country holds: counts pinned, every old unit mapped, every new one reached."""

from collections import Counter

from registration.country.editions import editions, is_imported, place_id, places, provinces
from registration.country.files import codes
from registration.country.succession import going_on, predecessors, successors
from registration.domain.vocabulary import Level


def counts(edition: str) -> dict[Level, int]:
    return dict(Counter(place.level for place in places(edition).values()))


def test_each_edition_has_the_units_the_law_counts() -> None:
    assert counts("2024") == {Level.PROVINCE: 63, Level.DISTRICT: 696, Level.COMMUNE: 10_035}
    assert counts("2025") == {Level.PROVINCE: 34, Level.COMMUNE: 3_321}


def test_editions_follow_each_other_without_gap() -> None:
    before, after = editions().values()
    assert before.valid_to is not None
    assert (after.valid_from - before.valid_to).days == 1
    assert after.valid_to is None


def test_every_unit_is_below_one_of_the_next_level() -> None:
    for edition, levels in (("2024", [2, 3, 5]), ("2025", [2, 5])):
        above = dict(zip(levels[1:], levels, strict=False))
        for place in places(edition).values():
            assert len(place.parent) == above.get(len(place.code), 0), place
            assert not place.parent or place.parent in places(edition), place


def test_five_districts_have_no_commune_and_are_mapped_themselves() -> None:
    parents = {place.parent for place in places("2024").values()}
    without = {code for code, place in places("2024").items() if place.level == Level.DISTRICT and code not in parents}
    assert without == {code for code in successors() if len(code) == 3} == {"318", "471", "498", "536", "755"}


def test_every_old_commune_maps_and_every_new_one_is_reached() -> None:
    old = {code for code in codes("2024") if len(code) == 5}
    new = {code for code in codes("2025") if len(code) == 5}
    assert {code for code in successors() if len(code) == 5} == old
    assert set(predecessors()) == new
    assert Counter(len(targets) > 1 for targets in successors().values()) == {False: 9_569, True: 471}
    assert all(len(set(targets)) == len(targets) for targets in successors().values())


def test_what_goes_on_keeps_its_identity_and_nothing_else_does() -> None:
    assert Counter(len(code) for code in going_on()) == {2: 34, 5: 132}
    shared = {place.id for place in places("2024").values()} & {place.id for place in places("2025").values()}
    assert shared == {place_id("2024", code) for code in going_on()}
    everyone = [place.id for edition in editions() for place in places(edition).values()]
    assert len(set(everyone)) == len(everyone) - len(shared)


def test_ids_never_change() -> None:
    """They are in the databases of every platform, and plans name them."""
    assert str(place_id("2024", "56")) == str(place_id("2025", "56")) == "837a4cae-bc10-5923-b64b-404fc018803c"
    assert str(place_id("2024", "22651")) == "6b492cf3-e9f0-5058-8913-0460766514fb"
    assert str(place_id("2025", "22651")) == "024be517-2263-5cb8-8911-2f36ec954cad"


def test_an_imported_unit_is_known_by_its_identity() -> None:
    assert is_imported(place_id("2025", "22651"), "22651")
    assert not is_imported(place_id("2025", "22651"), "22652")


def test_every_province_has_a_tenant_and_a_prefix_of_its_own() -> None:
    for edition, count in (("2024", 63), ("2025", 34)):
        found = provinces(edition)
        assert len({one.tenant for one in found}) == len({one.prefix for one in found}) == len(found) == count
        assert "NT" not in {one.prefix for one in found}  # The platform's.
    by_code = {one.root.code: one for edition in editions() for one in provinces(edition)}
    assert by_code["56"].tenants == ("khanh-hoa",)
    assert by_code["15"].tenants == ("yen-bai", "lao-cai")  # Yên Bái's code goes on under another name.


def test_a_name_has_one_tenant_and_prefix_in_every_edition() -> None:
    named = {(one.root.name, one.tenant, one.prefix) for edition in editions() for one in provinces(edition)}
    assert len({name for name, _, _ in named}) == len(named) == 63
