"""Rulebooks over HTTP."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, page_of

from review.schemas import rulebooks as shapes
from review.store import rulebooks as store
from review.usecases import rulebooks as usecases

blueprint = Blueprint("rulebooks", __name__, url_prefix="/v1/rulebooks", description="Quy chế xét sáng kiến")

READERS = ("administrator", "officer", "secretary", "member", "chair", "standing")


@blueprint.get("")
@acting_as(*READERS)
@blueprint.arguments(shapes.RulebookArgs, location="query")
@blueprint.response(200, shapes.RulebookPage)
def rulebooks(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Rulebooks of the acting unit, of those below it, and of those above it that it may use; newest first."""
    return page_of(store.rulebooks(uow, **args), args["limit"], lambda rulebook: [rulebook.id])


@blueprint.post("")
@acting_as("administrator")
@blueprint.arguments(shapes.DraftRulebook)
@blueprint.response(201, shapes.RulebookView)
def draft_rulebook(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """A first edition, or the next one of a lineage."""
    return usecases.draft_rulebook(uow, **command)


@blueprint.get("/<uuid:rulebook_id>")
@acting_as(*READERS)
@blueprint.response(200, shapes.RulebookView)
def rulebook(uow: UnitOfWork, rulebook_id: UUID) -> Any:
    """One rulebook."""
    return usecases.show_rulebook(uow, rulebook_id)


@blueprint.post("/<uuid:rulebook_id>/publish")
@acting_as("administrator")
@blueprint.response(200, shapes.RulebookView)
def publish_rulebook(uow: UnitOfWork, rulebook_id: UUID) -> Any:
    """Sessions may use it from now on; it never changes again."""
    return usecases.publish_rulebook(uow, rulebook_id, now=clock.now())
