"""The reform of 2025 as plans: applied to the country of 2024 they give that of 2025, each unit once."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from common.database import Context
from common.errors import NotFound
from registration.country.editions import children, place_id, places, province_of, provinces
from registration.country.reform import OwnUnit, heir, plan, plans
from registration.country.succession import going_on, successors
from registration.domain.vocabulary import Level
from registration.usecases import country, tenants

OLD = {str(place.id): place for place in places("2024").values()}
NEW = {str(place.id): place for place in places("2025").values()}
PLANS = plans()


def changes(action: str) -> Iterator[dict[str, Any]]:
    return (change for one in PLANS for change in one["changes"] if change["action"] == action)


def test_there_is_one_for_each_province_of_today() -> None:
    assert len(PLANS) == 34
    tenants = [one["tenant"] for one in PLANS] + [absorbed for one in PLANS for absorbed in one["absorbs"]]
    assert sorted(tenants) == sorted(one.tenant for one in provinces("2024"))
    assert sum(not one["absorbs"] for one in PLANS) == 11
    assert {one["effective_on"] for one in PLANS} == {"2025-07-01"}


def test_there_is_none_for_provinces_that_are_not_on_the_platform(database: Any) -> None:
    with database.unit_of_work(Context(tenants.PLATFORM)) as uow, pytest.raises(NotFound) as raised:
        country.plan_reform(uow, "56", date(2025, 6, 30))
    assert raised.value.code == "tenant.not_found"


def test_the_tenant_whose_code_goes_on_is_the_heir() -> None:
    by_tenant = {one["tenant"]: one for one in PLANS}
    assert by_tenant["khanh-hoa"]["absorbs"] == ["ninh-thuan"]
    assert by_tenant["khanh-hoa"]["title"].endswith("Tỉnh Khánh Hòa")
    assert by_tenant["yen-bai"]["absorbs"] == ["lao-cai"]  # Lào Cai of today has Yên Bái's code.
    assert {"action": "rename", "unit_id": str(place_id("2025", "15")), "name": "Tỉnh Lào Cai"} in by_tenant["yen-bai"][
        "changes"
    ]


def test_only_what_is_known_is_cited() -> None:
    for one in PLANS:
        assert ("202/2025/QH15" in one["legal_basis"]) == bool(one["absorbs"])
        assert "72/2025/QH15" in one["legal_basis"]


def test_every_old_unit_continues_or_ends_exactly_once() -> None:
    ended = Counter(change["unit_id"] for change in changes("end"))
    assert max(ended.values()) == 1
    kept = {str(place_id("2024", code)) for code in going_on()}
    assert set(ended) == set(OLD) - kept
    moved = Counter(change["unit_id"] for change in changes("move"))
    assert set(moved) == {one for one in kept if len(OLD[one].code) == 5}
    assert max(moved.values()) == 1


def test_counts() -> None:
    found = Counter(change["action"] for one in PLANS for change in one["changes"])
    assert found == {"create": 3_321 - 132, "move": 132, "rename": 7 + 11, "end": 29 + 696 + 10_035 - 132}


def test_applied_one_after_the_other_the_tree_is_that_of_2025() -> None:
    tree = {one: (place.code, place.name, place.parent) for one, place in OLD.items()}
    below = Counter(place.parent for place in OLD.values())
    for change in (change for one in PLANS for change in one["changes"]):
        _apply(tree, below, change)
    assert tree == {one: (place.code, place.name, place.parent) for one, place in NEW.items()}


def _apply(tree: dict[str, tuple[str, str, str]], below: Counter[str], change: dict[str, Any]) -> None:
    """`below`: how many units are directly below each code; what ends must have none."""
    unit_id = change["unit_id"]
    code, name, parent = tree.pop(unit_id, (change.get("code", ""), "", ""))
    below[parent] -= 1
    if change["action"] == "end":
        assert all(one in tree for one in change["successor_ids"])
        assert below[code] == 0, code
        return
    parent = tree[change["parent_id"]][0] if "parent_id" in change else parent
    below[parent] += 1
    tree[unit_id] = (code, change.get("name", name), parent)


def test_no_reference_dangles_and_the_heir_is_a_successor() -> None:
    for change in changes("end"):
        assert change["successor_ids"], change
        assert set(change["successor_ids"]) <= set(NEW), change
        assert change["heir_id"] in change["successor_ids"], change
        assert len(set(change["successor_ids"])) == len(change["successor_ids"])


def test_a_successor_is_in_the_province_that_took_over() -> None:
    for one in PLANS:
        mine = {change["unit_id"] for change in one["changes"] if change["action"] in ("create", "move")}
        root = str(places("2025")[province_of("2025", NEW[next(iter(mine))].code)].id)
        for change in one["changes"]:
            assert set(change.get("successor_ids", ())) <= mine | {root}


def test_a_divided_commune_names_its_default() -> None:
    ended = {OLD[change["unit_id"]].code: change for change in changes("end")}
    divided = [code for code, new in successors().items() if len(new) > 1]
    assert len(divided) == 471
    for code in divided:
        assert NEW[ended[code]["heir_id"]].code == successors()[code][0]
        assert {NEW[one].code for one in ended[code]["successor_ids"]} == set(successors()[code])


def test_a_district_is_succeeded_by_what_was_formed_from_it() -> None:
    ended = {OLD[change["unit_id"]].code: change for change in changes("end")}
    formed = {NEW[one].name for one in ended["574"]["successor_ids"]}
    assert formed == {"Xã Diên Khánh", "Xã Diên Lạc", "Xã Diên Điền", "Xã Diên Lâm", "Xã Diên Thọ", "Xã Suối Hiệp"}
    assert NEW[ended["574"]["heir_id"]].name == "Xã Diên Khánh"
    assert [NEW[one].name for one in ended["471"]["successor_ids"]] == ["Đặc khu Cồn Cỏ"]


@pytest.mark.parametrize(
    ("district", "expected"),
    [
        ("574", "Xã Diên Khánh"),  # A commune bears the district's name.
        ("106", "Xã Bình Lư"),  # The township of Tam Đường went to it.
        ("331", "Xã Lương Bằng"),  # Kim Động: its township is Lương Bằng.
        ("024", "Phường Hà Giang 2"),  # No namesake and no township: where the first commune went.
    ],
)
def test_who_answers_for_a_district(district: str, expected: str) -> None:
    assert heir(district).name == expected


def reason(district: str) -> str:
    """By which rule its heir was found."""
    name = places("2024")[district].name.removeprefix("Thành phố ").removeprefix("Thị xã ")
    name = name.removeprefix("Quận ").removeprefix("Huyện ")
    before = [places("2024")[code] for code in children("2024").get(district, ())]
    if heir(district).name.partition(" ")[2].removeprefix("khu ") == name:
        return "namesake"
    if any(
        place.name.removeprefix("Thị trấn ").removeprefix("Phường ").removeprefix("Xã ") == name for place in before
    ):
        return "of that name"
    return "township" if any(place.name.startswith("Thị trấn ") for place in before) else "first"


def test_most_districts_are_succeeded_by_a_commune_of_their_name() -> None:
    districts = [code for code in places("2024") if len(code) == 3]
    assert Counter(map(reason, districts)) == {"namesake": 590, "of that name": 18, "township": 49, "first": 39}


def test_grants_of_districts_and_merged_provinces_end() -> None:
    found = Counter((OLD[change["unit_id"]].level, change["grants"]) for change in changes("end"))
    assert found == {
        (Level.PROVINCE, "end"): 29,
        (Level.DISTRICT, "end"): 696,
        (Level.COMMUNE, "follow"): 10_035 - 132,
    }


def test_what_users_added_goes_on_below_the_heir() -> None:
    village, office, kept = (OwnUnit(uuid4(), place_id("2024", code)) for code in ("22654", "574", "56"))
    moves = [one for one in plan("56", [village, office, kept])["changes"] if one["action"] == "move"]
    own = {
        one["unit_id"]: NEW[one["parent_id"]].name for one in moves if one["parent_id"] != str(place_id("2025", "56"))
    }
    assert own == {str(village.id): "Xã Diên Lâm", str(office.id): "Xã Diên Khánh"}
    assert str(kept.id) not in {one["unit_id"] for one in moves}
    assert plan("12", [village])["changes"] == plan("12")["changes"]
