"""Reorganisations of the province's units: prepared, previewed, approved by another person, applied, undone."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from common import clock
from common.centre import CENTRE
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import changes, pages, places
from portal.clients import ApiError, platform, text
from portal.forms import STALE, Field, Form
from portal.session import for_roles, grant

blueprint = Blueprint("reorganisations", __name__, url_prefix="/reorganisations")
READERS = ("administrator", "standing", "operator")
PARTS = (
    Field("title", "Tên phương án", help="Ví dụ: Sắp xếp các xã của huyện Diên Khánh năm 2025."),
    Field("legal_basis", "Căn cứ pháp lý", "textarea", "Số, ngày và cơ quan ban hành văn bản.", tall=3),
    Field(
        "effective_on",
        "Có hiệu lực từ ngày",
        "date",
        "Trước ngày này mọi hồ sơ và số liệu vẫn theo cơ cấu cũ. Áp dụng được từ ngày này trở đi.",
        width="short",
    ),
)
SAID = {
    "approve": "Đã duyệt phương án.",
    "withdraw": "Đã rút phương án. Không có gì thay đổi trong cây đơn vị.",
    "apply": "Đã áp dụng. Cây đơn vị, hồ sơ và vai trò đã theo cơ cấu mới.",
    "undo": "Đã hoàn tác. Mọi thứ trở lại như trước khi áp dụng.",
}


def of_tenant() -> dict[str, str]:
    """The operator, who is in no province, names one in the address, and goes on naming it."""
    return pages.filters("tenant")


@blueprint.url_defaults
def name_the_tenant(_: str, values: dict[str, Any]) -> None:
    for name, tenant in of_tenant().items():
        values.setdefault(name, tenant)


@blueprint.get("")
@for_roles(*READERS)
def show_list() -> Response | str:
    tenant = None
    if grant().role == "operator":
        if not of_tenant():
            return redirect(url_for("tenants.show_list"), 303)
        tenant = platform().registration.tenant(of_tenant()["tenant"])
    page = platform().registration.reorganisations(**of_tenant(), cursor=pages.cursor(), limit=20)
    more = pages.next_page(page, {})
    return render_template("reorganisations/list.html", page=page, more=more, tenant=tenant, centre=CENTRE)


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("administrator")
def create() -> Response | tuple[str, int]:
    form = Form(PARTS)
    if form.send(lambda body: platform().registration.prepare_reorganisation(body | {"changes": []}, form.key)):
        url = url_for(".show", reorganisation_id=form.answer["id"])
        return pages.done("Đã lưu bản nháp. Thêm từng thay đổi, rồi xem trước.", url)
    lead = (
        "Lưu nháp trước, thêm từng thay đổi sau. Chưa có gì đổi cho đến khi người khác duyệt và phương án được áp dụng."
    )
    return pages.form_page(form, "Soạn phương án sắp xếp", back=url_for(".show_list"), lead=lead, submit="Lưu bản nháp")


@blueprint.get("/<uuid:reorganisation_id>")
@for_roles(*READERS)
def show(reorganisation_id: UUID) -> tuple[str, int]:
    return _show(reorganisation_id)


@blueprint.route("/<uuid:reorganisation_id>/edit", methods=["GET", "POST"])
@for_roles("administrator", "operator")
def edit(reorganisation_id: UUID) -> Response | tuple[str, int]:
    saved = _saved(reorganisation_id)
    form, back = Form(PARTS, saved=saved), url_for(".show", reorganisation_id=reorganisation_id)
    if form.send(lambda body: change(saved, body | {"changes": saved["changes"]}, form.version)):
        return pages.done("Đã lưu thay đổi.", back)
    if form.status in STALE:
        form.show_newer(_saved(reorganisation_id))
    return pages.form_page(form, "Sửa phương án", back=back, submit="Lưu thay đổi")


@blueprint.post("/<uuid:reorganisation_id>/remove")
@for_roles("administrator", "operator")
def remove(reorganisation_id: UUID) -> Response:
    """Take changes out of the draft, as it was when the page was shown."""
    gone = set(request.form.getlist("place"))
    saved = _saved(reorganisation_id)
    body = content(saved) | {"changes": [one for place, one in enumerate(saved["changes"]) if str(place) not in gone]}
    back = url_for(".show", reorganisation_id=reorganisation_id)
    try:
        change(saved, body, request.form.get("_version", ""))
    except ApiError as error:
        if error.status not in STALE:
            raise
        return pages.done(text("portal.stale"), back)
    return pages.done("Đã bỏ thay đổi.", back)


@blueprint.get("/<uuid:reorganisation_id>/preview")
@for_roles(*READERS)
def preview(reorganisation_id: UUID) -> Response | tuple[str, int] | str:
    """What applying it would do; what does not fit together is shown at the change that causes it."""
    try:
        shown = platform().registration.preview_reorganisation(reorganisation_id, **of_tenant())
    except ApiError as error:
        if error.status not in (409, 422):
            raise
        return _show(reorganisation_id, error)
    saved = _saved(reorganisation_id)
    return render_template(
        "reorganisations/preview.html", act=saved, shown=shown, groups=_by_outcome(shown["lines"]),
        sight=_by_change(shown["sight"]), listed=changes.listed,
    )  # fmt: skip


@blueprint.post("/<uuid:reorganisation_id>/<any(approve,withdraw,apply,undo):action>")
@for_roles(*READERS)
def act(reorganisation_id: UUID, action: str) -> Response | tuple[str, int]:
    version = request.form.get("_version", "")
    try:
        platform().registration.act_on_reorganisation(reorganisation_id, action, version, **of_tenant())
    except ApiError as error:
        if error.status in (401, 404) or error.code.startswith("auth."):
            raise
        if not (action == "apply" and _saved(reorganisation_id)["status"] == "applied"):  # The job was faster.
            return _show(reorganisation_id, error)
    places.forget()
    return pages.done(SAID[action], url_for(".show", reorganisation_id=reorganisation_id))


@blueprint.route("/<uuid:reorganisation_id>/dossiers/<uuid:unit_id>", methods=["GET", "POST"])
@for_roles("standing")
def assign(reorganisation_id: UUID, unit_id: UUID) -> Response | str:
    """Which dossiers of a unit that is split go to which successor; one that nobody gives away goes to the heir."""
    saved = platform().registration.reorganisation(reorganisation_id)
    split = next((one for one in saved["changes"] if one["unit_id"] == str(unit_id) and one["action"] == "end"), None)
    if split is None:
        return redirect(url_for(".show", reorganisation_id=reorganisation_id), 303)
    if request.method == "POST":
        return _give(saved, split)
    page = platform().registration.dossiers_to_assign(
        reorganisation_id, unit_id=unit_id, cursor=pages.cursor(), limit=50
    )
    given = {one["initiative_id"]: one["unit_id"] for one in saved["assignments"]}
    return render_template(
        "reorganisations/dossiers.html", act=saved, split=split, page=page, given=given,
        more=pages.next_page(page, {}),
    )  # fmt: skip


def _give(saved: dict[str, Any], split: dict[str, Any]) -> Response:
    back = url_for(".assign", reorganisation_id=saved["id"], unit_id=split["unit_id"], cursor=pages.cursor() or None)
    chosen = set(request.form.getlist("shown" if request.form.get("all") else "initiative"))
    to = request.form.get("to", "")
    if not chosen or to not in split["successor_ids"]:
        flash("Chọn ít nhất một hồ sơ và đơn vị nhận.")
        return redirect(back, 303)
    kept = [one for one in saved["assignments"] if one["initiative_id"] not in chosen]
    if to != split["heir_id"]:
        kept += [{"initiative_id": one, "unit_id": to} for one in sorted(chosen)]
    try:
        platform().registration.assign_dossiers(saved["id"], {"assignments": kept}, request.form.get("_version", ""))
    except ApiError as error:
        if error.status not in STALE:
            raise
        return pages.done(text("portal.stale"), back)
    return pages.done(f"Đã giao {len(chosen)} hồ sơ cho {saved['names'].get(to, 'đơn vị đã chọn')}.", back)


def content(saved: dict[str, Any]) -> dict[str, Any]:
    """What a draft is replaced with as a whole."""
    return {name: saved[name] for name in ("title", "legal_basis", "effective_on", "changes")}


def change(saved: dict[str, Any], body: dict[str, Any], version: str) -> dict[str, Any]:
    """Replace the draft's content."""
    return platform().registration.change_reorganisation(saved["id"], body, version, **of_tenant())


def _saved(reorganisation_id: UUID) -> dict[str, Any]:
    return platform().registration.reorganisation(reorganisation_id, **of_tenant())


def _show(reorganisation_id: UUID, error: ApiError | None = None) -> tuple[str, int]:
    saved = _saved(reorganisation_id)
    pointers = [pointer for pointer in (error.fields if error else {}) if pointer.startswith("/changes/")]
    wrong = {int(pointer.split("/")[2]) for pointer in pointers}
    return (
        render_template(
            "reorganisations/show.html",
            act=saved,
            told=changes.told(saved["changes"], saved["names"]),
            problem=error.text if error else "",
            wrong=wrong,
            splits=[one for one in saved["changes"] if one["action"] == "end" and len(one["successor_ids"]) > 1],
            allowed=_allowed(saved),
            eve=(date.fromisoformat(saved["effective_on"]) - timedelta(days=1)).isoformat(),
        ),
        error.status if error else 200,
    )


def _allowed(saved: dict[str, Any]) -> set[str]:
    """What this visitor can do with it now; the service decides again."""
    status, is_administrator, is_operator = saved["status"], grant().role == "administrator", grant().role == "operator"
    writes = is_operator if saved["absorbs"] else is_administrator
    is_due = saved["effective_on"] <= clock.today().isoformat()
    allowed = {
        "edit": status == "draft" and writes,
        "approve": status == "draft"
        and bool(saved["changes"])
        and not is_operator
        and saved["prepared_by"] != grant().person_id,
        "withdraw": status in ("draft", "approved") and (writes or not is_operator),
        "apply": status == "approved" and is_administrator and is_due,
        "undo": status == "applied" and is_administrator and not saved["absorbs"],
        "assign": status == "draft" and grant().role == "standing",
    }
    return {action for action, may in allowed.items() if may}


def _by_outcome(lines: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {"created": [], "ended": [], "renamed": [], "moved": []}
    for line in lines:
        groups.setdefault(line["outcome"], []).append(line)
    return {outcome: found for outcome, found in groups.items() if found}


def _by_change(sight: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose grant ends first, then by the unit they go to."""
    return sorted(sight, key=lambda one: (one["unit_after"] is not None, one["unit_after"] or "", one["person"]))
