"""Rulebooks: criteria, weights and thresholds; drafted, then published and never changed again."""

from uuid import UUID

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import labels, pages, places
from portal.clients import platform
from portal.forms import Field, Form, Heading, Rows
from portal.session import for_roles, grant

blueprint = Blueprint("rulebooks", __name__, url_prefix="/rulebooks")
PARTS = (
    Field("name", "Tên quy chế"),
    Field("unit_id", "Đơn vị ban hành", "select", help="Áp dụng cho đơn vị này và mọi đơn vị bên dưới."),
    Field("valid_from", "Có hiệu lực từ", "date", width="short"),
    Field("legal_basis", "Căn cứ", "textarea", "Số và ngày của văn bản ban hành.", tall=3),
    Heading("Tiêu chí chấm điểm", "Điểm của hồ sơ là trung bình các tiêu chí theo trọng số, quy về thang 100."),
    Rows(
        "criteria",
        "Tiêu chí",
        (
            Field("name", "Tên tiêu chí"),
            Field("code", "Mã không dấu", width="short"),
            Field("weight", "Trọng số", "decimal", width="short"),
            Field("max_score", "Điểm tối đa", "decimal", width="short"),
            Field("min_score", "Tối thiểu", "decimal", required=False, note="nếu có", width="short"),
        ),
        add="Thêm tiêu chí",
    ),
    Heading("Điều kiện công nhận"),
    Field("pass_score", "Điểm đạt (trên 100)", "decimal", width="short"),
    Field(
        "quorum_percent", "Số thành viên tối thiểu có mặt (%)", "decimal", "Ví dụ hai phần ba: 66,66.", width="short"
    ),
    Field(
        "approval_percent",
        "Tỷ lệ phiếu đồng ý (%)",
        "decimal",
        "Trên số thành viên có mặt được biểu quyết.",
        width="short",
    ),
    Field("ballot", "Cách biểu quyết", "select", choices=labels.BALLOT_KIND),
    Field(
        "tie_rule",
        "Khi mọi thành viên bỏ phiếu và số phiếu bằng nhau",
        "select",
        choices=labels.TIE_RULE,
        required=False,
        default="percentage",
    ),
)
# The criteria by which the council of Diên Khánh judges (evaluation of 2021-03-25, part 3c).
USUAL = {
    "criteria": [
        {"code": code, "name": name, "weight": 1, "max_score": 10, "min_score": 0}
        for code, name in (
            ("novelty", "Tính mới"),
            ("suitability", "Tính phù hợp"),
            ("collectivity", "Tính tập thể"),
            ("practicality", "Tính thiết thực"),
            ("economy", "Tính kinh tế"),
            ("effect", "Hiệu quả"),
        )
    ]
}


@blueprint.get("")
def show_list() -> str:
    page = platform().review.rulebooks(cursor=pages.cursor(), limit=20)
    return render_template("rulebooks/list.html", page=page, more=pages.next_page(page, {}))


@blueprint.get("/<uuid:rulebook_id>")
def show(rulebook_id: UUID) -> str:
    return render_template("rulebooks/show.html", rulebook=platform().review.rulebook(rulebook_id))


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("administrator")
def create() -> Response | tuple[str, int]:
    form = Form(PARTS, saved=USUAL | {"unit_id": grant().unit_id}, choices={"unit_id": places.unit_choices()})
    if form.send(lambda body: platform().review.add_rulebook(body, form.key)):
        return pages.done("Đã lưu bản nháp quy chế.", url_for(".show", rulebook_id=form.answer["id"]))
    lead = "Sáu tiêu chí thường dùng đã điền sẵn; sửa lại theo quy chế của địa phương."
    return pages.form_page(form, "Lập quy chế", back=url_for(".show_list"), lead=lead, submit="Lưu bản nháp")


@blueprint.post("/<uuid:rulebook_id>/publish")
@for_roles("administrator")
def publish(rulebook_id: UUID) -> Response:
    platform().review.publish_rulebook(rulebook_id)
    return pages.done("Đã ban hành quy chế.", url_for(".show", rulebook_id=rulebook_id))
