"""The trail of a dossier."""

import marshmallow as ma
from common.http import Cursor, PageArgs

from registration.schemas import Page


class TrailArgs(PageArgs):
    cursor = Cursor(int)


class ChangeView(ma.Schema):
    field = ma.fields.String()
    before = ma.fields.Raw(allow_none=True)
    after = ma.fields.Raw(allow_none=True)


class TrailEntryView(ma.Schema):
    position = ma.fields.Integer(metadata={"description": "In the province's audit; not every position is shown"})
    at = ma.fields.AwareDateTime()
    person_id = ma.fields.UUID(allow_none=True)
    person_name = ma.fields.String(allow_none=True)
    on_behalf_of = ma.fields.UUID(allow_none=True, metadata={"description": "Whose grant it was, when it was lent"})
    on_behalf_of_name = ma.fields.String(allow_none=True)
    role = ma.fields.String(metadata={"description": "Empty when a process acted, not a person"})
    unit_id = ma.fields.UUID(allow_none=True)
    request_id = ma.fields.String()
    cause = ma.fields.String(metadata={"description": "The event that a process acted on"})
    table = ma.fields.String(attribute="table_name")
    operation = ma.fields.String()
    changes = ma.fields.List(ma.fields.Nested(ChangeView))
    redacted = ma.fields.Boolean(metadata={"description": "What it held was erased"})
    withheld = ma.fields.Boolean(metadata={"description": "Of a time when the dossier was its authors' own"})


class TrailPage(Page):
    items = ma.fields.List(ma.fields.Nested(TrailEntryView))
