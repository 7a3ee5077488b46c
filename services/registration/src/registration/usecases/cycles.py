"""Cycles: a year's plan with its deadlines."""

from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.ids import new_id

from registration.domain.cycles import Cycle
from registration.store import cycles as store
from registration.store import units as unit_store


def record_cycle(uow: UnitOfWork, *, scope: str, today: date, **values: Any) -> Cycle:
    """A year's plan of a unit in the own subtree."""
    if not unit_store.unit(uow, values["unit_id"], today).is_under(scope):
        raise NotFound("unit.not_found")
    cycle = Cycle(id=new_id(), **values)
    event = cycle.recorded()
    store.add_cycle(uow, cycle)
    uow.emit(event)
    return cycle


def change_cycle(
    uow: UnitOfWork, cycle_id: UUID, *, scope: str, today: date, expected: int | None, **values: Any
) -> Cycle:
    """New name or deadlines for a cycle of the own subtree; what was handed in under the old ones stays."""
    cycle = store.cycle(uow, cycle_id, lock=True)
    if not unit_store.responsible_path(uow, cycle.unit_id, today).startswith(scope):
        raise NotFound("cycle.not_found")
    cycle.ensure_version(expected)
    for name, value in values.items():
        setattr(cycle, name, value)
    cycle.version += 1
    event = cycle.recorded()
    store.save_cycle(uow, cycle)
    uow.emit(event)
    return cycle
