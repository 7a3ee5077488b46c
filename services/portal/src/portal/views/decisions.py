"""Decisions of the council: the verdict on each dossier, as it was recorded."""

from uuid import UUID

from flask import Blueprint, render_template

from portal import pages, places
from portal.clients import platform
from portal.session import for_roles

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")
READERS = ("administrator", "officer", "secretary", "member", "chair", "standing")


@blueprint.get("")
@for_roles(*READERS)
def show_list() -> str:
    chosen, day = pages.filters("q", "under"), pages.day()
    query = chosen | day.query
    page = pages.of_the_day(lambda: platform().review.decisions(**query, cursor=pages.cursor(), limit=20))
    return render_template(
        "decisions/list.html",
        page=page,
        chosen=chosen,
        day=day,
        units=places.unit_choices_of(day.iso, chosen.get("under", "")),
        more=pages.next_page(page, query),
    )


@blueprint.get("/<uuid:decision_id>")
@for_roles(*READERS)
def show(decision_id: UUID) -> str:
    return render_template("decisions/show.html", decision=platform().review.decision(decision_id))
