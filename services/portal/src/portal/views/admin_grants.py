"""Grants: who acts in which role, at which unit, for how long."""

from uuid import UUID

from common import clock
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import labels, lookup, pages, places
from portal.clients import platform
from portal.forms import Field, Form
from portal.session import for_roles, grant

blueprint = Blueprint("admin_grants", __name__, url_prefix="/admin/grants")
ROLES = {role: label for role, label in labels.ROLE.items() if role != "operator"}
PERIOD = (
    Field("valid_from", "Từ ngày", "date", width="short"),
    Field("valid_to", "Đến ngày", "date", "Để trống nếu chưa ấn định.", required=False, width="short"),
)
PARTS = (
    Field("person_id", "Người được giao", "lookup", lookup.HELP),
    Field(
        "subject",
        "Tên tài khoản đăng nhập",
        help="Mã tài khoản ở máy chủ đăng nhập của đơn vị. Mỗi tài khoản chỉ của một người.",
    ),
    Field(
        "issuer",
        "Máy chủ đăng nhập",
        help="Địa chỉ của máy chủ, khi người này đăng nhập ở nơi khác với bạn.",
        required=False,
        note="để trống: cùng máy chủ với bạn",
    ),
    Field("role", "Vai trò", "select", choices=ROLES),
    Field("unit_id", "Tại đơn vị", "select", help="Người này làm việc với hồ sơ của đơn vị và mọi đơn vị bên dưới."),
    *PERIOD,
)


@blueprint.get("")
@for_roles("administrator")
def show_list() -> str:
    chosen = pages.filters("person_id", "unit_id", "role", "state", "delegated", "q")
    page = platform().registration.grants(**chosen, cursor=pages.cursor(), limit=50)
    return render_template(
        "admin/grants.html",
        page=page,
        chosen=chosen,
        more=pages.next_page(page, chosen),
        roles=ROLES,
        units=places.unit_choices(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("administrator")
def create() -> Response | tuple[str, int]:
    known = lookup.known_person(request.args.get("person_id", ""))
    saved = {"unit_id": grant().unit_id, "person_id": known and known.label, "valid_from": clock.today().isoformat()}
    form = Form(PARTS, saved=saved, choices={"unit_id": places.unit_choices()}, lookup=url_for("people.options"))
    if form.send(lambda body: platform().registration.issue_grant(lookup.with_person(body, known), form.key)):
        return pages.done("Đã giao vai trò.", url_for("admin_people.show", person_id=form.answer["person_id"]))
    lead = "Giao trong phạm vi đơn vị của bạn. Vai trò của chính bạn do quản trị viên khác hoặc cấp trên giao."
    return pages.form_page(form, "Giao vai trò", back=url_for(".show_list"), submit="Giao vai trò", lead=lead)


@blueprint.route("/<uuid:grant_id>/edit", methods=["GET", "POST"])
@for_roles("administrator")
def edit(grant_id: UUID) -> Response | tuple[str, int]:
    """Which grant is meant, the list's link says; its version goes with the form."""
    saved = {name: request.args.get(name, "") for name in ("valid_from", "valid_to", "version")}
    form = Form(PERIOD, saved={name: value or None for name, value in saved.items()})
    back = url_for(".show_list")
    if form.send(lambda body: platform().registration.change_grant(grant_id, body, form.version)):
        return pages.done("Đã đổi thời hạn.", url_for("admin_people.show", person_id=form.answer["person_id"]))
    lead = "Ủy quyền đã lập từ vai trò này sẽ không kéo dài quá thời hạn mới."
    return pages.form_page(form, "Đổi thời hạn của vai trò", back=back, lead=lead)


@blueprint.post("/<uuid:grant_id>/revoke")
@for_roles("administrator")
def revoke(grant_id: UUID) -> Response:
    revoked = platform().registration.revoke_grant(grant_id)
    words = "Đã thu hồi vai trò. Người này thôi làm việc được sau vài giây; ủy quyền đã lập từ vai trò này cũng hết."
    return pages.done(words, url_for("admin_people.show", person_id=revoked["person_id"]))
