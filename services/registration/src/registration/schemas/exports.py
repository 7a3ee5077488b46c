"""Exports of a whole province."""

import marshmallow as ma
from common.http.fields import text

from registration.schemas import Command

_WHOSE = "The province; only the operator names one"


class AskForExport(Command):
    tenant = text(63, required=False, load_default=None, metadata={"description": _WHOSE})


class ExportArgs(ma.Schema):
    tenant = text(63, required=False, load_default=None, metadata={"description": _WHOSE})


class ExportView(ma.Schema):
    id = ma.fields.UUID()
    tenant = ma.fields.String()
    asked_at = ma.fields.AwareDateTime()
    expires_at = ma.fields.AwareDateTime()
    parts = ma.fields.List(ma.fields.String(), metadata={"description": "Services whose part is made"})
    rows = ma.fields.Integer(allow_none=True)
    size = ma.fields.Integer(allow_none=True)
    sha256 = ma.fields.String(allow_none=True)
    ready_at = ma.fields.AwareDateTime(allow_none=True)


class ExportList(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ExportView))
