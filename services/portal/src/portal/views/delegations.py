"""One's own grant lent to somebody else during an absence, and what one was lent."""

from uuid import UUID

from common import clock
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import pages
from portal.clients import platform
from portal.forms import Field, Form
from portal.session import for_roles, grant

blueprint = Blueprint("delegations", __name__, url_prefix="/delegations")
LENDERS = ("administrator", "officer", "secretary", "chair", "standing")
PARTS = (
    Field("person_id", "Ủy quyền cho", "select", "Chỉ những người trong tỉnh đang có tài khoản dùng được."),
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
    me, wanted = grant(), request.args.get("q", "").strip()[:200]
    found = platform().registration.people(able="true", q=wanted, limit=200)["items"]
    people = {key: name for key, name in pages.by_id(found).items() if key != me.person_id}
    today = clock.today().isoformat()
    form = Form(PARTS, saved={"valid_from": today}, choices={"person_id": {"": "Chọn người"} | people})
    if form.send(lambda body: platform().registration.delegate_grant(me.id, body, form.key)):
        return pages.done("Đã ủy quyền. Người này thấy vai trò mới ở trang đổi vai trò.", url_for(".show_list"))
    return render_template("delegate.html", form=form, me=me, wanted=wanted, back=url_for(".show_list")), form.status


@blueprint.post("/<uuid:grant_id>/revoke")
@for_roles(*LENDERS, "member", "author")
def revoke(grant_id: UUID) -> Response:
    platform().registration.revoke_delegation(grant_id)
    return pages.done("Đã thôi ủy quyền. Có hiệu lực sau vài giây.", url_for(".show_list"))
