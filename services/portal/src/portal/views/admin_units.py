"""Units of the province: the tree as of today, a new unit, a new name."""

from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import labels, pages, places
from portal.clients import platform
from portal.forms import Field, Form
from portal.session import for_roles, grant

blueprint = Blueprint("admin_units", __name__, url_prefix="/admin/units")
FILTERS = ("q", "level", "kind")
PARTS = (
    Field("name", "Tên đơn vị"),
    Field(
        "code", "Mã", help="Chữ in hoa không dấu, số và gạch nối; không đổi được về sau. Ví dụ: DK-PN.", width="short"
    ),
    Field("kind", "Loại", "select", choices=labels.UNIT_KIND),
    Field("level", "Cấp", "select", default="none"),
    Field(
        "affiliation",
        "Nhóm khi tổng hợp",
        "select",
        choices=labels.AFFILIATION,
        help="Nhóm mà sáng kiến của đơn vị được đếm vào trong báo cáo.",
    ),
    Field("parent_id", "Trực thuộc", "select"),
    Field("valid_from", "Hoạt động từ ngày", "date", width="short"),
)
CHANGE = (
    Field("name", "Tên mới"),
    Field(
        "valid_from",
        "Có hiệu lực từ ngày",
        "date",
        "Trước ngày này đơn vị vẫn mang tên cũ trong hồ sơ và báo cáo.",
        width="short",
    ),
)


@blueprint.get("")
@for_roles("administrator")
def show_list() -> str:
    chosen = pages.filters(*FILTERS)
    page = platform().registration.units(**chosen, cursor=pages.cursor(), limit=50)
    more = pages.next_page(page, chosen)
    return render_template("admin/units.html", page=page, chosen=chosen, more=more, levels=places.level_names())


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("administrator")
def create() -> Response | tuple[str, int]:
    choices = {"parent_id": places.unit_choices(), "level": places.level_names()}
    form = Form(PARTS, saved={"parent_id": grant().unit_id}, choices=choices)
    if form.send(lambda body: platform().registration.add_unit(body, form.key)):
        places.forget()
        return pages.done("Đã thêm đơn vị.", url_for(".show_list"))
    return pages.form_page(form, "Thêm đơn vị", back=url_for(".show_list"), submit="Thêm đơn vị")


@blueprint.route("/<uuid:unit_id>/change", methods=["GET", "POST"])
@for_roles("administrator")
def change(unit_id: UUID) -> Response | tuple[str, int]:
    unit = platform().registration.unit(unit_id)
    form = Form(CHANGE, saved={"name": unit["name"]})
    if form.send(lambda body: platform().registration.change_unit(unit_id, body, form.key)):
        places.forget()
        return pages.done("Đã ghi tên mới.", url_for(".show_list"))
    return pages.form_page(form, f"Đổi tên: {unit['name']}", back=url_for(".show_list"), submit="Ghi tên mới")
