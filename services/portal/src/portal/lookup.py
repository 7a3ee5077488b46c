"""Finds the unit that a person means by what they typed: a name, a code, or a choice of the list; knows no form."""

import re
from collections.abc import Mapping
from typing import Any

from portal.clients import ApiError, platform, text

_WITH_CODE = re.compile(r"\(([A-Za-z0-9-]{1,40})\)\s*$")
_SHOWN = 5


def label(unit: Mapping[str, Any]) -> str:
    """As the list offers it."""
    return f"{unit['name']} ({unit['code']})"


def find_unit(typed: str, as_of: str, new: Mapping[str, Mapping[str, Any]]) -> str:
    """The id of the one unit of the day that is meant; `new`: units that the draft makes, by id.

    Raises ValueError with the reason when none or several fit.
    """
    found = dict(new) | _of_the_day(typed, as_of)
    name = typed.casefold()
    code = match[1].upper() if (match := _WITH_CODE.search(typed)) else typed.upper()
    close = [unit_id for unit_id, one in found.items() if name in one["name"].casefold()]
    coded = [unit_id for unit_id, one in found.items() if one["code"] == code]
    named = [unit_id for unit_id in close if found[unit_id]["name"].casefold() == name]
    if sure := next((fits[0] for fits in (coded, named, close) if len(fits) == 1), None):
        return sure
    if not close:
        raise ValueError(text("portal.unit_unknown"))
    names = "; ".join(label(found[unit_id]) for unit_id in close[:_SHOWN])
    raise ValueError(text("portal.unit_ambiguous", units=names + ("; …" if len(close) > _SHOWN else "")))


def _of_the_day(typed: str, as_of: str) -> dict[str, dict[str, Any]]:
    match = _WITH_CODE.search(typed)
    page = platform().registration.units(q=match[1] if match else typed, as_of=as_of, limit=50)
    return {str(one["id"]): one for one in page["items"]}


def refusal(field: str, reason: ValueError) -> ApiError:
    """As a service would refuse the field."""
    return ApiError(422, "portal.unit", text("portal.unit_not_found"), {f"/{field.replace('.', '/')}": str(reason)})
