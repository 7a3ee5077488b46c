"""Models and replications."""

import marshmallow as ma

from registration.schemas import Command, Dated, IdPageArgs, Page, text, whole, year

MOST = 100_000


def quantity() -> ma.fields.Integer:
    return whole(1, MOST, load_default=1, metadata={"description": "More than 1 where a source gives only how many"})


class ModelArgs(IdPageArgs, Dated):
    """The list may be narrowed to a unit of a day."""


class RecordModel(Command):
    title = text(500)
    theme = text(200, required=False)
    description = text(20_000, required=False)
    unit_id = ma.fields.UUID(required=True)
    initiative_id = ma.fields.UUID(load_default=None, allow_none=True)
    from_year = year(required=True)
    to_year = year(required=True)
    quantity = quantity()


class ReplicateModel(Command):
    unit_id = ma.fields.UUID(required=True)
    origin_year = year(required=True)
    adopted_from_year = year(required=True)
    adopted_to_year = year(required=True)
    quantity = quantity()
    result = text(20_000, required=False)


class ReplicationView(ma.Schema):
    id = ma.fields.UUID()
    model_id = ma.fields.UUID()
    unit_id = ma.fields.UUID()
    origin_year = ma.fields.Integer()
    adopted_from_year = ma.fields.Integer()
    adopted_to_year = ma.fields.Integer()
    quantity = ma.fields.Integer()
    result = ma.fields.String()
    version = ma.fields.Integer()


class ModelRow(ma.Schema):
    id = ma.fields.UUID()
    title = ma.fields.String()
    theme = ma.fields.String()
    description = ma.fields.String()
    unit_id = ma.fields.UUID()
    initiative_id = ma.fields.UUID(allow_none=True)
    from_year = ma.fields.Integer()
    to_year = ma.fields.Integer()
    quantity = ma.fields.Integer()
    replicated = ma.fields.Integer()
    version = ma.fields.Integer()


class ModelView(ModelRow):
    replications = ma.fields.List(ma.fields.Nested(ReplicationView))


class ModelPage(Page):
    items = ma.fields.List(ma.fields.Nested(ModelRow))
