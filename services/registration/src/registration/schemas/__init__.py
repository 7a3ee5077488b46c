"""Shapes of the registration HTTP API; built once, at import."""

from datetime import date
from typing import Any
from uuid import UUID

import marshmallow as ma
from common.http import Cursor, PageArgs
from webargs.fields import DelimitedList

A_DAY = ma.validate.Range(date(2000, 1, 1), date(2100, 1, 1))
# A unit's code.
CODE = ma.validate.Regexp(r"^[A-Z0-9-]{1,40}$", error="At most 40 capital letters without marks, digits and hyphens.")


class Command(ma.Schema):
    """A request body. Strings lose the spaces around them; unknown fields are refused."""

    @ma.pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


class Page(ma.Schema):
    """A list and the cursor of the next page."""

    next = ma.fields.String(allow_none=True)


class IdPageArgs(PageArgs):
    """A list in the order of ids."""

    cursor = Cursor(UUID)


class Dated(ma.Schema):
    """Narrows a list to a unit and all below it, in the structure of a day."""

    under = ma.fields.UUID(load_default=None, metadata={"description": "A unit, with all that was below it on `as_of`"})
    as_of = ma.fields.Date(load_default=None, metadata={"description": "The structure of this day; today's by default"})


def text(most: int, *, required: bool = True) -> ma.fields.String:
    """A required (or optional, then empty) text of at most `most` characters."""
    if required:
        return ma.fields.String(required=True, validate=ma.validate.Length(1, most))
    return ma.fields.String(load_default="", validate=ma.validate.Length(0, most))


def one_of(values: Any, **options: Any) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.OneOf([str(value) for value in values]), **options)


def some_of(values: Any) -> DelimitedList:
    """A filter by any of a closed list; nothing is left out when it names none."""
    return DelimitedList(
        one_of(values), load_default=list, metadata={"description": "One or several, separated by commas"}
    )


def year(**options: Any) -> ma.fields.Integer:
    return ma.fields.Integer(validate=ma.validate.Range(2000, 2100), **options)
