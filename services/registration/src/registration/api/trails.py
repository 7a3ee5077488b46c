"""Who changed a dossier, acting as what, when, and what was before and after."""

from typing import Any
from uuid import UUID

from common import audit
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, page_of, principal

from registration.api.initiatives import READERS
from registration.domain.initiatives import Initiative
from registration.schemas import trails as shapes
from registration.store import grants as grant_store
from registration.store import initiatives as store
from registration.store import people as people_store
from registration.store.tables import attachments, authors, catalogue, initiatives, steps

blueprint = Blueprint("trails", __name__, url_prefix="/v1/initiatives", description="Nhật ký hồ sơ")

TABLES = [table.name for table in (initiatives, authors, steps, attachments, catalogue)]
NAMES_PEOPLE = frozenset({"officer", "secretary", "chair", "standing"})  # Who may list the province's people.


@blueprint.get("/<uuid:initiative_id>/trail")
@acting_as(*READERS)
@blueprint.arguments(shapes.TrailArgs, location="query")
@blueprint.response(200, shapes.TrailPage)
def trail(uow: UnitOfWork, args: dict[str, Any], initiative_id: UUID) -> Any:
    """Every change of a dossier that the caller may see, newest first.

    What it held before it was handed in: for its authors and who wrote it only. People by name: for who may list them.
    """
    dossier = store.initiative(uow, initiative_id, lock=False)
    before = int(args["cursor"][0]) if args["cursor"] else None
    rows = audit.trail(uow, initiative_id, limit=args["limit"], before=before, tables=TABLES)
    lenders = grant_store.lenders(uow, {row.grant_id for row in rows if row.grant_id})
    names = _names(uow, dossier, {row.person_id for row in rows if row.person_id} | set(lenders.values()))
    page = page_of(rows, args["limit"], lambda row: [row.position])
    return page | {"items": [_entry(row, dossier, names, lenders) for row in page["items"]]}


def _names(uow: UnitOfWork, dossier: Initiative, acted: set[UUID]) -> dict[UUID, str]:
    shown = acted if principal().role in NAMES_PEOPLE else acted & {principal().person_id, *dossier.owner_ids}
    return people_store.names(uow, shown) if shown else {}


def _entry(
    row: dict[str, Any], dossier: Initiative, names: dict[UUID, str], lenders: dict[UUID, UUID]
) -> dict[str, Any]:
    is_own = not row["redacted"] and _is_private(row, dossier)
    before, after = ({}, {}) if is_own else (row["before"] or {}, row["after"] or {})
    lender = lenders.get(row["grant_id"])
    fields = [name for name in dict.fromkeys([*before, *after]) if name != "tenant"]
    return row | {
        "person_name": names.get(row["person_id"]),
        "on_behalf_of": lender,
        "on_behalf_of_name": names.get(lender) if lender else None,
        "withheld": is_own,
        "changes": [{"field": name, "before": before.get(name), "after": after.get(name)} for name in fields],
    }


def _is_private(row: dict[str, Any], dossier: Initiative) -> bool:
    """Written before the dossier was handed in, and read by somebody who is none of its authors nor wrote it."""
    is_early = dossier.submitted_at is None or row["at"] < dossier.submitted_at
    return is_early and principal().person_id not in (*dossier.owner_ids, row["person_id"])
