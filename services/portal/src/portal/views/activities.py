"""Launches and propaganda: what was done, in which form, and whom it reached."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import labels, pages, places
from portal.clients import platform
from portal.forms import Field, Form, Heading
from portal.session import for_roles, grant

blueprint = Blueprint("activities", __name__, url_prefix="/activities")
FILTERS = ("kind", "from_year", "to_year", "unit_id")
PARTS = (
    Field("title", "Tên hoạt động", help="Ví dụ: Hội nghị phát động phong trào thi đua năm 2019."),
    Field("kind", "Loại", "select", choices=labels.ACTIVITY_KIND, default="outreach"),
    Field("form", "Hình thức", "select", choices=labels.ACTIVITY_FORM),
    Field("unit_id", "Đơn vị thực hiện", "select"),
    Field("from_date", "Từ ngày", "date", width="short"),
    Field("to_date", "Đến ngày", "date", width="short"),
    Heading("Phạm vi", "Điền số đã biết; mục nào không đếm được thì để trống."),
    Field("reach.agencies", "Số cơ quan, đơn vị", "integer", required=False, width="short"),
    Field("reach.villages", "Số thôn, tổ dân phố", "integer", required=False, width="short"),
    Field("reach.people", "Số lượt người", "integer", required=False, width="short"),
    Field("note", "Ghi chú", "textarea", required=False, tall=3),
)


@blueprint.get("")
@for_roles("officer", "standing")
def show_list() -> str:
    chosen, day = pages.filters(*FILTERS), pages.day()
    query = chosen | day.query
    page = pages.of_the_day(lambda: platform().reporting.activities(**query, cursor=pages.cursor(), limit=20))
    return render_template(
        "activities.html",
        page=page,
        chosen=chosen,
        day=day,
        units=places.unit_choices_of(day.iso, chosen.get("unit_id", "")),
        more=pages.next_page(page, query),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("officer", "standing")
def create() -> Response | tuple[str, int]:
    form = Form(PARTS, saved={"unit_id": grant().unit_id}, choices=_choices())
    if form.send(lambda body: platform().reporting.add_activity(body, form.key)):
        return pages.done("Đã ghi hoạt động.", url_for(".show_list"))
    return pages.form_page(form, "Ghi hoạt động tuyên truyền", back=url_for(".show_list"), submit="Ghi hoạt động")


@blueprint.route("/<uuid:activity_id>/edit", methods=["GET", "POST"])
@for_roles("officer", "standing")
def edit(activity_id: UUID) -> Response | tuple[str, int]:
    form = Form(PARTS, saved=platform().reporting.activity(activity_id), choices=_choices())
    if form.send(lambda body: platform().reporting.change_activity(activity_id, body, form.version)):
        return pages.done("Đã lưu thay đổi.", url_for(".show_list"))
    if form.status == 412:
        form.show_newer(platform().reporting.activity(activity_id))
    return pages.form_page(form, "Sửa hoạt động", back=url_for(".show_list"), submit="Lưu thay đổi")


def _choices() -> dict[str, Any]:
    return {"unit_id": places.unit_choices()}
