"""The copy of which units have a council, kept from review's events."""

from datetime import date
from typing import Any

from common.database import UnitOfWork
from sqlalchemy import ColumnElement, Exists, Row, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from registration.domain.councils import Council
from registration.store.tables import councils, unit_periods, units
from registration.store.units import holds, is_living


def save_council(uow: UnitOfWork, council: Council) -> None:
    """Keep the newest version: events may come twice and in any order."""
    statement = insert(councils).values(tenant=uow.tenant, **vars(council))
    newer = {name: statement.excluded[name] for name in vars(council) if name != "id"}
    uow.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant", "id"], set_=newer, where=councils.c.version < statement.excluded.version
        )
    )


def _in_term(on: Any) -> ColumnElement[bool]:
    """Not over on that day. It need not have begun: a dossier may wait for a council that is being set up."""
    return or_(councils.c.term_to.is_(None), councils.c.term_to >= on)


def is_judged(tenant: ColumnElement[str], unit_id: ColumnElement[Any], *, on: Any) -> Exists:
    """Whether a council in term judges what is before that of this unit: its own, or its heir's once it ended (ADR 10).

    Both stand in one place, where only the heir lives. The own council still counts: it may have a session to finish.
    """
    place, its = unit_periods.alias(), unit_periods.alias()
    stands = (place.c.tenant == tenant, place.c.unit_id == unit_id, holds(place.c, on))
    it_or_its_heir = (units.c.tenant == tenant, (units.c.id == unit_id) | is_living(on))
    in_its_place = (
        its.c.tenant == tenant,
        its.c.unit_id == units.c.id,
        holds(its.c, on),
        its.c.scope_path == place.c.scope_path,
    )
    has_council = (councils.c.tenant == tenant, councils.c.unit_id == units.c.id, _in_term(on))
    return exists().where(*stands, *it_or_its_heir, *in_its_place, *has_council)


def councils_above(uow: UnitOfWork, scope_path: str, *, on: date, today: date) -> list[Row[Any]]:
    """Where a dossier of this path can be forwarded to on a day: the units on its line with a council, nearest first.

    Names and places are those of today: a unit that has ended is not among them. One counts once, however many councils
    it has.
    """
    period, of_period = (
        unit_periods.c,
        (unit_periods.c.tenant == units.c.tenant) & (unit_periods.c.unit_id == units.c.id),
    )
    has_council = select(func.min(councils.c.name)).where(
        councils.c.tenant == units.c.tenant, councils.c.unit_id == units.c.id, _in_term(on)
    )
    name = has_council.correlate(units).scalar_subquery()
    query = select(units.c.id.label("unit_id"), units.c.code, period.name, units.c.kind, name.label("council"))
    query = query.join(unit_periods, of_period).where(units.c.tenant == uow.tenant, name.is_not(None))
    on_its_line = func.starts_with(scope_path, period.scope_path)
    query = query.where(is_living(today), holds(period, today), on_its_line)
    return uow.rows(query.order_by(func.length(period.scope_path).desc()))
