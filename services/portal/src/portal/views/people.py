"""The people of the province, for the fields of forms in which one of them is named."""

from flask import Blueprint, render_template, request

from portal import lookup, pages
from portal.session import for_roles

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("/options")
@for_roles("administrator", "officer", "secretary", "chair", "standing")
def options() -> str:
    """People whose name holds what is being typed; `able`: only those who have a login to act under."""
    typed = pages.being_typed()
    found = lookup.suggested_people(typed, request.args.get("able", "")) if typed else []
    return render_template("_options.html", found=found)
