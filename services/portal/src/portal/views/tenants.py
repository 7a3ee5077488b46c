"""Opening a province: its first unit and its administrator; the operations team's only page."""

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from portal import pages
from portal.clients import platform
from portal.forms import Field, Form, Heading
from portal.session import for_roles

blueprint = Blueprint("tenants", __name__, url_prefix="/tenants")
PARTS = (
    Field("name", "Tên tỉnh, thành phố"),
    Field("code", "Mã không gian", help="Chữ thường không dấu và gạch nối, ví dụ: khanh-hoa.", width="short"),
    Field("code_prefix", "Tiền tố mã hồ sơ", help="Hai đến tám chữ in hoa, ví dụ: KH.", width="short"),
    Heading("Đơn vị gốc"),
    Field("root.name", "Tên đơn vị", help="Ví dụ: Tỉnh Khánh Hòa."),
    Field("root.code", "Mã đơn vị", width="short"),
    Field("valid_from", "Có từ ngày", "date", "Để nhập được hồ sơ của những năm trước.", required=False, width="short"),
    Heading("Quản trị viên đầu tiên", "Người này tạo các đơn vị, người dùng và vai trò còn lại."),
    Field("administrator.name", "Họ và tên"),
    Field("administrator.email", "Địa chỉ thư điện tử", "email", required=False),
    Field(
        "administrator.subject",
        "Tên tài khoản đăng nhập",
        help="Mã tài khoản ở máy chủ đăng nhập; hỏi người quản trị máy chủ đó.",
    ),
)


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("operator")
def create() -> Response | tuple[str, int]:
    form = Form(PARTS)
    if form.send(lambda body: platform().registration.open_tenant(body, form.key)):
        return pages.done(f"Đã mở không gian {form.answer['name']}.", url_for("home.show"))
    return pages.form_page(form, "Mở không gian cho một tỉnh", back=url_for("home.show"), submit="Mở không gian")
