"""The council's session: planned, held, closed, decided; agenda, attendance, results, decision."""

from itertools import chain, islice
from typing import Any
from uuid import UUID

from common import clock
from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import formats, pages
from portal.clients import ApiError, platform
from portal.forms import Field, Form
from portal.session import for_roles, grant, signed_in
from portal.views import dossiers

blueprint = Blueprint("sessions", __name__, url_prefix="/sessions")
READERS = ("secretary", "chair", "member", "standing", "administrator")
PARTS = (
    Field("title", "Tên phiên họp", help="Ví dụ: Phiên họp xét công nhận sáng kiến năm 2020."),
    Field("council_id", "Hội đồng", "select"),
    Field("rulebook_id", "Theo quy chế", "select", help="Chỉ dùng được quy chế đã ban hành và đang có hiệu lực."),
    Field("year", "Xét hồ sơ của năm", "integer", width="short"),
    Field("held_on", "Ngày họp", "date", width="short"),
    Field("place", "Nơi họp", required=False),
)
CHANGE = tuple(part for part in PARTS if part.name in ("title", "held_on", "place"))
CANCEL = (Field("reason", "Lý do hủy", "textarea", "Hồ sơ của phiên này chờ xếp vào phiên khác.", tall=2),)
DECISION = (
    Field("number", "Số quyết định", help="Ví dụ: 125/QĐ-UBND.", width="short"),
    Field("signed_on", "Ngày ký", "date", width="short"),
    Field("signatory", "Người ký, chức vụ"),
    Field("legal_basis", "Căn cứ", "textarea", "Luật, quy chế, biên bản phiên họp.", tall=3),
    Field(
        "recorded_late",
        "Lý do nhập muộn",
        "textarea",
        "Chỉ điền khi phiên họp và quyết định đã có trên giấy, và ngày ký trước ngày kết thúc phiên trên hệ thống.",
        required=False,
        tall=2,
    ),
)
LISTS = ("agenda", "attendance")
MOST_ON_AGENDA = 500
DONE = {
    "agenda": "Đã lưu danh sách hồ sơ và người có mặt.",
    "attendance": "Đã lưu danh sách hồ sơ và người có mặt.",
    "open": "Phiên họp đã mở. Thành viên có mặt chấm điểm và biểu quyết được ngay.",
    "cancel": "Đã hủy phiên họp. Hồ sơ chờ xếp vào phiên khác.",
    "close": "Đã kết thúc chấm điểm và biểu quyết. Hồ sơ chưa xét đến, nếu có, chờ xếp vào phiên khác.",
}


@blueprint.get("")
@for_roles(*READERS)
def show_list() -> str:
    chosen = pages.filters("year", "status")
    page = platform().review.sessions(**chosen, cursor=pages.cursor(), limit=20)
    return render_template("sessions/list.html", page=page, chosen=chosen, more=pages.next_page(page, chosen))


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("secretary", "chair")
def create() -> Response | str | tuple[str, int]:
    """Offers what a session of the own unit can use today: its councils in term, the rulebooks in force for them."""
    own, today = grant().unit_id, clock.today()
    councils = list(pages.every(platform().review.councils, unit_id=own, on=today.isoformat()))
    rulebooks = list(pages.every(platform().review.rulebooks, council_unit_id=own, on=today.isoformat()))
    year = today.year
    saved = {
        "year": year,
        "title": f"Phiên họp xét công nhận sáng kiến năm {year}",
        "council_id": councils[0]["id"] if councils else None,
        "rulebook_id": rulebooks[0]["id"] if rulebooks else None,
    }
    choices = {"council_id": pages.by_id(councils), "rulebook_id": {one["id"]: _edition(one) for one in rulebooks}}
    form = Form(PARTS, saved=saved, choices=choices)
    if not form.is_sent and not (councils and rulebooks):
        return render_template("sessions/not_yet.html", councils=councils, rulebooks=rulebooks)
    if form.send(lambda body: platform().review.add_session(body, form.key)):
        url = url_for(".show", session_id=form.answer["id"])
        return pages.done("Đã lập phiên họp. Tiếp theo: chọn hồ sơ đưa ra xét.", url)
    return pages.form_page(form, "Lập phiên họp", back=url_for(".show_list"), submit="Lập phiên họp")


def _edition(rulebook: dict[str, Any]) -> str:
    """Editions of a rulebook have the same name and may all be used."""
    return f"{rulebook['name']} (hiệu lực từ {formats.day(rulebook['valid_from'])})"


@blueprint.get("/<uuid:session_id>")
@for_roles(*READERS)
def show(session_id: UUID) -> tuple[str, int]:
    return _show(session_id)


@blueprint.route("/<uuid:session_id>/edit", methods=["GET", "POST"])
@for_roles("secretary", "chair")
def change(session_id: UUID) -> Response | tuple[str, int]:
    saved = platform().review.session(session_id)
    form, back = Form(CHANGE, saved=saved), url_for(".show", session_id=session_id)
    if form.send(lambda body: platform().review.change_session(session_id, body, form.version)):
        return pages.done("Đã lưu thay đổi của phiên họp.", back)
    if form.status == 412:
        form.show_newer(platform().review.session(session_id))
    return pages.form_page(form, "Sửa phiên họp", back=back, submit="Lưu thay đổi")


@blueprint.post("/<uuid:session_id>/cancel")
@for_roles("secretary", "chair")
def cancel(session_id: UUID) -> Response | tuple[str, int]:
    form = Form(CANCEL, part="cancel")
    if form.send(lambda body: platform().review.act_on_session(session_id, "cancel", body, form.version)):
        return pages.done(DONE["cancel"], url_for(".show", session_id=session_id))
    return _show(session_id, form)


@blueprint.post("/<uuid:session_id>/<any(agenda,attendance,open,close):action>")
@for_roles("secretary", "chair")
def act(session_id: UUID, action: str) -> Response | tuple[str, int]:
    form = Form((), part=request.form.get("_part", action))
    if "_tick" in request.form or "_filter" in request.form:
        return _show(session_id)
    if form.send(lambda _: _do(session_id, action, form.version)):
        return pages.done(DONE[action], url_for(".show", session_id=session_id))
    return _show(session_id, form)


def _do(session_id: UUID, action: str, version: str) -> dict[str, Any]:
    """Every button saves both lists first, as far as the page showed them: nobody loses ticks by pressing another one.

    So a session opens with what its page shows; a list that is refused keeps it from opening.
    """
    bodies: dict[str, dict[str, Any]] = {
        "agenda": _agenda(),
        "attendance": {"present": request.form.getlist("present")},
        "open": {"move": request.form.get("move") == "on"},
    }
    shown = [one for one in LISTS if one in request.form.getlist("_lists")]
    answer: dict[str, Any] = {"version": version}
    for one in dict.fromkeys([*shown, action]):
        answer = platform().review.act_on_session(session_id, one, bodies.get(one, {}), str(answer["version"]))
    return answer


def _agenda() -> dict[str, Any]:
    together = request.form.get("fewest_recusals") == "on"
    return {"dossier_ids": request.form.getlist("dossier_ids"), "fewest_recusals": together}


@blueprint.post("/<uuid:session_id>/decision")
@for_roles("chair", "standing")
def decide(session_id: UUID) -> Response | tuple[str, int]:
    form = Form(DECISION, part="decision")
    if form.send(lambda body: platform().review.decide(session_id, body, form.key)):
        url = url_for(".show", session_id=session_id)
        return pages.done("Đã ban hành quyết định. Tác giả và đơn vị được báo kết quả.", url)
    return _show(session_id, form)


def _show(session_id: UUID, failed: Form | None = None) -> tuple[str, int]:
    session = platform().review.session(session_id)
    is_over = session["status"] in ("closed", "decided")
    may_judge = grant().role in dossiers.COUNCIL
    return (
        render_template(
            "sessions/show.html",
            session=session,
            may_read=grant().role in dossiers.READERS,
            own=_own_work(session_id) if may_judge and session["agenda"] else {},
            agenda=_agenda_form(session) if "agenda" in session["allowed"] else None,
            present=_ticked(
                "attendance", "present", [one["person_id"] for one in session["attendance"] if one["present"]]
            ),
            results=_results(session_id) if is_over else None,
            decision=platform().review.decision(session["decision_id"]) if session["decision_id"] else None,
            form=_decision_form(session, failed),
            cancelling=failed if failed and failed.part == "cancel" else Form(CANCEL, saved=session, part="cancel"),
            is_early=session["status"] == "planned" and session["held_on"] > clock.today().isoformat(),
            failed=failed,
            kept=failed if failed and failed.part == "decision" and "decide" not in session["allowed"] else None,
        ),
        failed.status if failed else 200,
    )


def _decision_form(session: dict[str, Any], failed: Form | None) -> Form:
    if failed and failed.part == "decision":
        return failed
    saved = {
        "number": session["proposed_number"] or None,
        "signed_on": clock.today().isoformat(),
        "signatory": signed_in().name,
    }
    return Form(DECISION, saved=saved, part="decision")


def _own_work(session_id: UUID) -> dict[str, dict[str, Any]]:
    """What the visitor has scored and voted on, by dossier."""
    return {str(row["initiative_id"]): row for row in pages.every(platform().review.dossiers, session_id=session_id)}


def _agenda_form(session: dict[str, Any]) -> dict[str, Any]:
    """What can be chosen, what is ticked, and the years to look at; what is ticked stays on the page in any year."""
    on_it, (waiting, has_more) = session["agenda"], _waiting(session)
    ticked = _ticked("agenda", "dossier_ids", [item["initiative_id"] for item in on_it])
    year = request.form.get("year_shown", "")
    shown = [one for one in waiting if str(one["year"]) == year or not year or str(one["initiative_id"]) in ticked]
    if tick := request.form.get("_tick"):
        ticked = {str(one["initiative_id"]) for one in [*on_it, *shown]} if tick == "all" else set()
    years = sorted({one["year"] for one in waiting}, reverse=True)
    return {"waiting": shown, "ticked": ticked, "years": years, "year": year, "more_than": has_more and MOST_ON_AGENDA}


def _ticked(part: str, name: str, saved: list[Any]) -> set[str]:
    """As it was sent with the page, else as it is saved."""
    return set(request.form.getlist(name)) if part in request.form.getlist("_lists") else {str(one) for one in saved}


def _waiting(session: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """What waits for a session of this council's unit, as many as an agenda holds, and whether more wait.

    First those of the session's year; the others may be so many that none of that year is among the first of all.
    """
    waiting, year = {"state": "waiting", "unit_id": session["unit_id"]}, session["year"]
    of_year = pages.every(platform().review.dossiers, **waiting, year=year)
    others = (row for row in pages.every(platform().review.dossiers, **waiting) if row["year"] != year)
    found = list(islice(chain(of_year, others), MOST_ON_AGENDA + 1))
    return found[:MOST_ON_AGENDA], len(found) > MOST_ON_AGENDA


def _results(session_id: UUID) -> dict[str, Any] | None:
    """None for roles that do not see results."""
    try:
        return platform().review.results(session_id)
    except ApiError as error:
        if error.status == 403:
            return None
        raise
