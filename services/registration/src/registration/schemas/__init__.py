"""Shapes of the registration HTTP API; built once, at import."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from common.http import Cursor, PageArgs
from common.http.fields import Email, Text, day, search_words, text, whole, year
from webargs.fields import DelimitedList

__all__ = [
    "CODE",
    "Command",
    "Dated",
    "Email",
    "IdPageArgs",
    "Page",
    "Text",
    "day",
    "one_of",
    "search_words",
    "some_of",
    "text",
    "whole",
    "year",
]

# A unit's code.
CODE = ma.validate.Regexp(r"^[A-Z0-9-]{1,40}$", error="At most 40 capital letters without marks, digits and hyphens.")


class Command(ma.Schema):
    """A request body. Unknown fields are refused."""


class Page(ma.Schema):
    """A list and the cursor of the next page."""

    next = ma.fields.String(allow_none=True)


class IdPageArgs(PageArgs):
    """A list in the order of ids."""

    cursor = Cursor(UUID)


class Dated(ma.Schema):
    """Narrows a list to a unit and all below it, in the structure of a day."""

    under = ma.fields.UUID(load_default=None, metadata={"description": "A unit, with all that was below it on `as_of`"})
    as_of = day(load_default=None, metadata={"description": "The structure of this day; today's by default"})


def one_of(values: Any, **options: Any) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.OneOf([str(value) for value in values]), **options)


def some_of(values: Any) -> DelimitedList:
    """A filter by any of a closed list; nothing is left out when it names none."""
    return DelimitedList(
        one_of(values), load_default=list, metadata={"description": "One or several, separated by commas"}
    )
