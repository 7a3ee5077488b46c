"""A reorganisation of units: prepared, previewed, approved, applied at its date, undone while nothing rests on it."""

import dataclasses
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Conflict, Forbidden, Invalid, NotFound, Outcome
from common.ids import new_id

from registration.domain.people import Grant, GrantIssued
from registration.domain.reorganisations import Assignment, Journal, Reorganisation
from registration.domain.tree import Change, Create, End, Move, Tree
from registration.domain.units import Unit, path_above
from registration.store import initiatives as initiative_store
from registration.store import people as people_store
from registration.store import reorganisations as store
from registration.store import settings as settings_store
from registration.store import tree as tree_store
from registration.store import units as unit_store
from registration.usecases import merging

_PLAIN = ("valid_from", "valid_to", "ended_on")


@dataclass(frozen=True)
class Moment:
    """When it is done, on which legal date, and by whom; nobody is an operator's command."""

    now: datetime
    today: date
    by: UUID | None = None


def prepare(uow: UnitOfWork, moment: Moment, **values: Any) -> Reorganisation:
    """A draft. Raises Invalid for a change that is none.

    A merge of provinces that names no changes takes what stands under each of them as it is.
    """
    absorbs = values.get("absorbs", [])
    if len(set(absorbs)) < len(absorbs):
        raise Invalid("reorganisation.absorbs_twice", pointer="/absorbs")
    for absorbed in absorbs:
        merging.ensure_can_join(uow, absorbed)
    changes = values["changes"] or [change for absorbed in absorbs for change in merging.joining(uow, absorbed)]
    values["changes"] = _written(changes)
    act = Reorganisation(**{"id": new_id(), **values}, prepared_by=moment.by, prepared_at=moment.now)
    act.parsed()
    store.add(uow, act)
    return act


def _written(changes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """As JSON keeps them; a new unit without an id gets one."""
    return [_plain(({"unit_id": new_id()} if one["action"] == "create" else {}) | one) for one in changes]


def edit(
    uow: UnitOfWork, reorganisation_id: UUID, moment: Moment, *, as_operator: bool, expected: int | None, **values: Any
) -> Reorganisation:
    """By whoever may prepare such a one; from then on it is theirs, and for another person to approve."""
    act = store.reorganisation(uow, reorganisation_id, lock=True)
    if as_operator:
        act.ensure_of_operator()
    else:
        act.ensure_of_province()
    act.ensure_version(expected)
    act.edit(moment.by, moment.now, **{**values, "changes": _written(values["changes"])})
    act.parsed()
    store.save(uow, act)
    return act


def assign(
    uow: UnitOfWork, reorganisation_id: UUID, *, expected: int | None, assignments: list[dict[str, Any]]
) -> Reorganisation:
    """Which dossiers of units that are split go to another successor than the heir."""
    act = store.reorganisation(uow, reorganisation_id, lock=True)
    act.ensure_version(expected)
    act.assign([{name: str(value) for name, value in one.items()} for one in assignments])
    splits = {change.unit_id: change for change in act.parsed() if isinstance(change, End)}
    for one in act.assigned():
        _ensure_of_a_split(uow, one, splits)
    store.save(uow, act)
    return act


def _ensure_of_a_split(uow: UnitOfWork, one: Assignment, splits: dict[UUID, End]) -> None:
    initiative = initiative_store.initiative(uow, one.initiative_id, lock=False)
    split = splits.get(initiative.unit_id)
    if split is None or one.unit_id not in split.successor_ids:
        raise Invalid("reorganisation.not_a_successor", pointer="/assignments")


def approve(uow: UnitOfWork, reorganisation_id: UUID, moment: Moment, *, expected: int | None) -> Reorganisation:
    """By another person than the one who prepared it. Raises what applying it would."""
    act = store.reorganisation(uow, reorganisation_id, lock=True)
    act.ensure_version(expected)
    act.approve(moment.by, moment.now)
    planned(uow, act)
    store.save(uow, act)
    return act


def withdraw(uow: UnitOfWork, reorganisation_id: UUID, *, as_operator: bool, expected: int | None) -> Reorganisation:
    """A province gives up any of its own; the operator only a merge."""
    act = store.reorganisation(uow, reorganisation_id, lock=True)
    if as_operator:
        act.ensure_of_operator()
    act.ensure_version(expected)
    act.withdraw()
    store.save(uow, act)
    return act


def names(uow: UnitOfWork, act: Reorganisation) -> dict[str, str]:
    """What the units of its changes are called on the day before it; new ones as they will be."""
    changes, eve = act.parsed(), act.effective_on - timedelta(days=1)
    named = set().union(*map(_named_by, changes))
    found = unit_store.names(uow, named, eve) | merging.unit_names(uow, act.absorbs, named, eve)
    found |= {change.unit_id: change.name for change in changes if isinstance(change, Create)}
    return {str(unit_id): name for unit_id, name in found.items()}


def _named_by(change: Change) -> set[UUID]:
    match change:
        case Create() | Move():
            return {change.unit_id, change.parent_id}
        case End():
            return {change.unit_id, *change.successor_ids}
    return {change.unit_id}


def dossiers_to_assign(
    uow: UnitOfWork, reorganisation_id: UUID, *, unit_id: UUID | None, limit: int, after: UUID | None
) -> list[Any]:
    """Of the units that it splits, or of one of them, one more than `limit`."""
    act = store.reorganisation(uow, reorganisation_id)
    splits = [one.unit_id for one in act.parsed() if isinstance(one, End) and len(one.successor_ids) > 1]
    splits = [one for one in splits if unit_id in (None, one)]
    return tree_store.dossiers_of(uow, splits, limit=limit, after=after)


def planned(uow: UnitOfWork, act: Reorganisation) -> tuple[Tree, list[Unit]]:
    """The tree as it would be; nothing is written. Units of provinces that merge are read where they are."""
    units = tree_store.every_unit(uow)
    for absorbed in act.absorbs:
        with merging.inside(uow, absorbed):
            units += tree_store.every_unit(uow)
    document = settings_store.settings(uow).document
    for position, change in enumerate(act.parsed()):
        if isinstance(change, Create):
            with _told_at(position):
                document.ensure_level(change.level, None)
    return _grow(act, units)


def _grow(act: Reorganisation, units: Iterable[Unit]) -> tuple[Tree, list[Unit]]:
    """Raises what does not fit together, with a pointer to the change that causes it."""
    tree, changes = Tree.of(units, act.effective_on), act.parsed()
    for position, change in enumerate(changes):
        with _told_at(position):
            tree.apply(change)
    try:
        return tree, tree.settle()
    except Outcome as outcome:
        caused_by = outcome.details.get("caused_by", ())
        causes = [position for position, change in enumerate(changes) if change.unit_id in caused_by]
        outcome.pointer = f"/changes/{causes[-1]}" if causes else None
        raise


@contextmanager
def _told_at(position: int) -> Iterator[None]:
    try:
        yield
    except Outcome as outcome:
        outcome.pointer = f"/changes/{position}"
        raise


def apply(uow: UnitOfWork, reorganisation_id: UUID, moment: Moment) -> Reorganisation:
    """On its day or later. One transaction: everything stands in the new structure, or nothing does.

    The unit of work goes on in the whole tenant, since what moves may come from outside the acting scope.
    """
    uow.enter_tenant(uow.tenant)
    tree_store.lock(uow)
    act = store.reorganisation(uow, reorganisation_id, lock=True)
    act.ensure_due(moment.today)
    for absorbed in act.absorbs:
        merging.absorb(uow, absorbed)
    tree, changed = _grow(act, tree_store.every_unit(uow))
    tree_store.write(uow, changed, tree.created, tree.on)
    tree_store.add_successions(uow, tree.successions, reorganisation_id=act.id, effective_on=tree.on)
    granted = _carry_grants(uow, act, tree)
    transferred = _transfer(uow, act, moment)
    moved = tree_store.move_what_was_made(uow)
    journal = _journal(tree, granted, moved | {"access_grant": len(granted), "unit": len(changed)})
    applied = act.apply(journal, moment.now)
    store.save(uow, act)
    uow.emit(*(unit.recorded() for unit in changed), *_issued(after for _, after in granted), *transferred, applied)
    return act


def _carry_grants(uow: UnitOfWork, act: Reorganisation, tree: Tree) -> list[tuple[Grant, Grant]]:
    carried = grants_carried(uow, act, tree)
    for _, after in carried:
        after.version += 1
        people_store.save_grant(uow, after)
    return carried


def grants_carried(uow: UnitOfWork, act: Reorganisation, tree: Tree) -> list[tuple[Grant, Grant]]:
    """(before, after) of every grant at a unit that changes its place or ends."""
    ends = {change.unit_id: change for change in act.parsed() if isinstance(change, End)}
    carried = []
    for before in people_store.grants_at_units(uow, tree.before.keys()):
        after = dataclasses.replace(before)
        end = ends.get(before.unit_id)
        after.follow_unit(tree.units[before.unit_id], tree.on, ends=end is not None and end.grants == "end")
        if vars(after) != vars(before):
            carried.append((before, after))
    return carried


def _issued(grants: Iterable[Grant]) -> list[GrantIssued]:
    return [grant.snapshot(GrantIssued) for grant in grants]


def _transfer(uow: UnitOfWork, act: Reorganisation, moment: Moment, *, back: bool = False) -> list[Any]:
    """Each assigned dossier to the unit it was given to, or back to whoever answers for its own.

    A draft may have been deleted since it was assigned; nothing is published about the others that are drafts.
    """
    facts = []
    for one in act.assigned():
        try:
            initiative = initiative_store.initiative(uow, one.initiative_id)
        except NotFound:
            continue
        unit_id = None if back else one.unit_id
        fact = initiative.transfer(unit_id, at=moment.now, on=act.effective_on, reason=act.title)
        initiative_store.save(uow, initiative)
        facts += [fact] if initiative.code else []
    return facts


def _journal(tree: Tree, granted: list[tuple[Grant, Grant]], moved: dict[str, int]) -> Journal:
    return Journal(
        units=[_plain(vars(unit) | {"after": tree.units[unit.id].version}) for unit in tree.before.values()],
        created=[str(unit_id) for unit_id in tree.created],
        grants=[_plain(vars(before) | {"after": after.version}) for before, after in granted],
        moved=moved,
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it."""
    return {name: _as_json(value) for name, value in values.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_as_json(one) for one in value]
    return str(value) if isinstance(value, UUID | date) else value


def carry_out(uow: UnitOfWork, moment: Moment, act_id: UUID, **values: Any) -> Reorganisation:
    """Prepare, approve and apply in one go: an operator's command, for what the law has decided. Once for each id."""
    if known := store.find(uow, act_id):
        return known
    act = prepare(uow, moment, id=act_id, **values)
    act.approve(None, moment.now)
    store.save(uow, act)
    return apply(uow, act.id, moment)


def due(uow: UnitOfWork, moment: Moment) -> list[UUID]:
    """Those of the tenant that are approved and whose day has come."""
    return store.due(uow, moment.today)


def undo(uow: UnitOfWork, reorganisation_id: UUID, moment: Moment) -> Reorganisation:
    """Put units and grants back as they were. Raises Conflict when something rests on what it made."""
    uow.enter_tenant(uow.tenant)
    tree_store.lock(uow)
    act = store.reorganisation(uow, reorganisation_id, lock=True)
    journal = act.ensure_undoable()
    now_there = {unit.id: unit for unit in tree_store.every_unit(uow)}
    restored = [_restored(line, now_there) for line in journal.units]
    gone = [_never_was(now_there[UUID(unit_id)], act.effective_on) for unit_id in journal.created]
    _ensure_nothing_rests_on(uow, gone, now_there, {UUID(line["id"]) for line in journal.grants})
    tree_store.write(uow, gone, set(), act.effective_on)  # First: one may have the code of a unit that is restored.
    tree_store.restore(uow, restored, act.effective_on)
    tree_store.remove_successions(uow, act.id)
    grants = [_restored_grant(uow, line) for line in journal.grants]
    back = _transfer(uow, act, moment, back=True)
    tree_store.move_what_was_made(uow)
    undone = act.undo(moment.now)
    store.save(uow, act)
    uow.emit(*(unit.recorded() for unit in (*restored, *gone)), *_issued(grants), *back, undone)
    return act


def _restored(line: dict[str, Any], now_there: dict[UUID, Unit]) -> Unit:
    values = {name: value for name, value in line.items() if name != "after"}
    for name in _PLAIN:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in ("id", "parent_id", "heir_id"):
        values[name] = UUID(values[name]) if values[name] else None
    current = now_there[values["id"]]
    if current.version != line["after"]:
        raise Conflict("reorganisation.unit_changed_since", unit=current.name)
    return Unit(**{**values, "version": current.version + 1})


def _never_was(unit: Unit, on: date) -> Unit:
    """A unit that is taken back: ended on the day it began, and nobody can name it any more."""
    if unit.ended_on or unit.valid_from != on or unit.version != 1:
        raise Conflict("reorganisation.unit_changed_since", unit=unit.name)
    unit.ended_on, unit.heir_id, unit.version = on, unit.parent_id, unit.version + 1
    unit.scope_path = path_above(unit.scope_path)
    return unit


def _ensure_nothing_rests_on(
    uow: UnitOfWork, gone: list[Unit], now_there: dict[UUID, Unit], followed: set[UUID]
) -> None:
    ids = {unit.id for unit in gone}
    rows = tree_store.made_under(uow, list(ids))
    # Grants that followed their unit go back with it; any other was given since.
    used = {unit_id for unit_id, found in rows.items() if set(found) != {"access_grant"}}
    used |= {grant.unit_id for grant in people_store.grants_at_units(uow, ids) if grant.id not in followed}
    below = {unit.parent_id for unit in now_there.values() if unit.parent_id in ids and unit.id not in ids}
    ended_into = {unit.heir_id for unit in now_there.values() if unit.ended_on}
    for unit in gone:
        if unit.id in used or (unit.id in below and unit.id not in ended_into):
            raise Conflict("reorganisation.in_use", unit=unit.name)


def _restored_grant(uow: UnitOfWork, line: dict[str, Any]) -> Grant:
    grant = people_store.grant(uow, UUID(line["id"]))
    if grant.version != line["after"]:
        raise Conflict("reorganisation.grant_changed_since")
    grant.unit_id, grant.scope_path = UUID(line["unit_id"]), line["scope_path"]
    grant.valid_to = date.fromisoformat(line["valid_to"]) if line["valid_to"] else None
    grant.version += 1
    people_store.save_grant(uow, grant)
    return grant


def ensure_of_root(scope: str) -> None:
    """Only who answers for the whole province reorganises it. Raises Forbidden."""
    if scope.strip("/").count("/"):
        raise Forbidden("reorganisation.of_the_whole_province")
