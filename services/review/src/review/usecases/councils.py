"""Councils: established with their members; a new term is a new council."""

from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Invalid
from common.ids import new_id

from review.domain.councils import Council, Member, Signed
from review.domain.vocabulary import Seat
from review.store import councils as store
from review.store import reference


def establish_council(
    uow: UnitOfWork,
    *,
    unit_id: UUID,
    name: str,
    established_by: Signed,
    term_from: date,
    term_to: date | None,
    members: list[dict[str, Any]],
) -> Council:
    """A member's name may be left out where the platform knows the person."""
    unit = reference.unit(uow, unit_id)
    unit.ensure_under(uow.context.scope)
    names = reference.names(uow, [member["person_id"] for member in members if not member["name"]])
    council = Council(
        id=new_id(),
        unit_id=unit.id,
        scope_path=unit.scope_path,
        name=name,
        established_by=established_by,
        term_from=term_from,
        term_to=term_to,
        members=tuple(_member(member, index, names) for index, member in enumerate(members)),
    )
    event = council.recorded()
    store.add_council(uow, council)
    uow.emit(event)
    return council


def _member(given: dict[str, Any], index: int, names: dict[UUID, str]) -> Member:
    name = given["name"] or names.get(given["person_id"])
    if not name:
        raise Invalid("council.member_without_name", pointer=f"/members/{index}/name")
    return Member(given["person_id"], name, Seat(given["role"]), given["title"])
