"""The door through which an administrator fetches a copy of somebody's data while that person's request is answered.

Opened and closed by the service that records requests, through its events; ids and a time only.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Uuid, select
from sqlalchemy.dialects.postgresql import insert

from common import clock, policies
from common.database import UnitOfWork
from common.errors import NotFound
from common.privacy import pseudonym


def add_door_table(metadata: MetaData) -> None:
    Table(
        "export_door",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("request_id", Uuid, primary_key=True),
        Column("person_id", Uuid, nullable=False, info=pseudonym("whose copy was asked for")),
        Column("open_until", DateTime(timezone=True), nullable=False),
        Column("version", Integer, nullable=False),
        info=policies.by_tenant() | policies.unaudited("follows the request, which is audited where it is recorded"),
    )


def open_door(uow: UnitOfWork, metadata: MetaData, data: Mapping[str, Any]) -> None:
    """What a started request tells: with a time only when a copy was asked for."""
    if data["open_until"]:
        _keep(uow, metadata, data, datetime.fromisoformat(data["open_until"]))


def close_door(uow: UnitOfWork, metadata: MetaData, data: Mapping[str, Any]) -> None:
    """The row stays, as a door that is no longer open: the request's start may still come, out of the dead letters."""
    if data["kind"] == "export":
        _keep(uow, metadata, data, clock.now())


def _keep(uow: UnitOfWork, metadata: MetaData, data: Mapping[str, Any], open_until: datetime) -> None:
    """Unless a newer version is already here."""
    table = metadata.tables["export_door"]
    values = {"person_id": UUID(data["person_id"]), "open_until": open_until, "version": data["version"]}
    statement = insert(table).values(tenant=uow.tenant, request_id=UUID(data["request_id"]), **values)
    newer = table.c.version < statement.excluded.version
    uow.execute(statement.on_conflict_do_update(index_elements=["tenant", "request_id"], set_=values, where=newer))


def person_behind(uow: UnitOfWork, metadata: MetaData, request_id: UUID) -> UUID:
    """Whose data the request lets an administrator see. Raises NotFound when it does not, or no longer."""
    table = metadata.tables["export_door"]
    query = select(table.c.person_id).where(table.c.tenant == uow.tenant, table.c.request_id == request_id)
    row = uow.find(query.where(table.c.open_until > clock.now()))
    if row is None:
        raise NotFound("subject_data.not_open")
    return UUID(str(row.person_id))
