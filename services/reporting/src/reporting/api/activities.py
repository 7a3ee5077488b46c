"""The log of activities."""

from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.http import Blueprint, acting_as, expected_version, page_of, principal

from reporting.api.roles import READERS, RECORDERS
from reporting.schemas.activities import ActivityArgs, ActivityPage, ActivityView, RecordActivity
from reporting.usecases import activities as usecases

blueprint = Blueprint("activities", __name__, url_prefix="/v1/activities", description="Hoạt động tuyên truyền")


@blueprint.get("")
@acting_as(*READERS)
@blueprint.arguments(ActivityArgs, location="query")
@blueprint.response(200, ActivityPage)
def list_activities(uow: UnitOfWork, query: dict[str, Any]) -> Any:
    """Activities of a unit and all below it, the newest first."""
    found = usecases.list_activities(
        uow,
        unit_id=query["unit_id"] or principal().unit_id,
        kind=query["kind"],
        from_year=query["from_year"],
        to_year=query["to_year"],
        as_of=query["as_of"],
        limit=query["limit"],
        cursor=query["cursor"],
    )
    return page_of(found, query["limit"], lambda activity: [activity["from_date"], activity["id"]])


@blueprint.post("")
@acting_as(*RECORDERS)
@blueprint.arguments(RecordActivity)
@blueprint.response(201, ActivityView)
def record_activity(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Record a launch or outreach of the own unit or one below it."""
    return usecases.record_activity(uow, **command)


@blueprint.get("/<uuid:activity_id>")
@acting_as(*READERS)
@blueprint.response(200, ActivityView)
def show_activity(uow: UnitOfWork, activity_id: UUID) -> Any:
    """One activity."""
    return usecases.show_activity(uow, activity_id)


@blueprint.put("/<uuid:activity_id>")
@acting_as(*RECORDERS)
@blueprint.arguments(RecordActivity)
@blueprint.response(200, ActivityView)
def revise_activity(uow: UnitOfWork, command: dict[str, Any], activity_id: UUID) -> Any:
    """Correct an activity; the version it is meant for comes in If-Match."""
    expected = expected_version(required=True)
    return usecases.revise_activity(uow, activity_id, expected_version=expected, **command)
