"""Exports of a whole province: asking for one, and who may fetch it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Conflict, Forbidden, NotFound
from common.ids import new_id

from registration.domain.exports import KEPT, PARTS, ExportAsked
from registration.store import exports as store
from registration.store import tenants as tenant_store
from registration.usecases import settings


def ask_for_export(uow: UnitOfWork, *, asked_by: UUID, now: datetime) -> Any:
    """Everything of the acting tenant."""
    export_id = new_id()
    ask_for_rows(uow, export_id, now)
    return store.add_archive(uow, {"id": export_id, "asked_by": asked_by, "asked_at": now, "expires_at": now + KEPT})


def ask_for_rows(uow: UnitOfWork, export_id: UUID, now: datetime) -> None:
    """The rows of every service, for an archive or as proof before they are deleted."""
    store.ask_for_rows(uow, export_id, now)
    uow.emit(ExportAsked(export_id, 1, now))


def fetchable(uow: UnitOfWork, export_id: UUID, *, now: datetime) -> Any:
    """Raises NotFound for another province's or what has expired, and Conflict while it is being made."""
    archive = store.find_archive(uow, export_id)
    if archive is None or archive.expires_at <= now:
        raise NotFound("export.not_found")
    if archive.ready_at is None:
        raise Conflict("export.not_ready", parts=len(archive.parts), of=len(PARTS))
    return archive


def enter(uow: UnitOfWork, tenant: str | None, *, role: str, scope: str) -> None:
    """The province meant: the operator names it, an administrator of the whole one has only the own."""
    if role == "operator":
        tenant_store.enter_province(uow, tenant or "")
        return
    settings.ensure_whole(scope)
    if tenant not in (None, "", uow.tenant):
        raise Forbidden("settings.of_the_root")
