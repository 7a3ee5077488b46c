"""Recommendations to the centre."""

import marshmallow as ma

from review.domain.vocabulary import Answer
from review.schemas import Command, one_of, text


class RecommendDossier(Command):
    statement = text(4000)


class WithdrawRecommendation(Command):
    reason = text(2000)


class RecommendationView(ma.Schema):
    initiative_id = ma.fields.UUID()
    statement = ma.fields.String()
    recommended_on = ma.fields.Date()
    recommended_by = ma.fields.UUID()
    withdrawn_on = ma.fields.Date(allow_none=True)
    withdrawal_reason = ma.fields.String()
    answer = one_of(Answer, allow_none=True, metadata={"description": "What the centre says; null before it does"})
    answer_reason = ma.fields.String()
    answered_on = ma.fields.Date(allow_none=True)
    stands = ma.fields.Boolean(metadata={"description": "Before the centre, or answered by it"})
