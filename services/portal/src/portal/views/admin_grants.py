"""Grants: who acts in which role, at which unit, for how long."""

from uuid import UUID

from common import clock
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import labels, pages, places
from portal.clients import platform
from portal.forms import Field, Form
from portal.session import for_roles, grant

blueprint = Blueprint("admin_grants", __name__, url_prefix="/admin/grants")
ROLES = {role: label for role, label in labels.ROLE.items() if role != "operator"}
PARTS = (
    Field("person_id", "Người được giao", "select"),
    Field(
        "subject",
        "Tên tài khoản đăng nhập",
        help="Mã tài khoản ở máy chủ đăng nhập của đơn vị; hỏi người quản trị máy chủ đó.",
    ),
    Field("role", "Vai trò", "select", choices=ROLES),
    Field("unit_id", "Tại đơn vị", "select", help="Người này làm việc với hồ sơ của đơn vị và mọi đơn vị bên dưới."),
    Field("valid_from", "Từ ngày", "date", width="short"),
    Field("valid_to", "Đến ngày", "date", "Để trống nếu chưa ấn định.", required=False, width="short"),
)


@blueprint.get("")
@for_roles("administrator")
def show_list() -> str:
    chosen = pages.filters("person_id")
    page = platform().registration.grants(**chosen, cursor=pages.cursor(), limit=50)
    return render_template("admin/grants.html", page=page, more=pages.next_page(page, chosen))


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("administrator")
def create() -> Response | tuple[str, int]:
    people = pages.by_id(platform().registration.people(limit=200)["items"])
    choices = {"person_id": {"": "Chọn người"} | people, "unit_id": places.unit_choices()}
    saved = {
        "unit_id": grant().unit_id,
        "person_id": request.args.get("person_id"),
        "valid_from": clock.today().isoformat(),
    }
    form = Form(PARTS, saved=saved, choices=choices)
    if form.send(lambda body: platform().registration.issue_grant(body, form.key)):
        return pages.done("Đã giao vai trò.", url_for(".show_list"))
    return pages.form_page(form, "Giao vai trò", back=url_for(".show_list"), submit="Giao vai trò")


@blueprint.post("/<uuid:grant_id>/revoke")
@for_roles("administrator")
def revoke(grant_id: UUID) -> Response:
    platform().registration.revoke_grant(grant_id)
    return pages.done("Đã thu hồi vai trò. Người này thôi làm việc được sau vài giây.", url_for(".show_list"))
