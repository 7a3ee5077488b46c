"""What waits for the visitor, by role, and the help page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from common import clock
from flask import Blueprint, render_template, url_for

from portal import labels
from portal.clients import platform
from portal.session import acts_for_the_centre, grant, is_in_a_province, public, reaches_everything

blueprint = Blueprint("home", __name__)
Item = dict[str, Any]
SHOWN = 5  # Of each kind; the rest is in its list.


@dataclass
class Task:
    """A heading with what is to be done under it; `empty` says what to do when there is nothing."""

    title: str
    empty: str
    items: list[Item] = field(default_factory=list)
    kind: str = "initiative"
    more: str = ""


@blueprint.get("/home")
def show() -> str:
    figures = url_for("national.show" if acts_for_the_centre() else "dashboard.show")
    return render_template("home.html", tasks=_TASKS.get(grant().role, list)(), cycles=_cycles(), figures=figures)


@blueprint.get("/help")
@public
def show_help() -> str:
    return render_template("help.html")


def _cycles() -> list[Item] | None:
    """Those still running, else the latest; None where nobody hands in dossiers."""
    if grant().role == "operator" or not is_in_a_province():
        return None
    newest = list(platform().registration.cycles(limit=3)["items"])
    today = clock.today().isoformat()
    return [cycle for cycle in newest if cycle["review_closes_on"] >= today] or newest[:1]


def _initiatives(title: str, empty: str, **query: Any) -> Task:
    items = platform().registration.initiatives(**query, limit=SHOWN)["items"]
    return Task(title, empty, items, more=url_for("initiatives.show_list", **query))


def _of_author() -> list[Task]:
    return [
        _initiatives("Được trả lại, cần bổ sung", "Không có hồ sơ nào bị trả lại.", mine=1, status="returned"),
        _initiatives("Bản nháp chưa nộp", "Không có bản nháp nào đang dở.", mine=1, status="draft"),
        _initiatives("Đã nộp gần đây", "Chưa nộp hồ sơ nào.", mine=1, status=labels.HANDED_IN),
    ]


def _of_officer() -> list[Task]:
    return [
        _initiatives("Chờ đơn vị xét duyệt", "Không có hồ sơ nào đang chờ xét duyệt.", status="submitted"),
        _initiatives("Đã xét duyệt, chờ chuyển hội đồng", "Không có hồ sơ nào chờ chuyển.", status="endorsed"),
        _initiatives("Đang trả lại cho tác giả", "Không có hồ sơ nào đang được bổ sung.", status="returned"),
    ]


def _sessions(title: str, empty: str) -> Task:
    items = platform().review.sessions(status=labels.UNDECIDED, limit=SHOWN)["items"]
    return Task(title, empty, items, "session", url_for("sessions.show_list", status=labels.UNDECIDED))


def _of_secretary() -> list[Task]:
    # What a session of the own unit can take; those of units below wait for their own councils.
    waiting = platform().review.dossiers(state="waiting", unit_id=grant().unit_id, limit=SHOWN)["items"]
    return [
        _sessions("Phiên họp sắp tới và đang họp", "Chưa có phiên họp nào. Bấm “Lập phiên họp” khi có hồ sơ chờ."),
        Task("Hồ sơ chờ xếp phiên họp", "Không có hồ sơ nào đang chờ.", waiting, "dossier"),
    ]


def _of_member() -> list[Task]:
    return [_sessions("Phiên họp sắp tới và đang họp", "Chưa có phiên họp nào được lập.")]


def _reorganisations(title: str, status: str) -> list[Task]:
    """For who answers for the whole province; nothing when none waits."""
    if not reaches_everything():
        return []
    waiting = platform().registration.reorganisations(status=status, limit=SHOWN)["items"]
    more = url_for("reorganisations.show_list")
    return [Task(title, "", waiting, "reorganisation", more)] if waiting else []


def _of_administrator() -> list[Task]:
    return _reorganisations("Phương án sắp xếp đã duyệt, chờ áp dụng", "approved")


def _recommended() -> list[Task]:
    """For the centre: what provinces have recommended and nobody has answered."""
    if not acts_for_the_centre():
        return []
    waiting = platform().registration.recommended_dossiers(state="waiting", limit=SHOWN)["items"]
    more = url_for("recommended.show_list", state="waiting")
    return [Task("Các tỉnh đề nghị, chờ trả lời", "Không có hồ sơ nào chờ trả lời.", waiting, "recommended", more)]


def _of_standing() -> list[Task]:
    of_the_whole = [*_recommended(), *_reorganisations("Phương án sắp xếp đơn vị đang chờ duyệt", "draft")]
    if not is_in_a_province():
        return of_the_whole
    return [
        *of_the_whole,
        _sessions("Phiên họp chưa có quyết định", "Không có phiên họp nào chờ quyết định."),
        _initiatives("Mới được công nhận", "Chưa có sáng kiến nào được công nhận.", status="recognised"),
    ]


def _nothing() -> list[Task]:
    return []


_TASKS: dict[str, Callable[[], list[Task]]] = {
    "author": _of_author,
    "officer": _of_officer,
    "secretary": _of_secretary,
    "chair": _of_secretary,
    "member": _of_member,
    "standing": _of_standing,
    "administrator": _of_administrator,
    "operator": _nothing,
}
