"""What an edition says and a tenant's tree does not; decides nothing that only people can."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from registration.country.editions import Place, Province, is_imported
from registration.domain.units import Unit


@dataclass
class Differences:
    """`left` is what a reorganisation must settle, told for a person. `refused`: why nothing at all was done."""

    tenant: str
    added: list[Place] = field(default_factory=list)
    renamed: list[tuple[Unit, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    refused: str = ""
    is_new: bool = False


def refusal(province: Province, alive: Iterable[Unit]) -> str:
    """Why a province's tree cannot be compared with this edition; empty when it can."""
    levels = {unit.level for unit in alive if is_imported(unit.id, unit.code)}
    if levels != {place.level for place in province.places}:
        return "it has the levels of another edition; a reorganisation leads from one to the other"
    return ""


def compare(
    tenant: str, province: Province, alive: Iterable[Unit], codes: frozenset[str], changed_on: date
) -> Differences:
    """`alive`: the tenant's territory on a day of the edition; `codes`: every code the tenant ever used."""
    found = Differences(tenant)
    known = {unit.id: unit for unit in alive}
    ids, there = {place.code: place.id for place in province.places}, set[UUID]()
    for place in province.places:
        if unit := known.pop(place.id, None):
            _compare_unit(found, unit, place, ids.get(place.parent), changed_on)
        elif place.code in codes or ids[place.parent] not in there:
            found.left.append(f"{place.code} {place.name}: its code or its parent's is another unit's, or has ended")
            continue
        else:
            found.added.append(place)
        there.add(place.id)
    gone = [unit for unit in known.values() if is_imported(unit.id, unit.code)]
    found.left += [f"{unit.code} {unit.name}: not in this edition" for unit in gone]
    return found


def _compare_unit(found: Differences, unit: Unit, place: Place, parent_id: UUID | None, changed_on: date) -> None:
    if unit.parent_id != parent_id:
        found.left.append(f"{unit.code} {unit.name}: below another unit than in this edition")
    elif unit.name == place.name:
        return
    elif unit.valid_to or unit.valid_from >= changed_on:
        found.left.append(f"{unit.code} {unit.name}: {place.name} in this edition, but not from {changed_on} on")
    else:
        found.renamed.append((unit, place.name))
