"""Sessions of councils."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.keyset import page
from sqlalchemy import Row, insert, select

from review.domain.sessions import Session
from review.domain.vocabulary import SessionStatus
from review.store import structure
from review.store.queries import own, save
from review.store.rulebooks import rules_from_json, rules_to_json
from review.store.tables import dossier
from review.store.tables import session as table


def session(uow: UnitOfWork, session_id: UUID) -> Session:
    """Locked: whoever changes the session, or closes it, comes one after another."""
    return _one(uow, select(table).where(own(uow, table), table.c.id == session_id).with_for_update())


def find_session_of(uow: UnitOfWork, initiative_id: UUID) -> Session | None:
    """A dossier's session, held in its state until the commit by many at a time: members judge together, nobody
    closes it meanwhile. Read the dossier after it: while we waited it may have left the agenda."""
    on_agenda = (dossier.c.tenant == table.c.tenant) & (dossier.c.session_id == table.c.id)
    query = select(table).join(dossier, on_agenda).where(own(uow, dossier), dossier.c.initiative_id == initiative_id)
    row = uow.find(query.with_for_update(read=True, of=table))
    return _entity(row) if row else None


def session_read(uow: UnitOfWork, session_id: UUID) -> Session:
    """For reading only."""
    return _one(uow, select(table).where(own(uow, table), table.c.id == session_id))


def _one(uow: UnitOfWork, query: Any) -> Session:
    row = uow.find(query)
    if row is None:
        raise NotFound("session.not_found")
    return _entity(row)


def sessions(
    uow: UnitOfWork,
    *,
    year: int | None,
    status: Collection[SessionStatus],
    council_id: UUID | None,
    under: UUID | None,
    as_of: date,
    limit: int,
    cursor: Sequence[Any] | None = None,
) -> list[Session]:
    """The latest first, of any status when none is named."""
    query = select(table).where(own(uow, table), *structure.made_below(uow, table.c.unit_id, under, as_of))
    for column, value in ((table.c.year, year), (table.c.council_id, council_id)):
        if value is not None:
            query = query.where(column == value)
    if status:
        query = query.where(table.c.status.in_(status))
    rows = uow.rows(page(query, cursor, limit, table.c.held_on, table.c.id, newest_first=True))
    return [_entity(row) for row in rows]


def add_session(uow: UnitOfWork, session: Session) -> None:
    uow.execute(
        insert(table).values(
            tenant=uow.tenant,
            id=session.id,
            council_id=session.council_id,
            rulebook_id=session.rulebook_id,
            unit_id=session.unit_id,
            scope_path=session.scope_path,
            year=session.year,
            **_changing(session),
        )
    )


def save_session(uow: UnitOfWork, session: Session) -> None:
    save(uow, table, session.id, **_changing(session))


def _changing(session: Session) -> dict[str, Any]:
    return {
        "title": session.title,
        "held_on": session.held_on,
        "place": session.place,
        "status": session.status,
        "reason": session.reason,
        "present": sorted(session.present),
        "rules": rules_to_json(session.rules) if session.rules else None,
        "opened_at": session.opened_at,
        "closed_at": session.closed_at,
        "version": session.version,
    }


def _entity(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        council_id=row.council_id,
        rulebook_id=row.rulebook_id,
        unit_id=row.unit_id,
        scope_path=row.scope_path,
        year=row.year,
        title=row.title,
        held_on=row.held_on,
        place=row.place,
        status=SessionStatus(row.status),
        present=frozenset(row.present),
        rules=rules_from_json(row.rules) if row.rules else None,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        reason=row.reason,
        version=row.version,
    )
