"""Councils with their members."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.keyset import page
from sqlalchemy import Row, Select, exists, func, insert, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from review.domain.councils import Council, Member, Signed
from review.domain.vocabulary import Seat
from review.store import structure
from review.store.queries import own, read_template
from review.store.tables import council as table
from review.store.tables import council_member


def _query(uow: UnitOfWork) -> Select[Any]:
    """Councils with their members in the order of the establishing decision, in one statement."""
    seat = council_member.c
    listed = func.jsonb_build_array(seat.person_id, seat.name, seat.role, seat.title)
    members = select(func.jsonb_agg(aggregate_order_by(listed, seat.position)))
    of_council = (seat.tenant == table.c.tenant) & (seat.council_id == table.c.id)
    return select(table, members.where(of_council).scalar_subquery().label("members")).where(own(uow, table))


def council(uow: UnitOfWork, council_id: UUID) -> Council:
    row = uow.find(_query(uow).where(table.c.id == council_id))
    if row is None:
        raise NotFound("council.not_found")
    return _entity(row)


def councils(
    uow: UnitOfWork,
    *,
    unit_id: UUID | None,
    on: date | None,
    under: UUID | None,
    as_of: date,
    limit: int,
    cursor: Sequence[Any] | None = None,
) -> list[Council]:
    """Newest first; `on`: those that `Council.ensure_in_term` lets meet on that day."""
    query = _query(uow).where(*structure.made_below(uow, table.c.unit_id, under, as_of))
    if unit_id is not None:
        query = query.where(table.c.unit_id == unit_id)
    if on is not None:
        query = query.where(table.c.term_from <= on, or_(table.c.term_to.is_(None), table.c.term_to >= on))
    return [_entity(row) for row in uow.rows(page(query, cursor, limit, table.c.id, newest_first=True))]


def template() -> dict[str, Any]:
    """Name, years of a term and seats that a form for a new council begins with."""
    stored = read_template("council")
    return stored | {"seats": [Seat(seat) for seat in stored["seats"]]}


def is_member_at(uow: UnitOfWork, unit_id: UUID, person_id: UUID) -> bool:
    """Whether the person has a seat on a council that judges the unit's dossiers."""
    of_person = (own(uow, council_member), council_member.c.person_id == person_id)
    seats = select(council_member).join(
        table, (table.c.tenant == council_member.c.tenant) & (table.c.id == council_member.c.council_id)
    )
    judging = table.c.unit_id.in_(structure.answering(uow, unit_id))
    return bool(uow.execute(select(exists(seats.where(*of_person, judging)))).scalar_one())


def seated(uow: UnitOfWork, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of these people who have a seat on a council that the acting grant sees."""
    mine = (own(uow, council_member), council_member.c.person_id.in_(person_ids))
    return {row.person_id for row in uow.rows(select(council_member.c.person_id).where(*mine))}


def add_council(uow: UnitOfWork, council: Council) -> None:
    uow.execute(
        insert(table).values(
            tenant=uow.tenant,
            id=council.id,
            unit_id=council.unit_id,
            scope_path=council.scope_path,
            name=council.name,
            established_number=council.established_by.number,
            established_on=council.established_by.signed_on,
            term_from=council.term_from,
            term_to=council.term_to,
            version=council.version,
        )
    )
    uow.execute(insert(council_member).values([_member_row(uow, council, n) for n in range(len(council.members))]))


def _member_row(uow: UnitOfWork, council: Council, position: int) -> dict[str, Any]:
    member = council.members[position]
    return {
        "tenant": uow.tenant,
        "council_id": council.id,
        "person_id": member.person_id,
        "position": position,
        "name": member.name,
        "role": member.role,
        "title": member.title,
    }


def _entity(row: Row[Any]) -> Council:
    return Council(
        id=row.id,
        unit_id=row.unit_id,
        scope_path=row.scope_path,
        name=row.name,
        established_by=Signed(row.established_number, row.established_on),
        term_from=row.term_from,
        term_to=row.term_to,
        members=tuple(Member(UUID(id_), name, Seat(role), title) for id_, name, role, title in row.members),
        version=row.version,
    )
