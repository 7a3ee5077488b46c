"""Units in the dated tree."""

from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.ids import new_id

from registration.domain.units import Unit, path_below
from registration.store import settings as settings_store
from registration.store import units as store


def new_unit(
    parent: Unit | None, code: str, name: str, kind: str, level: str, affiliation: str, valid_from: date
) -> Unit:
    return Unit(
        id=new_id(),
        code=code,
        kind=kind,
        level=level,
        affiliation=affiliation,
        name=name,
        parent_id=parent.id if parent else None,
        scope_path=path_below(parent, code),
        valid_from=valid_from,
    )


def with_neighbours(uow: UnitOfWork, rows: list[dict[str, Any]], as_of: date) -> list[dict[str, Any]]:
    """Units of a day, each with the name of the one above and how many stand directly below."""
    above = store.names(uow, {row["parent_id"] for row in rows if row["parent_id"]}, as_of)
    below = store.count_below(uow, {row["id"] for row in rows}, as_of)
    return [row | {"parent_name": above.get(row["parent_id"], ""), "below": below.get(row["id"], 0)} for row in rows]


def create_unit(uow: UnitOfWork, *, parent_id: UUID, scope: str, valid_from: date, **values: Any) -> Unit:
    """A unit below a parent of the own subtree; raises NotFound for another parent."""
    parent = store.unit(uow, parent_id, valid_from)
    if not parent.is_under(scope):
        raise NotFound("unit.not_found")
    unit = new_unit(parent, valid_from=valid_from, **values)
    ensure_level(uow, unit, parent)
    store.add_unit(uow, unit)
    uow.emit(unit.recorded())
    return unit


def ensure_level(uow: UnitOfWork, unit: Unit, parent: Unit) -> None:
    """One of the tenant's levels, and not above that of the territory it lies in. Raises Invalid."""
    settings_store.settings(uow).document.ensure_level(unit.level, store.find_level_above(uow, parent))


def change_unit(uow: UnitOfWork, unit_id: UUID, *, scope: str, name: str, valid_from: date) -> Unit:
    """A new name from a day on."""
    unit = store.unit(uow, unit_id, valid_from)
    if not unit.is_under(scope):
        raise NotFound("unit.not_found")
    unit.rename(name, valid_from)
    store.add_change(uow, unit)
    uow.emit(unit.recorded())
    return unit
