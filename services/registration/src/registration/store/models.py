"""Models and replications."""

from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from sqlalchemy import Row, func, insert, select

from registration.domain.models import Model, Replication
from registration.store import units as unit_store
from registration.store.tables import models, replications


def add_model(uow: UnitOfWork, model: Model) -> None:
    uow.execute(insert(models).values(tenant=uow.tenant, **vars(model)))


def model(uow: UnitOfWork, model_id: UUID) -> Model:
    row = uow.find(select(models).where(models.c.tenant == uow.tenant, models.c.id == model_id))
    if row is None:
        raise NotFound("model.not_found")
    return Model(**{name: value for name, value in row._mapping.items() if name != "tenant"})


def model_page(
    uow: UnitOfWork, *, limit: int, before: UUID | None, under: str | None = None, as_of: date
) -> list[Row[Any]]:
    """Newest first with how many replications each has, one more than `limit`; `under`: a path of the day."""
    replicated = (
        select(func.coalesce(func.sum(replications.c.quantity), 0))
        .where(replications.c.tenant == models.c.tenant, replications.c.model_id == models.c.id)
        .correlate(models)
        .scalar_subquery()
        .label("replicated")
    )
    query = select(models, replicated).where(models.c.tenant == uow.tenant)
    if under:
        query = query.where(models.c.unit_id.in_(unit_store.units_below(uow, under, as_of)))
    if before:
        query = query.where(models.c.id < before)
    return uow.rows(query.order_by(models.c.id.desc()).limit(limit + 1))


def has_model_of(uow: UnitOfWork, initiative_id: UUID) -> bool:
    """Return whether a model is recorded as made from the initiative."""
    query = select(models.c.id).where(models.c.tenant == uow.tenant, models.c.initiative_id == initiative_id)
    return uow.find(query.limit(1)) is not None


def add_replication(uow: UnitOfWork, replication: Replication) -> None:
    uow.execute(insert(replications).values(tenant=uow.tenant, **vars(replication)))


def replications_of(uow: UnitOfWork, model_id: UUID) -> list[Row[Any]]:
    query = select(replications).where(replications.c.tenant == uow.tenant, replications.c.model_id == model_id)
    return uow.rows(query.order_by(replications.c.id))
