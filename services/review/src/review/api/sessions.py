"""Sessions over HTTP, their results, and the decision that ends one."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, expected_version, page_of, principal

from review.api.decisions import decision_view
from review.api.dossiers import actor
from review.domain.sessions import Session
from review.domain.vocabulary import Outcome, SessionStatus
from review.schemas import decisions as decision_shapes
from review.schemas import sessions as shapes
from review.store import decisions as decision_store
from review.store import sessions as store
from review.usecases import decisions
from review.usecases import sessions as usecases

blueprint = Blueprint("sessions", __name__, url_prefix="/v1/sessions", description="Phiên họp hội đồng")

READERS = ("administrator", "secretary", "member", "chair", "standing")
KEEPERS = ("secretary", "chair")
SIGNERS = ("chair", "standing")


def _view(uow: UnitOfWork, session: Session) -> dict[str, Any]:
    decision = decision_store.find_decision_of(uow, session.id) if session.is_over else None
    page = usecases.show_session(uow, session, actor(), decision.id if decision else None)
    seats = [vars(member) | {"present": member.person_id in session.present} for member in page.council.members]
    progress = {
        "dossiers": len(page.agenda),
        "sheets": sum(item.sheets for item in page.agenda),
        "ballots": sum(item.ballots for item in page.agenda),
        "expected": sum(item.entitled for item in page.agenda),
    }
    allowed = _allowed(session.status, principal().role, page.agenda)
    return {
        **vars(session),
        "council_name": page.council.name,
        "attendance": seats,
        "present": len(session.present),
        "members": len(seats),
        "quorum": page.quorum,
        "agenda": page.agenda,
        "progress": progress,
        "decision_id": page.decision_id,
        "proposed_number": decisions.propose_number(uow, session.unit_id, clock.today()) if "decide" in allowed else "",
        "allowed": allowed,
    }


def _allowed(status: SessionStatus, role: str, agenda: list[usecases.AgendaItem]) -> list[str]:
    acts = {
        SessionStatus.PLANNED: ("change", "agenda", "attendance", "open", "cancel"),
        SessionStatus.OPEN: ("attendance", "close"),
    }
    if status is SessionStatus.OPEN and not any(item.sheets or item.ballots for item in agenda):
        acts[status] += ("cancel",)
    kept = list(acts.get(status, ())) if role in KEEPERS else []
    may_sign = role in SIGNERS and agenda and not any(item.recused for item in agenda)
    return [*kept, "decide"] if status is SessionStatus.CLOSED and may_sign else kept


@blueprint.get("")
@acting_as(*READERS)
@blueprint.arguments(shapes.SessionArgs, location="query")
@blueprint.response(200, shapes.SessionList)
def sessions(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Sessions of the acting subtree, the latest first."""
    return page_of(store.sessions(uow, **args), args["limit"], lambda session: [session.held_on, session.id])


@blueprint.post("")
@acting_as(*KEEPERS)
@blueprint.arguments(shapes.PlanSession)
@blueprint.response(201, shapes.SessionView)
def plan_session(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Within the council's term, by a published rulebook."""
    return _view(uow, usecases.plan_session(uow, **command))


@blueprint.get("/<uuid:session_id>")
@acting_as(*READERS)
@blueprint.response(200, shapes.SessionView)
def session(uow: UnitOfWork, session_id: UUID) -> Any:
    """Agenda, attendance, progress: counts only, nobody's figures."""
    return _view(uow, store.session_read(uow, session_id))


@blueprint.put("/<uuid:session_id>")
@acting_as(*KEEPERS)
@blueprint.arguments(shapes.ChangeSession)
@blueprint.response(200, shapes.SessionView)
def change_session(uow: UnitOfWork, command: dict[str, Any], session_id: UUID) -> Any:
    """Change title, day or place of a planned session."""
    expected = expected_version(required=True)
    return _view(uow, usecases.change_session(uow, session_id, **command, expected=expected))


@blueprint.post("/<uuid:session_id>/cancel")
@acting_as(*KEEPERS)
@blueprint.arguments(shapes.CancelSession)
@blueprint.response(200, shapes.SessionView)
def cancel_session(uow: UnitOfWork, command: dict[str, Any], session_id: UUID) -> Any:
    """Call a session off, with a reason, while nobody has scored or voted; its dossiers wait again."""
    return _view(uow, usecases.cancel_session(uow, session_id, **command, expected=expected_version()))


@blueprint.post("/<uuid:session_id>/agenda")
@acting_as(*KEEPERS)
@blueprint.arguments(shapes.SetAgenda)
@blueprint.response(200, shapes.SessionView)
def set_agenda(uow: UnitOfWork, command: dict[str, Any], session_id: UUID) -> Any:
    """Replace the agenda of a planned session; those left out wait again."""
    return _view(uow, usecases.set_agenda(uow, session_id, **command, expected=expected_version()))


@blueprint.post("/<uuid:session_id>/attendance")
@acting_as(*KEEPERS)
@blueprint.arguments(shapes.RecordAttendance)
@blueprint.response(200, shapes.SessionView)
def record_attendance(uow: UnitOfWork, command: dict[str, Any], session_id: UUID) -> Any:
    """Who is present, as a whole list."""
    return _view(uow, usecases.record_attendance(uow, session_id, **command, expected=expected_version()))


@blueprint.post("/<uuid:session_id>/open")
@acting_as(*KEEPERS)
@blueprint.arguments(shapes.OpenSession, required=False)
@blueprint.response(200, shapes.SessionView)
def open_session(uow: UnitOfWork, command: dict[str, Any], session_id: UUID) -> Any:
    """Freeze the rulebook's content; needs an agenda and a quorum. Before its day it is moved to today, or refused."""
    expected = expected_version()
    return _view(uow, usecases.open_session(uow, session_id, **command, now=clock.now(), expected=expected))


@blueprint.post("/<uuid:session_id>/close")
@acting_as(*KEEPERS)
@blueprint.response(200, shapes.SessionView)
def close_session(uow: UnitOfWork, session_id: UUID) -> Any:
    """No more sheets or ballots; the results can be read. What it has not come to waits again."""
    return _view(uow, usecases.close_session(uow, session_id, now=clock.now(), expected=expected_version()))


@blueprint.get("/<uuid:session_id>/results")
@acting_as("secretary", "member", "chair", "standing")
@blueprint.response(200, shapes.ResultsView)
def session_results(uow: UnitOfWork, session_id: UUID) -> Any:
    """Mean, spread, votes and reasons of every dossier, once the session is closed."""
    results = decisions.session_results(uow, session_id, actor())
    shown = [verdict for verdict in results.verdicts if verdict.dossier.id not in results.hidden]
    outcomes = [verdict.result.outcome for verdict in shown]
    return {
        "session_id": results.session.id,
        "status": results.session.status,
        "rules": results.session.rules,
        "recognised": outcomes.count(Outcome.RECOGNISED),
        "not_recognised": outcomes.count(Outcome.NOT_RECOGNISED),
        "items": [
            {
                **vars(verdict.dossier.initiative),
                "initiative_id": verdict.dossier.id,
                "position": verdict.dossier.position,
                "recused": verdict.dossier.id in results.hidden,
                "result": None if verdict.dossier.id in results.hidden else verdict.result,
            }
            for verdict in results.verdicts
        ],
    }


@blueprint.post("/<uuid:session_id>/decision")
@acting_as(*SIGNERS)
@blueprint.arguments(decision_shapes.IssueDecision)
@blueprint.response(201, decision_shapes.DecisionView)
def issue_decision(uow: UnitOfWork, command: dict[str, Any], session_id: UUID) -> Any:
    """Makes a closed session's results final, with number, date, signatory and legal basis."""
    decision = decisions.issue_decision(uow, session_id, actor(), **command, today=clock.today())
    return decision_view(uow, decision.id)
