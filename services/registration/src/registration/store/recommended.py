"""The centre's copies of recommended dossiers. The unit of work acts in the centre, which owns them."""

from typing import Any
from uuid import UUID

from common import keyset
from common.database import UnitOfWork
from common.errors import NotFound
from common.text import fold
from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from registration.domain.recommended import REPLACEABLE, RecommendedDossier, State
from registration.store.tables import recommended as table

_LISTED = [
    table.c[name]
    for name in (
        "initiative_id", "province", "province_name", "held_by", "held_by_name", "code", "title", "year", "content",
        "field", "affiliation", "unit_name", "score", "decision_number", "decided_on", "recommended_on", "state",
        "answered_on", "version",
    )
]  # fmt: skip


def receive(uow: UnitOfWork, copy: RecommendedDossier) -> bool:
    """Keep what a province gives or takes back; False when something newer is here, or an answer."""
    values = _values(copy)
    changed = {name: value for name, value in values.items() if name not in ("initiative_id", "version")}
    newer = (table.c.given_version < copy.given_version) & table.c.state.in_(REPLACEABLE)
    statement = insert(table).values(tenant=uow.tenant, **values)
    kept = statement.on_conflict_do_update(
        index_elements=["tenant", "initiative_id"], set_=changed | {"version": table.c.version + 1}, where=newer
    )
    return uow.find(kept.returning(table.c.version)) is not None


def dossier(uow: UnitOfWork, initiative_id: UUID, *, lock: bool = False) -> RecommendedDossier:
    """Raises NotFound, also for what was taken back."""
    query = _here(select(table), uow).where(table.c.initiative_id == initiative_id)
    row = uow.find(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("recommended.not_found")
    values = {name: value for name, value in row._mapping.items() if name not in ("tenant", "search_text")}
    score = float(row.score) if row.score is not None else None
    return RecommendedDossier(**values | {"state": State(row.state), "score": score})


def page(uow: UnitOfWork, *, filters: dict[str, Any], limit: int, cursor: list[str] | None) -> list[Row[Any]]:
    """The latest first, one more than `limit`; a province's are also those of whom it is the heir."""
    query = _here(select(*_LISTED), uow)
    for name in ("year", "state", "content"):
        if filters.get(name) is not None:
            query = query.where(table.c[name] == filters[name])
    if province := filters.get("province"):
        query = query.where(or_(table.c.province == province, table.c.held_by == province))
    for word in fold(filters.get("q") or "").split():
        query = query.where(table.c.search_text.contains(word, autoescape=True))
    key = (table.c.recommended_on, table.c.initiative_id)
    return uow.rows(keyset.page(query, cursor, limit, *key, newest_first=True))


def provinces(uow: UnitOfWork) -> list[Row[Any]]:
    """Which have recommended anything, under the names of then."""
    query = _here(select(table.c.province.label("code"), func.min(table.c.province_name).label("name")), uow)
    return uow.rows(query.group_by(table.c.province).order_by("name"))


def save_answer(uow: UnitOfWork, copy: RecommendedDossier) -> None:
    names = ("state", "answer_reason", "answered_on", "answered_by", "version")
    _change(uow, copy.initiative_id, {name: getattr(copy, name) for name in names})


def forget(uow: UnitOfWork, initiative_id: UUID, authors: list[dict[str, Any]], *, is_nobodys: bool) -> None:
    """Who was erased is named no more; where nobody else had a part, the texts go as well. The title is published."""
    texts = ("summary", "problem", "solution", "effect", "statement") if is_nobodys else ()
    here = (table.c.tenant == uow.tenant, table.c.initiative_id == initiative_id, table.c.state != State.WITHDRAWN)
    uow.execute(update(table).where(*here).values(authors=authors, **dict.fromkeys(texts, "")))


def hand_over(uow: UnitOfWork, absorbed: str, heir: str, heir_name: str) -> None:
    """A province has become part of another, which answers for what it gave."""
    theirs = (table.c.tenant == uow.tenant, table.c.held_by == absorbed)
    uow.execute(update(table).where(*theirs).values(held_by=heir, held_by_name=heir_name))


def _here(query: Select[Any], uow: UnitOfWork) -> Select[Any]:
    return query.where(table.c.tenant == uow.tenant, table.c.state != State.WITHDRAWN)


def _change(uow: UnitOfWork, initiative_id: UUID, values: dict[str, Any]) -> None:
    mine = (table.c.tenant == uow.tenant, table.c.initiative_id == initiative_id)
    uow.execute(update(table).where(*mine).values(values))


def _values(copy: RecommendedDossier) -> dict[str, Any]:
    return vars(copy) | {"search_text": fold(f"{copy.code} {copy.title} {copy.unit_name} {copy.province_name}")}
