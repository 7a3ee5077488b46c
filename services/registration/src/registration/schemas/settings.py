"""A tenant's settings."""

import marshmallow as ma
from common.http import Cursor, PageArgs

from registration.schemas import Command, Page, one_of, text

LEVEL = ma.validate.Regexp(
    r"^[a-z][a-z0-9_]{0,31}$", error="Small letters without marks, digits and underscores, a letter first."
)
NATIONAL_ID = ("none", "required")


class LevelShape(Command):
    code = ma.fields.String(required=True, validate=LEVEL)
    name = text(60)


class RetentionShape(Command):
    dossier_years = ma.fields.Integer(required=True, validate=ma.validate.Range(1, 100))
    closed_days = ma.fields.Integer(required=True, validate=ma.validate.Range(30, 3650))


class ContactShape(Command):
    name = text(200, required=False)
    email = ma.fields.String(load_default="", validate=ma.validate.And(ma.validate.Length(0, 254)))
    phone = text(32, required=False)

    @ma.validates("email")
    def check(self, value: str, **_: object) -> None:
        if value:
            ma.validate.Email()(value)


class QuotasShape(Command):
    """0 stands for what the platform gives everybody."""

    requests_per_minute = ma.fields.Integer(required=True, validate=ma.validate.Range(0, 1_000_000))
    attachment_megabytes = ma.fields.Integer(required=True, validate=ma.validate.Range(0, 100_000_000))


class ChangeSettings(Command):
    levels = ma.fields.List(ma.fields.Nested(LevelShape), required=True, validate=ma.validate.Length(1, 8))
    national_id = one_of(NATIONAL_ID, required=True)
    retention = ma.fields.Nested(RetentionShape, required=True)
    contact = ma.fields.Nested(ContactShape, required=True)


class DocumentView(ma.Schema):
    levels = ma.fields.List(ma.fields.Nested(LevelShape))
    national_id = ma.fields.String()
    retention = ma.fields.Nested(RetentionShape)
    contact = ma.fields.Nested(ContactShape)
    quotas = ma.fields.Nested(QuotasShape)


class SettingsView(DocumentView):
    version = ma.fields.Integer()


class SettingsArgs(PageArgs):
    cursor = Cursor(int)


class SettingsVersion(ma.Schema):
    version = ma.fields.Integer()
    changed_at = ma.fields.AwareDateTime()
    changed_by = ma.fields.UUID(allow_none=True)
    changed_by_name = ma.fields.String(allow_none=True)
    role = ma.fields.String()
    document = ma.fields.Nested(DocumentView)


class SettingsPage(Page):
    items = ma.fields.List(ma.fields.Nested(SettingsVersion))
