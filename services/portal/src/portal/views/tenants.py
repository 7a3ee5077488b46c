"""Provinces on the platform: opened, suspended, closed; the operations team's pages, without any dossier.

An export is ordered here; the province's own administrators fetch it.
"""

from typing import Any

from common.centre import CENTRE
from flask import Blueprint, abort, render_template, url_for
from werkzeug.wrappers import Response

from portal import pages
from portal.clients import platform
from portal.forms import Field, Form, Heading, Rows
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
MERGE = (
    Rows("absorbs", "Tỉnh nhập vào", (Field("code", "Tỉnh", "select"),), add="Thêm tỉnh"),
    Field("title", "Tên phương án", help="Ví dụ: Hợp nhất tỉnh Ninh Thuận và tỉnh Khánh Hòa."),
    Field("legal_basis", "Căn cứ pháp lý", "textarea", "Ví dụ: Nghị quyết số 202/2025/QH15.", tall=2),
    Field("effective_on", "Có hiệu lực từ ngày", "date", width="short"),
)
REASON = (Field("reason", "Lý do", "textarea", "Người dùng của tỉnh đọc được lý do này."),)
QUOTAS = (
    Field("requests_per_minute", "Yêu cầu mỗi phút", "integer", "0: theo mức chung của nền tảng.", width="short"),
    Field("attachment_megabytes", "Tệp đính kèm (MB)", "integer", "0: theo mức chung của nền tảng.", width="short"),
)
STOPS = {
    "suspend": {
        "title": "Tạm ngừng",
        "done": "đã tạm ngừng",
        "lead": "Trong vài giây không ai của tỉnh làm việc được. Không mất gì; lúc nào cũng cho hoạt động lại được.",
    },
    "close": {
        "title": "Ngừng sử dụng",
        "done": "đã ngừng sử dụng",
        "lead": "Dữ liệu được xuất ra ngay và bị xóa sau thời hạn lưu của tỉnh. Danh mục đã công bố vẫn còn.",
    },
}


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("operator")
def create() -> Response | tuple[str, int]:
    form = Form(PARTS)
    if form.send(lambda body: platform().registration.open_tenant(body, form.key)):
        return pages.done(f"Đã mở không gian {form.answer['name']}.", url_for(".show_list"))
    return pages.form_page(form, "Mở không gian cho một tỉnh", back=url_for(".show_list"), submit="Mở không gian")


@blueprint.get("")
@for_roles("operator")
def show_list() -> str:
    chosen = pages.filters("q", "status")
    page = platform().registration.tenants(**chosen, cursor=pages.cursor(), limit=50)
    return render_template("tenants/list.html", page=page, chosen=chosen, more=pages.next_page(page, chosen))


@blueprint.get("/<string:code>")
@for_roles("operator")
def show(code: str) -> str:
    tenant, exports = platform().registration.tenant(code), []
    if tenant["status"] != "merged" and not tenant["purged_at"]:
        exports = platform().registration.exports(tenant=code)["items"]
    return render_template("tenants/show.html", tenant=tenant, exports=exports, centre=CENTRE)


@blueprint.route("/<string:code>/<any(suspend, close):act>", methods=["GET", "POST"])
@for_roles("operator")
def stop(code: str, act: str) -> Response | tuple[str, int]:
    """Both keep everything; closing also begins the time after which it is deleted."""
    tenant, words = platform().registration.tenant(code), STOPS[act]
    form = Form(REASON)
    if form.send(lambda body: platform().registration.stop_tenant(code, act, body, form.key)):
        return pages.done(f"{tenant['name']}: {words['done']}.", url_for(".show", code=code))
    return pages.form_page(
        form,
        f"{words['title']}: {tenant['name']}",
        back=url_for(".show", code=code),
        submit=words["title"],
        lead=words["lead"],
    )


@blueprint.post("/<string:code>/resume")
@for_roles("operator")
def resume(code: str) -> Response:
    platform().registration.resume_tenant(code)
    return pages.done("Tỉnh hoạt động lại.", url_for(".show", code=code))


@blueprint.route("/<string:code>/quotas", methods=["GET", "POST"])
@for_roles("operator")
def change_quotas(code: str) -> Response | tuple[str, int]:
    tenant = platform().registration.tenant(code)
    form = Form(QUOTAS, saved=tenant["quotas"])
    if form.send(lambda body: platform().registration.set_quotas(code, body)):
        return pages.done(f"Đã đặt hạn mức của {tenant['name']}.", url_for(".show", code=code))
    return pages.form_page(form, f"Hạn mức: {tenant['name']}", back=url_for(".show", code=code), submit="Đặt hạn mức")


@blueprint.route("/<string:code>/merge", methods=["GET", "POST"])
@for_roles("operator")
def merge(code: str) -> Response | tuple[str, int]:
    """Drafts it; people of the province that goes on approve and apply it, as any other reorganisation."""
    tenant = platform().registration.tenant(code)
    if tenant["status"] != "active" or code == CENTRE:
        abort(404)
    form = Form(MERGE, choices={"absorbs.code": _others(code)})

    def prepare(body: dict[str, Any]) -> dict[str, Any]:
        absorbs = [one["code"] for one in body["absorbs"]]
        return platform().registration.prepare_reorganisation(body | {"tenant": code, "absorbs": absorbs}, form.key)

    if form.send(prepare):
        url = url_for("reorganisations.show", reorganisation_id=form.answer["id"], tenant=code)
        return pages.done("Đã lập phương án. Xem trước, rồi người của tỉnh duyệt và áp dụng.", url)
    lead = (
        "Mọi đơn vị ngay dưới đơn vị gốc của tỉnh nhập vào chuyển về dưới đơn vị gốc của tỉnh này, cùng hồ sơ và người"
        " dùng; mã hồ sơ giữ nguyên. Vai trò tại đơn vị gốc của tỉnh nhập vào kết thúc, tỉnh này giao lại."
    )
    back, title = url_for(".show", code=code), f"Nhập tỉnh khác vào {tenant['name']}"
    return pages.form_page(form, title, back=back, lead=lead, submit="Lập phương án")


def _others(code: str) -> dict[str, str]:
    """The provinces that can become part of this one."""
    listed = pages.every(platform().registration.tenants, status="active")
    return {one["tenant"]: one["name"] for one in listed if one["tenant"] not in (code, CENTRE)}


@blueprint.post("/<string:code>/export")
@for_roles("operator")
def export(code: str) -> Response:
    platform().registration.ask_for_export({"tenant": code})
    return pages.done("Đã yêu cầu xuất dữ liệu. Tải lại trang này để xem tiến độ.", url_for(".show", code=code))
