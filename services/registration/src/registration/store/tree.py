"""A whole tenant's tree, read and written at once, and what goes with units that change their place."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.tenants import close_doors
from sqlalchemy import Row, Table, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from registration.domain.tree import Succession
from registration.domain.units import Unit
from registration.store import units as unit_store
from registration.store.people import grants
from registration.store.tables import initiatives, models, replications, successions, unit_periods, units

# Rows that stand under a unit. Who answers for a dossier may be said for it alone.
_MADE_UNDER = {
    initiatives: func.coalesce(initiatives.c.responsible_unit_id, initiatives.c.unit_id),
    models: models.c.unit_id,
    replications: replications.c.unit_id,
}


def lock(uow: UnitOfWork) -> None:
    """Wait for the tenant's running transactions and let no other begin: nobody may record under a unit that moves."""
    close_doors(uow)


def every_unit(uow: UnitOfWork) -> list[Unit]:
    """All that ever were, each in its newest period."""
    rows = uow.rows(unit_store.newest(uow))
    return [Unit(**row._mapping) for row in rows]


def write(uow: UnitOfWork, changed: Sequence[Unit], created: set[UUID], on: date) -> None:
    """Open a period on the day for each changed unit; what was before the day stays.

    Those that end give up their codes first, though they name as heirs units that are only added then.
    """
    uow.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    touched = [unit for unit in changed if unit.id not in created]
    if touched:
        _of(uow, unit_periods, "unit_id", touched, unit_periods.c.valid_to.is_(None), unit_periods.c.valid_from < on,
            valid_to=on - timedelta(days=1))  # fmt: skip
        statement = upsert(unit_periods).values([unit_store.period(uow, unit) for unit in touched])
        kept = {name: statement.excluded[name] for name in ("name", "parent_id", "scope_path", "valid_to")}
        key = ["tenant", "unit_id", "valid_from"]
        uow.execute(statement.on_conflict_do_update(index_elements=key, set_=kept))
        _write_units(uow, touched)
    unit_store.add_units(uow, [unit for unit in changed if unit.id in created])


def restore(uow: UnitOfWork, restored: Sequence[Unit], on: date) -> None:
    """Take the periods that began on the day away, and open those of before again."""
    again = [unit for unit in restored if unit.valid_from < on]
    of_day = (unit_periods.c.tenant == uow.tenant) & (unit_periods.c.valid_from == on)
    uow.execute(delete(unit_periods).where(of_day, unit_periods.c.unit_id.in_([unit.id for unit in again])))
    for unit in restored:
        mine = (unit_periods.c.unit_id == unit.id) & (unit_periods.c.valid_from == unit.valid_from)
        values = {name: value for name, value in unit_store.period(uow, unit).items() if name != "tenant"}
        uow.execute(update(unit_periods).where(unit_periods.c.tenant == uow.tenant, mine).values(values))
    _write_units(uow, restored)


def _write_units(uow: UnitOfWork, changed: Iterable[Unit]) -> None:
    rows = [
        {"of_tenant": uow.tenant, "of_id": unit.id, "version": unit.version, "ended_on": unit.ended_on,
         "heir_id": unit.heir_id}
        for unit in changed
    ]  # fmt: skip
    mine = (units.c.tenant == bindparam("of_tenant")) & (units.c.id == bindparam("of_id"))
    if rows:
        uow.connection.execute(update(units).where(mine), rows)


def _of(uow: UnitOfWork, table: Table, column: str, changed: Iterable[Unit], *where: Any, **values: Any) -> None:
    mine = table.c[column].in_([unit.id for unit in changed])
    uow.execute(update(table).where(table.c.tenant == uow.tenant, mine, *where).values(**values))


def move_what_was_made(uow: UnitOfWork) -> dict[str, int]:
    """Bring every row to where the unit that answers for it is now; returns how many of each table went."""
    return {table.name: _move(uow, table, unit_id) for table, unit_id in _MADE_UNDER.items()}


def _move(uow: UnitOfWork, table: Table, unit_id: Any) -> int:
    place = unit_store.newest(uow).with_only_columns(units.c.id, unit_periods.c.scope_path).subquery()
    elsewhere = (unit_id == place.c.id) & (table.c.scope_path != place.c.scope_path)
    statement = update(table).where(table.c.tenant == uow.tenant, elsewhere).values(scope_path=place.c.scope_path)
    return uow.execute(statement).rowcount


def made_under(uow: UnitOfWork, unit_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many rows of each kind stand under each of the units: numbers only, whoever asks."""
    found: dict[UUID, dict[str, int]] = {}
    for table in (*_MADE_UNDER, grants):
        query = select(table.c.unit_id, func.count().label("rows")).where(table.c.tenant == uow.tenant)
        counted = uow.rows(query.where(table.c.unit_id.in_(unit_ids)).group_by(table.c.unit_id))
        for row in counted:
            found.setdefault(row.unit_id, {})[table.name] = row.rows
    return found


def dossiers_of(uow: UnitOfWork, unit_ids: Sequence[UUID], *, limit: int, after: UUID | None) -> list[Row[Any]]:
    """Made under any of the units, in the order of their ids, one more than `limit`."""
    shown = [initiatives.c[name] for name in ("id", "code", "title", "status", "unit_id")]
    query = select(*shown).where(initiatives.c.tenant == uow.tenant, initiatives.c.unit_id.in_(unit_ids))
    if after:
        query = query.where(initiatives.c.id > after)
    return uow.rows(query.order_by(initiatives.c.id).limit(limit + 1))


def add_successions(
    uow: UnitOfWork, found: Iterable[Succession], *, reorganisation_id: UUID, effective_on: date
) -> None:
    rows = [
        {"tenant": uow.tenant, "reorganisation_id": reorganisation_id, "effective_on": effective_on, **vars(one)}
        for one in found
    ]
    if rows:
        uow.execute(insert(successions).returning(successions.c.successor_id), rows)


def remove_successions(uow: UnitOfWork, reorganisation_id: UUID) -> None:
    mine = successions.c.reorganisation_id == reorganisation_id
    uow.execute(delete(successions).where(successions.c.tenant == uow.tenant, mine))
