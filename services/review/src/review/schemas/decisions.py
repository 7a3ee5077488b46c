"""Decisions."""

import marshmallow as ma
from common.http.fields import day, search_words

from review.schemas import Command, Page, StructureArgs, text, year
from review.schemas.results import VerdictView
from review.schemas.rulebooks import RulesView


class IssueDecision(Command):
    number = text(100)
    signed_on = day(required=True)
    signatory = text(300)
    legal_basis = text(4000)
    recorded_late = text(
        2000,
        required=False,
        metadata={"description": "Why it is dated before the session's closing was recorded: it was signed on paper"},
    )


class DecisionArgs(StructureArgs):
    year = year(load_default=None)
    q = search_words(metadata={"description": "In the number, or the issuer's name of that time"})


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
    issuer = ma.fields.String(metadata={"description": "What the unit was called on the day of signing"})
    recorded_late = ma.fields.String()
    recognised = ma.fields.Integer()
    not_recognised = ma.fields.Integer()
    version = ma.fields.Integer()


class DecisionList(Page):
    items = ma.fields.List(ma.fields.Nested(DecisionRow))


class DecisionView(DecisionRow):
    rules = ma.fields.Nested(RulesView, metadata={"description": "As frozen when the session opened"})
    verdicts = ma.fields.List(ma.fields.Nested(VerdictView))
