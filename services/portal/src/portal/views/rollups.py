"""The door to the centre: what the province would give of a year, giving it, and what it gave before."""

from typing import Any

from common import clock
from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import labels, pages
from portal.clients import platform
from portal.forms import Field, Form
from portal.session import for_roles, gives_to_the_centre
from portal.views.dashboard import FIRST_YEAR

blueprint = Blueprint("rollups", __name__, url_prefix="/rollups")
AGREED = Field(
    "agreed",
    "Ban Thường trực đã xem và thống nhất gửi số liệu này",
    "select",
    "Gửi rồi thì Trung ương thấy ngay; số liệu đã gửi không thu hồi được, chỉ gửi lại lần sau.",
    choices={"yes": "Đồng ý gửi"},
    width="short",
)
_WORDS = {
    "by_status": labels.STATUS,
    "by_content": labels.CONTENT,
    "by_field": labels.FIELD,
    "by_affiliation": labels.AFFILIATION,
    "commendations": labels.COMMENDATION_FORM | labels.AUTHORITY,
}


@blueprint.get("")
@for_roles("standing")
def show_list() -> str:
    page = platform().reporting.rollups(cursor=pages.cursor(), limit=20)
    return render_template(
        "rollups/list.html",
        page=page,
        more=pages.next_page(page, {}),
        names=_names() if page["items"] else {},
        may_send=gives_to_the_centre(),
        all_years=range(clock.today().year, FIRST_YEAR - 1, -1),
    )


@blueprint.route("/preview", methods=["GET", "POST"])
@for_roles("standing")
def preview() -> Response | tuple[str, int]:
    """Exactly what would cross; sending it takes a second look."""
    chosen = pages.filters("year")
    seen = platform().reporting.preview_rollup(**chosen)
    form = Form((AGREED,), saved={"version": seen["tag"]})
    agreed = {"year": seen["year"], "seen": form.version or "nothing"}
    if form.send(lambda _: platform().reporting.send_rollup(agreed, form.key)):
        sent = f"Đã gửi số liệu năm {seen['year']} lên Trung ương, lần {form.answer['version']}."
        return pages.done(sent, url_for(".show_list"))
    form.version = seen["tag"]  # What is shown now is what the next press agrees to.
    changed = [(said(one["figure"]), one["before"], one["after"]) for one in seen["changes"]]
    return render_template("rollups/preview.html", seen=seen, form=form, changed=changed), form.status


def said(figure: list[str]) -> str:
    """The words that lead to a figure, in Vietnamese."""
    section, *rest = figure
    words = labels.FIGURE | _WORDS.get(section, {})
    return ": ".join([labels.text(labels.FIGURE, section), ", ".join(labels.text(words, one) for one in rest)]).strip(
        ": "
    )


def _names() -> dict[str, Any]:
    """Who may have sent them."""
    return pages.by_id(platform().registration.people(limit=200)["items"])
