"""A trail over HTTP: what was done to one thing, as the audit has it; a service says what its reader may not know."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

import marshmallow as ma

from common import audit, auth
from common.database import UnitOfWork
from common.http.paging import Cursor, PageArgs, page_of


class TrailArgs(PageArgs):
    cursor = Cursor(int)
    before = ma.fields.AwareDateTime(
        load_default=None,
        metadata={"description": "Only what was done before this moment: to read trails of several services together"},
    )


class ChangeView(ma.Schema):
    field = ma.fields.String()
    before = ma.fields.Raw(allow_none=True)
    after = ma.fields.Raw(allow_none=True)


class TrailEntryView(ma.Schema):
    position = ma.fields.Integer(metadata={"description": "In the province's audit; not every position is shown"})
    at = ma.fields.AwareDateTime()
    person_id = ma.fields.UUID(allow_none=True)
    person_name = ma.fields.String(allow_none=True)
    on_behalf_of = ma.fields.UUID(allow_none=True, metadata={"description": "Whose grant it was, when it was lent"})
    on_behalf_of_name = ma.fields.String(allow_none=True)
    role = ma.fields.String(metadata={"description": "Empty when a process acted, not a person"})
    unit_id = ma.fields.UUID(allow_none=True)
    request_id = ma.fields.String()
    cause = ma.fields.String(metadata={"description": "The event that a process acted on"})
    table = ma.fields.String(attribute="table_name")
    operation = ma.fields.String()
    changes = ma.fields.List(ma.fields.Nested(ChangeView))
    redacted = ma.fields.Boolean(metadata={"description": "What it held was erased"})
    withheld = ma.fields.Boolean(metadata={"description": "What it holds is not, or not yet, for the caller to know"})


class TrailPage(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(TrailEntryView))
    next = ma.fields.String(allow_none=True)


def trail_page(
    uow: UnitOfWork,
    args: dict[str, Any],
    subjects: Collection[UUID],
    tables: Collection[str],
    *,
    names: Callable[[set[UUID]], dict[UUID, str]],
    is_withheld: Callable[[dict[str, Any]], bool],
) -> dict[str, Any]:
    """Newest first. `names`: of those who acted, whom the caller may know by name.

    The caller's view has made sure that whoever asks may see the subjects.
    """
    below = int(args["cursor"][0]) if args["cursor"] else None
    rows = audit.trail(uow, subjects, tables=tables, limit=args["limit"], below=below, before=args["before"])
    lenders = auth.lenders(uow, {row.grant_id for row in rows if row.grant_id})
    known = names({row.person_id for row in rows if row.person_id} | set(lenders.values()))
    page = page_of(rows, args["limit"], lambda row: [row.position])
    return page | {"items": [_entry(row, known, lenders, is_withheld) for row in page["items"]]}


def _entry(
    row: dict[str, Any],
    names: dict[UUID, str],
    lenders: dict[UUID, UUID],
    is_withheld: Callable[[dict[str, Any]], bool],
) -> dict[str, Any]:
    withheld = not row["redacted"] and is_withheld(row)
    before, after = ({}, {}) if withheld else (row["before"] or {}, row["after"] or {})
    lender = lenders.get(row["grant_id"])
    fields = [name for name in dict.fromkeys([*before, *after]) if name != "tenant"]
    return row | {
        "person_name": names.get(row["person_id"]),
        "on_behalf_of": lender,
        "on_behalf_of_name": names.get(lender) if lender else None,
        "withheld": withheld,
        "changes": [{"field": name, "before": before.get(name), "after": after.get(name)} for name in fields],
    }
