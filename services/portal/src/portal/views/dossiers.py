"""One dossier before the council: read it, score it, vote on it, or step back from it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import formats, labels, pages
from portal.clients import platform
from portal.forms import STALE, Field, Form
from portal.session import for_roles

blueprint = Blueprint("dossiers", __name__, url_prefix="/sessions/<uuid:session_id>/dossiers/<uuid:initiative_id>")
COUNCIL = ("secretary", "chair", "member")
READERS = (*COUNCIL, "standing")
BALLOT = (Field("choice", "Ý kiến", "radio", choices=labels.BALLOT),)
PROPOSERS = ("chair", "standing")
RECOMMEND = (
    Field(
        "statement",
        "Vì sao đề nghị",
        "textarea",
        "Điểm mới, hiệu quả, đã nhân rộng đến đâu. Đừng ghi chuyện riêng của ai.",
        tall=5,
    ),
)
UNRECOMMEND = (Field("reason", "Lý do rút", "textarea", "Tác giả đọc được lý do này.", tall=2),)
CONFLICT = (
    Field("kind", "Loại", "select", choices={code: text for code, text in labels.CONFLICT.items() if code != "author"}),
    Field("reason", "Nêu rõ", "textarea", tall=2),
)


@blueprint.get("")
@for_roles(*READERS)
def show(session_id: UUID, initiative_id: UUID) -> tuple[str, int]:
    return _show(session_id, initiative_id)


@blueprint.post("/score")
@for_roles(*COUNCIL)
def score(session_id: UUID, initiative_id: UUID) -> Response | tuple[str, int]:
    session = platform().review.dossier(initiative_id)["session"] or {}
    form = Form(_score_parts(session.get("rules") or _sent_rules()), part="score")
    if form.send(lambda body: platform().review.score(initiative_id, body, form.version)):
        return pages.done("Đã lưu phiếu chấm. Sửa được đến khi phiên họp kết thúc.", _url(session_id, initiative_id))
    return _show(session_id, initiative_id, form)


@blueprint.post("/vote")
@for_roles(*COUNCIL)
def vote(session_id: UUID, initiative_id: UUID) -> Response | tuple[str, int]:
    form = Form(BALLOT, part="vote")
    if form.send(lambda body: platform().review.vote(initiative_id, body, form.key)):
        return pages.done("Đã ghi phiếu biểu quyết của bạn.", _url(session_id, initiative_id))
    return _show(session_id, initiative_id, form)


@blueprint.post("/conflict")
@for_roles(*COUNCIL)
def declare(session_id: UUID, initiative_id: UUID) -> Response | tuple[str, int]:
    """Whoever steps back no longer reads the dossier, so the way leads back to the session."""
    form = Form(CONFLICT, part="conflict")
    if form.send(lambda body: platform().review.declare_conflict(initiative_id, body, form.key)):
        url = url_for("sessions.show", session_id=session_id)
        return pages.done("Đã ghi nhận. Bạn không tham gia xét hồ sơ này.", url)
    return _show(session_id, initiative_id, form)


@blueprint.post("/recommend")
@for_roles(*PROPOSERS)
def recommend(session_id: UUID, initiative_id: UUID) -> Response | tuple[str, int]:
    form = Form(RECOMMEND, part="recommend")
    if form.send(lambda body: platform().review.recommend(initiative_id, body, form.key)):
        return pages.done("Đã đề nghị lên Trung ương. Tác giả được báo.", _url(session_id, initiative_id))
    return _show(session_id, initiative_id, form)


@blueprint.post("/unrecommend")
@for_roles(*PROPOSERS)
def unrecommend(session_id: UUID, initiative_id: UUID) -> Response | tuple[str, int]:
    form = Form(UNRECOMMEND, part="unrecommend")
    if form.send(lambda body: platform().review.withdraw_recommendation(initiative_id, body, form.key)):
        return pages.done("Đã rút đề nghị. Bản ở Trung ương được bỏ.", _url(session_id, initiative_id))
    return _show(session_id, initiative_id, form)


# What review has to allow for each form to be open.
ACTS = {
    "score": "score",
    "vote": "vote",
    "conflict": "declare_conflict",
    "recommend": "recommend",
    "unrecommend": "withdraw_recommendation",
}


def _show(session_id: UUID, initiative_id: UUID, failed: Form | None = None) -> tuple[str, int]:
    dossier = platform().review.dossier(initiative_id)
    rules = (dossier["session"] or {}).get("rules")
    forms = {
        "score": Form(_score_parts(rules), saved=dossier["own_sheet"], part="score") if rules else None,
        "vote": Form(BALLOT, part="vote"),
        "recommend": Form(RECOMMEND, part="recommend"),
        "unrecommend": Form(UNRECOMMEND, part="unrecommend"),
        "conflict": Form(CONFLICT, saved={"kind": dossier["possible_conflict"]}, part="conflict"),
    }
    if failed:
        forms[failed.part] = failed
    if failed and failed.part == "score" and failed.status in STALE and dossier["own_sheet"]:
        failed.show_newer(dossier["own_sheet"])
    # Asked for only after review has let the visitor in: who has a part in a dossier does not read it here.
    initiative = platform().registration.initiative(initiative_id)
    return (
        render_template(
            "sessions/dossier.html",
            dossier=dossier,
            initiative=initiative,
            rules=rules,
            forms=forms,
            failed=failed,
            kept=failed if failed and ACTS[failed.part] not in dossier["allowed"] else None,
            files=platform().registration.attachments(initiative_id)["items"],
            session_id=session_id,
            neighbours=_neighbours(session_id, initiative_id),
        ),
        failed.status if failed else 200,
    )


def _score_parts(rules: dict[str, Any]) -> tuple[Field, ...]:
    """One number for each criterion of the rules that were frozen when the session opened."""
    asked = [
        Field(f"scores.{one['code']}", one["name"], "decimal", f"Từ 0 đến {formats.number(one['max_score'])}")
        for one in rules["criteria"]
    ]
    return (*asked, Field("comment", "Nhận xét", "textarea", required=False, tall=3))


def _sent_rules() -> dict[str, Any]:
    """Of a dossier that has left its session meanwhile: the criteria's codes, so that what was typed is kept."""
    codes = [code for name in request.form if name.startswith("scores.") and "." not in (code := name[7:])]
    return {"criteria": [{"code": code, "name": code, "max_score": None} for code in codes]}


def _neighbours(session_id: UUID, initiative_id: UUID) -> dict[str, Any]:
    """The dossier before and after this one on the agenda, so that a member works through it in order."""
    agenda = [row for row in platform().review.session(session_id)["agenda"] if not row["recused"]]
    ids = [str(row["initiative_id"]) for row in agenda]
    if str(initiative_id) not in ids:
        return {}
    place = ids.index(str(initiative_id))
    return {
        "place": place + 1,
        "of": len(ids),
        "before": agenda[place - 1] if place else None,
        "after": agenda[place + 1] if place + 1 < len(ids) else None,
    }


def _url(session_id: UUID, initiative_id: UUID) -> str:
    return url_for(".show", session_id=session_id, initiative_id=initiative_id)
