"""Commendations: recorded as the counts a source gives; names may follow."""

from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.ids import new_id

from review.domain.commendations import Commendation, Named
from review.domain.vocabulary import RecipientKind
from review.store import commendations as store
from review.store import reference


def record_commendation(uow: UnitOfWork, *, unit_id: UUID, **content: Any) -> Commendation:
    """Of a unit in the acting scope."""
    unit = reference.unit(uow, unit_id)
    unit.ensure_under(uow.context.scope)
    commendation = Commendation(id=new_id(), unit_id=unit.id, scope_path=unit.scope_path, **content)
    event = commendation.recorded()
    store.add_commendation(uow, commendation)
    uow.emit(event)
    return commendation


def name_recipients(
    uow: UnitOfWork,
    commendation_id: UUID,
    *,
    kind: RecipientKind,
    group: str,
    names: tuple[Named, ...],
    expected: int | None,
) -> Commendation:
    """Replace the names of one group. Its counts stay, so other services hear only of a new version."""
    commendation = store.commendation(uow, commendation_id, locked=True)
    commendation.name(kind, group, names, expected)
    event = commendation.recorded()
    store.save_recipients(uow, commendation)
    uow.emit(event)
    return commendation
