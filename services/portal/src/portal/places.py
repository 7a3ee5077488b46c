"""Names of units for lists and choices, kept for a short time per grant, so that no visitor sees another's."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal import labels
from portal.clients import ApiError, platform
from portal.session import grant

LIVE_SECONDS = 60.0
PAGES = 5  # of 200: enough for a province's communes and agencies; rarer names are asked for one by one.
MOST_GRANTS = 200
_lock = threading.Lock()


@dataclass(frozen=True)
class _Known:
    """The units that can be listed and chosen; `singles` are names asked for one by one, which change no list."""

    fetched: float
    units: dict[str, dict[str, Any]]
    singles: dict[str, str] = field(default_factory=dict)


_known: dict[str, _Known] = {}


def units(as_of: str = "") -> dict[str, dict[str, Any]]:
    """The units this visitor may see, today or on a day, by id, in the order of the tree."""
    return _know(as_of).units


def _know(as_of: str = "") -> _Known:
    key = f"{grant().id} {grant().scope_path} {as_of}"  # A grant moves with its unit, and all paths with it.
    known = _known.get(key)
    if known is None or time.monotonic() - known.fetched > LIVE_SECONDS:
        found = _fetch(as_of)
        known = _Known(time.monotonic(), found)
        with _lock:
            if len(_known) >= MOST_GRANTS:
                _known.clear()
            _known[key] = known
    return known


def level_names() -> dict[str, str]:
    """The province's own levels by code, from the top down, and what carries none of them."""
    levels = platform().registration.settings()["levels"]
    return {level["code"]: level["name"] for level in levels} | {"none": labels.LEVEL["none"]}


def forget() -> None:
    """A unit was added or renamed: the next page asks again."""
    with _lock:
        _known.clear()


def _fetch(as_of: str) -> dict[str, dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    for _ in range(PAGES):
        page = platform().registration.units(limit=200, cursor=cursor, as_of=as_of)
        found += page["items"]
        cursor = page.get("next")
        if not cursor:
            break
    return {str(unit["id"]): unit for unit in sorted(found, key=lambda unit: unit.get("scope_path") or unit["code"])}


def unit_name(unit_id: Any) -> str:
    """The unit's name; a unit outside one's view stays unnamed."""
    if not unit_id:
        return ""
    known, key = _know(), str(unit_id)
    if key in known.units:
        return str(known.units[key]["name"])
    if key not in known.singles:
        known.singles[key] = _single(key)
    return known.singles[key]


def _single(unit_id: str) -> str:
    """By its history, which also knows a unit that is no more."""
    try:
        return str(platform().registration.unit_history(UUID(unit_id))["unit"]["name"])
    except ValueError:
        return "Đơn vị khác"
    except ApiError as error:
        if error.status in (403, 404):
            return "Đơn vị khác"
        raise


def unit_choices() -> dict[str, str]:
    """The units of the grant's own subtree to choose from."""
    return _own(units()) or {grant().unit_id: grant().unit}


def unit_choices_of(as_of: str, chosen: str = "") -> dict[str, str]:
    """Units to narrow a list to: of the own subtree, or, on a day when that did not stand yet, of the whole tree.

    The chosen one is among them, also where there are more units than a list can hold.
    """
    found = units(as_of)
    choices = _own(found) or {key: _label(unit) for key, unit in found.items()}
    return choices if not chosen or chosen in choices else choices | {chosen: unit_name(chosen)}


def _own(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    scope = grant().scope_path
    return {key: _label(unit) for key, unit in found.items() if str(unit.get("scope_path", "")).startswith(scope)}


def _label(unit: dict[str, Any]) -> str:
    return f"{unit['name']} ({unit['code']})" if unit.get("code") else str(unit["name"])
