"""Commendations over HTTP."""

from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.http import Blueprint, acting_as, expected_version, page_of

from review.schemas import commendations as shapes
from review.store import commendations as store
from review.usecases import commendations as usecases

blueprint = Blueprint("commendations", __name__, url_prefix="/v1/commendations", description="Khen thưởng")

READERS = ("administrator", "officer", "secretary", "member", "chair", "standing")
KEEPERS = ("administrator", "standing")


@blueprint.get("")
@acting_as(*READERS)
@blueprint.arguments(shapes.CommendationArgs, location="query")
@blueprint.response(200, shapes.CommendationPage)
def commendations(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Commendations of the acting subtree, newest first."""
    return page_of(store.commendations(uow, **args), args["limit"], lambda commendation: [commendation.id])


@blueprint.post("")
@acting_as(*KEEPERS)
@blueprint.arguments(shapes.RecordCommendation)
@blueprint.response(201, shapes.CommendationView)
def record_commendation(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """As its source gives it: recipients as counts by group."""
    return usecases.record_commendation(uow, **command)


@blueprint.get("/<uuid:commendation_id>")
@acting_as(*READERS)
@blueprint.response(200, shapes.CommendationView)
def commendation(uow: UnitOfWork, commendation_id: UUID) -> Any:
    """One commendation with the names given so far."""
    return store.commendation(uow, commendation_id)


@blueprint.post("/<uuid:commendation_id>/names")
@acting_as(*KEEPERS)
@blueprint.arguments(shapes.NameRecipients)
@blueprint.response(200, shapes.CommendationView)
def name_recipients(uow: UnitOfWork, command: dict[str, Any], commendation_id: UUID) -> Any:
    """Replace the names of one group, never more than its count."""
    names = tuple(command.pop("names"))
    return usecases.name_recipients(uow, commendation_id, names=names, **command, expected=expected_version())
