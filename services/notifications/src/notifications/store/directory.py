"""People, units, cycles and grants, as the events of registration tell them."""

from datetime import date
from typing import Any
from uuid import UUID

from common import auth
from common.database import UnitOfWork
from common.errors import NotFound
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.dialects.postgresql import insert

from notifications.domain import Cycle
from notifications.store import tables


def save_person(uow: UnitOfWork, values: dict[str, Any]) -> None:
    _save_newer(uow, tables.person, values)


def save_unit(uow: UnitOfWork, values: dict[str, Any]) -> None:
    """A version that was told before places were kept gains its place when it is told again."""
    _save_newer(uow, tables.unit, values, and_same=tables.unit.c.scope_path == "")


def save_cycle(uow: UnitOfWork, values: dict[str, Any]) -> None:
    _save_newer(uow, tables.cycle, values)


def _save_newer(
    uow: UnitOfWork, table: Table, values: dict[str, Any], *, and_same: ColumnElement[bool] | None = None
) -> None:
    """Insert or replace, unless this version or a newer one is already here. `and_same`: when to replace the same."""
    statement = insert(table).values(tenant=uow.tenant, **values)
    told = statement.excluded.version
    newer = table.c.version < told
    if and_same is not None:
        newer |= (table.c.version == told) & and_same
    uow.execute(statement.on_conflict_do_update(index_elements=["tenant", "id"], set_=values, where=newer))


def save_grant(uow: UnitOfWork, values: dict[str, Any]) -> None:
    auth.save_grant(uow, tables.metadata, values)


def unit_name(uow: UnitOfWork, unit_id: UUID) -> str:
    """Raises NotFound while the unit's event has not come; the event that needs it is tried again later."""
    table = tables.unit
    row = uow.find(select(table.c.name).where(table.c.tenant == uow.tenant, table.c.id == unit_id))
    if row is None:
        raise NotFound("unit.not_known_yet", unit_id=unit_id)
    return str(row.name)


def units_at(uow: UnitOfWork, path: str) -> list[UUID]:
    """The unit at this place, and those that have ended and whose heir it is."""
    table = tables.unit
    return [
        row.id for row in uow.rows(select(table.c.id).where(table.c.tenant == uow.tenant, table.c.scope_path == path))
    ]


def cycle(uow: UnitOfWork, cycle_id: UUID) -> Cycle:
    """Raises NotFound while the cycle's event has not come; the event that needs it is tried again later."""
    table = tables.cycle
    row = uow.find(select(table).where(table.c.tenant == uow.tenant, table.c.id == cycle_id))
    if row is None:
        raise NotFound("cycle.not_known_yet", cycle_id=cycle_id)
    return Cycle(row.name, row.registration_closes_on, row.endorsement_closes_on, row.review_closes_on)


def tenant_administrators(uow: UnitOfWork, day: date) -> list[UUID]:
    """Those of the whole tenant, not of a unit below its root."""
    grant = tables.metadata.tables["access_grant"]
    query = select(grant.c.person_id).where(
        grant.c.tenant == uow.tenant,
        grant.c.role == "administrator",
        grant.c.scope_path.op("~")("^/[^/]+/$"),
        grant.c.revoked_at.is_(None),
        grant.c.valid_from <= day,
        grant.c.valid_to.is_(None) | (grant.c.valid_to >= day),
    )
    return [row.person_id for row in uow.rows(query.distinct())]


def holders(uow: UnitOfWork, unit_id: UUID | None, role: str, day: date) -> list[UUID]:
    """The people who have this role on that day at this very unit, or at the heir of one that has ended, each once."""
    grant, unit = tables.metadata.tables["access_grant"], tables.unit
    place = select(unit.c.scope_path).where(unit.c.tenant == uow.tenant, unit.c.id == unit_id).scalar_subquery()
    query = select(grant.c.person_id).where(
        grant.c.tenant == uow.tenant,
        (grant.c.unit_id == unit_id) | (grant.c.scope_path == place),
        grant.c.role == role,
        grant.c.revoked_at.is_(None),
        grant.c.valid_from <= day,
        grant.c.valid_to.is_(None) | (grant.c.valid_to >= day),
    )
    return [row.person_id for row in uow.rows(query.distinct())]
