"""Units in the dated tree."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, page_of, principal

from registration.api.roles import EVERYONE
from registration.schemas import units as shapes
from registration.store import reorganisations as reorganisation_store
from registration.store import units as store
from registration.usecases import units as usecases

blueprint = Blueprint("units", __name__, url_prefix="/v1", description="Đơn vị")


@blueprint.get("/units")
@acting_as(*EVERYONE)
@blueprint.arguments(shapes.UnitArgs, location="query")
@blueprint.response(200, shapes.UnitPage)
def units(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """The tenant's units as of a day, by path."""
    limit, after, around = args.pop("limit"), args.pop("cursor"), args.pop("around")
    as_of = args.pop("as_of") or clock.today()
    rows = store.unit_page(uow, as_of, limit=limit, after=after[0] if after else "", **args)
    page = page_of(rows, limit, lambda row: [row.scope_path])
    return page | {"items": usecases.with_neighbours(uow, page["items"], as_of)} if around else page


@blueprint.post("/units")
@acting_as("administrator")
@blueprint.arguments(shapes.CreateUnit)
@blueprint.response(201, shapes.UnitView)
def create_unit(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Add a unit below one of the own subtree."""
    return usecases.create_unit(uow, scope=principal().scope_path, **command)


@blueprint.get("/units/<uuid:unit_id>")
@acting_as(*EVERYONE)
@blueprint.arguments(shapes.AsOf, location="query")
@blueprint.response(200, shapes.UnitView)
def unit(uow: UnitOfWork, args: dict[str, Any], unit_id: UUID) -> Any:
    """A unit as it was on a day."""
    return store.unit(uow, unit_id, args["as_of"] or clock.today())


@blueprint.post("/units/<uuid:unit_id>/changes")
@acting_as("administrator")
@blueprint.arguments(shapes.ChangeUnit)
@blueprint.response(201, shapes.UnitView)
def change_unit(uow: UnitOfWork, command: dict[str, Any], unit_id: UUID) -> Any:
    """Rename a unit from a day on; the old name stays true before it."""
    return usecases.change_unit(uow, unit_id, scope=principal().scope_path, **command)


@blueprint.get("/units/<uuid:unit_id>/history")
@acting_as(*EVERYONE)
@blueprint.response(200, shapes.UnitHistory)
def unit_history(uow: UnitOfWork, unit_id: UUID) -> Any:
    """A unit's names and places in time, what it came from and what it became, with the legal basis."""
    unit = store.last_known(uow, unit_id)
    heir = store.names(uow, [unit.heir_id], clock.today())[unit.heir_id] if unit.heir_id else ""
    return {
        "unit": vars(unit) | {"heir_name": heir},
        "periods": reorganisation_store.periods(uow, unit_id),
        **_successions(reorganisation_store.successions_of(uow, unit_id), unit_id),
    }


def _successions(rows: list[Any], unit_id: UUID) -> dict[str, list[Any]]:
    came_from = [row for row in rows if row.successor_id == unit_id]
    return {"predecessors": came_from, "successors": [row for row in rows if row.predecessor_id == unit_id]}
