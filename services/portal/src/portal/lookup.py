"""Finds the unit or the person meant by what was typed: a name, a code, or a choice of the list; knows no form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.text import fold

from portal.clients import ApiError, platform, text

_SIGNED = re.compile(r"^(.*?)\s*\(([^()]{1,300})\)\s*$")
HELP = "Gõ vài chữ của tên rồi chọn trong danh sách."
_SHOWN = 5
_SUGGESTED = 20


@dataclass(frozen=True)
class Found:
    """What the list offers. `sign`: what stands in parentheses, to tell it from others of that name."""

    id: str
    name: str
    sign: str = ""

    @property
    def label(self) -> str:
        return f"{self.name} ({self.sign})" if self.sign else self.name


def unit(one: Mapping[str, Any]) -> Found:
    return Found(str(one["id"]), str(one["name"]), str(one["code"]))


def person(one: Mapping[str, Any]) -> Found:
    """By the address where the visitor may see it, else by where the person works."""
    return Found(str(one["id"]), str(one["name"]), one.get("email") or next(iter(one.get("works_at") or ()), ""))


def known_person(person_id: str) -> Found | None:
    """Whom a link names, if it names anybody. Raises ApiError when the visitor may not see them."""
    return person(platform().registration.person(person_id)) if person_id else None


def suggested_units(typed: str, as_of: Mapping[str, str]) -> list[Found]:
    page = platform().registration.units(q=typed, limit=_SUGGESTED, **as_of)
    return [unit(one) for one in page["items"]]


def suggested_people(typed: str, able: str = "") -> list[Found]:
    """`able`: only those who have a login to act under."""
    page = platform().registration.people(q=typed, able=able, limit=_SUGGESTED)
    return _told_apart([person(one) for one in page["items"]])


def find_unit(typed: str, as_of: str, new: Sequence[Found] = ()) -> Found:
    """The one unit of the day that is meant; `new`: units that the draft makes.

    Raises ValueError with the reason when none or several fit.
    """
    name, sign = _split(typed)
    page = platform().registration.units(q=sign or name, as_of=as_of, limit=50)
    offered = {one.id: one for one in [*new, *map(unit, page["items"])]}
    coded = [one for one in offered.values() if one.sign == (sign or name).upper()]
    return _the_one("unit", typed, list(offered.values()), coded)


def find_person(typed: str, known: Found | None = None, able: str = "") -> Found:
    """The one person who is meant; `known`: whom the form was opened for.

    Raises ValueError with the reason when none or several fit.
    """
    if known and typed == known.label:
        return known
    page = platform().registration.people(q=_split(typed)[0], able=able, limit=200)
    return _the_one("person", typed, _told_apart([person(one) for one in page["items"]]))


def find_people(typed: Mapping[str, str], known: Found | None = None, able: str = "") -> dict[str, Found]:
    """Who is meant in each field, by its name. Raises one refusal that tells of every field in which nobody is."""
    found, wrong = {}, {}
    for field, name in typed.items():
        try:
            found[field] = find_person(name, known, able)
        except ValueError as reason:
            wrong[field] = str(reason)
    if wrong:
        raise refusal("person", wrong)
    return found


def with_person(body: dict[str, Any], known: Found | None = None, able: str = "") -> dict[str, Any]:
    """A form's body with the id of the one person whom it names. Raises the refusal at that field."""
    return body | {"person_id": find_people({"person_id": body["person_id"]}, known, able)["person_id"].id}


def refusal(kind: str, reasons: Mapping[str, str]) -> ApiError:
    """As a service would refuse fields. `kind`: "unit" or "person"; `reasons`: by the field's name."""
    pointers = {f"/{field.replace('.', '/')}": reason for field, reason in reasons.items()}
    return ApiError(422, f"portal.{kind}", text(f"portal.{kind}_not_found"), pointers)


def _split(typed: str) -> tuple[str, str]:
    """The name and, where one was typed, the sign."""
    match = _SIGNED.match(typed)
    return (match[1], match[2]) if match else (typed.strip(), "")


def _told_apart(found: list[Found]) -> list[Found]:
    """Those whose labels are the same are told apart by the end of their ids, for want of anything better."""
    labels = [one.label for one in found]
    return [_with_id(one) if labels.count(one.label) > 1 else one for one in found]


def _with_id(one: Found) -> Found:
    return Found(one.id, one.name, ", ".join(filter(None, (one.sign, f"#{one.id[-6:]}"))))


def _the_one(kind: str, typed: str, offered: Sequence[Found], coded: Sequence[Found] = ()) -> Found:
    whole = fold(typed)
    labelled = [one for one in offered if fold(one.label) == whole]
    close = _holding(whole, offered)
    named = [one for one in close if fold(one.name) == whole]
    if sure := next((fits[0] for fits in (coded, labelled, named, close) if len(fits) == 1), None):
        return sure
    if not (close := close or _holding(fold(_split(typed)[0]), offered)):
        raise ValueError(text(f"portal.{kind}_unknown"))
    shown = "; ".join(one.label for one in close[:_SHOWN]) + ("; …" if len(close) > _SHOWN else "")
    raise ValueError(text(f"portal.{kind}_ambiguous", found=shown))


def _holding(words: str, offered: Sequence[Found]) -> list[Found]:
    return [one for one in offered if words in fold(one.name)]
