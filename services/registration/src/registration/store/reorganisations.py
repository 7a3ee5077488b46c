"""Reorganisations."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from registration.domain.reorganisations import Reorganisation, Status
from registration.store.tables import reorganisations, successions, unit_periods, units

_COLUMNS = [column for column in reorganisations.c if column.name != "tenant"]
_LISTED = [reorganisations.c[name] for name in ("id", "title", "effective_on", "status", "absorbs", "version")]


def add(uow: UnitOfWork, act: Reorganisation) -> None:
    uow.execute(insert(reorganisations).values(tenant=uow.tenant, **vars(act)))


def save(uow: UnitOfWork, act: Reorganisation) -> None:
    mine = (reorganisations.c.tenant == uow.tenant) & (reorganisations.c.id == act.id)
    uow.execute(update(reorganisations).where(mine).values(**vars(act)))


def reorganisation(uow: UnitOfWork, reorganisation_id: UUID, *, lock: bool = False) -> Reorganisation:
    found = find(uow, reorganisation_id, lock=lock)
    if found is None:
        raise NotFound("reorganisation.not_found")
    return found


def find(uow: UnitOfWork, reorganisation_id: UUID, *, lock: bool = False) -> Reorganisation | None:
    mine = (reorganisations.c.tenant == uow.tenant) & (reorganisations.c.id == reorganisation_id)
    query = select(*_COLUMNS).where(mine)
    row = uow.find(query.with_for_update() if lock else query)
    return _act(row) if row else None


def _act(row: Row[Any]) -> Reorganisation:
    return Reorganisation(**{**row._mapping, "status": Status(row.status)})


def open_acts(uow: UnitOfWork) -> list[Reorganisation]:
    """Those not applied and not given up, locked for change."""
    query = select(*_COLUMNS).where(reorganisations.c.tenant == uow.tenant)
    is_open = reorganisations.c.status.in_([Status.DRAFT, Status.APPROVED])
    return [_act(row) for row in uow.rows(query.where(is_open).with_for_update())]


def page(uow: UnitOfWork, *, status: Collection[str], limit: int, before: UUID | None) -> list[Row[Any]]:
    """Newest first, one more than `limit`; of any status when none is named."""
    query = select(*_LISTED).where(reorganisations.c.tenant == uow.tenant)
    if status:
        query = query.where(reorganisations.c.status.in_(status))
    if before:
        query = query.where(reorganisations.c.id < before)
    return uow.rows(query.order_by(reorganisations.c.id.desc()).limit(limit + 1))


def due(uow: UnitOfWork, today: Any) -> list[UUID]:
    """Approved ones whose day has come, the earliest first."""
    query = select(reorganisations.c.id).where(
        reorganisations.c.tenant == uow.tenant,
        reorganisations.c.status == Status.APPROVED,
        reorganisations.c.effective_on <= today,
    )
    return [row.id for row in uow.rows(query.order_by(reorganisations.c.effective_on, reorganisations.c.id))]


def periods(uow: UnitOfWork, unit_id: UUID) -> list[Row[Any]]:
    """A unit's names and places in time, the oldest first, with the name of the unit above."""
    above = unit_periods.alias("above")
    under = (above.c.tenant == unit_periods.c.tenant) & (above.c.unit_id == unit_periods.c.parent_id)
    then = (above.c.valid_from <= unit_periods.c.valid_from) & (
        above.c.valid_to.is_(None) | (above.c.valid_to >= unit_periods.c.valid_from)
    )
    query = select(
        unit_periods.c.name,
        unit_periods.c.parent_id,
        unit_periods.c.scope_path,
        unit_periods.c.valid_from,
        unit_periods.c.valid_to,
        above.c.name.label("parent_name"),
    ).select_from(unit_periods.outerjoin(above, under & then))
    query = query.where(unit_periods.c.tenant == uow.tenant, unit_periods.c.unit_id == unit_id)
    return uow.rows(query.order_by(unit_periods.c.valid_from))


def successions_of(uow: UnitOfWork, unit_id: UUID) -> list[Row[Any]]:
    """What the unit came from and what it became, with the act's legal basis and the other unit's name."""
    other = unit_periods.alias("other")
    is_other = (
        ((other.c.unit_id == successions.c.successor_id) & (successions.c.predecessor_id == unit_id))
        | ((other.c.unit_id == successions.c.predecessor_id) & (successions.c.successor_id == unit_id))
    ) & (other.c.tenant == successions.c.tenant)
    # The name on the last day before the act, or, of a unit that is new, on the day of the act.
    eve = (other.c.valid_from < successions.c.effective_on) | (other.c.unit_id == successions.c.successor_id)
    query = (
        select(
            successions, other.c.unit_id.label("other_id"), other.c.name, units.c.code, reorganisations.c.legal_basis
        )
        .ext(distinct_on(successions.c.effective_on, other.c.unit_id))
        .select_from(
            successions.join(other, is_other)
            .join(units, (units.c.tenant == other.c.tenant) & (units.c.id == other.c.unit_id))
            .join(
                reorganisations,
                (reorganisations.c.tenant == successions.c.tenant)
                & (reorganisations.c.id == successions.c.reorganisation_id),
            )
        )
        .where(successions.c.tenant == uow.tenant, other.c.valid_from <= successions.c.effective_on, eve)
    )
    newest = (successions.c.effective_on, other.c.unit_id, other.c.valid_from.desc())
    return uow.rows(query.order_by(*newest))
