"""The reform of 2025-07-01 as reorganisations, one for each of the 34 provinces; drafts that people review."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from registration.country.editions import Place, children, editions, places, province_of, provinces
from registration.country.succession import AFTER, BEFORE, going_on, successors
from registration.domain.vocabulary import Affiliation, Level, UnitKind

# Communes were formed by resolutions of the National Assembly's Standing Committee; their numbers are not in the data.
_LAW, _MERGER = "Luật Tổ chức chính quyền địa phương số 72/2025/QH15", "Nghị quyết số 202/2025/QH15"
_KIND_OF_PLACE = re.compile("^(Tỉnh|Thành phố|Quận|Huyện|Thị xã|Thị trấn|Phường|Xã|Đặc khu) ")
# Guide 18-HD/MTTW-BTT (6/2025): the committees of districts end, those of provinces that merge are set up anew. So are
# those of communes, but somebody must go on with the work: their grants follow until the new committee's are given.
_GRANTS = {Level.PROVINCE: "end", Level.DISTRICT: "end", Level.COMMUNE: "follow"}

Change = dict[str, Any]


@dataclass(frozen=True)
class OwnUnit:
    """A unit that users added, directly below an imported one."""

    id: UUID
    parent_id: UUID


def plans(own_units: Iterable[OwnUnit] = ()) -> list[dict[str, Any]]:
    """All 34, by the province's code; applied one after the other in any order."""
    own = list(own_units)
    return [plan(province.root.code, own) for province in provinces(AFTER)]


def plan(code: str, own_units: Iterable[OwnUnit] = ()) -> dict[str, Any]:
    """What leads from the old provinces to the new one of this code. `own_units` may be those of the whole country.

    The heir is the tenant whose official code goes on. Places come before what is moved under them, and nothing ends
    while something is below it.
    """
    root, tenants = places(AFTER)[code], {one.root.code: one.tenant for one in provinces(BEFORE)}
    absorbed = [tenants[old] for old in origins()[code] if old != code]
    return {
        "tenant": tenants[code],
        "title": f"Sắp xếp đơn vị hành chính từ ngày 01/7/2025: {root.name}",
        "legal_basis": f"{_MERGER}; {_LAW}" if absorbed else _LAW,
        "effective_on": editions()[AFTER].valid_from.isoformat(),
        "absorbs": absorbed,
        "changes": [*_changes(root), *_keep_own(code, own_units), *(_end(place) for place in _ending(code))],
    }


@cache
def origins() -> dict[str, tuple[str, ...]]:
    """The codes of the old provinces that each new one is made of: those its communes come from."""
    found: dict[str, set[str]] = defaultdict(set)
    for old, new in successors().items():
        found[province_of(AFTER, new[0])].add(province_of(BEFORE, old))
    return {code: tuple(sorted(old)) for code, old in found.items()}


def _changes(root: Place) -> Iterator[Change]:
    new = [places(AFTER)[code] for code in children(AFTER)[root.code]]
    yield from _rename(root)
    yield from (_create(place, root) for place in new if place.code not in going_on())
    for place in new:
        if place.code in going_on():
            yield {"action": "move", "unit_id": str(place.id), "parent_id": str(root.id)}
            yield from _rename(place)


def _ending(code: str) -> list[Place]:
    """What the new province has no more, the lowest first."""
    old = [place for one in provinces(BEFORE) if one.root.code in origins()[code] for place in reversed(one.places)]
    return sorted((place for place in old if place.code not in going_on()), key=lambda place: -len(place.code))


def _rename(place: Place) -> Iterator[Change]:
    if places(BEFORE)[place.code].name != place.name:
        yield {"action": "rename", "unit_id": str(place.id), "name": place.name}


def _create(place: Place, root: Place) -> Change:
    return {
        "action": "create",
        "unit_id": str(place.id),
        "code": place.code,
        "name": place.name,
        "kind": UnitKind.ADMINISTRATIVE.value,
        "level": place.level.value,
        "affiliation": Affiliation.OTHER_AGENCY.value,
        "parent_id": str(root.id),
    }


def _end(place: Place) -> Change:
    return {
        "action": "end",
        "unit_id": str(place.id),
        "successor_ids": [str(one.id) for one in _successors(place)],
        "heir_id": str(heir(place.code).id),
        "grants": _GRANTS[place.level],
    }


def _successors(place: Place) -> list[Place]:
    if place.level == Level.PROVINCE:
        return [heir(place.code)]
    new = {code for old in _communes(place.code) for code in successors()[old]}
    return [places(AFTER)[code] for code in sorted(new)]


def _communes(code: str) -> tuple[str, ...]:
    """A district's communes; a commune is its own, and so is a district that had none."""
    return children(BEFORE).get(code, (code,))


def heir(code: str) -> Place:
    """Who answers from now on for what was made under a unit of 2024 that ended.

    Of a commune: its default successor. Of a district, since the data does not name its seat: the default successor of
    one of its communes that bears its name; if there is none, that of its township of the same name; that of its first
    township; that of its first commune. Of a province: the one it merged into.
    """
    if places(BEFORE)[code].level == Level.PROVINCE:
        return places(AFTER)[next(new for new, old in origins().items() if code in old)]
    name, old = _bare(places(BEFORE)[code]), [places(BEFORE)[one] for one in _communes(code)]
    new = [(place, places(AFTER)[successors()[place.code][0]]) for place in old]
    namesakes = [one for _, one in new if _bare(one) == name]
    of_that_name = [one for place, one in new if _bare(place) == name]
    townships = [one for place, one in new if place.name.startswith("Thị trấn ")]
    return [*namesakes, *of_that_name, *townships, new[0][1]][0]


def _bare(place: Place) -> str:
    return _KIND_OF_PLACE.sub("", place.name)


def _keep_own(code: str, own_units: Iterable[OwnUnit]) -> Iterator[Change]:
    """What users added below a unit that ends goes on below the unit's heir, until a person says better."""
    ending = {place.id: place.code for place in _ending(code)}
    for unit in own_units:
        if unit.parent_id in ending:
            parent = heir(ending[unit.parent_id])
            yield {"action": "move", "unit_id": str(unit.id), "parent_id": str(parent.id)}
