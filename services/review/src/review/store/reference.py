"""The copies of registration's units, people and cycles."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Invalid
from sqlalchemy import Row, select, update

from review.domain.reference import Cycle, Person, Unit
from review.store import tables
from review.store.queries import keep_newest, own

# Every table whose rows follow their unit when a reorganisation moves it.
SCOPED = (tables.rulebook, tables.council, tables.session, tables.dossier, tables.decision, tables.commendation)


def unit(uow: UnitOfWork, unit_id: UUID) -> Unit:
    """Raises Invalid when it is unknown here, perhaps not yet: an event that needs it is tried again later."""
    table = tables.unit
    row = uow.find(select(table).where(own(uow, table), table.c.id == unit_id))
    if row is None:
        raise Invalid("unit.unknown", pointer="/unit_id")
    return _unit(row)


def _unit(row: Row[Any]) -> Unit:
    return Unit(**{name: value for name, value in row._mapping.items() if name != "tenant"})


def find_root(uow: UnitOfWork) -> Unit | None:
    """The tenant's own unit, once it has been told of."""
    table = tables.unit
    top = (own(uow, table), table.c.parent_id.is_(None), ~table.c.ended)
    row = uow.find(select(table).where(*top).order_by(table.c.scope_path).limit(1))
    return _unit(row) if row else None


def find_unit_path(uow: UnitOfWork, unit_id: UUID) -> str | None:
    table = tables.unit
    row = uow.find(select(table.c.scope_path).where(own(uow, table), table.c.id == unit_id))
    return row.scope_path if row else None


def save_unit(uow: UnitOfWork, unit: Unit) -> bool:
    """False when a newer version was already here."""
    return keep_newest(uow, tables.unit, asdict(unit))


def move_rows(uow: UnitOfWork, unit: Unit) -> None:
    """A reorganisation gave the unit another place in the tree: its rows follow, their unit_id stays."""
    for table in SCOPED:
        rows = update(table).where(own(uow, table), table.c.unit_id == unit.id)
        uow.execute(rows.values(scope_path=unit.scope_path))


def save_person(uow: UnitOfWork, person: Person) -> None:
    keep_newest(uow, tables.person, asdict(person))


def names(uow: UnitOfWork, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of the people known here; one statement, none for nobody."""
    if not person_ids:
        return {}
    table = tables.person
    query = select(table.c.id, table.c.name).where(own(uow, table), table.c.id.in_(person_ids))
    return {row.id: row.name for row in uow.rows(query)}


def save_cycle(uow: UnitOfWork, cycle: Cycle) -> None:
    keep_newest(uow, tables.cycle, asdict(cycle))
