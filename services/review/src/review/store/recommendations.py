"""Recommendations: the newest of each dossier."""

from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from review.domain.recommendations import Recommendation
from review.domain.vocabulary import Answer
from review.store.queries import own
from review.store.tables import recommendation as table


def find_recommendation(uow: UnitOfWork, initiative_id: UUID) -> Recommendation | None:
    """Its dossier is locked by whoever changes it."""
    row = uow.find(select(table).where(own(uow, table), table.c.initiative_id == initiative_id))
    if row is None:
        return None
    values: dict[str, Any] = {name: value for name, value in row._mapping.items() if name != "tenant"}
    return Recommendation(**values | {"answer": Answer(row.answer) if row.answer else None})


def save_recommendation(uow: UnitOfWork, recommendation: Recommendation) -> None:
    statement = insert(table).values(tenant=uow.tenant, **vars(recommendation))
    changed = {name: value for name, value in vars(recommendation).items() if name != "initiative_id"}
    uow.execute(statement.on_conflict_do_update(index_elements=["tenant", "initiative_id"], set_=changed))
