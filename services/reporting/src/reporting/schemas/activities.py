"""Activities."""

from datetime import date
from typing import Any

import marshmallow as ma
from common.http import PageArgs
from common.http.fields import FIRST_YEAR, LAST_YEAR, day, text, whole, year

from reporting.domain.activities import Form, Kind

MOST = 10_000_000  # No activity reaches more people than a province has.


def _number(what: str) -> ma.fields.Integer:
    return whole(0, MOST, load_default=0, metadata={"description": what})


def _one_of(values: type[Kind] | type[Form], **options: Any) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.OneOf([str(value) for value in values]), **options)


def _recent_day() -> ma.fields.Date:
    """Return a day of the years that figures are asked for: an activity outside them would never be counted."""
    within = ma.validate.Range(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31), error="Not a valid date.")
    return ma.fields.Date(required=True, validate=within)


class ReachShape(ma.Schema):
    agencies = _number("Agencies, organisations and units")
    villages = _number("Villages and residential groups")
    people = _number("People")


class RecordActivity(ma.Schema):
    """Dates are legal dates, both inclusive."""

    kind = _one_of(Kind, required=True)
    title = text(500)
    form = _one_of(Form, required=True)
    unit_id = ma.fields.UUID(required=True)
    from_date = _recent_day()
    to_date = _recent_day()
    reach = ma.fields.Nested(ReachShape, load_default=lambda: {"agencies": 0, "villages": 0, "people": 0})
    note = text(5000, required=False)

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
    from_year = year(load_default=None)
    to_year = year(load_default=None)
    as_of = day(load_default=None, metadata={"description": "The structure of this day; today's by default"})


class ActivityPage(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ActivityView))
    next = ma.fields.String(allow_none=True)
