"""The country, of what provinces have given the centre; a page of the centre's."""

from typing import Any

from common import clock
from flask import Blueprint, render_template

from portal import pages
from portal.clients import platform
from portal.session import for_roles
from portal.views.dashboard import FIRST_YEAR, READERS

blueprint = Blueprint("national", __name__, url_prefix="/national")


@blueprint.get("")
@for_roles(*READERS)
def show() -> str:
    country = platform().reporting.national(**pages.years())
    return render_template(
        "rollups/national.html",
        country=country,
        missing=_missing(country),
        replicated=sum(line["quantity"] for line in country["replications"]),
        all_years=range(clock.today().year, FIRST_YEAR - 1, -1),
    )


def _missing(country: dict[str, Any]) -> dict[int, list[str]]:
    """By year, the provinces that have sent nothing of it."""
    years = range(country["to_year"], country["from_year"] - 1, -1)
    found = {year: [one["name"] for one in country["provinces"] if year in one["missing"]] for year in years}
    return {year: names for year, names in found.items() if names}
