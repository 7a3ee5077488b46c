"""Dossiers that provinces have recommended, over HTTP, for the centre."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, expected_version, page_of, principal

from registration.api.initiatives import actor
from registration.domain.recommended import RecommendedDossier
from registration.schemas import recommended as shapes
from registration.store import recommended as store
from registration.usecases import recommended as usecases

blueprint = Blueprint(
    "recommended", __name__, url_prefix="/v1/recommended", description="Hồ sơ các tỉnh đề nghị lên Trung ương"
)

READERS = ("officer", "standing")
ANSWERERS = ("standing",)


def _view(copy: RecommendedDossier) -> dict[str, Any]:
    return vars(copy) | {"allowed": copy.answers if principal().role in ANSWERERS else []}


@blueprint.get("")
@acting_as(*READERS)
@blueprint.arguments(shapes.RecommendedArgs, location="query")
@blueprint.response(200, shapes.RecommendedPage)
def recommended_dossiers(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """What was given to the centre, the latest first; to a province nothing ever is."""
    usecases.ensure_whole(uow, principal().unit_id, clock.today())
    rows = store.page(uow, filters=args, limit=args["limit"], cursor=args["cursor"])
    found = page_of(rows, args["limit"], lambda row: [row.recommended_on, row.initiative_id])
    return found | {"provinces": store.provinces(uow)}


@blueprint.get("/<uuid:initiative_id>")
@acting_as(*READERS)
@blueprint.response(200, shapes.RecommendedView)
def recommended_dossier(uow: UnitOfWork, initiative_id: UUID) -> Any:
    """The copy that the province gave; nothing else of the dossier can be read here."""
    usecases.ensure_whole(uow, principal().unit_id, clock.today())
    return _view(store.dossier(uow, initiative_id))


@blueprint.post("/<uuid:initiative_id>/answer")
@acting_as(*ANSWERERS)
@blueprint.arguments(shapes.AnswerRecommendation)
@blueprint.response(200, shapes.RecommendedView)
def answer_recommendation(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """The province, its Standing Board and the authors are told."""
    expected, unit_id = expected_version(), principal().unit_id
    return _view(
        usecases.answer(uow, initiative_id, actor(), unit_id=unit_id, **command, today=clock.today(), expected=expected)
    )
