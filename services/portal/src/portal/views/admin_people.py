"""People of the province; what they may do is given by grants."""

from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import pages
from portal.clients import platform
from portal.forms import STALE, Field, Form
from portal.session import for_roles

blueprint = Blueprint("admin_people", __name__, url_prefix="/admin/people")
PARTS = (
    Field("name", "Họ và tên"),
    Field("email", "Địa chỉ thư điện tử", "email", "Nơi nhận thông báo về hồ sơ.", required=False),
    Field("phone", "Số điện thoại", "tel", "Ví dụ: 0905 123 456.", required=False, width="short"),
)

_NATIONAL_ID = "Số định danh cá nhân"
REASON = (Field("reason", "Lý do cần xem", help="Được ghi lại cùng tên bạn, không xóa được."),)


def _parts(*, is_new: bool) -> tuple[Field, ...]:
    """With the national id where the province's rule asks for it; what is stored is never shown in the form."""
    if platform().registration.settings().get("national_id") != "required":
        return PARTS
    words = "12 chữ số. Tỉnh yêu cầu; hệ thống cất kín, không hiện trong danh sách, báo cáo hay thông báo."
    note = "" if is_new else "để trống: giữ số đã ghi"
    return (*PARTS, Field("national_id", _NATIONAL_ID, help=words, required=is_new, note=note, width="short"))


@blueprint.get("")
@for_roles("administrator")
def show_list() -> str:
    chosen = pages.filters("q")
    page = platform().registration.people(**chosen, cursor=pages.cursor(), limit=50)
    return render_template("admin/people.html", page=page, chosen=chosen, more=pages.next_page(page, chosen))


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("administrator")
def create() -> Response | tuple[str, int]:
    form = Form(_parts(is_new=True))
    if form.send(lambda body: platform().registration.add_person(body, form.key)):
        return pages.done(
            "Đã thêm người dùng. Hãy phân vai trò để người này làm việc được.",
            url_for("admin_grants.create", person_id=form.answer["id"]),
        )
    return pages.form_page(form, "Thêm người dùng", back=url_for(".show_list"), submit="Thêm người dùng")


@blueprint.get("/<uuid:person_id>")
@for_roles("administrator")
def show(person_id: UUID) -> str:
    """With what they may do at units of the administrator's own subtree, and the logins that this is given to."""
    person = platform().registration.person(person_id)
    grants = list(pages.every(platform().registration.grants, person_id=person_id))
    kept = [grant for grant in grants if not grant["revoked_at"]]
    logins = sorted({(grant["issuer"], grant["subject"]) for grant in kept})
    return render_template("admin/person.html", person=person, grants=grants, logins=logins)


@blueprint.route("/<uuid:person_id>/edit", methods=["GET", "POST"])
@for_roles("administrator")
def edit(person_id: UUID) -> Response | tuple[str, int]:
    person = platform().registration.person(person_id)
    form = Form(_parts(is_new=False), saved=person)
    if form.send(lambda body: platform().registration.correct_person(person_id, body, form.version)):
        return pages.done("Đã sửa thông tin.", url_for(".show", person_id=person_id))
    if form.status in STALE:
        form.show_newer(platform().registration.person(person_id))
    lead = "Sửa cho đúng với người này. Tên đã in trong quyết định, giấy chứng nhận cũ không đổi theo."
    return pages.form_page(form, "Sửa thông tin người dùng", back=url_for(".show", person_id=person_id), lead=lead)


@blueprint.route("/<uuid:person_id>/national-id", methods=["GET", "POST"])
@for_roles("administrator")
def reveal(person_id: UUID) -> str | tuple[str, int]:
    """Shown once, on this page; asking again is noted again."""
    person, form = platform().registration.person(person_id), Form(REASON)
    back = url_for(".show", person_id=person_id)
    if form.send(lambda body: platform().registration.reveal_national_id(person_id, body)):
        return render_template("admin/national_id.html", person=person, number=form.answer["national_id"], back=back)
    return pages.form_page(form, f"Xem số định danh: {person['name']}", back=back, submit="Xem")
