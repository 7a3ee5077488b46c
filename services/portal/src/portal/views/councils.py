"""Councils: who sits on them, by which decision, for which term."""

from typing import Any

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import labels, lookup, pages, places
from portal.clients import platform
from portal.forms import Field, Form, Heading, Rows
from portal.session import for_roles, grant

blueprint = Blueprint("councils", __name__, url_prefix="/councils")
PARTS = (
    Field("name", "Tên hội đồng", help="Ví dụ: Hội đồng xét sáng kiến, cải tiến huyện Diên Khánh."),
    Field("unit_id", "Cấp, đơn vị", "select"),
    Heading("Quyết định thành lập"),
    Field("established_by.number", "Số quyết định", width="short"),
    Field("established_by.signed_on", "Ngày ký", "date", width="short"),
    Field("term_from", "Nhiệm kỳ từ", "date", width="short"),
    Field("term_to", "Đến", "date", "Để trống nếu chưa ấn định.", required=False, width="short"),
    Heading(
        "Thành viên",
        "Mỗi hội đồng có đúng một Chủ tịch. Gõ vài chữ của tên rồi chọn trong danh sách; người chưa có thì thêm ở Quản"
        " trị, Người dùng.",
    ),
    Rows(
        "members",
        "Thành viên",
        (
            Field("person_id", "Người", "lookup"),
            Field("role", "Vai trò", "select", choices=labels.COUNCIL_ROLE, default="member"),
            Field("title", "Chức vụ công tác", required=False),
        ),
        add="Thêm thành viên",
        least=3,
    ),
)


@blueprint.get("")
def show_list() -> str:
    page = platform().review.councils(cursor=pages.cursor(), limit=20)
    return render_template("councils.html", page=page, more=pages.next_page(page, {}))


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("administrator", "standing")
def create() -> Response | tuple[str, int]:
    saved = {"unit_id": grant().unit_id, **_usual()}
    form = Form(PARTS, saved=saved, choices={"unit_id": places.unit_choices()}, lookup=url_for("people.options"))
    if form.send(lambda body: platform().review.add_council(_with_people(body), form.key)):
        return pages.done("Đã ghi hội đồng.", url_for(".show_list"))
    return pages.form_page(form, "Thành lập hội đồng", back=url_for(".show_list"), submit="Ghi hội đồng")


def _usual() -> dict[str, Any]:
    template = platform().review.council_template()
    return {"name": template["name"], "members": [{"role": seat} for seat in template["seats"]]}


def _with_people(body: dict[str, Any]) -> dict[str, Any]:
    """The members as the service takes them. Raises a refusal that tells every one who was not found."""
    members = {f"members.{place}.person_id": one for place, one in enumerate(body.get("members", []))}
    found = lookup.find_people({field: one["person_id"] for field, one in members.items()})
    seated = [one | {"person_id": found[field].id, "name": found[field].name} for field, one in members.items()]
    return body | {"members": seated}
