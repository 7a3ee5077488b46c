"""People, and who asks."""

import marshmallow as ma

from registration.schemas import Command, Email, IdPageArgs, Page, search_words, text

PHONE = ma.validate.Regexp(
    r"^(([ +.()-]*[0-9]){6,20}[ +.()-]*)?$",
    error="6 to 20 digits, with nothing but spaces, plus, dots, hyphens and parentheses between them.",
)


class RecordPerson(Command):
    name = text(200)
    email = Email()
    phone = text(32, required=False, pattern=PHONE)
    national_id = ma.fields.String(
        load_default="",
        validate=ma.validate.Regexp(r"^([0-9]{12})?$"),
        metadata={"description": "Twelve digits, where the province's rule asks for it; stored sealed, never shown"},
    )


class CorrectPerson(RecordPerson):
    pass


class RevealNationalId(Command):
    reason = text(500)


class NationalIdView(ma.Schema):
    national_id = ma.fields.String()


class PersonView(ma.Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    email = ma.fields.String()
    phone = ma.fields.String()
    works_at = ma.fields.List(
        ma.fields.String(),
        metadata={"description": "In lists: the asker's own units, and units below, where this person works today"},
    )
    has_national_id = ma.fields.Boolean()
    version = ma.fields.Integer()


class PersonPage(Page):
    items = ma.fields.List(ma.fields.Nested(PersonView))


class PersonArgs(IdPageArgs):
    q = search_words()
    able = ma.fields.Boolean(load_default=False, metadata={"description": "Only people who have a login to act under"})


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
    tenant_name = ma.fields.String()
    delegated_from = ma.fields.UUID(allow_none=True)
    on_behalf_of = ma.fields.UUID(allow_none=True)
    on_behalf_of_name = ma.fields.String(allow_none=True)


class MeView(ma.Schema):
    subject = ma.fields.String()
    grants = ma.fields.List(ma.fields.Nested(OwnGrant))
