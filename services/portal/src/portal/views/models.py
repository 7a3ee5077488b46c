"""Models made from initiatives, and where they were replicated."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import pages, places
from portal.clients import platform
from portal.forms import Field, Form, Heading
from portal.session import for_roles, grant

blueprint = Blueprint("models", __name__, url_prefix="/models")
PARTS = (
    Field("title", "Tên mô hình", help="Ví dụ: Tuyến đường hoa, Thắp sáng đường quê."),
    Field("theme", "Chủ đề", help="Ví dụ: môi trường, trật tự an toàn, giảm nghèo."),
    Field("description", "Mô tả", "textarea", "Làm gì, ai làm, kết quả ra sao.", required=False),
    Field("unit_id", "Đơn vị, địa phương", "select"),
    Field("initiative_id", "", "hidden", required=False),
    Heading("Số lượng", "Khi tài liệu chỉ ghi số lượng thì ghi đúng số đó, không cần nêu tên từng mô hình."),
    Field("from_year", "Từ năm", "integer", width="short"),
    Field("to_year", "Đến năm", "integer", width="short"),
    Field("quantity", "Số mô hình", "integer", default="1", width="short"),
)
REPLICATION = (
    Field("unit_id", "Nơi nhân rộng", "select"),
    Field("origin_year", "Học từ cách làm của năm", "integer", width="short"),
    Field("adopted_from_year", "Nhân rộng từ năm", "integer", width="short"),
    Field("adopted_to_year", "Đến năm", "integer", width="short"),
    Field("quantity", "Số mô hình được nhân rộng", "integer", default="1", width="short"),
    Field("result", "Kết quả", "textarea", required=False, tall=3),
)


@blueprint.get("")
def show_list() -> str:
    chosen, day = pages.filters("under"), pages.day()
    query = chosen | day.query
    page = pages.of_the_day(lambda: platform().registration.models(**query, cursor=pages.cursor(), limit=20))
    return render_template(
        "models/list.html",
        page=page,
        chosen=chosen,
        day=day,
        units=places.unit_choices_of(day.iso, chosen.get("under", "")),
        more=pages.next_page(page, query),
    )


@blueprint.get("/<uuid:model_id>")
def show(model_id: UUID) -> str:
    return render_template("models/show.html", model=platform().registration.model(model_id))


@blueprint.route("/new", methods=["GET", "POST"])
@for_roles("officer", "standing")
def create() -> Response | tuple[str, int]:
    saved = {"unit_id": grant().unit_id, "initiative_id": request.args.get("initiative_id") or None}
    form = Form(PARTS, saved=saved, choices={"unit_id": places.unit_choices()})
    if form.send(lambda body: platform().registration.add_model(body, form.key)):
        return pages.done("Đã ghi mô hình.", url_for(".show", model_id=form.answer["id"]))
    return pages.form_page(form, "Ghi mô hình", back=url_for(".show_list"), submit="Ghi mô hình")


@blueprint.route("/<uuid:model_id>/replicate", methods=["GET", "POST"])
@for_roles("officer", "standing")
def replicate(model_id: UUID) -> Response | tuple[str, int]:
    model = platform().registration.model(model_id)
    saved = {"unit_id": grant().unit_id, "origin_year": model["from_year"]}
    form = Form(REPLICATION, saved=saved, choices={"unit_id": places.unit_choices()})
    back = url_for(".show", model_id=model_id)
    if form.send(lambda body: platform().registration.replicate_model(model_id, body, form.key)):
        return pages.done("Đã ghi việc nhân rộng.", back)
    return pages.form_page(form, f"Nhân rộng: {model['title']}", back=back, submit="Ghi nhân rộng")
