"""The inbox, and what is sent by e-mail."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import pages
from portal.clients import ApiError, platform

blueprint = Blueprint("messages", __name__)


@blueprint.get("/messages")
def show_list() -> str:
    chosen = pages.filters("unread")
    page = platform().notifications.messages(**chosen, cursor=pages.cursor(), limit=20)
    return render_template("messages/list.html", page=page, chosen=chosen, more=pages.next_page(page, chosen))


@blueprint.get("/messages/count")
def count() -> str:
    """The number beside the bell, asked for after the page is there; without it the page is as good."""
    try:
        return render_template("messages/count.html", count=platform().notifications.count())
    except ApiError:
        return ""


@blueprint.post("/messages/<uuid:message_id>/read")
def read(message_id: UUID) -> Response:
    """Opens what the message is about."""
    platform().notifications.read(message_id)
    about = request.form.get("initiative_id", "")
    return redirect(_about(about), 303)


def _about(initiative_id: str) -> str:
    try:
        return url_for("initiatives.show", initiative_id=UUID(initiative_id))
    except ValueError:
        return url_for(".show_list")


@blueprint.post("/messages/read-all")
def read_all() -> Response:
    platform().notifications.read_all()
    return pages.done("Đã đánh dấu tất cả là đã đọc.", url_for(".show_list"))


@blueprint.route("/preferences", methods=["GET", "POST"])
def preferences() -> Response | str:
    saved = platform().notifications.preferences()
    if request.method == "POST":
        wanted: dict[str, Any] = {kind: kind in request.form.getlist("email") for kind in saved["email"]}
        platform().notifications.change_preferences({"email": wanted}, request.form.get("_version", ""))
        return pages.done("Đã lưu tùy chọn nhận thư.", url_for(".preferences"))
    return render_template("messages/preferences.html", saved=saved)
