"""Tenants, units, people, grants, cycles."""

import marshmallow as ma
from common.http import Cursor, PageArgs

from registration.domain.vocabulary import Affiliation, Level, Role, UnitKind
from registration.schemas import Command, IdPageArgs, Page, one_of, text, year

CODE = ma.validate.Regexp(r"^[A-Z0-9-]{1,40}$")


class RootUnit(Command):
    code = ma.fields.String(required=True, validate=CODE)
    name = text(300)
    kind = one_of(UnitKind, load_default=UnitKind.ADMINISTRATIVE)
    level = one_of(Level, load_default=Level.PROVINCE)


class Administrator(Command):
    name = text(200)
    email = ma.fields.Email(load_default="")
    subject = text(255)


class CreateTenant(Command):
    code = ma.fields.String(required=True, validate=ma.validate.Regexp(r"^[a-z][a-z0-9-]{1,62}$"))
    name = text(200)
    code_prefix = ma.fields.String(required=True, validate=ma.validate.Regexp(r"^[A-Z]{2,8}$"))
    valid_from = ma.fields.Date(load_default=None, metadata={"description": "Since when the root unit exists"})
    root = ma.fields.Nested(RootUnit, required=True)
    administrator = ma.fields.Nested(Administrator, required=True)


class TenantView(ma.Schema):
    tenant = ma.fields.String()
    name = ma.fields.String()
    code_prefix = ma.fields.String()
    created_at = ma.fields.AwareDateTime()
    root_unit_id = ma.fields.UUID()
    administrator_grant_id = ma.fields.UUID()


class UnitArgs(PageArgs):
    cursor = Cursor(str)
    as_of = ma.fields.Date(load_default=None, metadata={"description": "The tree of this day; today when left out"})
    parent_id = ma.fields.UUID(load_default=None)
    kind = one_of(UnitKind, load_default=None)
    level = one_of(Level, load_default=None)
    q = ma.fields.String(load_default="")


class AsOf(ma.Schema):
    as_of = ma.fields.Date(load_default=None)


class CreateUnit(Command):
    code = ma.fields.String(required=True, validate=CODE)
    name = text(300)
    kind = one_of(UnitKind, required=True)
    level = one_of(Level, load_default=Level.NONE)
    affiliation = one_of(Affiliation, required=True)
    parent_id = ma.fields.UUID(required=True)
    valid_from = ma.fields.Date(required=True)


class ChangeUnit(Command):
    name = text(300)
    valid_from = ma.fields.Date(required=True)


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


class UnitPage(Page):
    items = ma.fields.List(ma.fields.Nested(UnitView))


class RecordPerson(Command):
    name = text(200)
    email = ma.fields.Email(load_default="")
    phone = text(32, required=False)


class PersonView(ma.Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    email = ma.fields.String()
    phone = ma.fields.String()
    version = ma.fields.Integer()


class PersonPage(Page):
    items = ma.fields.List(ma.fields.Nested(PersonView))


class PersonArgs(IdPageArgs):
    q = ma.fields.String(load_default="")


class IssueGrant(Command):
    person_id = ma.fields.UUID(required=True)
    subject = text(255)
    issuer = ma.fields.String(load_default="", metadata={"description": "The platform's issuer when left out"})
    role = one_of(Role, required=True)
    unit_id = ma.fields.UUID(required=True)
    valid_from = ma.fields.Date(required=True)
    valid_to = ma.fields.Date(load_default=None, allow_none=True)


class GrantView(ma.Schema):
    id = ma.fields.UUID()
    person_id = ma.fields.UUID()
    person_name = ma.fields.String()
    subject = ma.fields.String()
    issuer = ma.fields.String()
    role = ma.fields.String()
    unit_id = ma.fields.UUID()
    unit_name = ma.fields.String()
    scope_path = ma.fields.String()
    valid_from = ma.fields.Date()
    valid_to = ma.fields.Date(allow_none=True)
    revoked_at = ma.fields.AwareDateTime(allow_none=True)
    version = ma.fields.Integer()


class GrantArgs(IdPageArgs):
    person_id = ma.fields.UUID(load_default=None)


class GrantPage(Page):
    items = ma.fields.List(ma.fields.Nested(GrantView))


class UnitName(ma.Schema):
    id = ma.fields.UUID()
    code = ma.fields.String()
    name = ma.fields.String()
    level = ma.fields.String()


class OwnGrant(ma.Schema):
    id = ma.fields.UUID()
    tenant = ma.fields.String()
    role = ma.fields.String()
    person_id = ma.fields.UUID()
    unit = ma.fields.Nested(UnitName)
    scope_path = ma.fields.String()
    valid_from = ma.fields.Date()
    valid_to = ma.fields.Date(allow_none=True)


class MeView(ma.Schema):
    subject = ma.fields.String()
    grants = ma.fields.List(ma.fields.Nested(OwnGrant))


class RecordCycle(Command):
    year = year(required=True)
    name = text(300)
    unit_id = ma.fields.UUID(required=True)
    opens_on = ma.fields.Date(required=True)
    registration_closes_on = ma.fields.Date(required=True)
    endorsement_closes_on = ma.fields.Date(required=True)
    review_closes_on = ma.fields.Date(required=True)


class ChangeCycle(Command):
    name = text(300)
    opens_on = ma.fields.Date(required=True)
    registration_closes_on = ma.fields.Date(required=True)
    endorsement_closes_on = ma.fields.Date(required=True)
    review_closes_on = ma.fields.Date(required=True)


class CycleView(ma.Schema):
    id = ma.fields.UUID()
    year = ma.fields.Integer()
    name = ma.fields.String()
    unit_id = ma.fields.UUID()
    opens_on = ma.fields.Date()
    registration_closes_on = ma.fields.Date()
    endorsement_closes_on = ma.fields.Date()
    review_closes_on = ma.fields.Date()
    version = ma.fields.Integer()


class CycleArgs(PageArgs):
    cursor = Cursor(int)


class CyclePage(Page):
    items = ma.fields.List(ma.fields.Nested(CycleView))
