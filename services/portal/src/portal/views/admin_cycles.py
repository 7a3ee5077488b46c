"""Cycles: one plan a year with its deadlines."""

from typing import Any
from uuid import UUID

from common import clock
from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import pages, places
from portal.clients import platform
from portal.forms import Field, Form, Heading
from portal.session import for_roles, grant

blueprint = Blueprint("admin_cycles", __name__, url_prefix="/admin/cycles")
DATES = (
    Field("name", "Tên đợt", help="Ví dụ: Phong trào thi đua “Đoàn kết sáng tạo” năm 2021."),
    Heading("Các mốc thời gian", "Theo thứ tự từ trên xuống; sau mỗi mốc hệ thống không nhận việc đó nữa."),
    Field("opens_on", "Bắt đầu nhận đăng ký", "date", width="short"),
    Field("registration_closes_on", "Hạn tác giả nộp hồ sơ", "date", width="short"),
    Field("endorsement_closes_on", "Hạn đơn vị xét duyệt, chuyển hội đồng", "date", width="short"),
    Field("review_closes_on", "Hạn hội đồng xét công nhận", "date", width="short"),
)
PARTS = (
    Field("year", "Năm", "integer", width="short"),
    Field("unit_id", "Đơn vị phát động", "select"),
    *DATES,
)


@blueprint.get("")
@for_roles("administrator", "standing")
def show_list() -> str:
    page = platform().registration.cycles(cursor=pages.cursor(), limit=20)
    return render_template("admin/cycles.html", page=page, more=pages.next_page(page, {}))


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("administrator", "standing")
def create() -> Response | tuple[str, int]:
    form = Form(PARTS, saved=_usual(), choices={"unit_id": places.unit_choices()})
    if form.send(lambda body: platform().registration.add_cycle(body, form.key)):
        return pages.done("Đã lập đợt thi đua.", url_for(".show_list"))
    return pages.form_page(form, "Lập đợt thi đua", back=url_for(".show_list"), submit="Lập đợt thi đua")


@blueprint.route("/<uuid:cycle_id>/edit", methods=["GET", "POST"])
@for_roles("administrator", "standing")
def edit(cycle_id: UUID) -> Response | tuple[str, int]:
    cycle = platform().registration.cycle(cycle_id)
    form = Form(DATES, saved=cycle)
    if form.send(lambda body: platform().registration.change_cycle(cycle_id, body, form.version)):
        return pages.done("Đã lưu thay đổi.", url_for(".show_list"))
    if form.status == 412:
        form.show_newer(platform().registration.cycle(cycle_id))
    return pages.form_page(form, f"Sửa đợt thi đua năm {cycle['year']}", back=url_for(".show_list"))


def _usual() -> dict[str, Any]:
    """The council sits in December (evaluation of Diên Khánh, part 3b), so the other deadlines come before it."""
    year = clock.today().year
    return {
        "year": year,
        "unit_id": grant().unit_id,
        "name": f"Phong trào thi đua “Đoàn kết sáng tạo” năm {year}",
        "opens_on": f"{year}-01-01",
        "registration_closes_on": f"{year}-10-31",
        "endorsement_closes_on": f"{year}-11-30",
        "review_closes_on": f"{year}-12-31",
    }
