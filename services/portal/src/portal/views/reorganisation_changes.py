"""Adding one change to a draft: a small form for each kind, its units found by what is typed."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from portal import labels, lookup, pages, places
from portal.clients import ApiError, platform, text
from portal.forms import Field, Form, Part, Rows
from portal.session import for_roles
from portal.views.reorganisations import change, content, name_the_tenant, of_tenant

blueprint = Blueprint("reorganisation_changes", __name__, url_prefix="/reorganisations")
blueprint.url_defaults(name_the_tenant)
Body = dict[str, Any]
Find = Callable[[str, str], str]
FIND = "Gõ vài chữ của tên hoặc mã rồi chọn trong danh sách."
GRANTS = {
    "follow": "Chuyển theo sang đơn vị chịu trách nhiệm",
    "end": "Kết thúc cùng đơn vị cũ",
}
KEPT = Field(
    "grants",
    "Vai trò của cán bộ tại đơn vị cũ",
    "select",
    "Người có vai trò chuyển theo sẽ thấy hồ sơ của đơn vị mới.",
    choices=GRANTS,
    default="follow",
)
UNIT = Field("unit", "Đơn vị", "lookup", FIND)
PARENT = Field("parent", "Trực thuộc", "lookup", FIND)
FORMS: dict[str, tuple[str, str, tuple[Part, ...]]] = {
    "create": (
        "Lập đơn vị mới",
        "Đơn vị có từ ngày hiệu lực. Được dùng lại mã của đơn vị kết thúc trong cùng phương án.",
        (
            Field("name", "Tên đơn vị"),
            Field("code", "Mã", help="Chữ in hoa không dấu, số và gạch nối.", width="short"),
            Field("kind", "Loại", "select", choices=labels.UNIT_KIND, default="administrative"),
            Field("level", "Cấp", "select"),
            Field("affiliation", "Nhóm khi tổng hợp", "select", choices=labels.AFFILIATION, default="other_agency"),
            PARENT,
        ),
    ),
    "rename": (
        "Đổi tên",
        "Trước ngày hiệu lực đơn vị vẫn mang tên cũ trong hồ sơ và báo cáo.",
        (UNIT, Field("name", "Tên mới")),
    ),
    "move": ("Chuyển vị trí", "Đơn vị chuyển cùng mọi đơn vị trực thuộc.", (UNIT, PARENT)),
    "merge": (
        "Hợp nhất, sáp nhập",
        "Các đơn vị dưới đây kết thúc và nhập vào một đơn vị. Nhập vào đơn vị mới thì lập đơn vị đó trước.",
        (
            Rows("units", "Đơn vị kết thúc", (UNIT,), add="Thêm đơn vị"),
            Field("into", "Nhập vào", "lookup", FIND),
            KEPT,
        ),
    ),
    "split": (
        "Chia, tách",
        "Một đơn vị kết thúc và chia cho nhiều đơn vị. Đơn vị ghi đầu tiên chịu trách nhiệm về hồ sơ không giao riêng.",
        (UNIT, Rows("into", "Đơn vị kế thừa", (UNIT,), add="Thêm đơn vị", least=2), KEPT),
    ),
}


@blueprint.route("/<uuid:reorganisation_id>/add/<any(create,rename,move,merge,split):kind>", methods=["GET", "POST"])
@for_roles("administrator")
def add(reorganisation_id: UUID, kind: str) -> Response | tuple[str, int]:
    saved = platform().registration.reorganisation(reorganisation_id)
    title, lead, parts = FORMS[kind]
    new = [lookup.unit({**one, "id": one["unit_id"]}) for one in saved["changes"] if one["action"] == "create"]
    offered = {one.id: one.label for one in new}
    choices = dict.fromkeys(("unit", "parent", "into", "units.unit", "into.unit"), offered)
    url = url_for("units.options", as_of=saved["effective_on"])
    form = Form(parts, choices=choices | {"level": places.level_names()}, lookup=url)

    def find(field: str, typed: str) -> str:
        try:
            return lookup.find_unit(typed, saved["effective_on"], new).id
        except ValueError as reason:
            raise lookup.refusal("unit", {field: str(reason)}) from reason

    back = url_for("reorganisations.show", reorganisation_id=reorganisation_id)
    if form.send(lambda body: _append(saved, _changes(kind, body, find))):
        return pages.done("Đã thêm thay đổi.", back)
    return pages.form_page(form, title, back=back, lead=lead, submit="Thêm vào phương án")


def _append(saved: Body, added: list[Body]) -> Body:
    """Raises a refusal with the pointers as the small form has them."""
    try:
        return _write(saved, added)
    except ApiError as error:
        error.fields = {re.sub(r"^/changes/\d+", "", pointer): reason for pointer, reason in error.fields.items()}
        raise


def _write(saved: Body, added: list[Body]) -> Body:
    body = content(saved) | {"changes": [*saved["changes"], *added]}
    return change(saved, body, str(saved["version"]))


def _changes(kind: str, body: Body, find: Find) -> list[Body]:
    """What was typed as the service takes it."""
    match kind:
        case "merge":
            return _merge(body, find)
        case "split":
            return [_split(body, find)]
    change = {"action": kind} | body
    for field in ("unit", "parent"):
        if field in change:
            change[f"{field}_id"] = find(field, change.pop(field))
    return [change]


def _merge(body: Body, find: Find) -> list[Body]:
    into = find("into", body["into"])
    ended = _all("units", body, find)
    _ensure_differ([*ended, into], "into")
    end = {"action": "end", "successor_ids": [into], "heir_id": into, "grants": body["grants"]}
    return [{"unit_id": unit_id, **end} for unit_id in ended]


def _split(body: Body, find: Find) -> Body:
    unit_id = find("unit", body["unit"])
    into = _all("into", body, find)
    _ensure_differ([unit_id, *into], "unit")
    return {"action": "end", "unit_id": unit_id, "successor_ids": into, "heir_id": into[0], "grants": body["grants"]}


def _all(rows: str, body: Body, find: Find) -> list[str]:
    return [find(f"{rows}.{place}.unit", one["unit"]) for place, one in enumerate(body[rows])]


def _ensure_differ(unit_ids: list[str], field: str) -> None:
    if len(set(unit_ids)) < len(unit_ids):
        raise lookup.refusal("unit", {field: text("portal.units_same")})


@blueprint.route("/<uuid:reorganisation_id>/upload", methods=["GET", "POST"])
@for_roles("administrator", "operator")
def upload(reorganisation_id: UUID) -> Response | tuple[str, int]:
    """Many changes at once, from a JSON file as the API and `plan-reform` write them."""
    saved = platform().registration.reorganisation(reorganisation_id, **of_tenant())
    form, back = Form((), part="upload"), url_for("reorganisations.show", reorganisation_id=reorganisation_id)
    if form.is_sent:
        try:
            added = _from_file(request.files.get("file"))
            _write(saved, added)
        except (ValueError, RecursionError):
            form.status, form.problem = 422, text("portal.changes_unreadable")
        except ApiError as error:
            error.fields = dict(_numbered(error.fields, len(saved["changes"])))
            form.refuse(error)
        else:
            return pages.done(f"Đã thêm {len(added)} thay đổi. Hãy xem trước.", back)
    return render_template("reorganisations/upload.html", act=saved, form=form, back=back), form.status


def _from_file(file: FileStorage | None) -> list[Body]:
    """The list itself, or what stands under "changes".

    Raises ValueError for anything else, also for what is no JSON though Python reads it (NaN), and RecursionError.
    """
    read = json.load(file.stream, parse_constant=_no_number, parse_int=_short_number) if file else None
    found = read.get("changes") if isinstance(read, dict) else read
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise ValueError("no list of changes")
    return found


def _no_number(word: str) -> None:
    raise ValueError(word)


def _short_number(digits: str) -> int:
    return int(digits[:20])


def _numbered(fields: dict[str, str], before: int) -> Iterator[tuple[str, str]]:
    """Reasons that say which change of the file they are about, and which part of it."""
    for pointer, reason in fields.items():
        if found := re.match(r"^/changes/(\d+)/?(.*)", pointer):
            reason = f"Thay đổi {int(found[1]) - before + 1} {found[2].replace('/', ' ')}: {reason}"
        yield pointer, reason
