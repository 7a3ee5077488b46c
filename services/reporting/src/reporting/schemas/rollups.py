"""Roll-ups for the centre, and the country's figures."""

from typing import Any

import marshmallow as ma
from common.http import Cursor, PageArgs
from common.http.fields import Text, year

from reporting.schemas.figures import SpanArgs

COUNTS = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())


def _nested(schema: type[ma.Schema], **options: Any) -> ma.fields.List[Any]:
    return ma.fields.List(ma.fields.Nested(schema), **options)


class SendRollup(ma.Schema):
    year = year(required=True)
    seen = Text(
        1,
        64,
        load_default=None,
        metadata={"description": "The tag of the preview that was agreed to: anything else is refused"},
    )


class PreviewArgs(ma.Schema):
    year = year(load_default=None, metadata={"description": "This legal year when left out"})


class RollupPageArgs(PageArgs):
    cursor = Cursor(int, int, str)


class NationalArgs(SpanArgs):
    class Meta:
        exclude = ("unit_id", "as_of")


class _Line(ma.Schema):
    registered = ma.fields.Integer()
    recognised = ma.fields.Integer()


BREAKDOWN = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Nested(_Line))


class LastingView(ma.Schema):
    """What has years of its own: a number for 2016-2020 cannot be divided."""

    from_year = ma.fields.Integer()
    to_year = ma.fields.Integer()


class ModelLine(LastingView):
    quantity = ma.fields.Integer()


class ReplicationLine(ModelLine):
    origin_year = ma.fields.Integer()


class CommendedLine(LastingView):
    form = ma.fields.String()
    authority = ma.fields.String()
    collectives = ma.fields.Integer()
    individuals = ma.fields.Integer()


class GivenOutreach(ma.Schema):
    agencies_reached = ma.fields.Integer()
    villages_reached = ma.fields.Integer()
    activities = ma.fields.Integer()
    people = ma.fields.Integer()


class _Broken(ma.Schema):
    by_status = COUNTS
    by_content = BREAKDOWN
    by_field = BREAKDOWN
    by_affiliation = BREAKDOWN
    models = _nested(ModelLine)
    replications = _nested(ReplicationLine)
    commendations = _nested(CommendedLine)


class FiguresView(_Broken):
    """Numbers and words of closed lists, and nothing else; `recognised` is null while no council has decided."""

    registered = ma.fields.Integer()
    recognised = ma.fields.Integer(allow_none=True)
    outreach = ma.fields.Nested(GivenOutreach)


class SentView(ma.Schema):
    province = ma.fields.String(metadata={"description": "The tenant that sent it; it may have merged since"})
    year = ma.fields.Integer()
    version = ma.fields.Integer()
    drawn_at = ma.fields.AwareDateTime()
    sent_by = ma.fields.UUID(metadata={"description": "A person of the Standing Board"})
    figures = ma.fields.Nested(FiguresView)


class SentPage(ma.Schema):
    items = _nested(SentView)
    next = ma.fields.String(allow_none=True)


class ChangeView(ma.Schema):
    """A figure that is another than in what was sent last; null where it is not there."""

    figure = ma.fields.List(ma.fields.String(), metadata={"description": "The words that lead to it"})
    before = ma.fields.Integer(allow_none=True)
    after = ma.fields.Integer(allow_none=True)


class PreviewView(ma.Schema):
    year = ma.fields.Integer()
    version = ma.fields.Integer(metadata={"description": "That it would be sent as"})
    tag = ma.fields.String(metadata={"description": "Of exactly these figures, to be sent as `seen`"})
    drawn_at = ma.fields.AwareDateTime()
    figures = ma.fields.Nested(FiguresView)
    last = ma.fields.Nested(SentView, allow_none=True)
    changes = _nested(ChangeView)


class NationalTotals(ma.Schema):
    """The rate is recognised / decided; `recognised` is null while nothing is decided."""

    registered = ma.fields.Integer()
    recognised = ma.fields.Integer(allow_none=True)
    undecided = ma.fields.Integer()
    recognition_rate_percent = ma.fields.Float(allow_none=True)


class NationalYear(NationalTotals, GivenOutreach):
    year = ma.fields.Integer()
    sent = ma.fields.Integer(metadata={"description": "How many roll-ups stand for the year; none is not zero"})


class GivenView(NationalTotals):
    """What stands for a year; `province` is who sent it, one that has merged since or the province itself."""

    province = ma.fields.String()
    name = ma.fields.String()
    year = ma.fields.Integer()
    version = ma.fields.Integer()
    drawn_at = ma.fields.AwareDateTime()


class ProvinceLine(NationalTotals):
    province = ma.fields.String()
    name = ma.fields.String()
    sent = _nested(GivenView)
    missing = ma.fields.List(ma.fields.Integer(), metadata={"description": "Years of which it has sent nothing"})


class NationalView(_Broken):
    from_year = ma.fields.Integer()
    to_year = ma.fields.Integer()
    totals = ma.fields.Nested(NationalTotals)
    years = _nested(NationalYear)
    provinces = _nested(ProvinceLine)
