"""How much of the platform a province may use."""

from common.database import UnitOfWork
from common.errors import Conflict

from registration.store import initiatives as store
from registration.store import settings as settings_store

MEGABYTE = 1024 * 1024


def ensure_room(uow: UnitOfWork, size: int) -> None:
    """For one more file. The unit of work sees the whole province; two files at once may both be the last one in.

    Raises Conflict.
    """
    most = settings_store.settings(uow).document.quotas.attachment_megabytes
    if most and store.attachment_bytes(uow) + size > most * MEGABYTE:
        raise Conflict("attachment.quota", megabytes=most)
