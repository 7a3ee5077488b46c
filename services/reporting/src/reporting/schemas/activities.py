"""Activities."""

from datetime import date
from typing import Any

import marshmallow as ma
from common.http import PageArgs

from reporting.domain.activities import Form, Kind
from reporting.schemas import YEARS

MOST = 10_000_000  # No activity reaches more people than a province has.


def _number(what: str) -> ma.fields.Integer:
    return ma.fields.Integer(
        load_default=0, strict=True, validate=ma.validate.Range(0, MOST), metadata={"description": what}
    )


def _one_of(values: type[Kind] | type[Form], **options: Any) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.OneOf([str(value) for value in values]), **options)


def _in_time(day: date) -> None:
    """Figures are asked for by years of this century; what lies outside would never be counted."""
    if not YEARS.min <= day.year <= YEARS.max:
        raise ma.ValidationError("Not a valid date.")


class ReachShape(ma.Schema):
    agencies = _number("Agencies, organisations and units")
    villages = _number("Villages and residential groups")
    people = _number("People")


class RecordActivity(ma.Schema):
    """Dates are legal dates, both inclusive."""

    kind = _one_of(Kind, required=True)
    title = ma.fields.String(required=True, validate=ma.validate.Length(1, 500))
    form = _one_of(Form, required=True)
    unit_id = ma.fields.UUID(required=True)
    from_date = ma.fields.Date(required=True, validate=_in_time)
    to_date = ma.fields.Date(required=True, validate=_in_time)
    reach = ma.fields.Nested(ReachShape, load_default=lambda: {"agencies": 0, "villages": 0, "people": 0})
    note = ma.fields.String(load_default="", validate=ma.validate.Length(0, 5000))

    @ma.pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        """Texts lose the spaces around them, so that a title of spaces is none."""
        if not isinstance(data, dict):
            return data
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


class ActivityView(RecordActivity):
    id = ma.fields.UUID()
    version = ma.fields.Integer()
    unit_name = ma.fields.String()


class ActivityArgs(PageArgs):
    unit_id = ma.fields.UUID(load_default=None)
    kind = _one_of(Kind, load_default=None)
    from_year = ma.fields.Integer(load_default=None, validate=YEARS)
    to_year = ma.fields.Integer(load_default=None, validate=YEARS)
    as_of = ma.fields.Date(load_default=None, metadata={"description": "The structure of this day; today's by default"})


class ActivityPage(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ActivityView))
    next = ma.fields.String(allow_none=True)
