"""Recommendations to the centre over HTTP."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as

from review.api.dossiers import PROPOSERS, actor, proposer
from review.schemas import recommendations as shapes
from review.usecases import recommendations as usecases

blueprint = Blueprint("recommendations", __name__, url_prefix="/v1/dossiers", description="Đề nghị lên Trung ương")


@blueprint.post("/<uuid:initiative_id>/recommendation")
@acting_as(*PROPOSERS)
@blueprint.arguments(shapes.RecommendDossier)
@blueprint.response(201, shapes.RecommendationView)
def recommend_dossier(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """Propose to the centre what the province's council has recognised: a copy of its texts is given to the centre."""
    return usecases.recommend_dossier(uow, initiative_id, actor(), proposer(), **command, today=clock.today())


@blueprint.post("/<uuid:initiative_id>/recommendation/withdrawal")
@acting_as(*PROPOSERS)
@blueprint.arguments(shapes.WithdrawRecommendation)
@blueprint.response(200, shapes.RecommendationView)
def withdraw_recommendation(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """Until the centre has answered; its copy goes."""
    return usecases.withdraw_recommendation(uow, initiative_id, actor(), proposer(), **command, today=clock.today())
