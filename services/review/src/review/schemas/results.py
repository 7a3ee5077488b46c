"""What judging came to: spreads, votes, reasons in words, verdicts."""

from typing import Any

import marshmallow as ma
from common.messages import Catalogue

from review.domain.judging import Reason, Result
from review.domain.vocabulary import Outcome
from review.schemas import one_of

_CATALOGUE = Catalogue("review")


class SpreadView(ma.Schema):
    """Mean with population standard deviation and extremes."""

    mean = ma.fields.Float()
    deviation = ma.fields.Float()
    lowest = ma.fields.Float()
    highest = ma.fields.Float()


class VotesView(ma.Schema):
    yes = ma.fields.Integer()
    no = ma.fields.Integer()
    abstain = ma.fields.Integer()


class ReasonView(ma.Schema):
    """Why it is not recognised: what it has, what the rulebook asks for, in words of both languages."""

    code = ma.fields.String()
    criterion = ma.fields.String()
    value = ma.fields.Float()
    required = ma.fields.Float()
    messages = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())


class ResultView(ma.Schema):
    outcome = one_of(Outcome)
    score = ma.fields.Nested(SpreadView, allow_none=True)
    criteria = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Nested(SpreadView))
    votes = ma.fields.Nested(VotesView)
    members = ma.fields.Integer()
    quorum = ma.fields.Integer(metadata={"description": "How many entitled members must be present"})
    present = ma.fields.Integer(metadata={"description": "Members present and entitled to judge this dossier"})
    sheets = ma.fields.Integer(metadata={"description": "How many of them scored"})
    approval = ma.fields.Integer(metadata={"description": "How many yes ballots it takes"})
    reasons = ma.fields.List(ma.fields.Nested(ReasonView))

    @ma.pre_dump
    def with_words(self, result: Result, **_: Any) -> dict[str, Any]:
        reasons = [_worded(reason) for reason in result.reasons]
        return {**vars(result), "outcome": result.outcome, "reasons": reasons}


def _worded(reason: Reason) -> dict[str, Any]:
    figures = {"value": f"{reason.value.normalize():f}", "required": f"{reason.required.normalize():f}"}
    details: dict[str, object] = {"criterion": reason.criterion, **figures}
    return {**vars(reason), "messages": _CATALOGUE.text(f"reason.{reason.code}", details)}


class VerdictView(ma.Schema):
    """`result` is null for a member who has a part in the dossier, until it is decided."""

    initiative_id = ma.fields.UUID()
    code = ma.fields.String()
    title = ma.fields.String()
    position = ma.fields.Integer()
    recused = ma.fields.Boolean()
    result = ma.fields.Nested(ResultView, allow_none=True)
