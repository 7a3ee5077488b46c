"""Lists of grants with the names in them, and what was lent of them."""

from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.text import reads_like
from sqlalchemy import ColumnElement, Row, Select, or_, select

from registration.domain.people import Grant, Login
from registration.store.people import grant_of, grants
from registration.store.tables import people, unit_periods, units

holders = people.alias("holder")
_HELD = grants.c.valid_to.is_(None)


def _listed(uow: UnitOfWork) -> Select[Any]:
    """With the names of the person, of whoever lent it, and of the unit."""
    named = (
        grants.join(people, (people.c.tenant == grants.c.tenant) & (people.c.id == grants.c.person_id))
        .outerjoin(holders, (holders.c.tenant == grants.c.tenant) & (holders.c.id == grants.c.on_behalf_of))
        .join(units, (units.c.tenant == grants.c.tenant) & (units.c.id == grants.c.unit_id))
        .join(unit_periods, (unit_periods.c.tenant == units.c.tenant) & (unit_periods.c.unit_id == units.c.id))
    )
    names = [
        people.c.name.label("person_name"),
        holders.c.name.label("on_behalf_of_name"),
        unit_periods.c.name.label("unit_name"),
    ]
    newest = unit_periods.c.valid_to.is_(None)
    return select(grants, *names).select_from(named).where(grants.c.tenant == uow.tenant, newest)


def states(today: date) -> dict[str, ColumnElement[bool]]:
    """What a grant is on a day, as conditions on its row."""
    kept, begun = grants.c.revoked_at.is_(None), grants.c.valid_from <= today
    lasts = or_(_HELD, grants.c.valid_to >= today)
    return {
        "active": kept & begun & lasts,
        "future": kept & ~begun,
        "ended": kept & begun & ~lasts,
        "revoked": ~kept,
    }


def grant_page(
    uow: UnitOfWork, *, scope: str, filters: dict[str, Any], today: date, limit: int, after: UUID | None
) -> list[Row[Any]]:
    """Grants at units under `scope`, one more than `limit`."""
    query = _listed(uow).where(grants.c.scope_path.startswith(scope, autoescape=True))
    for name in ("person_id", "unit_id", "role"):
        if filters.get(name):
            query = query.where(grants.c[name] == filters[name])
    if filters.get("state"):
        query = query.where(states(today)[filters["state"]])
    if filters.get("delegated") is not None:
        query = query.where(grants.c.delegated_from.is_not(None) == filters["delegated"])
    if filters.get("q"):
        query = query.where(reads_like(people.c.name, filters["q"]))
    if after:
        query = query.where(grants.c.id > after)
    return uow.rows(query.order_by(grants.c.id).limit(limit + 1))


def delegations_of(uow: UnitOfWork, person_id: UUID, *, limit: int, after: UUID | None) -> list[Row[Any]]:
    """What the person has lent and was lent, one more than `limit`."""
    query = _listed(uow).where(grants.c.delegated_from.is_not(None))
    query = query.where(or_(grants.c.person_id == person_id, grants.c.on_behalf_of == person_id))
    if after:
        query = query.where(grants.c.id > after)
    return uow.rows(query.order_by(grants.c.id).limit(limit + 1))


def listed_grant(uow: UnitOfWork, grant_id: UUID) -> Row[Any]:
    """One that is there, as lists show it."""
    return uow.rows(_listed(uow).where(grants.c.id == grant_id))[0]


def lent_of(uow: UnitOfWork, grant_id: UUID) -> list[Grant]:
    """What was lent of a grant and still holds, locked for change."""
    query = select(grants).where(
        grants.c.tenant == uow.tenant, grants.c.delegated_from == grant_id, grants.c.revoked_at.is_(None)
    )
    return [grant_of(row) for row in uow.rows(query.with_for_update())]


def find_login(uow: UnitOfWork, person_id: UUID, today: date) -> Login | None:
    """Under which the person was last given something that has not ended."""
    query = select(grants).where(grants.c.tenant == uow.tenant, grants.c.person_id == person_id)
    query = query.where(grants.c.delegated_from.is_(None), grants.c.revoked_at.is_(None))
    lasting = query.where(or_(_HELD, grants.c.valid_to >= today)).order_by(grants.c.id.desc()).limit(1)
    row = uow.find(lasting)
    return Login(person_id, row.issuer, row.subject) if row else None
