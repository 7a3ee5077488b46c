"""Requests of people about their own data, and what registration holds of them."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.errors import Forbidden, NotFound
from common.http import Blueprint, acting_as, page_of, principal
from common.http.subject_data import blueprint as data_blueprint
from flask import current_app

from registration import files
from registration.api.roles import ADMINISTRATOR, EVERYBODY
from registration.domain.initiatives import Actor
from registration.domain.subject_requests import OPEN
from registration.schemas import subject_requests as shapes
from registration.store import subject_requests as store
from registration.store.subjects import FINDERS
from registration.store.tables import metadata
from registration.usecases import subject_requests as usecases

blueprint = Blueprint(
    "subject_requests", __name__, url_prefix="/v1/subject-requests", description="Yêu cầu về dữ liệu cá nhân"
)
data = data_blueprint(metadata, FINDERS, everybody=EVERYBODY, administrator=ADMINISTRATOR)


def _is_for_the_province() -> bool:
    """An administrator of a unit below the root answers for that unit's grants, not for people's data."""
    return principal().role == ADMINISTRATOR and principal().is_at_the_root


def _ensure_for_the_province() -> UUID:
    if not _is_for_the_province():
        raise Forbidden("subject_request.administrators")
    return principal().person_id


@blueprint.get("")
@acting_as(*EVERYBODY)
@blueprint.arguments(shapes.SubjectRequestArgs, location="query")
@blueprint.response(200, shapes.SubjectRequestPage)
def subject_requests(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """The caller's own requests; the administrators of the province see all of them."""
    own = principal().person_id if args["mine"] or not _is_for_the_province() else None
    before = UUID(args["cursor"][0]) if args["cursor"] else None
    rows = store.page(uow, person_id=own, is_open=args["open"], limit=args["limit"], before=before)
    return page_of([_shown(row) for row in rows], args["limit"], lambda row: [row["id"]])


@blueprint.post("")
@acting_as(*EVERYBODY)
@blueprint.arguments(shapes.AskAboutData)
@blueprint.response(201, shapes.SubjectRequestView)
def ask_about_data(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Ask for a copy, a correction or erasure: for oneself, or by an administrator for somebody with paper."""
    own = principal().person_id
    if command["received_on"] or command["person_id"] not in (None, own):
        _ensure_for_the_province()
    command["person_id"] = command["person_id"] or own
    return _view(uow, usecases.ask(uow, recorded_by=own, today=clock.today(), **command).id)


@blueprint.get("/<uuid:request_id>")
@acting_as(*EVERYBODY)
@blueprint.response(200, shapes.SubjectRequestView)
def subject_request(uow: UnitOfWork, request_id: UUID) -> Any:
    """One request: the caller's own, or any for an administrator of the province."""
    row = store.shown(uow, request_id)
    if row.person_id != principal().person_id and not _is_for_the_province():
        raise NotFound("subject_request.not_found")
    return _shown(row)


@blueprint.post("/<uuid:request_id>/start")
@acting_as(ADMINISTRATOR)
@blueprint.response(200, shapes.SubjectRequestView)
def start_request(uow: UnitOfWork, request_id: UUID) -> Any:
    """Begin to answer; for a copy this opens every service's data of the person for three days."""
    usecases.start(uow, request_id, _ensure_for_the_province(), now=clock.now())
    return _view(uow, request_id)


@blueprint.post("/<uuid:request_id>/complete")
@acting_as(ADMINISTRATOR)
@blueprint.arguments(shapes.CompleteRequest)
@blueprint.response(200, shapes.SubjectRequestView)
def complete_request(uow: UnitOfWork, command: dict[str, Any], request_id: UUID) -> Any:
    """Say that it is answered; an erasure is done by this, and cannot be undone.

    A correction after which the person's record is as it was needs the reason, which the person will read.
    """
    actor = Actor(_ensure_for_the_province(), ADMINISTRATOR)
    usecases.complete(
        uow,
        request_id,
        actor,
        reason=command["reason"],
        now=clock.now(),
        today=clock.today(),
        delete_files=_kept_files().delete,
    )
    return _view(uow, request_id)


@blueprint.post("/<uuid:request_id>/refuse")
@acting_as(ADMINISTRATOR)
@blueprint.arguments(shapes.RefuseRequest)
@blueprint.response(200, shapes.SubjectRequestView)
def refuse_request(uow: UnitOfWork, command: dict[str, Any], request_id: UUID) -> Any:
    """Refuse with the reason that the person will read."""
    usecases.refuse(uow, request_id, _ensure_for_the_province(), command["reason"], now=clock.now())
    return _view(uow, request_id)


def _kept_files() -> files.Files:
    kept: files.Files = current_app.extensions["files"]
    return kept


def _view(uow: UnitOfWork, request_id: UUID) -> dict[str, Any]:
    return _shown(store.shown(uow, request_id))


def _shown(row: Any) -> dict[str, Any]:
    return dict(row._mapping) | {"is_overdue": row.state in OPEN and row.due_on < clock.today()}
