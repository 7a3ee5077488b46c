"""People and grants."""

import marshmallow as ma

from registration.domain.vocabulary import Role
from registration.schemas import Command, IdPageArgs, Page, one_of, text


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
