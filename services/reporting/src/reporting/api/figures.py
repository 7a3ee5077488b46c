"""Roll-up, dashboard, and the evaluation as JSON and as a workbook."""

import io
from typing import Any

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, principal
from flask import Response, send_file

from reporting.api import workbook
from reporting.api.roles import READERS
from reporting.domain.figures import Span
from reporting.schemas.figures import DashboardView, EvaluationView, RollupArgs, RollupView, SpanArgs
from reporting.usecases import figures as usecases

blueprint = Blueprint("figures", __name__, url_prefix="/v1", description="Tổng hợp, đánh giá")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DEFAULT_YEARS = 3


def _asked(query: dict[str, Any]) -> dict[str, Any]:
    """The question with its defaults: the own unit, and three years up to this one."""
    to_year = query["to_year"] or clock.today().year
    from_year = query["from_year"] or to_year - DEFAULT_YEARS + 1
    unit_id = query["unit_id"] or principal().unit_id
    return {"unit_id": unit_id, "span": Span(from_year, to_year), "as_of": query["as_of"]}


@blueprint.get("/rollup")
@acting_as(*READERS)
@blueprint.arguments(RollupArgs, location="query")
@blueprint.response(200, RollupView)
def roll_up(uow: UnitOfWork, query: dict[str, Any]) -> Any:
    """Numbers of initiatives by any keys."""
    return usecases.roll_up(uow, by=query["by"], **_asked(query))


@blueprint.get("/dashboard")
@acting_as(*READERS)
@blueprint.arguments(SpanArgs, location="query")
@blueprint.response(200, DashboardView)
def dashboard(uow: UnitOfWork, query: dict[str, Any]) -> Any:
    """Everything that a unit's dashboard shows, in one answer."""
    return usecases.dashboard(uow, **_asked(query))


@blueprint.get("/evaluations")
@acting_as(*READERS)
@blueprint.arguments(SpanArgs, location="query")
@blueprint.response(200, EvaluationView)
def evaluation(uow: UnitOfWork, query: dict[str, Any]) -> Any:
    """The evaluation of several years together."""
    return usecases.evaluation(uow, **_asked(query))


@blueprint.get("/evaluations.xlsx")
@acting_as(*READERS)
@blueprint.arguments(SpanArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def evaluation_workbook(uow: UnitOfWork, query: dict[str, Any]) -> Response:
    """The same evaluation as a workbook to hand in: one sheet of figures, one of commendations."""
    found = usecases.evaluation(uow, **_asked(query))
    name = f"danh-gia-{found['unit'].code}-{found['from_year']}-{found['to_year']}.xlsx"
    content = io.BytesIO(workbook.write(found, clock.today()))
    return send_file(content, XLSX, as_attachment=True, download_name=name)
