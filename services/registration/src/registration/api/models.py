"""Models and replications."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, page_of, principal

from registration.schemas import models as shapes
from registration.store import models as store
from registration.store import units as unit_store
from registration.usecases import models as usecases

blueprint = Blueprint("models", __name__, url_prefix="/v1/models", description="Mô hình và nhân rộng")

READERS = ("officer", "secretary", "member", "chair", "standing")


@blueprint.get("")
@acting_as(*READERS)
@blueprint.arguments(shapes.ModelArgs, location="query")
@blueprint.response(200, shapes.ModelPage)
def models(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Models of the own subtree, newest first."""
    before, day = UUID(args["cursor"][0]) if args["cursor"] else None, args["as_of"] or clock.today()
    under = unit_store.unit(uow, args["under"], day).scope_path if args["under"] else None
    rows = store.model_page(uow, limit=args["limit"], before=before, under=under, as_of=day)
    return page_of(rows, args["limit"], lambda row: [row.id])


@blueprint.post("")
@acting_as("officer", "standing")
@blueprint.arguments(shapes.RecordModel)
@blueprint.response(201, shapes.ModelRow)
def record_model(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Record a model, or how many there are."""
    return usecases.record_model(uow, scope=principal().scope_path, today=clock.today(), **command)


@blueprint.get("/<uuid:model_id>")
@acting_as(*READERS)
@blueprint.response(200, shapes.ModelView)
def model(uow: UnitOfWork, model_id: UUID) -> Any:
    """A model with where it was replicated."""
    found, replicated = store.model(uow, model_id), store.replications_of(uow, model_id)
    return vars(found) | {"replications": replicated, "replicated": sum(row.quantity for row in replicated)}


@blueprint.post("/<uuid:model_id>/replications")
@acting_as("officer", "standing")
@blueprint.arguments(shapes.ReplicateModel)
@blueprint.response(201, shapes.ReplicationView)
def replicate_model(uow: UnitOfWork, command: dict[str, Any], model_id: UUID) -> Any:
    """Record that a unit adopted the model."""
    return usecases.replicate_model(uow, model_id, scope=principal().scope_path, today=clock.today(), **command)
