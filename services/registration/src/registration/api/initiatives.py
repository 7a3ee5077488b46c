"""Initiatives, their attachments, and the public catalogue."""

import io
from contextlib import closing
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.errors import Forbidden
from common.http import Blueprint, acting_as, expected_version, page_of, principal, public
from flask import Response, after_this_request, current_app, send_file

from registration import files
from registration.domain.attachments import Kept
from registration.domain.initiatives import Actor, Initiative
from registration.schemas import initiatives as shapes
from registration.store import initiatives as store
from registration.store import units as unit_store
from registration.usecases import attachments as files_usecases
from registration.usecases import initiatives as usecases
from registration.usecases import quotas

blueprint = Blueprint("initiatives", __name__, url_prefix="/v1/initiatives", description="Hồ sơ sáng kiến")
attachments = Blueprint("attachments", __name__, url_prefix="/v1/initiatives", description="Tệp đính kèm")
catalogue = Blueprint("catalogue", __name__, url_prefix="/v1/catalogue", description="Danh mục sáng kiến công khai")

READERS = ("author", "officer", "secretary", "member", "chair", "standing")


def actor() -> Actor:
    who = principal()
    return Actor(who.person_id, who.role, who.on_behalf_of, who.selves)


def _moment(happened_on: date | None) -> usecases.Moment:
    """Only an officer may record an act under an earlier date: that of the paper in hand."""
    if happened_on and principal().role != "officer":
        raise Forbidden("initiative.date_is_officers")
    return usecases.Moment(clock.now(), clock.today(), happened_on or clock.today())


def _view(initiative: Initiative, **more: Any) -> dict[str, Any]:
    shown = vars(initiative) | {"author_count": len(initiative.authors), "allowed": initiative.allowed(actor())}
    decision = {"number": initiative.decision_number, "decided_on": initiative.decided_on, "score": initiative.score}
    return shown | {"decision": decision if initiative.is_decided else None} | more


@blueprint.get("")
@acting_as(*READERS)
@blueprint.arguments(shapes.InitiativeArgs, location="query")
@blueprint.response(200, shapes.InitiativePage)
def initiatives(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Dossiers the caller may see, newest first."""
    before = UUID(args["cursor"][0]) if args["cursor"] else None
    mine, day = principal().person_id if args["mine"] else None, args["as_of"] or clock.today()
    under = unit_store.unit(uow, args["under"], day).scope_path if args["under"] else None
    filters = args | {"mine": mine, "under": under, "as_of": day}
    rows = store.page(uow, filters=filters, scope=uow.context.scope, limit=args["limit"], before=before)
    return page_of(rows, args["limit"], lambda row: [row.id])


@blueprint.post("")
@acting_as("author", "officer")
@blueprint.arguments(shapes.RegisterInitiative)
@blueprint.response(201, shapes.InitiativeView)
def register_initiative(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Start a dossier as a draft; an officer may do so for somebody who came with paper."""
    command["unit_id"] = command["unit_id"] or principal().unit_id
    scope = principal().scope_path
    return _view(usecases.register_initiative(uow, actor(), unit_scope=scope, today=clock.today(), **command))


@blueprint.get("/<uuid:initiative_id>")
@acting_as(*READERS)
@blueprint.response(200, shapes.InitiativeView)
def initiative(uow: UnitOfWork, initiative_id: UUID) -> Any:
    """One dossier with its history."""
    found = store.initiative(uow, initiative_id, lock=False)
    return _view(found, history=store.history(uow, initiative_id))


@blueprint.put("/<uuid:initiative_id>")
@acting_as("author", "officer")
@blueprint.arguments(shapes.EditInitiative)
@blueprint.response(200, shapes.InitiativeView)
def edit_initiative(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """Replace the content of a draft or a returned dossier."""
    expected, today = expected_version(required=True), clock.today()
    return _view(usecases.edit_initiative(uow, actor(), initiative_id, expected=expected, today=today, **command))


@blueprint.post("/<uuid:initiative_id>/submit")
@acting_as("author", "officer")
@blueprint.arguments(shapes.Submit)
@blueprint.response(200, shapes.InitiativeView)
def submit_initiative(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """Hand in to the unit, inside the cycle's window."""
    moment = _moment(command["received_on"] or command["happened_on"])
    return _view(usecases.submit_initiative(uow, actor(), initiative_id, moment, expected=expected_version()))


@blueprint.post("/<uuid:initiative_id>/withdraw")
@acting_as("author", "officer")
@blueprint.arguments(shapes.ActWithReason)
@blueprint.response(200, shapes.InitiativeView)
def withdraw_initiative(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """Take back a dossier that was handed in, until the session that judges it has closed."""
    moment, expected = _moment(command["happened_on"]), expected_version()
    return _view(
        usecases.withdraw_initiative(uow, actor(), initiative_id, moment, expected=expected, reason=command["reason"])
    )


@blueprint.post("/<uuid:initiative_id>/return")
@acting_as("officer")
@blueprint.arguments(shapes.ActWithReason)
@blueprint.response(200, shapes.InitiativeView)
def return_initiative(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """Return for revision, with the reason the author will read."""
    moment, expected = _moment(command["happened_on"]), expected_version()
    return _view(
        usecases.return_initiative(uow, actor(), initiative_id, moment, expected=expected, reason=command["reason"])
    )


@blueprint.post("/<uuid:initiative_id>/endorse")
@acting_as("officer")
@blueprint.arguments(shapes.Act)
@blueprint.response(200, shapes.InitiativeView)
def endorse_initiative(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """The author's unit stands behind it."""
    moment = _moment(command["happened_on"])
    return _view(usecases.endorse_initiative(uow, actor(), initiative_id, moment, expected=expected_version()))


@blueprint.post("/<uuid:initiative_id>/forward")
@acting_as("officer")
@blueprint.arguments(shapes.Forward)
@blueprint.response(200, shapes.InitiativeView)
def forward_initiative(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """Propose an endorsed dossier to the council of an upper unit."""
    moment, council = _moment(command["happened_on"]), command["council_unit_id"]
    return _view(
        usecases.forward_initiative(
            uow, actor(), initiative_id, moment, expected=expected_version(), council_unit_id=council
        )
    )


@blueprint.get("/<uuid:initiative_id>/councils")
@acting_as("officer")
@blueprint.response(200, shapes.CouncilList)
def initiative_councils(uow: UnitOfWork, initiative_id: UUID) -> Any:
    """The units whose council this dossier can be forwarded to, the nearest first."""
    return {"items": usecases.councils_for(uow, initiative_id, clock.today())}


@blueprint.post("/<uuid:initiative_id>/recall")
@acting_as("officer")
@blueprint.arguments(shapes.ActWithReason)
@blueprint.response(200, shapes.InitiativeView)
def recall_initiative(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """Take a forwarded dossier back, as long as no council in term has opened it and no session has judged it."""
    moment, expected = _moment(command["happened_on"]), expected_version()
    return _view(
        usecases.recall_initiative(uow, actor(), initiative_id, moment, expected=expected, reason=command["reason"])
    )


@blueprint.delete("/<uuid:initiative_id>")
@acting_as("author", "officer")
@blueprint.response(204)
def delete_draft(uow: UnitOfWork, initiative_id: UUID) -> None:
    """Delete a draft that was never handed in, with its files."""
    unused = usecases.delete_draft(uow, actor(), initiative_id, expected=expected_version(required=True))

    @after_this_request
    def remove_files(answer: Response) -> Response:
        """Run after the commit: a file that no row names is harmless, the reverse is a loss."""
        if answer.status_code == HTTPStatus.NO_CONTENT:
            _files().delete(unused)
        return answer


@attachments.get("/<uuid:initiative_id>/attachments")
@acting_as(*READERS)
@attachments.response(200, shapes.AttachmentList)
def attachment_list(uow: UnitOfWork, initiative_id: UUID) -> Any:
    """Files of a dossier."""
    store.initiative(uow, initiative_id, lock=False)
    return {"items": store.attachments_of(uow, initiative_id)}


@attachments.post("/<uuid:initiative_id>/attachments")
@acting_as("author", "officer")
@attachments.arguments(shapes.AttachmentFile, location="files")
@attachments.response(201, shapes.AttachmentView)
def attach_file(uow: UnitOfWork, command: dict[str, Any], initiative_id: UUID) -> Any:
    """Attach a PDF, picture or office document; its content decides what it is, not its name."""
    files_usecases.ensure_attachable(uow, initiative_id)
    most = current_app.config["ATTACHMENT_MAX_BYTES"]
    with closing(command["file"]) as upload:
        name, content = files.clean_name(upload.filename or ""), upload.read(most + 1)
    file = files.check(content, name, most)
    quotas.ensure_room(uow, len(file.content))
    _files().put(uow.tenant, file)
    values = {
        "filename": name,
        "content_type": file.content_type,
        "size": len(file.content),
        "sha256": file.sha256,
        "kept_under": uow.tenant,
    }
    return files_usecases.attach_file(uow, actor(), initiative_id, _moment(None), values)


@attachments.get("/<uuid:initiative_id>/attachments/<uuid:attachment_id>")
@acting_as(*READERS)
@attachments.response(200, content_type="application/octet-stream")
def attachment(uow: UnitOfWork, initiative_id: UUID, attachment_id: UUID) -> Response:
    """The file itself, always as a download."""
    row = store.attachment(uow, initiative_id, attachment_id)
    content = io.BytesIO(_files().get(Kept(row.kept_under or uow.tenant, row.sha256)))
    answer = send_file(content, mimetype=row.content_type, as_attachment=True, download_name=row.filename)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@attachments.delete("/<uuid:initiative_id>/attachments/<uuid:attachment_id>")
@acting_as("author", "officer")
@attachments.response(204)
def remove_attachment(uow: UnitOfWork, initiative_id: UUID, attachment_id: UUID) -> None:
    """Take a file off a dossier that is not before a council yet."""
    moment, expected = _moment(None), expected_version()
    files_usecases.remove_attachment(uow, actor(), initiative_id, attachment_id, moment, expected=expected)


def _files() -> files.Files:
    kept: files.Files = current_app.extensions["files"]
    return kept


@catalogue.get("")
@public
@catalogue.arguments(shapes.CatalogueArgs, location="query")
@catalogue.response(200, shapes.CataloguePage)
def catalogue_list(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Recognised initiatives of every province; the search needs no diacritics."""
    rows = store.catalogue_page(uow, filters=args, limit=args["limit"], cursor=args["cursor"])
    return page_of(rows, args["limit"], lambda row: [row.decided_on, row.initiative_id])


@catalogue.get("/<uuid:initiative_id>")
@public
@catalogue.response(200, shapes.CatalogueView)
def catalogue_entry(uow: UnitOfWork, initiative_id: UUID) -> Any:
    """One recognised initiative."""
    return store.catalogue_entry(uow, initiative_id)
