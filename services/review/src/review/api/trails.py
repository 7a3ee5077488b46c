"""What the council did about a dossier: who, acting as what, when, and what was before and after."""

from functools import partial
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.http import Blueprint, acting_as, principal, trails

from review.api.dossiers import READERS, actor
from review.store import councils as council_store
from review.store import reference
from review.store.tables import conflict, decision, dossier, recommendation, score_sheet, session, verdict
from review.usecases import dossiers as usecases

blueprint = Blueprint("trails", __name__, url_prefix="/v1/dossiers", description="Nhật ký hồ sơ trước hội đồng")

# Ballots are in no audit: the moment of one would tell a secret vote. The verdict has what they came to.
TABLES = [table.name for table in (dossier, session, conflict, score_sheet, decision, verdict, recommendation)]
NAMES_PEOPLE = frozenset({"secretary", "chair", "standing"})  # Who may list the province's people.


@blueprint.get("/<uuid:initiative_id>/trail")
@acting_as(*READERS)
@blueprint.arguments(trails.TrailArgs, location="query")
@blueprint.response(200, trails.TrailPage)
def trail(uow: UnitOfWork, args: dict[str, Any], initiative_id: UUID) -> Any:
    """Every change of a dossier, its session, conflicts, score sheets, decision, recommendation; newest first.

    Others' scores once the session is closed; nobody's vote. Refused to who has a part in it until it is decided.
    """
    traces = usecases.trace_dossier(uow, initiative_id, actor())
    return trails.trail_page(
        uow, args, traces.subjects, TABLES, names=partial(_names, uow), is_withheld=partial(_is_hidden, traces)
    )


def _names(uow: UnitOfWork, acted: set[UUID]) -> dict[UUID, str]:
    """A member knows by name who sits on a council."""
    is_free = principal().role in NAMES_PEOPLE
    return reference.names(
        uow, acted if is_free else acted & {principal().person_id, *council_store.seated(uow, acted)}
    )


def _is_hidden(traces: usecases.Traces, row: dict[str, Any]) -> bool:
    return row["table_name"] == score_sheet.name and traces.hides(UUID(row["row_key"]["person_id"]))
