"""What an act says to the audit itself: notes, and the blanking of erased payloads; and how a trail is read.

Both are done just before the commit, so that the lock on a chain comes after all others.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text

from common.audit.tables import ROW_OPERATIONS
from common.database import UnitOfWork

_SHOWN = (
    "position", "at", "person_id", "grant_id", "role", "unit_id", "request_id", "process", "cause", "table_name",
    "row_key", "operation", "before", "after",
)  # fmt: skip
_NOTE = text("SELECT audit_note(:kind, cast(:details AS jsonb))")
_REDACT = text("SELECT audit_redact(:table, cast(:keys AS jsonb[]), :mention, :reason)")


@dataclass(frozen=True)
class _Note:
    kind: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class _Erasure:
    reason: str
    table: str = ""
    keys: tuple[str, ...] = ()
    mention: str = ""


def note(uow: UnitOfWork, kind: str, details: Mapping[str, Any]) -> None:
    """An entry of its own in the acting tenant's chain, after the changes of the same transaction."""
    uow.defer(_write_notes, _Note(kind, details))


def redact(uow: UnitOfWork, table: str, keys: Iterable[Mapping[str, Any]], reason: str) -> None:
    """Blank what every entry about these rows holds, this transaction's own included; one entry says which and why.

    A key names columns of the primary key: all but the tenant for one row, some of them for many. What an entry says
    about who acted, when and on which row stays, and the chain still verifies.
    """
    uow.defer(_blank, _Erasure(reason, table, tuple(json.dumps(dict(key), default=str) for key in keys)))


def redact_mentions(uow: UnitOfWork, ids: Iterable[UUID], reason: str) -> None:
    """The same for every entry about these people and things, or that holds one of their ids.

    And for all that this transaction has changed: it is the erasure itself, so what was before is what was erased.
    """
    uow.defer(_blank, _Erasure(reason, mention="|".join(str(one) for one in ids)))


def _write_notes(uow: UnitOfWork, notes: list[Any]) -> None:
    for one in notes:
        uow.execute(_NOTE, {"kind": one.kind, "details": json.dumps(dict(one.details), default=str)})


def _blank(uow: UnitOfWork, erasures: list[Any]) -> None:
    for one in erasures:
        uow.execute(_REDACT, vars(one) | {"keys": list(one.keys)})


def trail(
    uow: UnitOfWork,
    subjects: Collection[UUID],
    *,
    tables: Iterable[str],
    limit: int,
    below: int | None = None,
    before: datetime | None = None,
) -> list[Row[Any]]:
    """Entries about rows of `tables` that belong to these subjects, newest first, one more than `limit`.

    Those under the position `below`, and of before a moment. The caller has made sure that whoever asks may see them.
    """
    entry = uow.metadata.tables["audit_entry"]
    query = select(*[entry.c[name] for name in _SHOWN], entry.c.salt.is_(None).label("redacted")).where(
        entry.c.tenant == uow.tenant,
        entry.c.subject.in_(subjects),
        entry.c.table_name.in_(list(tables)),
        entry.c.operation.in_(ROW_OPERATIONS),
    )
    if below is not None:
        query = query.where(entry.c.position < below)
    if before is not None:
        query = query.where(entry.c.at < before)
    return uow.rows(query.order_by(entry.c.position.desc()).limit(limit + 1))
