"""Requests of people about their own data: recorded from paper, answered by the administrators of the province."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import labels, lookup, pages, subject_data
from portal.clients import platform
from portal.forms import Field, Form
from portal.session import for_roles

blueprint = Blueprint("admin_requests", __name__, url_prefix="/admin/data-requests")
PAPER = (
    Field("person_id", "Người yêu cầu", "lookup", lookup.HELP),
    Field("kind", "Loại yêu cầu", "select", choices=labels.DATA_REQUEST),
    Field("details", "Nội dung ghi trong đơn", "textarea", required=False),
    Field("received_on", "Ngày nhận đơn", "date", "Hạn trả lời là 2 ngày làm việc kể từ ngày này.", width="short"),
)
REASON = (Field("reason", "Lý do từ chối", "textarea", "Người yêu cầu sẽ đọc được lý do này."),)

ANSWER = (
    Field(
        "reason",
        "Trả lời",
        "textarea",
        "Đã sửa gì ở nơi khác, hoặc vì sao không phải sửa. Người yêu cầu sẽ đọc được.",
        required=False,
        note="cần khi thông tin của người này không đổi",
    ),
)


@blueprint.get("")
@for_roles("administrator")
def show_list() -> str:
    chosen = pages.filters("open") or {"open": "1"}
    page = platform().registration.subject_requests(**chosen, cursor=pages.cursor(), limit=50)
    return render_template("admin/requests.html", page=page, chosen=chosen, more=pages.next_page(page, chosen))


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("administrator")
def create() -> Response | tuple[str, int]:
    """For whoever a person's own page named, or for anybody of the province."""
    known = lookup.known_person(request.args.get("person_id", ""))
    form = Form(PAPER, saved={"person_id": known and known.label}, lookup=url_for("people.options"))
    if form.send(lambda body: platform().registration.ask_about_data(lookup.with_person(body, known), form.key)):
        return pages.done("Đã ghi nhận yêu cầu.", url_for(".show", request_id=form.answer["id"]))
    lead = "Dành cho người đến bằng đơn giấy. Kiểm tra giấy tờ tùy thân trước khi ghi nhận; không lưu bản chụp."
    return pages.form_page(form, "Ghi nhận yêu cầu bằng giấy", back=url_for(".show_list"), lead=lead, submit="Ghi nhận")


@blueprint.route("/<uuid:request_id>", methods=["GET", "POST"])
@for_roles("administrator")
def show(request_id: UUID) -> Response | tuple[str, int]:
    form, answer = Form(REASON), Form(ANSWER, part="complete")
    here, act = url_for(".show", request_id=request_id), platform().registration.act_on_data_request
    if form.send(lambda body: act(request_id, "refuse", body)):
        return pages.done("Đã từ chối yêu cầu.", here)
    if answer.send(lambda body: act(request_id, "complete", body)):
        return pages.done("Đã giải quyết xong yêu cầu.", here)
    asked = platform().registration.subject_request(request_id)
    page = render_template("admin/request.html", asked=asked, form=form, answer=answer)
    return page, pages.failure(form, answer)


@blueprint.post("/<uuid:request_id>/start")
@for_roles("administrator")
def start(request_id: UUID) -> Response:
    platform().registration.act_on_data_request(request_id, "start", {})
    return pages.done("Đã nhận giải quyết.", url_for(".show", request_id=request_id))


@blueprint.get("/<uuid:request_id>/copy.<kind>")
@for_roles("administrator")
def download(request_id: UUID, kind: str) -> Response:
    """The person's copy, to be handed over; open while the request is being answered."""
    one = platform()
    services: list[Any] = [one.registration, one.review, one.reporting, one.notifications]
    return subject_data.as_file([service.data_of_request(request_id) for service in services], kind)
