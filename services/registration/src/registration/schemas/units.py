"""Units."""

import marshmallow as ma
from common.http import Cursor, PageArgs
from common.http.fields import day, search_words

from registration.domain.vocabulary import Affiliation, Level, UnitKind
from registration.schemas import CODE, Command, Page, one_of, text
from registration.schemas.settings import LEVEL


class UnitArgs(PageArgs):
    cursor = Cursor(str)
    as_of = day(load_default=None, metadata={"description": "The tree of this day; today when left out"})
    parent_id = ma.fields.UUID(load_default=None)
    kind = one_of(UnitKind, load_default=None)
    level = ma.fields.String(load_default=None, validate=LEVEL)
    q = search_words()
    top = ma.fields.Boolean(load_default=False, metadata={"description": "Only those with no unit above them"})
    around = ma.fields.Boolean(
        load_default=False, metadata={"description": "Also who is above each, and how many stand directly below it"}
    )


class AsOf(ma.Schema):
    as_of = day(load_default=None)


class CreateUnit(Command):
    code = ma.fields.String(required=True, validate=CODE)
    name = text(300)
    kind = one_of(UnitKind, required=True)
    level = ma.fields.String(
        load_default=Level.NONE, validate=LEVEL, metadata={"description": "One of the tenant's levels, or none"}
    )
    affiliation = one_of(Affiliation, required=True)
    parent_id = ma.fields.UUID(required=True)
    valid_from = day(required=True)


class ChangeUnit(Command):
    name = text(300)
    valid_from = day(required=True)


class UnitView(ma.Schema):
    id = ma.fields.UUID()
    code = ma.fields.String()
    name = ma.fields.String()
    kind = ma.fields.String()
    level = ma.fields.String()
    affiliation = ma.fields.String()
    parent_id = ma.fields.UUID(allow_none=True)
    scope_path = ma.fields.String()
    valid_from = ma.fields.Date()
    valid_to = ma.fields.Date(allow_none=True)
    version = ma.fields.Integer()
    ended_on = ma.fields.Date(allow_none=True, metadata={"description": "The first day on which it is no more"})
    heir_id = ma.fields.UUID(allow_none=True, metadata={"description": "Who answers for what was made under it"})


class UnitRow(UnitView):
    parent_name = ma.fields.String(metadata={"description": "Only with `around`"})
    below = ma.fields.Integer(metadata={"description": "Only with `around`"})


class UnitPage(Page):
    items = ma.fields.List(ma.fields.Nested(UnitRow))


class UnitPeriod(ma.Schema):
    name = ma.fields.String()
    parent_id = ma.fields.UUID(allow_none=True)
    parent_name = ma.fields.String(allow_none=True)
    scope_path = ma.fields.String()
    valid_from = ma.fields.Date()
    valid_to = ma.fields.Date(allow_none=True)


class SuccessionView(ma.Schema):
    """The other unit as it was called then, and the act by which one became the other."""

    unit_id = ma.fields.UUID(attribute="other_id")
    name = ma.fields.String()
    code = ma.fields.String()
    kind = ma.fields.String()
    is_heir = ma.fields.Boolean()
    effective_on = ma.fields.Date()
    legal_basis = ma.fields.String()


class LastKnown(UnitView):
    """The unit in its newest period, ended or not."""

    heir_name = ma.fields.String()


class UnitHistory(ma.Schema):
    unit = ma.fields.Nested(LastKnown)
    periods = ma.fields.List(ma.fields.Nested(UnitPeriod))
    predecessors = ma.fields.List(ma.fields.Nested(SuccessionView))
    successors = ma.fields.List(ma.fields.Nested(SuccessionView))
