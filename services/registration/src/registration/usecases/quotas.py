"""How much of the platform a province may use."""

from common.database import UnitOfWork
from common.errors import Conflict

from registration.store import initiatives as store
from registration.store import settings as settings_store

MEGABYTE = 1024 * 1024


def ensure_room(uow: UnitOfWork, size: int) -> None:
    """For one more file. All of the province's count; two files at once may both be the last one in.

    Raises Conflict.
    """
    most = settings_store.settings(uow).document.quotas.attachment_megabytes
    if most and _used(uow) + size > most * MEGABYTE:
        raise Conflict("attachment.quota", megabytes=most)


def _used(uow: UnitOfWork) -> int:
    with uow.over_the_whole():
        return store.attachment_bytes(uow)
