"""What provinces have recommended, as the centre sees it."""

from datetime import date
from typing import Any
from uuid import UUID

import marshmallow as ma
from common.http import Cursor, PageArgs

from registration.domain.recommended import ANSWERS, REPLACEABLE, State
from registration.domain.vocabulary import Content
from registration.schemas import Command, Page, one_of, search_words, text, year

_SHOWN = (REPLACEABLE[0], *ANSWERS)


class RecommendedArgs(PageArgs):
    cursor = Cursor(date.fromisoformat, UUID)
    q = search_words()
    province = text(
        63,
        required=False,
        load_default=None,
        metadata={"description": "Who gave it, or answers for it since provinces have merged"},
    )
    year = year(load_default=None)
    state = one_of(_SHOWN, load_default=None)
    content = one_of(Content, load_default=None)


class AnswerRecommendation(Command):
    answer = one_of(ANSWERS, required=True)
    reason = text(4000, required=False)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"answer": State(data["answer"])}


class RecommendedRow(ma.Schema):
    initiative_id = ma.fields.UUID()
    province = ma.fields.String()
    province_name = ma.fields.String(metadata={"description": "As it was called on the day"})
    held_by = ma.fields.String(metadata={"description": "Who answers for it today"})
    held_by_name = ma.fields.String()
    code = ma.fields.String()
    title = ma.fields.String()
    year = ma.fields.Integer()
    content = ma.fields.String()
    field = ma.fields.String()
    affiliation = ma.fields.String()
    unit_name = ma.fields.String()
    score = ma.fields.Float(allow_none=True)
    decision_number = ma.fields.String()
    decided_on = ma.fields.Date()
    recommended_on = ma.fields.Date()
    state = ma.fields.String()
    answered_on = ma.fields.Date(allow_none=True)
    version = ma.fields.Integer()


class RecommendedAuthor(ma.Schema):
    name = ma.fields.String()
    kind = ma.fields.String()
    role = ma.fields.String()
    share = ma.fields.Integer()


class RecommendedView(RecommendedRow):
    summary = ma.fields.String()
    problem = ma.fields.String()
    solution = ma.fields.String()
    effect = ma.fields.String()
    authors = ma.fields.List(ma.fields.Nested(RecommendedAuthor))
    yes = ma.fields.Integer()
    no = ma.fields.Integer()
    abstain = ma.fields.Integer()
    present = ma.fields.Integer()
    statement = ma.fields.String()
    answer_reason = ma.fields.String()
    allowed = ma.fields.List(ma.fields.String(), metadata={"description": "Which answers can be given now"})


class GivingProvince(ma.Schema):
    code = ma.fields.String()
    name = ma.fields.String()


class RecommendedPage(Page):
    items = ma.fields.List(ma.fields.Nested(RecommendedRow))
    provinces = ma.fields.List(ma.fields.Nested(GivingProvince))
