"""What the platform holds of the visitor: shown, taken along, and asked about."""

from typing import Any

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import formats, labels, pages, subject_data
from portal.clients import platform
from portal.forms import Field, Form

blueprint = Blueprint("my_data", __name__, url_prefix="/my-data")
ASK = (
    Field("kind", "Tôi đề nghị", "select", choices=labels.DATA_REQUEST),
    Field(
        "details",
        "Nội dung",
        "textarea",
        "Khi đề nghị sửa: ghi thông tin nào sai và thông tin đúng. Khi đề nghị xoá: không cần nêu lý do.",
        required=False,
    ),
)


@blueprint.route("", methods=["GET", "POST"])
def show() -> Response | tuple[str, int]:
    form = Form(ASK)
    if form.send(lambda body: platform().registration.ask_about_data(body, form.key)):
        due = formats.day(form.answer.get("due_on"))
        return pages.done(f"Đã gửi yêu cầu. Chậm nhất ngày {due} sẽ có trả lời ở trang này.", url_for(".show"))
    held = platform().registration.my_data()["tables"]
    requests = platform().registration.subject_requests(mine=1, limit=20)
    return render_template("my_data/show.html", form=form, held=held, requests=requests["items"]), form.status


@blueprint.get("/copy.<kind>")
def download(kind: str) -> Response:
    """The copy, collected from all services now with the visitor's own token; nothing of it is kept."""
    return subject_data.as_file([service.my_data() for service in _services()], kind)


def _services() -> list[Any]:
    one = platform()
    return [one.registration, one.review, one.reporting, one.notifications]
