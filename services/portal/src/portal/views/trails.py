"""The journal of a dossier: what its units and its council did, in one order of time."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from portal.acts import acts, together
from portal.clients import ApiError, Json, platform
from portal.session import grant

blueprint = Blueprint("trails", __name__, url_prefix="/initiatives/<uuid:initiative_id>/trail")
PAGE = 40
COUNCIL = ("secretary", "chair", "member", "standing")


@blueprint.get("")
def show(initiative_id: UUID) -> str:
    initiative, asked = platform().registration.initiative(initiative_id), {"before": _before(), "limit": PAGE}
    trails = [platform().registration.trail(initiative_id, **asked)]
    sees_council = grant().role in COUNCIL
    council = _council_trail(initiative_id, asked) if sees_council else {"items": [], "next": None}
    entries, told_to = together([*trails, council or {"items": [], "next": None}])
    return render_template(
        "initiatives/trail.html",
        initiative=initiative,
        acts=acts(entries, _criteria(initiative_id, entries)),
        sees_council=sees_council,
        is_closed=council is None,
        more=url_for(".show", initiative_id=initiative_id, before=told_to) if told_to else "",
    )


def _before() -> str:
    return request.args.get("before", "")[:40]


def _council_trail(initiative_id: UUID, asked: dict[str, Any]) -> Json | None:
    """Empty for a dossier that has not come to a council of the visitor's area; None for who has a part in it."""
    try:
        return platform().review.trail(initiative_id, **asked)
    except ApiError as error:
        if error.code == "dossier.recused":
            return None
        if error.status != 404:
            raise
        return {"items": [], "next": None}


def _criteria(initiative_id: UUID, entries: list[dict[str, Any]]) -> dict[str, str]:
    """Names of the rules' criteria, asked for only where there is a score to name."""
    if not any(change["field"] == "scores" for entry in entries for change in entry["changes"]):
        return {}
    session = platform().review.dossier(initiative_id)["session"] or {}
    return {one["code"]: one["name"] for one in (session.get("rules") or {}).get("criteria", ())}
