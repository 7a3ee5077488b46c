"""The province's audit for its administrators: who did what, when, to which kind of row; no dossier's content."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from common import audit, auth, clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, page_of, principal

from registration.schemas import journal as shapes
from registration.store import people as people_store
from registration.usecases.settings import ensure_whole

blueprint = Blueprint("journal", __name__, url_prefix="/v1/audit", description="Nhật ký của tỉnh")

ABOUT_PEOPLE = frozenset({"person", "access_grant", "subject_request", "national_id"})
# Whose values an administrator of the province reads elsewhere too; of all other columns only the name is told.
OPEN = {
    "access_grant": ("role", "unit_id", "valid_from", "valid_to", "revoked_at"),
    "unit": ("code", "kind", "level", "affiliation", "ended_on", "heir_id"),
    "unit_period": ("name", "parent_id", "valid_from", "valid_to"),
    "unit_succession": ("kind", "successor_id", "effective_on"),
    "cycle": ("year", "name", "opens_on", "registration_closes_on", "endorsement_closes_on", "review_closes_on"),
    "reorganisation": ("effective_on", "status"),
    "subject_request": ("kind", "state", "due_on"),
    "tenant_archive": ("asked_at", "ready_at", "rows", "size"),
    "tenant_quota": ("requests_per_minute", "attachment_megabytes"),
    "tenant_standing": ("status", "heir", "delete_after"),
}


@blueprint.get("")
@acting_as("administrator")
@blueprint.arguments(shapes.JournalArgs, location="query")
@blueprint.response(200, shapes.JournalPage)
def journal(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Every entry of this service's audit, newest first; only for an administrator of the whole province."""
    ensure_whole(principal().scope_path)
    below = int(args["cursor"][0]) if args["cursor"] else None
    rows = audit.journal(uow, _wanted(args), limit=args["limit"], below=below)
    lenders = auth.lenders(uow, {row.grant_id for row in rows if row.grant_id})
    about = {row.subject for row in rows if row.subject and row.table_name in ABOUT_PEOPLE}
    acted = {row.person_id for row in rows if row.person_id}
    names = people_store.names(uow, acted | about | set(lenders.values()))
    page = page_of(rows, args["limit"], lambda row: [row.position])
    return page | {"items": [_entry(row, names, lenders.get(row["grant_id"])) for row in page["items"]]}


@blueprint.get("/witnesses")
@acting_as("administrator")
@blueprint.response(200, shapes.WitnessList)
def witnesses(uow: UnitOfWork) -> Any:
    """How far each service's audit of the province is witnessed here; of the own, how far it was told to the others."""
    ensure_whole(principal().scope_path)
    return {"items": [row._asdict() for row in audit.kept(uow)]}


def _wanted(args: dict[str, Any]) -> audit.Wanted:
    """Of days of Vietnam; without a first one it looks back over some, so that a rare kind of entry ends the search."""
    last = args["until"] or clock.today()
    since = args["since"] or last - timedelta(days=shapes.DAYS)
    until = clock.start_of(last + timedelta(days=1))
    return audit.Wanted(clock.start_of(since), until, args["table"], args["person_id"], args["operation"])


def _entry(row: dict[str, Any], names: dict[UUID, str], lender: UUID | None) -> dict[str, Any]:
    before, after = row["before"] or {}, row["after"] or {}
    columns = [name for name in dict.fromkeys([*before, *after]) if name != "tenant"]
    table = row["table_name"]
    shown = [name for name in columns if name in OPEN.get(table, ())]
    is_about_people = table in ABOUT_PEOPLE
    return row | {
        "person_name": names.get(row["person_id"]),
        "on_behalf_of": lender,
        "on_behalf_of_name": names.get(lender) if lender else None,
        "subject": row["subject"] if is_about_people or table in OPEN else None,
        "subject_name": names.get(row["subject"]) if is_about_people else None,
        "columns": columns,
        "changes": [{"field": name, "before": before.get(name), "after": after.get(name)} for name in shown],
    }
