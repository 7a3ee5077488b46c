"""Initiatives: the list, registering, changing, attachments, and the acts of author and unit."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from common import clock
from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import labels, pages, places
from portal.clients import ApiError, platform
from portal.forms import Field, Form, Heading, Rows
from portal.session import for_roles, gives_to_the_centre, grant, signed_in
from portal.views.dossiers import PROPOSERS

blueprint = Blueprint("initiatives", __name__, url_prefix="/initiatives")
FILTERS = ("q", "status", "year", "content", "affiliation", "cycle_id", "unit_id", "under", "mine")
LATER = "cần có khi nộp"
ORIGIN = (
    Field("cycle_id", "Đợt thi đua", "select"),
    Field(
        "unit_id",
        "Đơn vị xét duyệt",
        "select",
        help="Nơi tác giả công tác hoặc sinh sống; đơn vị này xét duyệt trước. Không đổi được về sau.",
    ),
)
CONTENT = (
    Heading("Sáng kiến là gì", "Viết ngắn gọn, như đang kể cho người chưa biết việc này."),
    Field(
        "title", "Tên sáng kiến", help="Một câu nêu việc đã làm, ví dụ: Tủ quần áo từ thiện đong đầy tình yêu thương."
    ),
    Field("content", "Nội dung thi đua", "select", choices=labels.CONTENT),
    Field("field", "Lĩnh vực", "select", choices=labels.FIELD),
    Field(
        "summary",
        "Tóm tắt",
        "textarea",
        "Ba đến năm câu: làm gì, cho ai, được gì. Phần này công khai khi được công nhận.",
        required=False,
        note=LATER,
        tall=4,
    ),
    Heading("Trước đây và cách làm mới"),
    Field(
        "problem",
        "Khó khăn trước đây",
        "textarea",
        "Việc gì chưa tốt, vì sao cần cách làm mới.",
        required=False,
        tall=5,
    ),
    Field(
        "solution",
        "Cách làm mới",
        "textarea",
        "Từng bước đã làm, điểm khác so với trước.",
        required=False,
        note=LATER,
        tall=7,
    ),
    Field(
        "effect",
        "Hiệu quả",
        "textarea",
        "Số liệu trước và sau, số người hưởng lợi, tiền hoặc thời gian tiết kiệm được.",
        required=False,
        note=LATER,
        tall=5,
    ),
    Field(
        "first_applied_on",
        "Ngày áp dụng lần đầu",
        "date",
        "Để trống nếu mới là ý tưởng.",
        required=False,
        width="short",
    ),
    Heading("Tác giả", "Ghi đủ tác giả và đồng tác giả. Tỷ lệ đóng góp của mọi người cộng lại phải bằng 100."),
    Rows(
        "authors",
        "Tác giả",
        (
            Field("kind", "Là", "select", choices=labels.AUTHOR_KIND, default="individual"),
            Field("name", "Họ tên hoặc tên tập thể"),
            Field("role", "Vai trò", "select", choices=labels.AUTHOR_ROLE, default="co_author"),
            Field("share", "Đóng góp (%)", "integer"),
            Field("person_id", "", "hidden", required=False),
        ),
        add="Thêm đồng tác giả",
        total="share",
    ),
)
REASON = Field("reason", "Lý do", "textarea", "Viết rõ để tác giả biết cần làm gì tiếp.", tall=3)
OWN_REASON = Field(
    "reason", "Lý do", "textarea", "Hồ sơ đã rút không được xét nữa; muốn tham gia lại thì đăng ký mới.", tall=3
)
ACTS: dict[str, tuple[str, str, tuple[Field, ...]]] = {
    "submit": ("Nộp hồ sơ", "Đã nộp hồ sơ. Đơn vị sẽ xét duyệt và báo lại cho bạn.", ()),
    "endorse": ("Xét duyệt, đề nghị công nhận", "Đã xét duyệt. Bước tiếp theo là chuyển hội đồng.", ()),
    "forward": (
        "Chuyển hội đồng",
        "Đã chuyển hồ sơ lên hội đồng.",
        (
            Field(
                "council_unit_id",
                "Hội đồng của",
                "select",
                help="Chỉ gồm các đơn vị có hội đồng; hội đồng đã nhận xét thì không đổi nơi được nữa.",
            ),
        ),
    ),
    "recall": (
        "Lấy lại để chuyển nơi khác",
        "Đã lấy lại hồ sơ. Bước tiếp theo là chuyển đến nơi có hội đồng.",
        (REASON,),
    ),
    "return": ("Trả lại để bổ sung", "Đã trả hồ sơ cho tác giả.", (REASON,)),
    "withdraw": ("Rút hồ sơ", "Đã rút hồ sơ.", (OWN_REASON,)),
    "delete": ("Xoá bản nháp", "Đã xoá bản nháp và các tệp đính kèm.", ()),
}
PAPER = (
    Field(
        "received_on", "Ngày nhận hồ sơ giấy", "date", "Chỉ điền khi nhập hồ sơ giấy đã nhận trước đây.", required=False
    ),
)


@blueprint.get("")
def show_list() -> str:
    chosen, day = pages.filters(*FILTERS), pages.day()
    query = chosen | day.query | ({"mine": "1"} if grant().role == "author" else {})
    page = pages.of_the_day(lambda: platform().registration.initiatives(**query, cursor=pages.cursor(), limit=20))
    return render_template(
        "initiatives/list.html",
        page=page,
        chosen=chosen,
        day=day,
        units={} if grant().role == "author" else places.unit_choices_of(day.iso, chosen.get("under", "")),
        more=pages.next_page(page, chosen | day.query),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("author", "officer")
def create() -> AnyResponse | tuple[str, int]:
    cycles = _cycles()
    choices = {"cycle_id": cycles, "unit_id": places.unit_choices()}
    form = Form(ORIGIN + CONTENT, saved=_defaults(next(iter(cycles), None)), choices=choices)
    if form.send(lambda body: platform().registration.register_initiative(body, form.key)):
        url = url_for(".show", initiative_id=form.answer["id"])
        return pages.done("Đã lưu bản nháp. Hãy đính kèm minh chứng (nếu có), xem lại rồi bấm “Nộp hồ sơ”.", url)
    lead = "Mất khoảng 10 phút. Lưu nháp bất cứ lúc nào; chỉ khi bấm “Nộp hồ sơ” ở trang sau thì đơn vị mới nhận được."
    return pages.form_page(form, "Đăng ký sáng kiến", back=url_for(".show_list"), lead=lead, submit="Lưu bản nháp")


@blueprint.get("/<uuid:initiative_id>")
def show(initiative_id: UUID) -> tuple[str, int]:
    return _show(initiative_id)


@blueprint.get("/<uuid:initiative_id>/recommendation")
@for_roles(*PROPOSERS)
def recommendation(initiative_id: UUID) -> AnyResponse:
    """The way to where it is recommended: only review knows the session, so it is asked when somebody goes there."""
    session_id = platform().review.dossier(initiative_id)["session_id"]
    if session_id is None:
        abort(404)
    return redirect(
        url_for("dossiers.show", session_id=session_id, initiative_id=initiative_id, _anchor="recommendation")
    )


@blueprint.route("/<uuid:initiative_id>/edit", methods=["GET", "POST"])
@for_roles("author", "officer")
def edit(initiative_id: UUID) -> AnyResponse | tuple[str, int]:
    saved = platform().registration.initiative(initiative_id)
    form = Form(CONTENT, saved=saved)
    back = url_for(".show", initiative_id=initiative_id)
    if form.send(lambda body: platform().registration.change_initiative(initiative_id, body, form.version)):
        return pages.done("Đã lưu thay đổi.", back)
    if form.status == 412:
        form.show_newer(platform().registration.initiative(initiative_id))
    return pages.form_page(form, "Sửa hồ sơ sáng kiến", back=back, submit="Lưu thay đổi")


@blueprint.post("/<uuid:initiative_id>/<any(submit,withdraw,return,endorse,forward,recall):action>")
def act(initiative_id: UUID, action: str) -> AnyResponse | tuple[str, int]:
    form = Form(_act_parts(action), part=action)
    version = request.form.get("_version", "")
    if form.send(lambda body: platform().registration.act_on_initiative(initiative_id, action, body, version)):
        said = "Đã nộp hồ sơ. Tiếp theo: xét duyệt." if form.parts == PAPER else ACTS[action][1]
        return pages.done(said, url_for(".show", initiative_id=initiative_id))
    return _show(initiative_id, form)


@blueprint.post("/<uuid:initiative_id>/delete")
def delete(initiative_id: UUID) -> AnyResponse | tuple[str, int]:
    """Delete a draft that was never handed in."""
    try:
        platform().registration.delete_draft(initiative_id, request.form.get("_version", ""))
    except ApiError as error:
        form = Form((), part="delete")
        form.refuse(error)
        return _show(initiative_id, form)
    return pages.done(ACTS["delete"][1], url_for(".show_list"))


@blueprint.post("/<uuid:initiative_id>/attachments")
def attach(initiative_id: UUID) -> AnyResponse | tuple[str, int]:
    """One file at a time; the answer is the page, of which htmx takes the list of attachments."""
    form = Form((), part="attach")
    file = request.files.get("file")
    if file is None or not file.filename:
        form.status, form.problem = 422, "Xin chọn một tệp trước khi bấm tải lên."
        return _show(initiative_id, form)
    try:
        platform().registration.attach(
            initiative_id, file.filename, file.stream, file.mimetype or "application/octet-stream", form.key
        )
    except ApiError as error:
        form.refuse(error)
        return _show(initiative_id, form)
    return pages.done("Đã đính kèm tệp.", url_for(".show", initiative_id=initiative_id, _anchor="attachments"))


@blueprint.get("/<uuid:initiative_id>/attachments/<uuid:attachment_id>")
def download(initiative_id: UUID, attachment_id: UUID) -> Response:
    """Passed through as a download, in a sandbox: what people upload is never shown as a page of ours."""
    file = platform().registration.attachment(initiative_id, attachment_id)
    name = quote(request.args.get("name", "dinh-kem"))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"} | file.headers
    if not headers["Content-Disposition"].startswith("attachment"):
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return Response(file.pieces, headers=headers | {"Content-Security-Policy": "sandbox; default-src 'none'"})


@blueprint.post("/<uuid:initiative_id>/attachments/<uuid:attachment_id>/remove")
def detach(initiative_id: UUID, attachment_id: UUID) -> AnyResponse | tuple[str, int]:
    try:
        platform().registration.detach(initiative_id, attachment_id, request.form.get("_version", ""))
    except ApiError as error:
        form = Form((), part="attach")
        form.refuse(error)
        return _show(initiative_id, form)
    return pages.done("Đã bỏ tệp đính kèm.", url_for(".show", initiative_id=initiative_id, _anchor="attachments"))


def _show(initiative_id: UUID, failed: Form | None = None) -> tuple[str, int]:
    initiative = platform().registration.initiative(initiative_id)
    files = platform().registration.attachments(initiative_id)["items"]
    councils = _councils_for(initiative)
    forms = {}
    for action in ACTS:
        if action in initiative["allowed"]:
            saved = {"council_unit_id": next(iter(councils), None)}
            forms[action] = Form(_act_parts(action), saved=saved, choices={"council_unit_id": councils}, part=action)
    if failed and failed.part in forms:
        forms[failed.part].errors, forms[failed.part].problem = failed.errors, failed.problem
    status = failed.status if failed else 200
    return (
        render_template(
            "initiatives/show.html",
            initiative=initiative,
            files=files,
            forms=forms,
            acts=ACTS,
            failed=failed,
            has_council=bool(councils),
            may_recommend=_may_recommend(initiative),
            taken_back=_taken_back_too_late(initiative),
            most_bytes=current_app.extensions["settings"].attachment_max_bytes,
            upload=failed if failed and failed.part == "attach" else Form((), part="attach"),
            missing=_missing(initiative) if "submit" in forms else [],
        ),
        status,
    )


def _may_recommend(initiative: dict[str, Any]) -> bool:
    """For the province itself, of what its own council has recognised, or that of a province which became part of it.

    Who has a part in it, review tells later.
    """
    is_one = initiative["status"] == "recognised" and grant().role in PROPOSERS and gives_to_the_centre()
    return is_one and _stands_here(str(initiative["council_unit_id"]))


def _taken_back_too_late(initiative: dict[str, Any]) -> str:
    """How it was last taken back before the council had it again: "withdraw" or "recall"; empty when it was not."""
    acts = [step["action"] for step in initiative["history"]]
    if "reinstate" not in acts:
        return ""
    before = acts[: len(acts) - acts[::-1].index("reinstate")]
    return next((act for act in reversed(before) if act in ("withdraw", "recall")), "")


def _stands_here(unit_id: str) -> bool:
    """It is the unit acted under, or ended into it."""
    here = grant()
    if unit_id == here.unit_id:
        return True
    stands: str = platform().registration.unit_history(unit_id)["unit"]["scope_path"]
    return stands == here.scope_path


def _councils_for(initiative: dict[str, Any]) -> dict[str, str]:
    """The units whose council it can be forwarded to, the nearest first."""
    if "forward" not in initiative["allowed"]:
        return {}
    found = platform().registration.councils_for(initiative["id"])["items"]
    return {str(one["unit_id"]): f"{one['name']} ({one['council']})" for one in found}


def _missing(initiative: dict[str, Any]) -> list[str]:
    """What the author still has to do before handing in, all of it at once."""
    needed = [asked for asked in CONTENT if isinstance(asked, Field) and asked.note == LATER]
    missing = [f"Điền mục “{asked.label}”." for asked in needed if not (initiative[asked.name] or "").strip()]
    total = sum(author["share"] for author in initiative["authors"])
    if total != 100:
        missing.append(f"Sửa tỷ lệ đóng góp của các tác giả cho bằng 100%, hiện là {total}%.")
    return missing


def _act_parts(action: str) -> tuple[Field, ...]:
    return PAPER if action == "submit" and grant().role == "officer" else ACTS[action][2]


def _cycles() -> dict[str, str]:
    """Cycles to register in, the newest open one first; past ones only for officers, who enter paper dossiers."""
    cycles = list(pages.every(platform().registration.cycles))
    today = clock.today().isoformat()
    past = [one for one in cycles if one["registration_closes_on"] < today]
    found = pages.by_id([one for one in cycles if one not in past])
    if grant().role == "officer" or not found:
        found |= {str(one["id"]): f"{one['name']} (đã hết hạn nộp)" for one in past}
    return found


def _defaults(cycle_id: str | None) -> dict[str, Any]:
    """An author registers for themselves, in the newest open cycle, at their own unit."""
    own = {"kind": "individual", "role": "author", "share": 100}
    if grant().role == "author":
        own |= {"name": signed_in().name, "person_id": grant().person_id}
    return {"cycle_id": cycle_id, "unit_id": grant().unit_id, "authors": [own]}
