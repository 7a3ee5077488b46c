"""Commendations."""

from typing import Any

import marshmallow as ma
from common.http.fields import whole

from review.domain.commendations import Named, Recipients
from review.domain.vocabulary import Authority, CommendationForm, RecipientKind
from review.schemas import PLAIN_WORD, Command, Page, Signed, StructureArgs, one_of, text, year
from review.schemas.councils import EstablishingAct

_GROUP = ma.validate.Regexp("^[a-z][a-z0-9_]{0,59}$", error=PLAIN_WORD)


class NameShape(Command):
    name = text(300)
    person_id = ma.fields.UUID(load_default=None, allow_none=True)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Named:
        return Named(**data)


class RecipientsShape(Command):
    kind = one_of(RecipientKind, required=True)
    group = ma.fields.String(
        required=True, validate=_GROUP, metadata={"description": "A free code, like `front_officer`"}
    )
    count = whole(1, 1_000_000, required=True)
    of_which = ma.fields.Dict(
        keys=ma.fields.String(validate=_GROUP),
        values=whole(0, 1_000_000),
        load_default=dict,
        metadata={"description": "Some of them counted again under a label, like `leader`"},
    )

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> Recipients:
        return Recipients(**data)


class RecordCommendation(Command):
    title = text(500)
    form = one_of(CommendationForm, required=True)
    authority = one_of(Authority, required=True)
    occasion = text(300, required=False)
    from_year = year(required=True)
    to_year = year(required=True)
    unit_id = ma.fields.UUID(required=True)
    decision = ma.fields.Nested(EstablishingAct, load_default=None, allow_none=True)
    source_note = text(4000, required=False)
    recipients = ma.fields.List(ma.fields.Nested(RecipientsShape), required=True, validate=ma.validate.Length(1, 50))

    @ma.post_load
    def freeze(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "recipients": tuple(data["recipients"])}


class NameRecipients(Command):
    kind = one_of(RecipientKind, required=True)
    group = ma.fields.String(required=True, validate=_GROUP)
    names = ma.fields.List(ma.fields.Nested(NameShape), required=True, validate=ma.validate.Length(0, 2000))


class CommendationArgs(StructureArgs):
    year = year(load_default=None)
    unit_id = ma.fields.UUID(load_default=None)


class NameView(ma.Schema):
    name = ma.fields.String()
    person_id = ma.fields.UUID(allow_none=True)


class RecipientsView(ma.Schema):
    kind = one_of(RecipientKind)
    group = ma.fields.String()
    count = ma.fields.Integer()
    of_which = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())
    names = ma.fields.List(ma.fields.Nested(NameView))


class CommendationView(ma.Schema):
    id = ma.fields.UUID()
    title = ma.fields.String()
    form = one_of(CommendationForm)
    authority = one_of(Authority)
    occasion = ma.fields.String()
    from_year = ma.fields.Integer()
    to_year = ma.fields.Integer()
    unit_id = ma.fields.UUID()
    scope_path = ma.fields.String()
    decision = ma.fields.Nested(Signed, allow_none=True)
    source_note = ma.fields.String()
    recipients = ma.fields.List(ma.fields.Nested(RecipientsView))
    version = ma.fields.Integer()


class CommendationPage(Page):
    items = ma.fields.List(ma.fields.Nested(CommendationView))
