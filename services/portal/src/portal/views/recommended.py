"""What provinces have recommended to the centre: the list, one dossier, the centre's answer."""

from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import labels, pages
from portal.clients import platform
from portal.forms import STALE, Field, Form
from portal.session import for_roles

blueprint = Blueprint("recommended", __name__, url_prefix="/recommended")
READERS = ("officer", "standing")
FILTERS = ("q", "province", "state", "year")
ANSWER = (
    Field("answer", "Trả lời", "select"),
    Field(
        "reason",
        "Ý kiến",
        "textarea",
        "Tỉnh và tác giả đọc được. Không chấp nhận thì phải nêu lý do.",
        required=False,
        tall=4,
    ),
)


@blueprint.get("")
@for_roles(*READERS)
def show_list() -> str:
    chosen = pages.filters(*FILTERS)
    page = platform().registration.recommended_dossiers(**chosen, cursor=pages.cursor(), limit=20)
    provinces = {one["code"]: one["name"] for one in page["provinces"]}
    more = pages.next_page(page, chosen)
    return render_template("recommended/list.html", page=page, provinces=provinces, chosen=chosen, more=more)


@blueprint.route("/<uuid:initiative_id>", methods=["GET", "POST"])
@for_roles(*READERS)
def show(initiative_id: UUID) -> Response | tuple[str, int]:
    dossier = platform().registration.recommended_dossier(initiative_id)
    answers = {code: text for code, text in labels.ANSWER.items() if code in dossier["allowed"]}
    form = Form(ANSWER, saved={"version": dossier["version"]}, choices={"answer": answers})
    if form.send(lambda body: platform().registration.answer_recommendation(initiative_id, body, form.version)):
        return pages.done("Đã trả lời. Tỉnh và tác giả được báo.", url_for(".show", initiative_id=initiative_id))
    if form.status in STALE:
        form.version = str(dossier["version"])
    return render_template("recommended/show.html", dossier=dossier, form=form), form.status
