"""Initiatives with their authors and history, attachments, and the public catalogue."""

from typing import Any
from uuid import UUID

from common import clock, keyset
from common.database import UnitOfWork
from common.errors import NotFound
from common.text import fold
from sqlalchemy import Date, Row, Select, case, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from registration.domain.initiative_states import Status
from registration.domain.initiatives import Author, Initiative
from registration.domain.vocabulary import Affiliation, Content
from registration.store import units as unit_store
from registration.store.councils import is_judged
from registration.store.tables import attachments, authors, catalogue, initiatives, steps

_NOT_IN_ROW = {"authors", "council_in_term", "last_step"}
_AUTHOR_FIELDS = ("kind", "name", "role", "share", "person_id")
_AUTHOR_JSON = func.json_build_object(*[part for name in _AUTHOR_FIELDS for part in (name, authors.c[name])])
# The authors come with their dossier in one statement.
_AUTHORS = (
    select(func.coalesce(func.json_agg(aggregate_order_by(_AUTHOR_JSON, authors.c.position)), func.json_build_array()))
    .where(authors.c.tenant == initiatives.c.tenant, authors.c.initiative_id == initiatives.c.id)
    .correlate(initiatives)
    .scalar_subquery()
    .label("authors")
)
_TODAY = cast(func.timezone(clock.LEGAL_ZONE.key, func.now()), Date)
_COUNCIL_IN_TERM = (
    is_judged(initiatives.c.tenant, initiatives.c.council_unit_id, on=_TODAY)
    .correlate(initiatives)
    .label("council_in_term")
)
_LISTED = [
    initiatives.c[name]
    for name in (
        "id", "code", "title", "status", "year", "cycle_id", "unit_id", "content", "field", "affiliation",
        "author_count", "received_on", "submitted_at", "decision_number", "decided_on", "score", "reason", "version",
    )
]  # fmt: skip


def add(uow: UnitOfWork, initiative: Initiative) -> None:
    uow.execute(insert(initiatives).values(_row(uow, initiative)))
    _add_authors(uow, initiative)


def save(uow: UnitOfWork, initiative: Initiative) -> None:
    """Write the changed state and the step that changed it."""
    mine = (initiatives.c.tenant == uow.tenant) & (initiatives.c.id == initiative.id)
    uow.execute(update(initiatives).where(mine).values(_row(uow, initiative)))
    if step := initiative.last_step:
        values = vars(step) | {"tenant": uow.tenant, "initiative_id": initiative.id, "version": initiative.version}
        uow.execute(insert(steps).values(values))


def delete_draft(uow: UnitOfWork, initiative_id: UUID) -> None:
    """Delete the row with its authors and steps; its files go first. The database refuses what was handed in."""
    for table in (steps, authors):
        uow.execute(delete(table).where(table.c.tenant == uow.tenant, table.c.initiative_id == initiative_id))
    uow.execute(delete(initiatives).where(initiatives.c.tenant == uow.tenant, initiatives.c.id == initiative_id))


def replace_authors(uow: UnitOfWork, initiative: Initiative) -> None:
    uow.execute(delete(authors).where(authors.c.tenant == uow.tenant, authors.c.initiative_id == initiative.id))
    _add_authors(uow, initiative)


def initiative(uow: UnitOfWork, initiative_id: UUID, *, lock: bool = True) -> Initiative:
    """Exactly one, locked for change. Raises NotFound, also for what lies outside the acting scope."""
    mine = (initiatives.c.tenant == uow.tenant, initiatives.c.id == initiative_id)
    query = select(initiatives, _AUTHORS, _COUNCIL_IN_TERM).where(*mine)
    row = uow.find(query.with_for_update(of=initiatives) if lock else query)
    if row is None:
        raise NotFound("initiative.not_found")
    return _entity(row)


def page(uow: UnitOfWork, *, filters: dict[str, Any], scope: str, limit: int, before: UUID | None) -> list[Row[Any]]:
    """Newest first, one more than `limit`; `scope` repeats the policy's range, so that its index serves."""
    query = _filtered(select(*_LISTED), uow, filters, scope)
    if before:
        query = query.where(initiatives.c.id < before)
    return uow.rows(query.order_by(initiatives.c.id.desc()).limit(limit + 1))


def _filtered(query: Select[Any], uow: UnitOfWork, filters: dict[str, Any], scope: str) -> Select[Any]:
    query = query.where(initiatives.c.tenant == uow.tenant)
    if scope != "/":
        query = query.where(initiatives.c.scope_path.between(scope, scope[:-1] + "0"))
    if filters.get("status"):
        query = query.where(initiatives.c.status.in_(filters["status"]))
    for name in ("cycle_id", "year", "unit_id", "content", "affiliation"):
        if filters.get(name) is not None:
            query = query.where(initiatives.c[name] == filters[name])
    if filters.get("under"):
        responsible = case(
            (initiatives.c.responsible_since <= filters["as_of"], initiatives.c.responsible_unit_id),
            else_=initiatives.c.unit_id,
        )
        query = query.where(responsible.in_(unit_store.units_below(uow, filters["under"], filters["as_of"])))
    if filters.get("mine"):
        query = query.where(initiatives.c.owner_ids.contains([filters["mine"]]))
    for word in fold(filters.get("q") or "").split():
        query = query.where(initiatives.c.search_text.contains(word, autoescape=True))
    return query


def history(uow: UnitOfWork, initiative_id: UUID) -> list[Row[Any]]:
    """Every act on the dossier, oldest first."""
    query = select(steps).where(steps.c.tenant == uow.tenant, steps.c.initiative_id == initiative_id)
    return uow.rows(query.order_by(steps.c.version))


def add_attachment(uow: UnitOfWork, values: dict[str, Any]) -> Row[Any]:
    return uow.execute(insert(attachments).values(tenant=uow.tenant, **values).returning(attachments)).one()


def find_attachment(uow: UnitOfWork, initiative_id: UUID, sha256: str) -> Row[Any] | None:
    """The dossier's file of this content."""
    of_dossier = (attachments.c.tenant == uow.tenant, attachments.c.initiative_id == initiative_id)
    return uow.find(select(attachments).where(*of_dossier, attachments.c.sha256 == sha256))


def attachment(uow: UnitOfWork, initiative_id: UUID, attachment_id: UUID) -> Row[Any]:
    row = uow.find(
        select(attachments).where(
            attachments.c.tenant == uow.tenant,
            attachments.c.initiative_id == initiative_id,
            attachments.c.id == attachment_id,
        )
    )
    if row is None:
        raise NotFound("attachment.not_found")
    return row


def attachments_of(uow: UnitOfWork, initiative_id: UUID) -> list[Row[Any]]:
    query = select(attachments).where(attachments.c.tenant == uow.tenant, attachments.c.initiative_id == initiative_id)
    return uow.rows(query.order_by(attachments.c.id))


def attachment_bytes(uow: UnitOfWork) -> int:
    """Of all files that the unit of work sees."""
    query = select(func.coalesce(func.sum(attachments.c.size), 0)).where(attachments.c.tenant == uow.tenant)
    return int(uow.execute(query).scalar_one())


def remove_attachment(uow: UnitOfWork, attachment_id: UUID) -> None:
    uow.execute(delete(attachments).where(attachments.c.tenant == uow.tenant, attachments.c.id == attachment_id))


def publish(uow: UnitOfWork, entry: dict[str, Any]) -> None:
    """Enter a recognised initiative into the public catalogue."""
    folded = fold(" ".join([entry["code"], entry["title"], entry["summary"], entry["solution"], entry["unit_name"]]))
    statement = upsert(catalogue).values(tenant=uow.tenant, search_text=folded, **entry)
    uow.execute(statement.on_conflict_do_nothing())


def catalogue_page(uow: UnitOfWork, *, filters: dict[str, Any], limit: int, cursor: list[str] | None) -> list[Row[Any]]:
    """Newest decisions first, over all provinces, one more than `limit`."""
    shown = [column for column in catalogue.c if column.name not in ("search_text", "solution", "effect")]
    query = select(*shown)
    for name in ("tenant", "year", "content"):
        if filters.get(name) is not None:
            query = query.where(catalogue.c[name] == filters[name])
    for word in fold(filters.get("q") or "").split():
        query = query.where(catalogue.c.search_text.contains(word, autoescape=True))
    key = (catalogue.c.decided_on, catalogue.c.initiative_id)
    return uow.rows(keyset.page(query, cursor, limit, *key, newest_first=True))


def catalogue_entry(uow: UnitOfWork, initiative_id: UUID) -> Row[Any]:
    row = uow.find(select(catalogue).where(catalogue.c.initiative_id == initiative_id))
    if row is None:
        raise NotFound("catalogue.not_found")
    return row


def _row(uow: UnitOfWork, initiative: Initiative) -> dict[str, Any]:
    kept = {name: value for name, value in vars(initiative).items() if name not in _NOT_IN_ROW}
    folded = fold(f"{initiative.code} {initiative.title} {initiative.summary}")
    return kept | {"tenant": uow.tenant, "author_count": len(initiative.authors), "search_text": folded}


def _add_authors(uow: UnitOfWork, initiative: Initiative) -> None:
    if initiative.authors:
        rows = [
            vars(author) | {"tenant": uow.tenant, "initiative_id": initiative.id, "position": position}
            for position, author in enumerate(initiative.authors)
        ]
        uow.execute(insert(authors), rows)


def _entity(row: Row[Any]) -> Initiative:
    values = dict(row._mapping)
    for name in ("tenant", "author_count", "search_text"):
        del values[name]
    values["authors"] = [_author(author) for author in values["authors"]]
    values["status"], values["content"] = Status(row.status), Content(row.content)
    values["affiliation"] = Affiliation(row.affiliation)
    values["score"] = float(row.score) if row.score is not None else None
    return Initiative(**values)


def _author(values: dict[str, Any]) -> Author:
    person_id = values["person_id"]
    return Author(**{**values, "person_id": UUID(person_id) if person_id else None})
