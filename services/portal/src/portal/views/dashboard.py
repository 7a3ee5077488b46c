"""The area at a glance: figures of several years, a chart with its table, and the spreadsheet."""

from typing import Any

from common import clock
from flask import Blueprint, Response, render_template

from portal import pages
from portal.clients import ApiError, platform
from portal.session import for_roles

blueprint = Blueprint("dashboard", __name__, url_prefix="/dashboard")
READERS = ("officer", "standing", "secretary", "chair", "member", "administrator")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_YEAR = 2017  # The movement began with Project 15/ĐA-MTTW-BTT of 2017-08-18.


@blueprint.get("")
@for_roles(*READERS)
def show() -> str:
    chosen, day = pages.filters("unit_id") | pages.years(), pages.day()
    figures, day = _figures(chosen, day)
    span = {"from_year": figures["from_year"], "to_year": figures["to_year"]}
    return render_template(
        "dashboard.html",
        figures=figures,
        chart=_chart(figures["years"]),
        span=span,
        chosen=chosen | span,
        day=day,
        all_years=range(clock.today().year, FIRST_YEAR - 1, -1),
    )


@blueprint.get("/evaluation.xlsx")
@for_roles(*READERS)
def download() -> Response:
    sheet = platform().reporting.evaluation_sheet(
        **pages.filters("unit_id", "from_year", "to_year"), **pages.day().query
    )
    headers = {"Content-Type": SHEET, "Content-Disposition": "attachment; filename=danh-gia.xlsx"} | sheet.headers
    return Response(sheet.pieces, headers=headers)


def _figures(chosen: dict[str, str], day: pages.Day) -> tuple[dict[str, Any], pages.Day]:
    """In the structure of the day; in today's, and saying so, when the unit was not there on that day."""
    try:
        return platform().reporting.dashboard(**chosen, **day.query), day
    except ApiError as error:
        if error.code != "unit.not_found" or not day.iso:
            raise
        missing = pages.Day(typed=day.typed, problem="Đơn vị này không có trong cơ cấu của ngày đã ghi.")
        return platform().reporting.dashboard(**chosen), missing


def _chart(years: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {
        "years": [row["year"] for row in years],
        "registered": [row["registered"] for row in years],
        "recognised": [row["recognised"] for row in years],
    }
