"""One's own grant lent to somebody else during an absence, and what one was lent."""

from typing import Any
from uuid import UUID

from common import clock
from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from portal import labels, lookup, pages
from portal.clients import platform
from portal.forms import Field, Form
from portal.session import for_roles, grant

blueprint = Blueprint("delegations", __name__, url_prefix="/delegations")
LENDERS = ("administrator", "officer", "secretary", "chair", "standing")
PARTS = (
    Field("person_id", "Ủy quyền cho", "lookup", f"Người trong tỉnh đang có tài khoản dùng được. {lookup.HELP}"),
    Field("valid_from", "Từ ngày", "date", width="short"),
    Field("valid_to", "Đến hết ngày", "date", "Ủy quyền tự hết sau ngày này. Lâu nhất là một năm.", width="short"),
)


@blueprint.get("")
@for_roles(*LENDERS, "member", "author")
def show_list() -> str:
    page = platform().registration.delegations(cursor=pages.cursor(), limit=50)
    me = grant()
    may_lend = me.role in LENDERS and not me.absent
    return render_template("delegations.html", page=page, more=pages.next_page(page, {}), me=me, may_lend=may_lend)


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles(*LENDERS)
def create() -> Response | tuple[str, int]:
    """Of the grant acted under."""
    me, able = grant(), "true"
    form = Form(PARTS, saved={"valid_from": clock.today().isoformat()}, lookup=url_for("people.options", able=able))

    def lend(body: dict[str, Any]) -> dict[str, Any]:
        return platform().registration.delegate_grant(me.id, lookup.with_person(body, able=able), form.key)

    if form.send(lend):
        return pages.done("Đã ủy quyền. Người này thấy vai trò mới ở trang đổi vai trò.", url_for(".show_list"))
    lead = f"Vai trò được ủy quyền: {labels.text(labels.ROLE, me.role)}, {me.unit}."
    return pages.form_page(form, "Ủy quyền", back=url_for(".show_list"), lead=lead, submit="Ủy quyền")


@blueprint.post("/<uuid:grant_id>/revoke")
@for_roles(*LENDERS, "member", "author")
def revoke(grant_id: UUID) -> Response:
    platform().registration.revoke_delegation(grant_id)
    return pages.done("Đã thôi ủy quyền. Có hiệu lực sau vài giây.", url_for(".show_list"))
