"""Initiatives, attachments, the public catalogue."""

from datetime import date
from uuid import UUID

import marshmallow as ma
from common.http import Cursor, PageArgs
from common.http.fields import day, search_words, whole
from flask_smorest.fields import Upload

from registration.domain.initiative_states import Status
from registration.domain.vocabulary import Affiliation, Content, Field
from registration.schemas import Command, Dated, IdPageArgs, Page, one_of, some_of, text, year

LONG = 20_000


class AuthorShape(Command):
    kind = one_of(("individual", "collective"), load_default="individual")
    name = text(200)
    role = one_of(("author", "co_author"), load_default="author")
    share = whole(1, 100, required=True, metadata={"description": "Contribution in whole percent"})
    person_id = ma.fields.UUID(load_default=None, allow_none=True)


class EditInitiative(Command):
    title = text(500)
    content = one_of(Content, required=True)
    field = one_of(Field, required=True)
    summary = text(LONG, required=False)
    problem = text(LONG, required=False)
    solution = text(LONG, required=False)
    effect = text(LONG, required=False)
    first_applied_on = day(load_default=None, allow_none=True)
    authors = ma.fields.List(ma.fields.Nested(AuthorShape), load_default=list, validate=ma.validate.Length(0, 30))


class RegisterInitiative(EditInitiative):
    cycle_id = ma.fields.UUID(required=True)
    unit_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "The acting unit when left out"}
    )


class Act(Command):
    happened_on = day(
        load_default=None,
        allow_none=True,
        metadata={"description": "The legal date of the act when it is recorded later (paper); officers only"},
    )


class Submit(Act):
    received_on = day(
        load_default=None, allow_none=True, metadata={"description": "When the unit received the paper; officers only"}
    )


class ActWithReason(Act):
    reason = text(2000)


class Forward(Act):
    council_unit_id = ma.fields.UUID(required=True)


class CouncilShape(ma.Schema):
    unit_id = ma.fields.UUID()
    code = ma.fields.String()
    name = ma.fields.String()
    kind = ma.fields.String()
    council = ma.fields.String(metadata={"description": "The council's name"})


class CouncilList(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(CouncilShape))


class DecisionShape(ma.Schema):
    number = ma.fields.String()
    decided_on = ma.fields.Date()
    score = ma.fields.Float(allow_none=True)


class StepView(ma.Schema):
    at = ma.fields.AwareDateTime()
    happened_on = ma.fields.Date()
    action = ma.fields.String()
    from_status = ma.fields.String(data_key="from")
    to_status = ma.fields.String(data_key="to")
    by = ma.fields.UUID(allow_none=True)
    on_behalf_of = ma.fields.UUID(allow_none=True)
    role = ma.fields.String()
    reason = ma.fields.String()


class InitiativeRow(ma.Schema):
    id = ma.fields.UUID()
    code = ma.fields.String()
    title = ma.fields.String()
    status = ma.fields.String()
    year = ma.fields.Integer()
    cycle_id = ma.fields.UUID()
    unit_id = ma.fields.UUID()
    content = ma.fields.String()
    field = ma.fields.String()
    affiliation = ma.fields.String()
    author_count = ma.fields.Integer()
    received_on = ma.fields.Date(allow_none=True)
    submitted_at = ma.fields.AwareDateTime(allow_none=True)
    decision_number = ma.fields.String()
    decided_on = ma.fields.Date(allow_none=True)
    score = ma.fields.Float(allow_none=True)
    reason = ma.fields.String()
    version = ma.fields.Integer()


class InitiativeView(InitiativeRow):
    summary = ma.fields.String()
    problem = ma.fields.String()
    solution = ma.fields.String()
    effect = ma.fields.String()
    first_applied_on = ma.fields.Date(allow_none=True)
    council_unit_id = ma.fields.UUID(allow_none=True)
    judged_on = ma.fields.Date(allow_none=True, metadata={"description": "When the session that judged it closed"})
    scope_path = ma.fields.String()
    authors = ma.fields.List(ma.fields.Nested(AuthorShape))
    decision = ma.fields.Nested(DecisionShape, allow_none=True)
    allowed = ma.fields.List(ma.fields.String())
    history = ma.fields.List(ma.fields.Nested(StepView))


class InitiativePage(Page):
    items = ma.fields.List(ma.fields.Nested(InitiativeRow))


class InitiativeArgs(IdPageArgs, Dated):
    status = some_of(Status)
    content = one_of(Content, load_default=None)
    affiliation = one_of(Affiliation, load_default=None)
    cycle_id = ma.fields.UUID(load_default=None)
    year = year(load_default=None)
    unit_id = ma.fields.UUID(load_default=None)
    mine = ma.fields.Boolean(load_default=False)
    q = search_words()


class AttachmentFile(ma.Schema):
    file = Upload(required=True)


class AttachmentView(ma.Schema):
    id = ma.fields.UUID()
    filename = ma.fields.String()
    content_type = ma.fields.String()
    size = ma.fields.Integer()
    sha256 = ma.fields.String()
    uploaded_at = ma.fields.AwareDateTime()


class AttachmentList(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(AttachmentView))


class CatalogueArgs(PageArgs):
    cursor = Cursor(date.fromisoformat, UUID)
    q = search_words()
    year = year(load_default=None)
    content = one_of(Content, load_default=None)
    tenant = text(63, required=False, load_default=None)


class CatalogueRow(ma.Schema):
    id = ma.fields.UUID(attribute="initiative_id")
    tenant = ma.fields.String()
    tenant_name = ma.fields.String()
    code = ma.fields.String()
    title = ma.fields.String()
    summary = ma.fields.String()
    content = ma.fields.String()
    field = ma.fields.String()
    year = ma.fields.Integer()
    unit_name = ma.fields.String()
    authors = ma.fields.List(ma.fields.String())
    decision_number = ma.fields.String()
    decided_on = ma.fields.Date()


class CatalogueView(CatalogueRow):
    solution = ma.fields.String()
    effect = ma.fields.String()


class CataloguePage(Page):
    items = ma.fields.List(ma.fields.Nested(CatalogueRow))
