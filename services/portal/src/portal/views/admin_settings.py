"""The province's settings: read by its administrators, changed by those of the root unit."""

from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import labels, pages, places
from portal.clients import platform
from portal.forms import Field, Form, Heading, Rows
from portal.session import for_roles, reaches_everything

blueprint = Blueprint("admin_settings", __name__, url_prefix="/admin/settings")
PARTS = (
    Heading("Các cấp của tỉnh", "Theo thứ tự từ trên xuống. Không bỏ được cấp đang có đơn vị hoạt động."),
    Rows(
        "levels",
        "Cấp",
        (
            Field("code", "Là cấp", "select", width="short"),
            Field("name", "Tên gọi", help="Tên hiện trên các trang, ví dụ: Xã, phường."),
        ),
        add="Thêm một cấp",
    ),
    Heading("Dữ liệu cá nhân"),
    Field(
        "national_id",
        "Số định danh cá nhân của tác giả",
        "select",
        "Chỉ chọn “Bắt buộc” khi quy chế của tỉnh yêu cầu; số được mã hóa khi lưu.",
        choices=labels.NATIONAL_ID,
    ),
    Heading("Thời hạn lưu"),
    Field("retention.dossier_years", "Hồ sơ đã có kết quả (năm)", "integer", width="short"),
    Field(
        "retention.closed_days",
        "Dữ liệu của tỉnh sau khi ngừng sử dụng (ngày)",
        "integer",
        "Hết thời hạn này dữ liệu bị xóa; danh mục sáng kiến đã công bố vẫn còn.",
        width="short",
    ),
    Heading("Đầu mối liên hệ", "Hiện cho người dùng trong tỉnh khi cần trợ giúp."),
    Field("contact.name", "Bộ phận hoặc người phụ trách", required=False),
    Field("contact.email", "Địa chỉ thư điện tử", "email", required=False),
    Field("contact.phone", "Điện thoại", "tel", required=False, width="short"),
)


@blueprint.get("")
@for_roles("administrator")
def show() -> str:
    settings = platform().registration.settings()
    page = platform().registration.settings_versions(cursor=pages.cursor(), limit=10)
    exports = platform().registration.exports()["items"] if reaches_everything() else []
    more, may_edit = pages.next_page(page, {}), reaches_everything()
    return render_template(
        "admin/settings.html", settings=settings, page=page, more=more, may_edit=may_edit, exports=exports
    )


@blueprint.post("/export")
@for_roles("administrator")
def export() -> Response:
    platform().registration.ask_for_export({})
    return pages.done("Đã yêu cầu xuất dữ liệu. Tải lại trang này để xem tiến độ.", url_for(".show"))


@blueprint.get("/exports/<uuid:export_id>")
@for_roles("administrator")
def download(export_id: UUID) -> Response:
    return pages.passed_on(platform().registration.export_archive(export_id))


@blueprint.route("/edit", methods=["GET", "POST"])
@for_roles("administrator")
def edit() -> Response | tuple[str, int]:
    saved = platform().registration.settings()
    levels = _levels(saved["levels"])
    form = Form(PARTS, saved={**saved, "version": str(saved["version"])}, choices={"levels.code": levels})
    if form.send(lambda body: platform().registration.change_settings(body, form.version)):
        places.forget()
        return pages.done("Đã lưu thiết lập của tỉnh.", url_for(".show"))
    if form.status == 412:
        form.show_newer(platform().registration.settings())
    return pages.form_page(form, "Sửa thiết lập của tỉnh", back=url_for(".show"))


def _levels(saved: list[dict[str, str]]) -> dict[str, str]:
    """What a level can be, by the code that units carry: those of the law, some of the province's own, those it has."""
    usual = {code: name for code, name in labels.LEVEL.items() if code not in ("none", "centre")}
    has = {one["code"]: labels.LEVEL.get(one["code"], one["name"]) for one in saved}
    return usual | labels.OWN_LEVEL | has
