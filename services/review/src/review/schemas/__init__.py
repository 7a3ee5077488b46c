"""Shapes of the review HTTP API; built once, at import."""

from decimal import Decimal
from typing import Any

import marshmallow as ma
from common import clock
from common.http import PageArgs
from common.http.fields import Text, day, search_words, text, whole, year
from webargs.fields import DelimitedList

__all__ = [
    "PLAIN_WORD",
    "Command",
    "Page",
    "Signed",
    "StructureArgs",
    "Text",
    "day",
    "number",
    "one_of",
    "search_words",
    "some_of",
    "text",
    "whole",
    "year",
]

PLAIN_WORD = "Small letters without marks, digits and underscores, a letter first."
_CENT = Decimal("0.01")


class Command(ma.Schema):
    """A request body. Unknown fields are refused."""


class StructureArgs(PageArgs):
    """A list's part: what was made under a unit and all below it, in the structure of a day."""

    under = ma.fields.UUID(load_default=None, metadata={"description": "A unit, with all that was below it on `as_of`"})
    as_of = day(load_default=clock.today, metadata={"description": "The structure of this day; today's when left out"})


class Page(ma.Schema):
    """A list and the cursor of the next page."""

    next = ma.fields.String(allow_none=True)


def one_of(words: Any, **options: Any) -> ma.fields.Enum[Any]:
    """One of a closed list; loads as its member, dumps as its word."""
    return ma.fields.Enum(words, by_value=True, **options)


def some_of(words: Any) -> DelimitedList:
    """A filter by any of a closed list; nothing is left out when it names none."""
    return DelimitedList(
        one_of(words), load_default=list, metadata={"description": "One or several, separated by commas"}
    )


def number(least: int, most: int, **options: Any) -> ma.fields.Decimal:
    """An exact number; JSON shows it as a number. More than two decimals are refused, not rounded: what is compared
    with a threshold is what a sheet of paper shows."""

    def ensure(value: Decimal) -> None:
        if not least <= value <= most:
            raise ma.ValidationError(f"Must be greater than or equal to {least} and less than or equal to {most}.")
        if value != value.quantize(_CENT):
            raise ma.ValidationError("At most two decimals.")

    return ma.fields.Decimal(allow_nan=False, validate=ensure, **options)


class Signed(Command):
    """A legal act: number and the day it was signed."""

    number = text(100)
    signed_on = day(required=True)
