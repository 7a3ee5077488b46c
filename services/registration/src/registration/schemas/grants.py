"""Grants and delegations."""

import marshmallow as ma
from common.http.fields import day, search_words

from registration.domain.vocabulary import Role
from registration.schemas import Command, IdPageArgs, Page, one_of, text


class IssueGrant(Command):
    person_id = ma.fields.UUID(required=True)
    subject = text(255)
    issuer = text(500, required=False, metadata={"description": "The platform's issuer when left out"})
    role = one_of(Role, required=True)
    unit_id = ma.fields.UUID(required=True)
    valid_from = day(required=True)
    valid_to = day(load_default=None, allow_none=True)


class ChangeGrant(Command):
    valid_from = day(required=True)
    valid_to = day(load_default=None, allow_none=True)


class DelegateGrant(Command):
    person_id = ma.fields.UUID(required=True)
    valid_from = day(required=True)
    valid_to = day(required=True)


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
    delegated_from = ma.fields.UUID(allow_none=True)
    on_behalf_of = ma.fields.UUID(allow_none=True)
    on_behalf_of_name = ma.fields.String(allow_none=True)
    version = ma.fields.Integer()


class GrantArgs(IdPageArgs):
    person_id = ma.fields.UUID(load_default=None)
    unit_id = ma.fields.UUID(load_default=None)
    role = one_of(Role, load_default=None)
    state = one_of(("active", "future", "ended", "revoked"), load_default=None)
    delegated = ma.fields.Boolean(load_default=None)
    q = search_words(metadata={"description": "Part of the person's name"})


class DelegationArgs(IdPageArgs):
    pass


class GrantPage(Page):
    items = ma.fields.List(ma.fields.Nested(GrantView))
