"""Requests of people about their own data."""

from datetime import date
from typing import Any
from uuid import UUID

from common import audit, clock, export_door
from common.database import UnitOfWork
from common.errors import NotFound
from common.ids import made_at
from sqlalchemy import Row, Select, func, insert, select, update

from registration.domain.subject_requests import OPEN, Kind, State, SubjectRequest
from registration.store.tables import metadata, people
from registration.store.tables import subject_requests as table


def add(uow: UnitOfWork, request: SubjectRequest) -> None:
    uow.execute(insert(table).values(tenant=uow.tenant, **vars(request)))


def save(uow: UnitOfWork, request: SubjectRequest) -> None:
    uow.execute(update(table).where(table.c.tenant == uow.tenant, table.c.id == request.id).values(vars(request)))


def open_door(uow: UnitOfWork, request: SubjectRequest) -> None:
    """Here at once; in the other services with the event."""
    until = request.open_until.isoformat() if request.open_until else None
    export_door.open_door(uow, metadata, _told(request) | {"open_until": until})


def close_door(uow: UnitOfWork, request: SubjectRequest) -> None:
    export_door.close_door(uow, metadata, _told(request))


def _told(request: SubjectRequest) -> dict[str, Any]:
    """As the events tell it."""
    ids = {"request_id": str(request.id), "person_id": str(request.person_id)}
    return ids | {"kind": request.kind, "version": request.version}


def subject_request(uow: UnitOfWork, request_id: UUID) -> SubjectRequest:
    """Locked for change. Raises NotFound."""
    query = select(table).where(table.c.tenant == uow.tenant, table.c.id == request_id)
    row = uow.find(query.with_for_update())
    if row is None:
        raise NotFound("subject_request.not_found")
    values = {name: value for name, value in row._mapping.items() if name != "tenant"}
    return SubjectRequest(**{**values, "kind": Kind(row.kind), "state": State(row.state)})


def is_corrected(uow: UnitOfWork, request: SubjectRequest) -> bool:
    """Whether somebody has changed the person's name, addresses or national id since they asked.

    Who came with paper came at some time of that day. A new version in which all is as before is no correction.
    """
    since = clock.start_of(request.received_on) if request.on_paper else made_at(request.id)
    rows = audit.trail(uow, [request.person_id], tables=("person", "national_id"), limit=50)
    changes = [row for row in rows if row.at >= since and row.operation == "update" and row.person_id]
    return any(set(row.after or ()) - {"version"} for row in changes)


def shown(uow: UnitOfWork, request_id: UUID) -> Row[Any]:
    row = uow.find(_named(uow).where(table.c.id == request_id))
    if row is None:
        raise NotFound("subject_request.not_found")
    return row


def page(
    uow: UnitOfWork, *, person_id: UUID | None, is_open: bool | None, limit: int, before: UUID | None
) -> list[Any]:
    """Newest first, one more than `limit`, with the persons' names as they are now."""
    query = _named(uow)
    if person_id:
        query = query.where(table.c.person_id == person_id)
    if is_open is not None:
        query = query.where(table.c.state.in_(OPEN) if is_open else table.c.state.not_in(OPEN))
    if before:
        query = query.where(table.c.id < before)
    return uow.rows(query.order_by(table.c.id.desc()).limit(limit + 1))


def _named(uow: UnitOfWork) -> Select[Any]:
    joined = table.join(people, (people.c.tenant == table.c.tenant) & (people.c.id == table.c.person_id))
    query = select(table, people.c.name.label("person_name")).select_from(joined)
    return query.where(table.c.tenant == uow.tenant)


def forget_texts(uow: UnitOfWork, person_id: UUID) -> None:
    """That something was asked and answered stays; what was written goes."""
    mine = (table.c.tenant == uow.tenant) & (table.c.person_id == person_id)
    uow.execute(update(table).where(mine).values(details=""))
    uow.execute(update(table).where(mine, table.c.reason != "").values(reason="(đã xoá)"))


def overdue_by_tenant(uow: UnitOfWork, today: date) -> list[Row[Any]]:
    """How many, and since when; the unit of work acts for EVERY_TENANT."""
    late = (table.c.state.in_(OPEN), table.c.due_on < today)
    query = select(table.c.tenant, func.count().label("count"), func.min(table.c.due_on).label("since")).where(*late)
    return uow.rows(query.group_by(table.c.tenant).order_by(table.c.tenant))


def count_overdue(uow: UnitOfWork, today: date) -> int:
    """Of every tenant; the unit of work acts for EVERY_TENANT."""
    late = select(func.count()).select_from(table).where(table.c.state.in_(OPEN), table.c.due_on < today)
    return int(uow.execute(late).scalar_one())
