"""Shapes of the reporting HTTP API; built once, at import."""

import marshmallow as ma


class UnitView(ma.Schema):
    """`id` and `level` are null only while the unit's own event has not come; its code then serves as its name."""

    id = ma.fields.UUID(allow_none=True)
    code = ma.fields.String()
    name = ma.fields.String()
    level = ma.fields.String(allow_none=True)
    valid_to = ma.fields.Date(allow_none=True)
