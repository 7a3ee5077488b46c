"""Units in the dated tree."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.text import reads_like
from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from registration.domain.units import Unit
from registration.domain.vocabulary import Level, UnitKind
from registration.store.tables import unit_periods, units

_COLUMNS = (
    units.c.id,
    units.c.code,
    units.c.kind,
    units.c.level,
    units.c.affiliation,
    units.c.version,
    units.c.ended_on,
    units.c.heir_id,
    unit_periods.c.name,
    unit_periods.c.parent_id,
    unit_periods.c.scope_path,
    unit_periods.c.valid_from,
    unit_periods.c.valid_to,
)


def _query(uow: UnitOfWork, as_of: date) -> Select[Any]:
    """The units of a day; one that ended is none of them any more."""
    return _places(uow, as_of).where(is_living(as_of))


def is_living(on: Any) -> ColumnElement[bool]:
    """Not ended by that day."""
    return or_(units.c.ended_on.is_(None), units.c.ended_on > on)


def holds(period: Any, on: Any) -> ColumnElement[bool]:
    """Whether the day lies in a period of a unit, which is given by its columns."""
    return and_(period.valid_from <= on, or_(period.valid_to.is_(None), period.valid_to >= on))


def _places(uow: UnitOfWork, as_of: date) -> Select[Any]:
    """Where every unit that ever was stood on a day: one that ended, where its heir stood."""
    return _joined().where(units.c.tenant == uow.tenant, holds(unit_periods.c, as_of))


def _joined() -> Select[Any]:
    joined = units.join(
        unit_periods, (unit_periods.c.tenant == units.c.tenant) & (unit_periods.c.unit_id == units.c.id)
    )
    return select(*_COLUMNS).select_from(joined)


def last_known(uow: UnitOfWork, unit_id: UUID) -> Unit:
    """The unit in its newest period, also one that has ended. Raises NotFound."""
    row = uow.find(newest(uow).where(units.c.id == unit_id))
    if row is None:
        raise NotFound("unit.not_found")
    return Unit(**row._mapping)


def unit(uow: UnitOfWork, unit_id: UUID, as_of: date) -> Unit:
    """The unit as it was on a day. Raises NotFound, also when it did not exist then."""
    row = uow.find(_query(uow, as_of).where(units.c.id == unit_id))
    if row is None:
        raise NotFound("unit.not_found")
    return Unit(**row._mapping)


def newest(uow: UnitOfWork) -> Select[Any]:
    """Every unit that ever was, in its newest period."""
    joined = _joined().where(units.c.tenant == uow.tenant)
    return joined.where(unit_periods.c.valid_to.is_(None))


def responsible_path(uow: UnitOfWork, unit_id: UUID, as_of: date) -> str:
    """Who answers on a day for what was made under a unit: its own place, or its heir's. Raises NotFound."""
    row = uow.find(_places(uow, as_of).where(units.c.id == unit_id))
    if row is None:
        raise NotFound("unit.not_found")
    return str(row.scope_path)


def units_below(uow: UnitOfWork, path: str, as_of: date) -> Select[Any]:
    """Ids of the units that stood below a path on a day, ended ones with their heirs; to select within."""
    found = _places(uow, as_of).where(unit_periods.c.scope_path.startswith(path, autoescape=True))
    return found.with_only_columns(units.c.id)


def unit_page(
    uow: UnitOfWork,
    as_of: date,
    *,
    parent_id: UUID | None,
    kind: str | None,
    level: str | None,
    q: str,
    limit: int,
    after: str,
    top: bool = False,
) -> list[Row[Any]]:
    """The tenant's units of a day by path, one more than `limit`; `top`: those with none above."""
    query = _query(uow, as_of)
    if top:
        query = query.where(unit_periods.c.parent_id.is_(None))
    if parent_id:
        query = query.where(unit_periods.c.parent_id == parent_id)
    if kind:
        query = query.where(units.c.kind == kind)
    if level:
        query = query.where(units.c.level == level)
    if q:
        query = query.where(reads_like(unit_periods.c.name, q) | (units.c.code == q.upper()))
    if after:
        query = query.where(unit_periods.c.scope_path > after)
    return uow.rows(query.order_by(unit_periods.c.scope_path).limit(limit + 1))


def count_below(uow: UnitOfWork, unit_ids: Collection[UUID], as_of: date) -> dict[UUID, int]:
    """How many units stood directly below each on a day; one with none is left out."""
    query = _query(uow, as_of).with_only_columns(unit_periods.c.parent_id, func.count().label("units"))
    found = uow.rows(query.where(unit_periods.c.parent_id.in_(unit_ids)).group_by(unit_periods.c.parent_id))
    return {row.parent_id: row.units for row in found}


def names(uow: UnitOfWork, unit_ids: Collection[UUID], as_of: date) -> dict[UUID, str]:
    """What units were called on a day, or, of one that began later, what it is called."""
    has_begun = unit_periods.c.valid_from <= as_of
    query = select(unit_periods.c.unit_id, unit_periods.c.name).ext(distinct_on(unit_periods.c.unit_id))
    query = query.where(unit_periods.c.tenant == uow.tenant, unit_periods.c.unit_id.in_(unit_ids))
    newest_first = (unit_periods.c.unit_id, has_begun.desc(), unit_periods.c.valid_from.desc())
    return {row.unit_id: row.name for row in uow.rows(query.order_by(*newest_first))}


def territory(uow: UnitOfWork, as_of: date, scope: str = "/") -> list[Unit]:
    """The administrative units of a day, but villages, that were below `scope` then."""
    levels = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)
    query = _query(uow, as_of).where(units.c.kind == UnitKind.ADMINISTRATIVE, units.c.level.in_(levels))
    query = query.where(unit_periods.c.scope_path.startswith(scope, autoescape=True))
    return [Unit(**row._mapping) for row in uow.rows(query)]


def living(uow: UnitOfWork, as_of: date) -> list[Unit]:
    """Every unit of a day."""
    return [Unit(**row._mapping) for row in uow.rows(_query(uow, as_of))]


def unit_codes(uow: UnitOfWork) -> frozenset[str]:
    """Every code that was ever given in the tenant."""
    return frozenset(row.code for row in uow.rows(select(units.c.code).where(units.c.tenant == uow.tenant)))


def add_unit(uow: UnitOfWork, unit: Unit) -> None:
    add_units(uow, [unit])


def add_units(uow: UnitOfWork, added: list[Unit]) -> None:
    """Many at once, each after its parent or together with it."""
    if not added:
        return
    rows = [
        {
            "tenant": uow.tenant,
            "id": unit.id,
            "code": unit.code,
            "kind": unit.kind,
            "level": unit.level,
            "affiliation": unit.affiliation,
            "version": unit.version,
        }
        for unit in added
    ]
    # RETURNING makes SQLAlchemy send all rows in one statement; without it each row is one.
    uow.execute(insert(units).returning(units.c.id), rows)
    uow.execute(insert(unit_periods).returning(unit_periods.c.unit_id), [period(uow, unit) for unit in added])


def add_change(uow: UnitOfWork, unit: Unit) -> None:
    """End the period that was open the day before the new one begins."""
    open_period = (unit_periods.c.tenant == uow.tenant) & (unit_periods.c.unit_id == unit.id)
    uow.execute(
        update(unit_periods)
        .where(open_period, unit_periods.c.valid_to.is_(None))
        .values(valid_to=unit.valid_from - timedelta(days=1))
    )
    uow.execute(insert(unit_periods).values(period(uow, unit)))
    uow.execute(update(units).where(units.c.tenant == uow.tenant, units.c.id == unit.id).values(version=unit.version))


def period(uow: UnitOfWork, unit: Unit) -> dict[str, Any]:
    return {
        "tenant": uow.tenant,
        "unit_id": unit.id,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "name": unit.name,
        "parent_id": unit.parent_id,
        "scope_path": unit.scope_path,
    }


def find_level_above(uow: UnitOfWork, parent: Unit) -> str | None:
    """The level of the nearest territory on the way up from `parent`, itself included."""
    codes = parent.scope_path.strip("/").split("/")
    rows = uow.rows(select(units.c.code, units.c.level).where(units.c.tenant == uow.tenant, units.c.code.in_(codes)))
    levels = {row.code: row.level for row in rows if row.level != Level.NONE}
    return next((levels[code] for code in reversed(codes) if code in levels), None)


def roots(uow: UnitOfWork, as_of: date) -> list[Unit]:
    """More than one on a day before another province became part of this one."""
    return [Unit(**row._mapping) for row in uow.rows(_query(uow, as_of).where(unit_periods.c.parent_id.is_(None)))]


def find_root(uow: UnitOfWork, as_of: date) -> Unit | None:
    row = uow.find(_query(uow, as_of).where(unit_periods.c.parent_id.is_(None)))
    return Unit(**row._mapping) if row else None
