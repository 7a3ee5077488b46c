"""The tree of units as of a day, and a unit's page with its past."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template

from portal import lookup, pages, places
from portal.clients import ApiError, platform
from portal.session import for_roles, grant, reaches_everything

blueprint = Blueprint("units", __name__, url_prefix="/units")
READERS = ("author", "officer", "standing", "administrator", "secretary", "chair", "member")
MOST = 100


@blueprint.get("")
@for_roles(*READERS)
def show_tree() -> str:
    """From the top, or from the unit `at`; a search looks through the whole tree of the day."""
    day, chosen = pages.day(), pages.filters("q", "at")
    at = platform().registration.unit(chosen["at"], day.iso) if "at" in chosen else None
    query = {"q": chosen["q"]} if "q" in chosen else {"parent_id": at["id"]} if at else {"top": "1"}
    page = _units(query, day)
    kept = chosen | day.query
    return render_template(
        "units/tree.html",
        page=page,
        chosen=chosen,
        day=day,
        at=at,
        above=_above(at, day),
        first=_first(page, day) if not chosen else None,
        more=pages.next_page(page, kept),
        levels=places.level_names(),
        may_reorganise=may_reorganise(),
    )


@blueprint.get("/<uuid:unit_id>/below")
@for_roles(*READERS)
def below(unit_id: UUID) -> str:
    """The units directly below one, as rows of the tree that htmx puts in place."""
    day = pages.day()
    page = _units({"parent_id": unit_id}, day)
    more = pages.next_page(page, day.query)
    return render_template("units/_below.html", page=page, day=day, more=more, levels=places.level_names())


@blueprint.get("/options")
@for_roles(*READERS)
def options() -> str:
    """Units of the day whose name holds what is being typed, for the field that it is typed in."""
    typed = pages.being_typed()
    return render_template("_options.html", found=lookup.suggested_units(typed, pages.day().query) if typed else [])


@blueprint.get("/<uuid:unit_id>")
@for_roles(*READERS)
def show(unit_id: UUID) -> str:
    """What it was called and where it stood, what it came from and became, and who answers for it now."""
    history, day = platform().registration.unit_history(unit_id), pages.day()
    unit = history["unit"]
    return render_template(
        "units/show.html",
        unit=unit,
        history=history,
        then=_then(unit_id, day),
        day=day,
        as_of=_last_day(unit) or day.iso,
        is_own=str(unit["scope_path"]).startswith(grant().scope_path),
        levels=places.level_names(),
    )


def may_reorganise() -> bool:
    """Administrators and the Standing Board of the whole province."""
    return grant().role in ("administrator", "standing") and reaches_everything()


def _units(query: dict[str, Any], day: pages.Day) -> dict[str, Any]:
    return platform().registration.units(**query, **day.query, around="1", cursor=pages.cursor(), limit=MOST)


def _first(page: dict[str, Any], day: pages.Day) -> dict[str, Any] | None:
    """What stands below the only root, so that the tree is open where it begins."""
    roots = page["items"]
    return _units({"parent_id": roots[0]["id"]}, day) if len(roots) == 1 else None


def _above(at: dict[str, Any] | None, day: pages.Day) -> list[dict[str, Any]]:
    """The units on the way from the root down to this one."""
    found: list[dict[str, Any]] = []
    while at and at["parent_id"]:
        at = platform().registration.unit(at["parent_id"], day.iso)
        found.insert(0, at)
    return found


def _then(unit_id: UUID, day: pages.Day) -> dict[str, Any] | None:
    """The unit as it was on the day that is asked for; None when it was not there."""
    if not day.iso:
        return None
    try:
        return platform().registration.unit(unit_id, day.iso)
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def _last_day(unit: dict[str, Any]) -> str:
    """Of a unit that is no more."""
    ended_on = unit.get("ended_on")
    return (date.fromisoformat(ended_on) - timedelta(days=1)).isoformat() if ended_on else ""
