"""Commendations: who commended whom, on what occasion; counts where a source gives only counts."""

from typing import Any

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import labels, pages, places
from portal.clients import platform
from portal.forms import Field, Form, Heading, Rows
from portal.session import for_roles, grant

blueprint = Blueprint("commendations", __name__, url_prefix="/commendations")
PARTS = (
    Field("title", "Nội dung khen thưởng", help="Ví dụ: Tặng Bằng khen cho tập thể, cá nhân tiêu biểu."),
    Field("form", "Hình thức", "select", choices=labels.COMMENDATION_FORM),
    Field("authority", "Cấp khen thưởng", "select", choices=labels.AUTHORITY),
    Field("occasion", "Dịp", "select", choices=labels.OCCASION),
    Field("from_year", "Từ năm", "integer", width="short"),
    Field("to_year", "Đến năm", "integer", width="short"),
    Field("unit_id", "Đơn vị", "select"),
    Heading("Quyết định", "Để trống cả hai mục khi chưa biết số quyết định."),
    Field("decision.number", "Số quyết định", required=False, width="short"),
    Field("decision.signed_on", "Ngày ký", "date", required=False, width="short"),
    Field("source_note", "Nguồn số liệu", "textarea", "Văn bản, trang hoặc mục đã lấy số.", required=False, tall=2),
    Heading("Được khen thưởng"),
    Rows(
        "recipients",
        "Nhóm",
        (
            Field("kind", "Là", "select", choices=labels.RECIPIENT_KIND),
            Field("group", "Nhóm", "select", choices=labels.RECIPIENT),
            Field("count", "Số lượt", "integer", width="short"),
            Field("leaders", "Trong đó lãnh đạo", "integer", required=False, width="short"),
        ),
        add="Thêm nhóm",
    ),
)


@blueprint.get("")
@for_roles("standing", "administrator")
def show_list() -> str:
    page = platform().review.commendations(cursor=pages.cursor(), limit=20)
    return render_template("commendations.html", page=page, more=pages.next_page(page, {}))


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("standing", "administrator")
def create() -> Response | tuple[str, int]:
    form = Form(PARTS, saved={"unit_id": grant().unit_id}, choices={"unit_id": places.unit_choices()})
    if form.send(lambda body: platform().review.add_commendation(_with_parts(body), form.key)):
        return pages.done("Đã ghi khen thưởng.", url_for(".show_list"))
    return pages.form_page(form, "Ghi khen thưởng", back=url_for(".show_list"), submit="Ghi khen thưởng")


def _with_parts(body: dict[str, Any]) -> dict[str, Any]:
    """The one "of which" that the form asks for, as the service keeps it: any number of them by label."""
    for group in body["recipients"]:
        leaders = group.pop("leaders", None)
        group["of_which"] = {} if leaders is None else {"leaders": leaders}
    return body
