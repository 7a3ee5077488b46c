"""Who has been erased, and the rewriting of every copy of what was told about them: outbox, dead letters, answers.

The service that owns people says who is erased, and which things go with them; what else a service holds of them in its
own tables is its own business. An event told before and delivered after the erasure is redacted on arrival.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, String, Table, Uuid, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from common import audit, policies
from common.database import UnitOfWork
from common.events import Event

ERASED_PERSON, ERASED_TEXT = "Người đã xoá", "(đã xoá)"
# An object that is about an erased person or thing says so under one of these names, ...
_ABOUT = ("id", "person_id", "initiative_id")
# ... and keeps none of these. Ids, states, dates and numbers stay: what refers to it and what is counted stays right.
_LOST: Mapping[str, str] = {
    "name": ERASED_PERSON,
    "person_name": ERASED_PERSON,
    "title": ERASED_TEXT,
    **dict.fromkeys(("email", "phone", "token_subject", "subject"), ""),
    **dict.fromkeys(
        ("reason", "details", "summary", "problem", "solution", "effect", "comment", "text", "filename"), ""
    ),
}
_BATCH = 200


def add_erasure_table(metadata: MetaData) -> None:
    """Ids only: they lead to nobody any more, and tell what must not come back."""
    Table(
        "erased",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("id", Uuid, primary_key=True),
        Column("erased_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        info=policies.rls(policies.TENANT, app_rights="SELECT, INSERT")
        | policies.unaudited("what must not come back; the erasure itself is in the audit as redactions"),
    )


def erase(uow: UnitOfWork, metadata: MetaData, ids: Iterable[UUID]) -> None:
    """Remember the ids of an erased person and of what goes with them; redact every copy. Doing it again is safe."""
    known = sorted(set(ids))
    rows = [{"tenant": uow.tenant, "id": one} for one in known]
    uow.execute(insert(metadata.tables["erased"]).values(rows).on_conflict_do_nothing())
    uow.allow_erasing(known)
    erased = {str(one) for one in known}
    outbox, letters, answers = (metadata.tables[name] for name in ("outbox", "dead_letter", "idempotency"))
    # The log keeps what was told under the name of its time: the person may have been another tenant's before a merge.
    _redact_rows(uow, outbox, ("tenant", "position"), erased)
    _redact_rows(uow, letters, ("tenant", "event_id"), erased, letters.c.tenant == uow.tenant)
    _redact_rows(uow, answers, ("tenant", "grant_id", "key"), erased, answers.c.tenant == uow.tenant)
    _forget_own_answers(uow, metadata, known)
    audit.redact_mentions(uow, known, "erasure")


def _redact_rows(uow: UnitOfWork, table: Table, key: tuple[str, ...], erased: set[str], *where: Any) -> None:
    columns = [table.c[name] for name in key]
    query = select(*columns, table.c.body).where(*where, table.c.body.op("~")("|".join(sorted(erased))))
    for row in uow.execute(query.execution_options(yield_per=_BATCH)):
        if (body := redacted_text(row.body, erased)) != row.body:
            mine = [column == getattr(row, column.name) for column in columns]
            uow.execute(update(table).where(*mine).values(body=body))


def _forget_own_answers(uow: UnitOfWork, metadata: MetaData, ids: Collection[UUID]) -> None:
    """What was answered under the person's own grants: nobody can ask again."""
    answers, grants = metadata.tables["idempotency"], metadata.tables["access_grant"]
    own = select(grants.c.id).where(grants.c.tenant == uow.tenant, grants.c.person_id.in_(list(ids)))
    uow.execute(delete(answers).where(answers.c.tenant == uow.tenant, answers.c.grant_id.in_(own)))


def redacted_text(body: str, erased: Collection[str]) -> str:
    """A JSON text without what erased people and things lose; what is no JSON goes as a whole."""
    try:
        held = json.loads(body)
    except ValueError:
        return ""
    changed = redacted(held, erased)
    return body if changed == held else json.dumps(changed, ensure_ascii=False)


def redacted(held: Any, erased: Collection[str]) -> Any:
    """The same JSON value, in which objects about erased people and things have lost what they must."""
    if isinstance(held, list):
        return [redacted(item, erased) for item in held]
    if not isinstance(held, dict):
        return held
    kept = {name: redacted(value, erased) for name, value in held.items()}
    if any(held.get(name) in erased for name in _ABOUT if isinstance(held.get(name), str)):
        kept |= {name: lost for name, lost in _LOST.items() if isinstance(held.get(name), str)}
    return kept


def on_arrival(uow: UnitOfWork, metadata: MetaData, events: list[Event]) -> list[Event]:
    """The events as they may still be told: those about what has been erased lose what they must."""
    table, about = metadata.tables["erased"], {one for event in events for one in _ids(event)}
    if not about:
        return events
    query = select(table.c.id).where(table.c.tenant == uow.tenant, table.c.id.in_(about))
    erased = {str(row.id) for row in uow.rows(query)}
    return [replace(event, data=redacted(event.data, erased)) for event in events] if erased else events


def _ids(event: Event) -> set[str]:
    told = (event.data.get(name) for name in _ABOUT)
    return {one for one in (event.subject, *told) if isinstance(one, str) and _is_uuid(one)}


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
