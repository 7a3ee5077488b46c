"""Cycles."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, expected_version, page_of, principal

from registration.api.roles import EVERYONE
from registration.schemas import cycles as shapes
from registration.store import cycles as store
from registration.usecases import cycles as usecases

blueprint = Blueprint("cycles", __name__, url_prefix="/v1", description="Đợt thi đua")


@blueprint.get("/cycles")
@acting_as(*EVERYONE)
@blueprint.arguments(shapes.CycleArgs, location="query")
@blueprint.response(200, shapes.CyclePage)
def cycles(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """The tenant's cycles, newest first."""
    rows = store.cycle_page(uow, limit=args["limit"], cursor=args["cursor"])
    return page_of(rows, args["limit"], lambda row: [row.year, row.id])


@blueprint.post("/cycles")
@acting_as("administrator", "standing")
@blueprint.arguments(shapes.RecordCycle)
@blueprint.response(201, shapes.CycleView)
def record_cycle(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Plan a year for a unit of the own subtree."""
    return usecases.record_cycle(uow, scope=principal().scope_path, today=clock.today(), **command)


@blueprint.get("/cycles/<uuid:cycle_id>")
@acting_as(*EVERYONE)
@blueprint.response(200, shapes.CycleView)
def cycle(uow: UnitOfWork, cycle_id: UUID) -> Any:
    """One cycle."""
    return store.cycle(uow, cycle_id)


@blueprint.put("/cycles/<uuid:cycle_id>")
@acting_as("administrator", "standing")
@blueprint.arguments(shapes.ChangeCycle)
@blueprint.response(200, shapes.CycleView)
def change_cycle(uow: UnitOfWork, command: dict[str, Any], cycle_id: UUID) -> Any:
    """Change name or deadlines."""
    expected = expected_version(required=True)
    return usecases.change_cycle(
        uow, cycle_id, scope=principal().scope_path, today=clock.today(), expected=expected, **command
    )
