"""Requests of people about their own data."""

import marshmallow as ma
from common.http.fields import day

from registration.domain.subject_requests import Kind, State
from registration.schemas import Command, IdPageArgs, Page, one_of, text


class AskAboutData(Command):
    kind = one_of(Kind, required=True)
    details = text(2000, required=False)
    person_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "For whom, by an administrator; else the caller"}
    )
    received_on = day(
        load_default=None, allow_none=True, metadata={"description": "The day of the paper, by an administrator"}
    )


class CompleteRequest(Command):
    reason = text(2000, required=False)


class RefuseRequest(Command):
    reason = text(2000)


class SubjectRequestView(ma.Schema):
    id = ma.fields.UUID(required=True)
    person_id = ma.fields.UUID(required=True)
    person_name = ma.fields.String(required=True)
    kind = one_of(Kind, required=True)
    details = ma.fields.String(required=True)
    on_paper = ma.fields.Boolean(required=True)
    received_on = ma.fields.Date(required=True)
    due_on = ma.fields.Date(required=True, metadata={"description": "The last day for an answer"})
    is_overdue = ma.fields.Boolean(required=True)
    state = one_of(State, required=True)
    open_until = ma.fields.AwareDateTime(required=True, allow_none=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    reason = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)


class SubjectRequestArgs(IdPageArgs):
    mine = ma.fields.Boolean(load_default=False, metadata={"description": "Only the caller's own"})
    open = ma.fields.Boolean(load_default=None, metadata={"description": "Only those that wait, or only the others"})


class SubjectRequestPage(Page):
    items = ma.fields.List(ma.fields.Nested(SubjectRequestView), required=True)
