"""Identifiers: UUIDv7, so that rows made together stay together in an index."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid7()


def made_at(id_: UUID) -> datetime:
    """The moment, to a millisecond, at which `new_id` made it."""
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC)
