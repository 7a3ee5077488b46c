"""Exports of a whole province."""

from typing import Any, cast
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.errors import NotFound, Unavailable
from common.exports import prefix
from common.http import Blueprint, acting_as, principal
from common.objects import Objects
from flask import Response, current_app

from registration.schemas import exports as shapes
from registration.store import exports as store
from registration.usecases import exports as usecases
from registration.usecases.settings import ensure_whole

blueprint = Blueprint("exports", __name__, url_prefix="/v1/exports", description="Xuất toàn bộ dữ liệu của tỉnh")


def _enter(uow: UnitOfWork, tenant: str | None) -> None:
    usecases.enter(uow, tenant, role=principal().role, scope=principal().scope_path)


def _objects() -> Objects:
    """Raises Unavailable where the platform's operators have given no place for exports."""
    if current_app.extensions["exports"] is None:
        raise Unavailable("export.no_store")
    return cast("Objects", current_app.extensions["exports"])


@blueprint.post("")
@acting_as("operator", "administrator")
@blueprint.arguments(shapes.AskForExport)
@blueprint.response(202, shapes.ExportView)
def ask_for_export(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Ask for everything a province has on the platform, as one archive."""
    _objects()
    _enter(uow, command["tenant"])
    return usecases.ask_for_export(uow, asked_by=principal().grant_id, now=clock.now())


@blueprint.get("")
@acting_as("operator", "administrator")
@blueprint.arguments(shapes.ExportArgs, location="query")
@blueprint.response(200, shapes.ExportList)
def exports(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """The province's exports with how far they are, newest first."""
    _enter(uow, args["tenant"])
    return {"items": store.archives(uow)}


@blueprint.get("/<uuid:export_id>/archive")
@acting_as("administrator")
@blueprint.response(200, content_type="application/zip")
def archive(uow: UnitOfWork, export_id: UUID) -> Response:
    """Fetch the archive, whoever asked for it, until it expires; an operator sees no province's data."""
    ensure_whole(principal().scope_path)
    row = usecases.fetchable(uow, export_id, now=clock.now())
    try:
        content = _objects().pieces(f"{prefix(uow.tenant, export_id)}/archive.zip")
    except FileNotFoundError as error:
        raise NotFound("export.not_found") from error
    answer = Response(content, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename={uow.tenant}-{row.asked_at:%Y-%m-%d}.zip"
    answer.headers["Content-Length"] = str(row.size)
    answer.headers["Cache-Control"] = "no-store"
    return answer
