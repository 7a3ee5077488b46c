"""Roll-up, dashboard, evaluation."""

from typing import Any

import marshmallow as ma
from common.http.fields import day, year
from webargs.fields import DelimitedList

from reporting.schemas import UnitView

KEYS = ("year", "status", "content", "field", "affiliation", "unit")


def _nested(schema: type[ma.Schema], **options: Any) -> ma.fields.List[Any]:
    return ma.fields.List(ma.fields.Nested(schema), **options)


class SpanArgs(ma.Schema):
    """Which unit with all below it, which years, and in the structure of which day."""

    unit_id = ma.fields.UUID(load_default=None, metadata={"description": "The acting unit when left out"})
    from_year = year(load_default=None, metadata={"description": "Two years before to_year when left out"})
    to_year = year(load_default=None, metadata={"description": "This legal year when left out"})
    as_of = day(load_default=None, metadata={"description": "A day whose structure to use; today's when left out"})


class RollupArgs(SpanArgs):
    by = DelimitedList(
        ma.fields.String(validate=ma.validate.OneOf(KEYS)),
        load_default=list,
        metadata={"description": "Keys to group by, separated by commas"},
    )


class AskedView(ma.Schema):
    """What was asked, as it was understood."""

    unit = ma.fields.Nested(UnitView)
    from_year = ma.fields.Integer()
    to_year = ma.fields.Integer()
    as_of = ma.fields.Date(allow_none=True)


class GroupView(ma.Schema):
    """One group: the keys asked for, and the count."""

    year = ma.fields.Integer()
    status = ma.fields.String()
    content = ma.fields.String()
    field = ma.fields.String()
    affiliation = ma.fields.String()
    unit = ma.fields.Nested(UnitView)
    count = ma.fields.Integer()


class RollupView(AskedView):
    groups = _nested(GroupView)
    total = ma.fields.Integer(metadata={"description": "Every initiative ever submitted, withdrawn ones too"})


class YearView(ma.Schema):
    """`recognised` and its rate are null while the council has decided nothing of the year.

    The rate is recognised / decided in percent, half-up to one decimal.
    """

    year = ma.fields.Integer()
    registered = ma.fields.Integer()
    recognised = ma.fields.Integer(allow_none=True)
    undecided = ma.fields.Integer(metadata={"description": "Registered, and neither recognised nor refused yet"})
    recognition_rate_percent = ma.fields.Float(allow_none=True)


class TotalsView(ma.Schema):
    """The rate is recognised / decided; `in_progress` says how many are undecided."""

    registered = ma.fields.Integer()
    recognised = ma.fields.Integer()
    not_recognised = ma.fields.Integer()
    in_progress = ma.fields.Integer()
    recognition_rate_percent = ma.fields.Float(allow_none=True)


class StatusLine(ma.Schema):
    status = ma.fields.String()
    count = ma.fields.Integer()


class _Line(ma.Schema):
    registered = ma.fields.Integer()
    recognised = ma.fields.Integer()


class ContentLine(_Line):
    content = ma.fields.String()


class FieldLine(_Line):
    field = ma.fields.String()


class AffiliationLine(_Line):
    affiliation = ma.fields.String()


class UnitLine(_Line):
    unit = ma.fields.Nested(UnitView)


class ModelsView(ma.Schema):
    """Replicated ones are part of the total."""

    years = ma.fields.List(ma.fields.Integer())
    total = ma.fields.Integer()
    replicated_by_origin_year = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())


class FormLine(ma.Schema):
    kind = ma.fields.String()
    form = ma.fields.String()
    count = ma.fields.Integer()
    people = ma.fields.Integer()


class OutreachView(ma.Schema):
    """The widest launch, since launches of every year reach the same bodies."""

    agencies_reached = ma.fields.Integer()
    villages_reached = ma.fields.Integer()


class ActivitiesView(OutreachView):
    forms = _nested(FormLine)


class CommendationLine(ma.Schema):
    """One group of recipients, summed; `of_which` are named parts of them."""

    occasion = ma.fields.String()
    from_year = ma.fields.Integer()
    to_year = ma.fields.Integer()
    form = ma.fields.String()
    authority = ma.fields.String()
    group = ma.fields.String()
    collectives = ma.fields.Integer()
    individuals = ma.fields.Integer()
    of_which = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())


class DecisionLine(ma.Schema):
    id = ma.fields.UUID()
    number = ma.fields.String()
    signed_on = ma.fields.Date()
    signatory = ma.fields.String()
    year = ma.fields.Integer()
    recognised = ma.fields.Integer()
    not_recognised = ma.fields.Integer()


class CycleLine(ma.Schema):
    id = ma.fields.UUID()
    year = ma.fields.Integer()
    name = ma.fields.String()
    unit_id = ma.fields.UUID()
    opens_on = ma.fields.Date()
    registration_closes_on = ma.fields.Date()
    endorsement_closes_on = ma.fields.Date()
    review_closes_on = ma.fields.Date()


class DashboardView(AskedView):
    totals = ma.fields.Nested(TotalsView)
    years = _nested(YearView)
    by_status = _nested(StatusLine)
    by_content = _nested(ContentLine)
    by_field = _nested(FieldLine)
    by_affiliation = _nested(AffiliationLine)
    by_unit = _nested(UnitLine)
    models = ma.fields.Nested(ModelsView)
    activities = ma.fields.Nested(ActivitiesView)
    commendations = _nested(CommendationLine)
    decisions = _nested(DecisionLine, metadata={"description": "The newest 50"})
    decisions_found = ma.fields.Integer(metadata={"description": "How many decisions there are"})
    cycles = _nested(CycleLine)


class RecognisedView(ma.Schema):
    """A year's recognised initiatives by their authors' units."""

    total = ma.fields.Integer()
    front_system = ma.fields.Integer()
    member_organisations = ma.fields.Integer()
    other_agencies = ma.fields.Integer()


class EvaluationView(AskedView):
    outreach = ma.fields.Nested(OutreachView)
    activities = _nested(FormLine)
    registered = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.Integer(), metadata={"description": "By year, and `total`"}
    )
    recognised = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Nested(RecognisedView, allow_none=True),
        metadata={"description": "By year; null while the council has decided nothing of it"},
    )
    undecided = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        metadata={"description": "By year: registered, and neither recognised nor refused yet"},
    )
    recognition_rate_percent = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Float(),
        metadata={"description": "By year of which something is decided: recognised / decided, half-up to one decimal"},
    )
    models = ma.fields.Nested(ModelsView)
    commendations = _nested(CommendationLine)
    decisions = _nested(DecisionLine)
