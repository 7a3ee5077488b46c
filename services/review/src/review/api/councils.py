"""Councils over HTTP."""

from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.http import Blueprint, acting_as, page_of

from review.schemas import councils as shapes
from review.store import councils as store
from review.usecases import councils as usecases

blueprint = Blueprint("councils", __name__, url_prefix="/v1/councils", description="Hội đồng xét sáng kiến")

READERS = ("administrator", "officer", "secretary", "member", "chair", "standing")


@blueprint.get("")
@acting_as(*READERS)
@blueprint.arguments(shapes.CouncilArgs, location="query")
@blueprint.response(200, shapes.CouncilPage)
def councils(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Councils of the acting subtree with their members, newest first."""
    return page_of(store.councils(uow, **args), args["limit"], lambda council: [council.id])


@blueprint.post("")
@acting_as("administrator", "standing")
@blueprint.arguments(shapes.EstablishCouncil)
@blueprint.response(201, shapes.CouncilView)
def establish_council(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """As its establishing decision names it; a new term is a new council."""
    return usecases.establish_council(uow, **command)


@blueprint.get("/template")
@acting_as("administrator", "standing")
@blueprint.response(200, shapes.CouncilTemplate)
def council_template(_: UnitOfWork) -> Any:
    """What a form for a new council begins with."""
    return store.template()


@blueprint.get("/<uuid:council_id>")
@acting_as(*READERS)
@blueprint.response(200, shapes.CouncilView)
def council(uow: UnitOfWork, council_id: UUID) -> Any:
    """One council."""
    return store.council(uow, council_id)
