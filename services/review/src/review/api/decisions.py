"""Decisions over HTTP."""

from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.http import Blueprint, acting_as, page_of

from review.schemas import decisions as shapes
from review.store import decisions as store
from review.store import sessions as session_store

blueprint = Blueprint("decisions", __name__, url_prefix="/v1/decisions", description="Quyết định công nhận")

READERS = ("administrator", "officer", "secretary", "member", "chair", "standing")


@blueprint.get("")
@acting_as(*READERS)
@blueprint.arguments(shapes.DecisionArgs, location="query")
@blueprint.response(200, shapes.DecisionList)
def decisions(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Decisions of the acting subtree, the latest first."""
    return page_of(store.decisions(uow, **args), args["limit"], lambda row: [row.signed_on, row.id])


@blueprint.get("/<uuid:decision_id>")
@acting_as(*READERS)
@blueprint.response(200, shapes.DecisionView)
def decision(uow: UnitOfWork, decision_id: UUID) -> Any:
    """One decision with a verdict for each dossier, and the rules it was made by."""
    return decision_view(uow, decision_id)


def decision_view(uow: UnitOfWork, decision_id: UUID) -> dict[str, Any]:
    """As it was recorded: nothing in it is computed again."""
    row = store.decision(uow, decision_id)
    verdicts = [
        {**verdict._mapping, "recused": False, "result": store.result_from_json(verdict.initiative_id, verdict.result)}
        for verdict in store.verdicts(uow, decision_id)
    ]
    session = session_store.session_read(uow, row.session_id)
    return {**row._mapping, "rules": session.rules, "verdicts": verdicts}
