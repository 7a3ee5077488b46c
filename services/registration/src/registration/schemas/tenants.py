"""Provinces."""

import marshmallow as ma

from registration.domain.vocabulary import Level, UnitKind
from registration.schemas import CODE, Command, one_of, text
from registration.schemas.settings import LEVEL
from registration.store.settings import preset_names

_SLUG = ma.validate.Regexp(
    r"^[a-z][a-z0-9-]{1,62}$", error="Small letters without marks, digits and hyphens, a letter first."
)
_PREFIX = ma.validate.Regexp(r"^[A-Z]{2,8}$", error="2 to 8 capital letters without marks.")


class RootUnit(Command):
    code = ma.fields.String(required=True, validate=CODE)
    name = text(300)
    kind = one_of(UnitKind, load_default=UnitKind.ADMINISTRATIVE)
    level = ma.fields.String(load_default=Level.PROVINCE, validate=LEVEL)


class Administrator(Command):
    name = text(200)
    email = ma.fields.Email(load_default="")
    subject = text(255)


class CreateTenant(Command):
    code = ma.fields.String(required=True, validate=_SLUG)
    name = text(200)
    code_prefix = ma.fields.String(required=True, validate=_PREFIX)
    valid_from = ma.fields.Date(load_default=None, metadata={"description": "Since when the root unit exists"})
    preset = one_of(
        preset_names(), load_default=None, metadata={"description": "Left out: by the law of the day of valid_from"}
    )
    ready = ma.fields.Boolean(load_default=True, metadata={"description": "With this year's cycle and a rulebook"})
    root = ma.fields.Nested(RootUnit, required=True)
    administrator = ma.fields.Nested(Administrator, required=True)


class AppointAdministrator(Command):
    administrator = ma.fields.Nested(Administrator, required=True)
    ready = ma.fields.Boolean(load_default=True, metadata={"description": "With this year's cycle and a rulebook"})


class TenantView(ma.Schema):
    tenant = ma.fields.String()
    name = ma.fields.String()
    code_prefix = ma.fields.String()
    created_at = ma.fields.AwareDateTime()
    root_unit_id = ma.fields.UUID()
    administrator_grant_id = ma.fields.UUID()
