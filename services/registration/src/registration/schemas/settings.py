"""A tenant's settings."""

import marshmallow as ma
from common.http import Cursor, PageArgs

from registration.schemas import Command, Email, Page, one_of, text, whole

LEVEL = ma.validate.Regexp(
    r"^[a-z][a-z0-9_]{0,31}$", error="Small letters without marks, digits and underscores, a letter first."
)
NATIONAL_ID = ("none", "required")


class LevelShape(Command):
    code = ma.fields.String(required=True, validate=LEVEL)
    name = text(60)


class RetentionShape(Command):
    dossier_years = whole(1, 100, required=True)
    closed_days = whole(30, 3650, required=True)


class ContactShape(Command):
    name = text(200, required=False)
    email = Email()
    phone = text(32, required=False)


class QuotasShape(Command):
    """0 stands for what the platform gives everybody."""

    requests_per_minute = whole(0, 1_000_000, required=True)
    attachment_megabytes = whole(0, 100_000_000, required=True)


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
