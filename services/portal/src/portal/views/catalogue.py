"""The public side: the start page, and the catalogue of recognised initiatives that anybody may search."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template

from portal import pages
from portal.clients import ApiError, platform
from portal.session import public

blueprint = Blueprint("catalogue", __name__)
FILTERS = ("q", "year", "content", "tenant")


@blueprint.get("/")
@public
def start() -> str:
    """Stays up while the catalogue is down: searching is then the only thing that does not work."""
    try:
        newest: dict[str, Any] | None = platform().registration.catalogue(limit=6)
    except ApiError:
        newest = None
    return render_template("start.html", newest=newest)


@blueprint.get("/catalogue")
@public
def show_list() -> str:
    chosen = pages.filters(*FILTERS)
    page = platform().registration.catalogue(**chosen, cursor=pages.cursor(), limit=20)
    return render_template("catalogue/list.html", page=page, chosen=chosen, more=pages.next_page(page, chosen))


@blueprint.get("/catalogue/<uuid:entry_id>")
@public
def show(entry_id: UUID) -> str:
    return render_template("catalogue/show.html", entry=platform().registration.catalogue_entry(entry_id))
