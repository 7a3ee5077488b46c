"""Rulebooks."""

from typing import Any

import marshmallow as ma
from common import clock
from common.http import PageArgs
from common.http.fields import day

from review.domain.rulebooks import Criterion, Rules
from review.domain.vocabulary import BallotKind, RulebookStatus, TieRule
from review.schemas import PLAIN_WORD, Command, Page, number, one_of, text

_RULES = ("name", "legal_basis", "pass_score", "quorum_percent", "approval_percent", "ballot", "tie_rule")


class RulebookArgs(PageArgs):
    council_unit_id = ma.fields.UUID(
        load_default=None, metadata={"description": "Those that a session of this unit's council may use on `on`"}
    )
    on = day(load_default=clock.today, metadata={"description": "The session's day; today when left out"})


class CriterionShape(Command):
    code = ma.fields.String(
        required=True,
        validate=ma.validate.Regexp("^[a-z][a-z0-9_]{0,39}$", error=PLAIN_WORD),
        metadata={"description": "The key of a score sheet, like `novelty`"},
    )
    name = text(200)
    weight = number(0, 1000, required=True, metadata={"description": "Relative; 0 is scored but does not count"})
    max_score = number(1, 1000, required=True)
    min_score = number(0, 1000, load_default=0, metadata={"description": "The least mean for recognition"})
    description = text(1000, required=False)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Criterion:
        return Criterion(**data)


class DraftRulebook(Command):
    name = text(300)
    unit_id = ma.fields.UUID(required=True, metadata={"description": "Units below it may use it too"})
    valid_from = day(required=True)
    legal_basis = text(4000)
    criteria = ma.fields.List(ma.fields.Nested(CriterionShape), required=True, validate=ma.validate.Length(1, 30))
    pass_score = number(0, 100, required=True, metadata={"description": "The least weighted mean, 0 to 100"})
    quorum_percent = number(
        0,
        100,
        required=True,
        metadata={"description": "Of all members; two thirds is 66.66: 6 of 9 are enough"},
    )
    approval_percent = number(
        0, 100, required=True, metadata={"description": "Yes ballots among those present and entitled"}
    )
    ballot = one_of(BallotKind, load_default=BallotKind.OPEN)
    tie_rule = one_of(TieRule, load_default=TieRule.PERCENTAGE)
    succeeds = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "The rulebook this is the next edition of"}
    )

    @ma.post_load
    def gather(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        rules = Rules(criteria=tuple(data.pop("criteria")), **{name: data.pop(name) for name in _RULES})
        return {**data, "rules": rules}


class CriterionView(ma.Schema):
    code = ma.fields.String()
    name = ma.fields.String()
    weight = ma.fields.Float()
    max_score = ma.fields.Float()
    min_score = ma.fields.Float()
    description = ma.fields.String()


class RulesView(ma.Schema):
    """The content of a rulebook, as it stands there or frozen in a session."""

    name = ma.fields.String()
    legal_basis = ma.fields.String()
    criteria = ma.fields.List(ma.fields.Nested(CriterionView))
    pass_score = ma.fields.Float()
    quorum_percent = ma.fields.Float()
    approval_percent = ma.fields.Float()
    ballot = one_of(BallotKind)
    tie_rule = one_of(TieRule)


class RulebookView(RulesView):
    id = ma.fields.UUID()
    lineage_id = ma.fields.UUID()
    edition = ma.fields.Integer()
    unit_id = ma.fields.UUID()
    scope_path = ma.fields.String()
    valid_from = ma.fields.Date()
    status = one_of(RulebookStatus)
    published_at = ma.fields.AwareDateTime(allow_none=True)
    version = ma.fields.Integer()

    @ma.pre_dump
    def flatten(self, rulebook: Any, **_: Any) -> dict[str, Any]:
        return {**vars(rulebook.rules), **vars(rulebook)}


class RulebookPage(Page):
    items = ma.fields.List(ma.fields.Nested(RulebookView))
