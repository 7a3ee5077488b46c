"""The door to the centre: a province gives a year's figures, the centre shows the country."""

from typing import Any

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, page_of, principal

from reporting.api.roles import READERS, SENDERS
from reporting.domain.figures import Span
from reporting.schemas import rollups as shapes
from reporting.usecases import national
from reporting.usecases import rollups as usecases

blueprint = Blueprint("rollups", __name__, url_prefix="/v1", description="Số liệu gửi Trung ương")


@blueprint.get("/rollups")
@acting_as(*SENDERS)
@blueprint.arguments(shapes.RollupPageArgs, location="query")
@blueprint.response(200, shapes.SentPage)
def list_rollups(uow: UnitOfWork, query: dict[str, Any]) -> Any:
    """What the province has sent, every version as it was; the newest year first."""
    found = usecases.list_rollups(uow, limit=query["limit"], cursor=query["cursor"])
    return page_of(found, query["limit"], lambda row: [row.year, row.version, row.province])


@blueprint.post("/rollups")
@acting_as(*SENDERS)
@blueprint.arguments(shapes.SendRollup)
@blueprint.response(201, shapes.SentView)
def send_rollup(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Give the centre a year's figures as they are now; sent again, it is a new version."""
    return usecases.send_rollup(uow, **command, unit_id=principal().unit_id, by=principal().person_id)


@blueprint.get("/rollups/preview")
@acting_as(*SENDERS)
@blueprint.arguments(shapes.PreviewArgs, location="query")
@blueprint.response(200, shapes.PreviewView)
def preview_rollup(uow: UnitOfWork, query: dict[str, Any]) -> Any:
    """Exactly what would be sent now, and what changed since the last time."""
    return usecases.preview_rollup(uow, year=query["year"] or clock.today().year, unit_id=principal().unit_id)


@blueprint.get("/national")
@acting_as(*READERS)
@blueprint.arguments(shapes.NationalArgs, location="query")
@blueprint.response(200, shapes.NationalView)
def show_country(uow: UnitOfWork, query: dict[str, Any]) -> Any:
    """The country's figures, of what provinces have sent; for the centre only."""
    to_year = query["to_year"] or clock.today().year
    return national.show_country(uow, Span(query["from_year"] or to_year, to_year))
