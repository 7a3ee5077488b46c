"""Which files of the attachment store are the acting tenant's."""

from collections.abc import Iterable
from uuid import UUID

from common.database import UnitOfWork
from sqlalchemy import delete, func, select

from registration.domain.attachments import Kept
from registration.store.tables import attachments

_UNDER = func.coalesce(func.nullif(attachments.c.kept_under, ""), attachments.c.tenant).label("under")
_PLACE = (_UNDER, attachments.c.sha256)


def drop_files(uow: UnitOfWork, initiative_ids: list[UUID]) -> list[Kept]:
    """Forget the files of these dossiers; returns where they are kept."""
    theirs = (attachments.c.tenant == uow.tenant, attachments.c.initiative_id.in_(initiative_ids))
    gone = delete(attachments).where(*theirs).returning(*_PLACE)
    return [Kept(row.under, row.sha256) for row in uow.execute(gone)]


def still_used(uow: UnitOfWork, files: Iterable[Kept]) -> set[Kept]:
    """Those that other dossiers have too."""
    hashes = {one.sha256 for one in files}
    query = select(*_PLACE).where(attachments.c.tenant == uow.tenant, attachments.c.sha256.in_(hashes))
    return {Kept(row.under, row.sha256) for row in uow.rows(query)}


def kept_files(uow: UnitOfWork) -> list[Kept]:
    """Every file of the acting tenant, each content once."""
    query = select(func.min(_UNDER).label("under"), attachments.c.sha256).where(attachments.c.tenant == uow.tenant)
    of_each = query.group_by(attachments.c.sha256).order_by(attachments.c.sha256)
    return [Kept(row.under, row.sha256) for row in uow.rows(of_each)]
