"""The province's journal for its administrators: who did what, when, to which kind of record; no dossier's content."""

from flask import Blueprint, render_template

from portal import formats, journal_words, pages
from portal.clients import ApiError, platform
from portal.journal_lines import line
from portal.session import for_roles

blueprint = Blueprint("admin_journal", __name__, url_prefix="/admin/journal")
PAGE = 50


@blueprint.get("")
@for_roles("administrator")
def show_list() -> str:
    chosen = pages.filters("from", "to", "table", "operation", "person_id")
    days, problem = _days(chosen)
    page = platform().registration.journal(**(chosen | days), cursor=pages.cursor(), limit=PAGE)
    return render_template(
        "admin/journal.html",
        lines=[line(entry) for entry in page["items"]],
        chosen=chosen,
        problem=problem,
        person=_name(chosen.get("person_id", "")),
        more=pages.next_page(page, chosen),
        witnesses=platform().registration.witnesses()["items"],
        kinds=journal_words.KIND,
        operations=journal_words.OPERATION,
    )


def _days(chosen: dict[str, str]) -> tuple[dict[str, str], str]:
    """What was typed as days; what is none is left out and said so."""
    found, problem = {}, ""
    for name in ("from", "to"):
        try:
            found[name] = formats.read_day(chosen[name]) if name in chosen else ""
        except ValueError:
            found[name], problem = "", "Ngày viết theo dạng 25/11/2026."
    return found, problem


def _name(person_id: str) -> str:
    """Of the person whose acts are asked for."""
    if not person_id:
        return ""
    try:
        return str(platform().registration.person(person_id)["name"])
    except ApiError as error:
        if error.status != 404:
            raise
        return ""
