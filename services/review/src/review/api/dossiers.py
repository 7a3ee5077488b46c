"""Dossiers over HTTP, and what a member does about one."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, expected_version, page_of, principal

from review.domain.judging import Actor, ScoreSheet
from review.domain.recommendations import Proposer
from review.domain.rulebooks import Rules, rounded
from review.schemas import dossiers as shapes
from review.store import dossiers as store
from review.usecases import dossiers as usecases
from review.usecases import judging
from review.usecases.recommendations import show_proposal

blueprint = Blueprint("dossiers", __name__, url_prefix="/v1/dossiers", description="Hồ sơ trước hội đồng")

COUNCIL = ("secretary", "member", "chair")
READERS = (*COUNCIL, "standing")
PROPOSERS = ("chair", "standing")


def actor() -> Actor:
    """Who asks, with all whose part in a dossier is theirs."""
    return Actor(principal().person_id, principal().selves)


def proposer() -> Proposer:
    """Who proposes to the centre, when somebody does."""
    who = principal()
    return Proposer(who.person_id, who.role, who.unit_id, who.on_behalf_of)


def _sheet(sheet: ScoreSheet | None, rules: Rules | None) -> dict[str, Any] | None:
    if sheet is None:
        return None
    return {**vars(sheet), "total": rounded(rules.total(sheet.scores)) if rules else None}


def _view(uow: UnitOfWork, page: usecases.DossierPage) -> dict[str, Any]:
    dossier, rules = page.dossier, page.session.rules if page.session else None
    proposal, role = show_proposal(uow, dossier, actor(), proposer()), principal().role
    return {
        **vars(dossier.initiative),
        **vars(dossier),
        "initiative_id": dossier.id,
        "initiative_unit_id": dossier.initiative.unit_id,
        "session": page.session,
        "own_sheet": _sheet(page.own_sheet, rules),
        "own_ballot": page.own_ballot,
        "conflicts": page.recusals,
        "sheets": None if page.sheets is None else [_sheet(sheet, rules) for sheet in page.sheets],
        "ballots": page.ballots,
        "result": page.result,
        "recommendation": proposal.recommendation,
        "allowed": [*(page.allowed if role in COUNCIL else []), *(proposal.allowed if role in PROPOSERS else [])],
        "possible_conflict": page.hint,
    }


@blueprint.get("")
@acting_as(*READERS)
@blueprint.arguments(shapes.DossierArgs, location="query")
@blueprint.response(200, shapes.DossierList)
def dossiers(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Dossiers forwarded to councils of the acting subtree, by code, each with what the caller has done about it."""
    rows = store.dossier_rows(uow, actor(), **args)
    return page_of(rows, args["limit"], lambda row: [row.code, row.initiative_id])


@blueprint.get("/<uuid:initiative_id>")
@acting_as(*READERS)
@blueprint.response(200, shapes.DossierView)
def dossier(uow: UnitOfWork, initiative_id: UUID) -> Any:
    """One's own sheet and ballot; the others' once the session is closed. Refused to who has a part in it."""
    return _view(uow, usecases.show_dossier(uow, initiative_id, actor()))


@blueprint.put("/<uuid:initiative_id>/score-sheet")
@acting_as(*COUNCIL)
@blueprint.arguments(shapes.FillScoreSheet)
@blueprint.response(200, shapes.SheetView)
def score_dossier(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """The whole sheet; If-Match is required from the second time on (version of the own sheet)."""
    sheet, rules = judging.score_dossier(
        uow, initiative_id, actor(), **command, now=clock.now(), expected=expected_version()
    )
    return _sheet(sheet, rules)


@blueprint.post("/<uuid:initiative_id>/ballot")
@acting_as(*COUNCIL)
@blueprint.arguments(shapes.CastBallot)
@blueprint.response(201, shapes.BallotView)
def cast_ballot(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """One, for good."""
    ballot = judging.cast_ballot(uow, initiative_id, actor(), command["choice"])
    # Of a secret one nothing is kept for a repeated request: three guesses at its digest would tell how one voted.
    return ballot, 201, {} if ballot.choice else {"Cache-Control": "no-store"}


@blueprint.post("/<uuid:initiative_id>/conflict")
@acting_as(*COUNCIL)
@blueprint.arguments(shapes.DeclareConflict)
@blueprint.response(201, shapes.ConflictView)
def declare_conflict(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """Step back from a dossier, for good."""
    person_id = principal().person_id
    judging.declare_conflict(uow, initiative_id, person_id, **command, now=clock.now())
    return {"person_id": person_id, **command}
