"""People of the province; what they may do is given by grants."""

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import pages
from portal.clients import platform
from portal.forms import Field, Form
from portal.session import for_roles

blueprint = Blueprint("admin_people", __name__, url_prefix="/admin/people")
PARTS = (
    Field("name", "Họ và tên"),
    Field("email", "Địa chỉ thư điện tử", "email", "Nơi nhận thông báo về hồ sơ.", required=False),
    Field("phone", "Số điện thoại", "tel", required=False, width="short"),
)


@blueprint.get("")
@for_roles("administrator")
def show_list() -> str:
    chosen = pages.filters("q")
    page = platform().registration.people(**chosen, cursor=pages.cursor(), limit=50)
    return render_template("admin/people.html", page=page, chosen=chosen, more=pages.next_page(page, chosen))


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("administrator")
def create() -> Response | tuple[str, int]:
    form = Form(PARTS)
    if form.send(lambda body: platform().registration.add_person(body, form.key)):
        return pages.done(
            "Đã thêm người dùng. Hãy phân vai trò để người này làm việc được.",
            url_for("admin_grants.create", person_id=form.answer["id"]),
        )
    return pages.form_page(form, "Thêm người dùng", back=url_for(".show_list"), submit="Thêm người dùng")
