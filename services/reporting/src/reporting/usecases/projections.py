"""Applying what the other services told, a batch at a time: each takes all that a transaction heard of one kind.

The result is the same whatever order events come in: the highest version of each aggregate holds, and a unit's place
is what its newest event says, or, until one has come, what the first event that names the unit says.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from common.database import UnitOfWork

from reporting.domain import counting
from reporting.domain.facts import Commendation, Cycle, Decision, Initiative, Model, Replication, Told, Unit
from reporting.store import projections as store


class MadeUnderAUnit(Told, Protocol):
    """A told thing that names its unit and where that was."""

    @property
    def unit_id(self) -> UUID: ...

    @property
    def scope_path(self) -> str: ...


T = TypeVar("T", bound=MadeUnderAUnit)


def record_units(uow: UnitOfWork, told: Sequence[Unit]) -> None:
    """Keep the units' versions; where the newest says that a unit is elsewhere, everything goes with it."""
    store.lock_figures(uow)
    before = store.places(uow, {unit.id for unit in told})
    newest = counting.newest(told)
    newer = {id_: unit for id_, unit in newest.items() if id_ not in before or before[id_][0] < unit.version}
    store.save_places(uow, {id_: (unit.version, unit.scope_path) for id_, unit in newer.items()})
    now_at = {id_: path for id_, (_, path) in before.items()} | {id_: u.scope_path for id_, u in newer.items()}
    store.add_units(uow, told, now_at)
    _relocate(uow, {id_: path for id_, (_, path) in before.items() if now_at[id_] != path}, now_at)


def _relocate(uow: UnitOfWork, before: Mapping[UUID, str], now_at: Mapping[UUID, str]) -> None:
    if before:
        own = store.own_counts(uow, before.keys())
        store.add_level_counts(uow, counting.moved(own, before, now_at))
        store.relocate(uow, {id_: now_at[id_] for id_ in before})


def record_cycles(uow: UnitOfWork, told: Sequence[Cycle]) -> None:
    store.lock_figures(uow)
    store.save(uow, counting.newest(told).values())


def record_initiatives(uow: UnitOfWork, told: Sequence[Initiative]) -> None:
    """Keep the newest states, and change the counts of every level by what became of them."""
    store.lock_figures(uow)
    newest = counting.newest(told)
    known = store.initiatives(uow, newest.keys())
    newer = [one for one in newest.values() if one.id not in known or known[one.id].version < one.version]
    now_at = _places(uow, [*newer, *known.values()])
    store.save(uow, newer, now_at)
    changes = counting.changes(known, newer)
    store.add_own_counts(uow, changes, now_at)
    store.add_level_counts(uow, counting.on_every_level(changes, now_at))


def record_models(uow: UnitOfWork, told: Sequence[Model]) -> None:
    _record(uow, told)


def record_replications(uow: UnitOfWork, told: Sequence[Replication]) -> None:
    _record(uow, told)


def record_commendations(uow: UnitOfWork, told: Sequence[Commendation]) -> None:
    _record(uow, told)


def record_decisions(uow: UnitOfWork, told: Sequence[Decision]) -> None:
    _record(uow, told)


def _record(uow: UnitOfWork, told: Sequence[T]) -> None:
    store.lock_figures(uow)
    newest = counting.newest(told).values()
    store.save(uow, newest, _places(uow, newest))


def _places(uow: UnitOfWork, made: Iterable[MadeUnderAUnit]) -> dict[UUID, str]:
    """Where the units are now; one never heard of before is where the first of these says."""
    said: dict[UUID, str] = {}
    for one in made:
        said.setdefault(getattr(one, "responsible_unit_id", None) or one.unit_id, one.scope_path)
    known = {unit_id: path for unit_id, (_, path) in store.places(uow, said.keys()).items()}
    store.note_places(uow, {unit_id: path for unit_id, path in said.items() if unit_id not in known})
    return said | known
