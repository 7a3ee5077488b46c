"""What a reorganisation would do, told before it is approved; writes nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.database import UnitOfWork

from registration.domain.people import Grant
from registration.domain.tree import Tree
from registration.domain.units import Unit
from registration.store import people as people_store
from registration.store import reorganisations as store
from registration.store import tree as tree_store
from registration.usecases.merging import inside
from registration.usecases.reorganisations import grants_carried, planned


@dataclass(frozen=True)
class Line:
    """What becomes of one unit, with how much stands under it: numbers, whoever asks."""

    unit_id: UUID
    code: str
    name: str
    outcome: str
    path_before: str
    path_after: str
    above_before: str
    above_after: str
    heir_id: UUID | None
    needs_choice: bool
    rows: dict[str, int]


@dataclass(frozen=True)
class View:
    """What somebody at a unit that stays sees more, and less, of afterwards."""

    unit_id: UUID
    name: str
    gained: list[str]
    lost: list[str]


def preview(uow: UnitOfWork, reorganisation_id: UUID) -> dict[str, Any]:
    """What would become of each unit and grant, with numbers of what stands under it. Raises what applying it would."""
    act = store.reorganisation(uow, reorganisation_id)
    tree, changed = planned(uow, act)
    ids = [unit.id for unit in changed]
    counts, granted = tree_store.made_under(uow, ids), grants_carried(uow, act, tree)
    for absorbed in act.absorbs:
        with inside(uow, absorbed):
            counts |= tree_store.made_under(uow, ids)
            granted += grants_carried(uow, act, tree)
    splits = {one.predecessor_id for one in tree.successions if one.kind == "split_into"}
    lines = [_line(tree, unit, counts.get(unit.id, {}), unit.id in splits) for unit in changed]
    people = people_store.names(uow, {before.person_id for before, _ in granted})
    sight = [_sight(tree, *pair) | {"person": people.get(pair[0].person_id, "")} for pair in granted]
    return {"lines": lines, "sight": sight, "views": _views(tree, lines), "totals": _totals(lines, granted)}


def _sight(tree: Tree, before: Grant, after: Grant) -> dict[str, Any]:
    ends = after.valid_to != before.valid_to
    paths = {"path_before": before.scope_path, "path_after": None if ends else after.scope_path}
    names = {
        "unit_before": tree.before[before.unit_id].name,
        "unit_after": None if ends else _living_at(tree, after.scope_path),
    }
    return {"grant_id": before.id, "person_id": before.person_id, "role": before.role, **paths, **names}


def _living_at(tree: Tree, path: str) -> str:
    return next((unit.name for unit in tree.units.values() if unit.scope_path == path and not unit.ended_on), "")


def _views(tree: Tree, lines: Iterable[Line]) -> list[View]:
    """Of the units below the root that stay where they are and see other units than before."""
    gained: dict[str, list[str]] = {}
    lost: dict[str, list[str]] = {}
    for line in (one for one in lines if one.path_before):  # A new unit has nothing yet.
        before, after = _above(line.path_before), _above(line.path_after)
        for path in after - before:
            gained.setdefault(path, []).append(line.name)
        for path in before - after:
            lost.setdefault(path, []).append(line.name)
    staying = (one for one in tree.units.values() if one.parent_id and not one.ended_on and one.id not in tree.before)
    found = (View(one.id, one.name, gained.get(one.scope_path, []), lost.get(one.scope_path, [])) for one in staying)
    return [view for view in found if view.unit_id not in tree.created and (view.gained or view.lost)]


def _above(path: str) -> set[str]:
    """The paths of all that see what stands at this one."""
    codes = path.strip("/").split("/") if path else []
    return {"/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)}


def _totals(lines: list[Line], granted: list[Any]) -> dict[str, int]:
    totals = Counter(line.outcome for line in lines)
    totals["grants"] = len(granted)
    for line in lines:
        totals.update(line.rows)
        totals["needs_choice"] += line.needs_choice
    return dict(totals)


def _line(tree: Tree, unit: Unit, rows: dict[str, int], is_split: bool) -> Line:
    before = tree.before.get(unit.id)
    return Line(
        unit.id,
        unit.code,
        unit.name,
        _outcome(before, unit),
        before.scope_path if before else "",
        unit.scope_path,
        _name_above(before, tree.units | tree.before),
        _name_above(unit, tree.units),
        unit.heir_id,
        is_split and bool(rows),
        rows,
    )


def _name_above(unit: Unit | None, units: Mapping[UUID, Unit]) -> str:
    return units[unit.parent_id].name if unit and unit.parent_id else ""


def _outcome(before: Unit | None, unit: Unit) -> str:
    if before is None:
        return "created"
    if unit.ended_on and not before.ended_on:
        return "ended"
    if before.name != unit.name:
        return "renamed"
    return "moved"
