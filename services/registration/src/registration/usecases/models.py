"""Models and where they were replicated."""

from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.ids import new_id

from registration.domain.models import Model, Replication
from registration.domain.units import Unit
from registration.store import initiatives as initiative_store
from registration.store import models as store
from registration.store import units as unit_store


def record_model(uow: UnitOfWork, *, scope: str, today: date, unit_id: UUID, **values: Any) -> Model:
    """A model of a unit in the own subtree; one made from an initiative names one that the caller sees."""
    unit = _own_unit(uow, unit_id, scope, today)
    if values.get("initiative_id"):
        initiative_store.initiative(uow, values["initiative_id"], lock=False)
    model = Model(id=new_id(), unit_id=unit.id, scope_path=unit.scope_path, **values)
    event = model.recorded()
    store.add_model(uow, model)
    uow.emit(event)
    return model


def replicate_model(
    uow: UnitOfWork, model_id: UUID, *, scope: str, today: date, unit_id: UUID, **values: Any
) -> Replication:
    """Adoption at a unit of the own subtree."""
    model = store.model(uow, model_id)
    unit = _own_unit(uow, unit_id, scope, today)
    replication = Replication(id=new_id(), model_id=model_id, unit_id=unit.id, scope_path=unit.scope_path, **values)
    event = replication.replicated(model)
    store.add_replication(uow, replication)
    uow.emit(event)
    return replication


def _own_unit(uow: UnitOfWork, unit_id: UUID, scope: str, today: date) -> Unit:
    unit = unit_store.unit(uow, unit_id, today)
    if not unit.is_under(scope):
        raise NotFound("unit.not_found")
    return unit
