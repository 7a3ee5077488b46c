"""Reorganisations."""

from datetime import date
from typing import Any

import marshmallow as ma
from common.http.fields import FIRST_YEAR

from registration.domain.reorganisations import Status
from registration.domain.vocabulary import Affiliation, UnitKind
from registration.schemas import CODE, Command, IdPageArgs, Page, Text, day, one_of, some_of, text
from registration.schemas.settings import LEVEL

_NEEDED = {
    "create": {"code", "name", "kind", "level", "affiliation", "parent_id"},
    "rename": {"unit_id", "name"},
    "move": {"unit_id", "parent_id"},
    "end": {"unit_id", "successor_ids", "heir_id"},
}
_ALLOWED = {"create": {"unit_id"}, "end": {"grants"}}


class ChangeShape(Command):
    """One change; which fields it needs depends on its action."""

    action = one_of(("create", "rename", "move", "end"), required=True)
    unit_id = ma.fields.UUID(metadata={"description": "Of a new unit it may be left out"})
    code = ma.fields.String(validate=CODE)
    name = Text(1, 300)
    kind = one_of(UnitKind)
    level = ma.fields.String(validate=LEVEL)
    affiliation = one_of(Affiliation)
    parent_id = ma.fields.UUID()
    successor_ids = ma.fields.List(ma.fields.UUID(), validate=ma.validate.Length(1, 50))
    heir_id = ma.fields.UUID(metadata={"description": "The successor that answers for what nobody gave to another"})
    grants = one_of(("follow", "end"))

    @ma.validates_schema
    def fit(self, data: dict[str, Any], **_: Any) -> None:
        needed = _NEEDED.get(data.get("action", ""), set())
        given = set(data) - {"action"}
        errors = {name: ["Missing data for required field."] for name in needed - given}
        errors |= {name: ["Unknown field."] for name in given - needed - _ALLOWED.get(data["action"], set())}
        if errors:
            raise ma.ValidationError(errors)


class Prepare(Command):
    title = text(300)
    legal_basis = text(2000)
    effective_on = day(required=True, since=date(FIRST_YEAR, 1, 1))
    changes = ma.fields.List(ma.fields.Nested(ChangeShape), load_default=list, validate=ma.validate.Length(0, 2000))


class PrepareNew(Prepare):
    tenant = text(63, required=False, load_default="", metadata={"description": "Only for the operator: the province"})
    absorbs = ma.fields.List(
        text(63),
        load_default=list,
        validate=ma.validate.Length(0, 10),
        metadata={"description": "Only for the operator: provinces that become part of this one"},
    )


class OfTenant(ma.Schema):
    tenant = text(63, required=False, load_default="", metadata={"description": "Only for the operator: the province"})


class ListArgs(IdPageArgs, OfTenant):
    status = some_of(Status)


class AssignmentShape(Command):
    initiative_id = ma.fields.UUID(required=True)
    unit_id = ma.fields.UUID(required=True)


class Assign(Command):
    assignments = ma.fields.List(ma.fields.Nested(AssignmentShape), required=True, validate=ma.validate.Length(0, 5000))


class ReorganisationRow(ma.Schema):
    id = ma.fields.UUID()
    title = ma.fields.String()
    effective_on = ma.fields.Date()
    status = ma.fields.String()
    absorbs = ma.fields.List(ma.fields.String())
    version = ma.fields.Integer()


class ReorganisationView(ReorganisationRow):
    legal_basis = ma.fields.String()
    changes = ma.fields.List(ma.fields.Dict())
    assignments = ma.fields.List(ma.fields.Dict())
    names = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        metadata={"description": "Of the units in its changes, by id, as they are called before it"},
    )
    absorbed_names = ma.fields.List(ma.fields.String(), metadata={"description": "What the provinces are called"})
    prepared_by = ma.fields.UUID(allow_none=True)
    prepared_by_name = ma.fields.String()
    prepared_at = ma.fields.AwareDateTime()
    approved_by = ma.fields.UUID(allow_none=True)
    approved_by_name = ma.fields.String()
    approved_at = ma.fields.AwareDateTime(allow_none=True)
    applied_at = ma.fields.AwareDateTime(allow_none=True)
    undone_at = ma.fields.AwareDateTime(allow_none=True)
    moved = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())


class ReorganisationPage(Page):
    items = ma.fields.List(ma.fields.Nested(ReorganisationRow))


class LineView(ma.Schema):
    """What becomes of one unit; `rows` counts what stands under it."""

    unit_id = ma.fields.UUID()
    code = ma.fields.String()
    name = ma.fields.String()
    outcome = ma.fields.String()
    path_before = ma.fields.String()
    path_after = ma.fields.String()
    above_before = ma.fields.String(metadata={"description": "The name of the unit above, before it"})
    above_after = ma.fields.String()
    heir_id = ma.fields.UUID(allow_none=True)
    needs_choice = ma.fields.Boolean()
    rows = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())


class SightView(ma.Schema):
    """A grant, and what it will see instead of what it sees."""

    grant_id = ma.fields.UUID()
    person_id = ma.fields.UUID()
    person = ma.fields.String()
    role = ma.fields.String()
    path_before = ma.fields.String()
    path_after = ma.fields.String(allow_none=True)
    unit_before = ma.fields.String()
    unit_after = ma.fields.String(allow_none=True)


class ViewView(ma.Schema):
    """A unit that stays where it is, and which units its people see from then on, or no longer."""

    unit_id = ma.fields.UUID()
    name = ma.fields.String()
    gained = ma.fields.List(ma.fields.String())
    lost = ma.fields.List(ma.fields.String())


class PreviewView(ma.Schema):
    lines = ma.fields.List(ma.fields.Nested(LineView))
    sight = ma.fields.List(ma.fields.Nested(SightView))
    views = ma.fields.List(ma.fields.Nested(ViewView))
    totals = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())


class DossierArgs(IdPageArgs):
    unit_id = ma.fields.UUID(load_default=None, metadata={"description": "Only of this one of the units it splits"})


class DossierRow(ma.Schema):
    id = ma.fields.UUID()
    code = ma.fields.String()
    title = ma.fields.String()
    status = ma.fields.String()
    unit_id = ma.fields.UUID()


class DossierPage(Page):
    items = ma.fields.List(ma.fields.Nested(DossierRow))
