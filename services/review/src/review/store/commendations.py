"""Commendations; their recipients are counts by group, with names where somebody has given them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.keyset import page
from sqlalchemy import Row, insert, select

from review.domain.commendations import Commendation, Named, Recipients
from review.domain.councils import Signed
from review.domain.vocabulary import Authority, CommendationForm, RecipientKind
from review.store import structure
from review.store.queries import own, save
from review.store.tables import commendation as table

_PLAIN = ("unit_id", "scope_path", "title", "occasion", "from_year", "to_year", "source_note", "version")


def commendation(uow: UnitOfWork, commendation_id: UUID, *, locked: bool = False) -> Commendation:
    query = select(table).where(own(uow, table), table.c.id == commendation_id)
    row = uow.find(query.with_for_update() if locked else query)
    if row is None:
        raise NotFound("commendation.not_found")
    return _entity(row)


def commendations(
    uow: UnitOfWork,
    *,
    year: int | None,
    unit_id: UUID | None,
    under: UUID | None,
    as_of: date,
    limit: int,
    cursor: Sequence[Any] | None = None,
) -> list[Commendation]:
    """Newest first; `year` finds those whose years include it."""
    query = select(table).where(own(uow, table), *structure.made_below(uow, table.c.unit_id, under, as_of))
    if year is not None:
        query = query.where(table.c.from_year <= year, table.c.to_year >= year)
    if unit_id is not None:
        query = query.where(table.c.unit_id == unit_id)
    return [_entity(row) for row in uow.rows(page(query, cursor, limit, table.c.id, newest_first=True))]


def add_commendation(uow: UnitOfWork, commendation: Commendation) -> None:
    uow.execute(
        insert(table).values(
            tenant=uow.tenant,
            id=commendation.id,
            form=commendation.form,
            authority=commendation.authority,
            decision_number=commendation.decision.number if commendation.decision else None,
            signed_on=commendation.decision.signed_on if commendation.decision else None,
            recipients=[_recipients(each) for each in commendation.recipients],
            **{name: getattr(commendation, name) for name in _PLAIN},
        )
    )


def save_recipients(uow: UnitOfWork, commendation: Commendation) -> None:
    recipients = [_recipients(each) for each in commendation.recipients]
    save(uow, table, commendation.id, recipients=recipients, version=commendation.version)


def _recipients(recipients: Recipients) -> dict[str, Any]:
    names = [
        {"name": named.name, "person_id": str(named.person_id) if named.person_id else None}
        for named in recipients.names
    ]
    return {**recipients.counts(), "names": names}


def _recipients_from(stored: dict[str, Any]) -> Recipients:
    names = tuple(
        Named(named["name"], UUID(named["person_id"]) if named["person_id"] else None) for named in stored["names"]
    )
    return Recipients(RecipientKind(stored["kind"]), stored["group"], stored["count"], stored["of_which"], names)


def _entity(row: Row[Any]) -> Commendation:
    return Commendation(
        id=row.id,
        form=CommendationForm(row.form),
        authority=Authority(row.authority),
        decision=Signed(row.decision_number, row.signed_on) if row.decision_number else None,
        recipients=tuple(_recipients_from(stored) for stored in row.recipients),
        **{name: getattr(row, name) for name in _PLAIN},
    )
