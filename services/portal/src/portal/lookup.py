"""Finds the unit or the person meant by what was typed: a name, a code, or a choice of the list; knows no form."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.text import fold

from portal.clients import ApiError, platform, text

HELP = "Gõ vài chữ của tên rồi chọn trong danh sách."
_SHOWN = 5
_SUGGESTED = 20
_LONGEST = 200  # Of a name; what is longer is none, and no address takes it.


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
    try:
        return person(platform().registration.person(UUID(person_id)))
    except ValueError:
        return None


def suggested_units(typed: str, as_of: Mapping[str, str]) -> list[Found]:
    page = platform().registration.units(q=typed, limit=_SUGGESTED, **as_of)
    return [unit(one) for one in page["items"]]


def suggested_people(typed: str, able: str = "") -> list[Found]:
    """`able`: only those who have a login to act under."""
    page = platform().registration.people(q=typed, able=able, limit=_SUGGESTED)
    return _told_apart([person(one) for one in page["items"]])


def find_unit(typed: str, as_of: str, new: Sequence[Found] = ()) -> Found:
    """The one unit of the day that is meant, also by a part of its name; `new`: units that the draft makes.

    Raises ValueError with the reason when none or several fit.
    """
    name, sign = _split(typed)
    page = platform().registration.units(q=(sign or name)[:_LONGEST], as_of=as_of, limit=50)
    offered = list({one.id: one for one in [*new, *map(unit, page["items"])]}.values())
    read = _exactly if _has_marks(typed) else fold
    coded = [one for one in offered if one.sign == (sign or name).upper()]
    return _the_one("unit", typed, offered, coded, *_fits(typed, offered, read), _holding(typed, offered, read))


def find_person(typed: str, known: Found | None = None, able: str = "") -> Found:
    """The one person of just this name, or as the list offers them; `known`: whom the form was opened for.

    A part of a name, or a name without its marks, is somebody else's soon enough: it is asked for again. Raises
    ValueError with the reason, and who could be meant.
    """
    if known and typed == known.label:
        return known
    page = platform().registration.people(q=_split(typed)[0][:_LONGEST], able=able, limit=200)
    offered = _told_apart([person(one) for one in page["items"]])
    return _the_one("person", typed, offered, *_fits(typed, offered, _exactly))


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
    """The name and, where one was typed, the sign: the last parentheses with all that they hold."""
    typed, depth = typed.strip(), 0
    for place in range(len(typed) - 1, 0, -1):
        depth += (typed[place] == ")") - (typed[place] == "(")
        if depth == 0:
            return (typed[:place].strip(), typed[place + 1 : -1]) if typed[place] == "(" else (typed, "")
    return typed, ""


def _exactly(words: str) -> str:
    """As they are written, but for case and spaces."""
    return " ".join(unicodedata.normalize("NFC", words).casefold().split())


def _has_marks(typed: str) -> bool:
    return fold(typed) != _exactly(typed)


def _told_apart(found: list[Found]) -> list[Found]:
    """Of several of one name each has a sign, and where that is the same too, the end of the id."""
    names, labels = [_exactly(one.name) for one in found], [_exactly(one.label) for one in found]
    return [
        _with_id(one) if labels.count(label) > 1 or (names.count(name) > 1 and not one.sign) else one
        for one, name, label in zip(found, names, labels, strict=True)
    ]


def _with_id(one: Found) -> Found:
    return Found(one.id, one.name, ", ".join(filter(None, (one.sign, f"#{one.id[-6:]}"))))


def _fits(typed: str, offered: Sequence[Found], read: Callable[[str], str]) -> tuple[list[Found], list[Found]]:
    """Those of that label, and those of that name."""
    whole = read(typed)
    return [one for one in offered if read(one.label) == whole], [one for one in offered if read(one.name) == whole]


def _holding(words: str, offered: Sequence[Found], read: Callable[[str], str] = fold) -> list[Found]:
    return [one for one in offered if read(words) in read(one.name)]


def _the_one(kind: str, typed: str, offered: Sequence[Found], *fits: Sequence[Found]) -> Found:
    """Of the first list that holds just one."""
    if sure := next((found[0] for found in fits if len(found) == 1), None):
        return sure
    if not (close := _holding(typed, offered) or _holding(_split(typed)[0], offered)):
        raise ValueError(text(f"portal.{kind}_unknown"))
    shown = "; ".join(one.label for one in close[:_SHOWN]) + ("; …" if len(close) > _SHOWN else "")
    raise ValueError(text(f"portal.{kind}_ambiguous", found=shown))
