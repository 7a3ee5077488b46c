"""Decisions."""

import marshmallow as ma
from common.http import PageArgs

from review.schemas import Command, Page, text, year
from review.schemas.results import VerdictView
from review.schemas.rulebooks import RulesView


class IssueDecision(Command):
    number = text(100)
    signed_on = ma.fields.Date(required=True)
    signatory = text(300)
    legal_basis = text(4000)


class DecisionArgs(PageArgs):
    year = year(load_default=None)


class DecisionRow(ma.Schema):
    id = ma.fields.UUID()
    session_id = ma.fields.UUID()
    unit_id = ma.fields.UUID()
    scope_path = ma.fields.String()
    year = ma.fields.Integer()
    number = ma.fields.String()
    signed_on = ma.fields.Date()
    signatory = ma.fields.String()
    legal_basis = ma.fields.String()
    recognised = ma.fields.Integer()
    not_recognised = ma.fields.Integer()
    version = ma.fields.Integer()


class DecisionList(Page):
    items = ma.fields.List(ma.fields.Nested(DecisionRow))


class DecisionView(DecisionRow):
    rules = ma.fields.Nested(RulesView, metadata={"description": "As frozen when the session opened"})
    verdicts = ma.fields.List(ma.fields.Nested(VerdictView))
