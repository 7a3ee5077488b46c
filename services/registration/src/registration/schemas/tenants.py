"""Provinces."""

import marshmallow as ma
from common.http import Cursor, PageArgs
from common.tenants import Status

from registration.domain.vocabulary import UnitKind
from registration.schemas import CODE, Command, Email, Page, day, one_of, search_words, text
from registration.schemas.settings import LEVEL, QuotasShape
from registration.store.settings import preset_names

_SLUG = ma.validate.Regexp(
    r"^[a-z][a-z0-9-]{1,62}$", error="Small letters without marks, digits and hyphens, a letter first."
)
_PREFIX = ma.validate.Regexp(r"^[A-Z]{2,8}$", error="2 to 8 capital letters without marks.")


class RootUnit(Command):
    code = ma.fields.String(required=True, validate=CODE)
    name = text(300)
    kind = one_of(UnitKind, load_default=UnitKind.ADMINISTRATIVE)
    level = ma.fields.String(
        load_default=None, validate=LEVEL, metadata={"description": "Left out: the topmost level of the preset"}
    )


class Administrator(Command):
    name = text(200)
    email = Email()
    subject = text(255)


class CreateTenant(Command):
    code = ma.fields.String(required=True, validate=_SLUG)
    name = text(200)
    code_prefix = ma.fields.String(required=True, validate=_PREFIX)
    valid_from = day(load_default=None, metadata={"description": "Since when the root unit exists"})
    preset = one_of(
        preset_names(),
        load_default=None,
        metadata={"description": "Left out: by the law of the day of valid_from; the centre's for the centre"},
    )
    ready = ma.fields.Boolean(load_default=True, metadata={"description": "With this year's cycle and a rulebook"})
    root = ma.fields.Nested(RootUnit, required=True)
    administrator = ma.fields.Nested(Administrator, required=True)


class AppointAdministrator(Command):
    administrator = ma.fields.Nested(Administrator, required=True)
    ready = ma.fields.Boolean(load_default=True, metadata={"description": "With this year's cycle and a rulebook"})


class TenantArgs(PageArgs):
    cursor = Cursor(str)
    q = search_words()
    status = one_of(Status, load_default=None)


class GiveReason(Command):
    reason = text(1000)


class StandingView(ma.Schema):
    tenant = ma.fields.String(attribute="code")
    name = ma.fields.String()
    status = ma.fields.String()
    heir = ma.fields.String()
    reason = ma.fields.String()
    delete_after = ma.fields.Date(allow_none=True)
    version = ma.fields.Integer()


class ListedTenant(ma.Schema):
    tenant = ma.fields.String()
    name = ma.fields.String()
    code_prefix = ma.fields.String()
    created_at = ma.fields.AwareDateTime()
    status = ma.fields.String()
    heir = ma.fields.String(allow_none=True)
    reason = ma.fields.String(allow_none=True)
    delete_after = ma.fields.Date(allow_none=True)
    purged_at = ma.fields.AwareDateTime(allow_none=True)


class OneTenant(ListedTenant):
    quotas = ma.fields.Nested(QuotasShape, allow_none=True)


class TenantPage(Page):
    items = ma.fields.List(ma.fields.Nested(ListedTenant))


class TenantView(ma.Schema):
    tenant = ma.fields.String()
    name = ma.fields.String()
    code_prefix = ma.fields.String()
    created_at = ma.fields.AwareDateTime()
    root_unit_id = ma.fields.UUID()
    administrator_grant_id = ma.fields.UUID()
