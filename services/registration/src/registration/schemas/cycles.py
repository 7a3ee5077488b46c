"""Cycles."""

from uuid import UUID

import marshmallow as ma
from common.http import Cursor, PageArgs

from registration.schemas import Command, Page, day, text, year


class RecordCycle(Command):
    year = year(required=True)
    name = text(300)
    unit_id = ma.fields.UUID(required=True)
    opens_on = day(required=True)
    registration_closes_on = day(required=True)
    endorsement_closes_on = day(required=True)
    review_closes_on = day(required=True)


class ChangeCycle(Command):
    name = text(300)
    opens_on = day(required=True)
    registration_closes_on = day(required=True)
    endorsement_closes_on = day(required=True)
    review_closes_on = day(required=True)


class CycleView(ma.Schema):
    id = ma.fields.UUID()
    year = ma.fields.Integer()
    name = ma.fields.String()
    unit_id = ma.fields.UUID()
    opens_on = ma.fields.Date()
    registration_closes_on = ma.fields.Date()
    endorsement_closes_on = ma.fields.Date()
    review_closes_on = ma.fields.Date()
    version = ma.fields.Integer()


class CycleArgs(PageArgs):
    cursor = Cursor(int, UUID)


class CyclePage(Page):
    items = ma.fields.List(ma.fields.Nested(CycleView))
