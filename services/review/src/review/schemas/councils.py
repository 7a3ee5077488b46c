"""Councils."""

from typing import Any

import marshmallow as ma
from common.http.fields import day

from review.domain import councils
from review.domain.vocabulary import Seat
from review.schemas import Command, Page, Signed, StructureArgs, one_of, text


class CouncilArgs(StructureArgs):
    unit_id = ma.fields.UUID(load_default=None, metadata={"description": "This unit's own, not those below it"})
    on = day(load_default=None, metadata={"description": "In their term on this day"})


class EstablishingAct(Signed):
    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> councils.Signed:
        return councils.Signed(**data)


class MemberShape(Command):
    person_id = ma.fields.UUID(required=True)
    name = text(300, required=False)
    role = one_of(Seat, load_default=Seat.MEMBER)
    title = text(300, required=False)


class EstablishCouncil(Command):
    name = text(300)
    unit_id = ma.fields.UUID(required=True)
    established_by = ma.fields.Nested(EstablishingAct, required=True)
    term_from = day(required=True)
    term_to = day(load_default=None, allow_none=True)
    members = ma.fields.List(ma.fields.Nested(MemberShape), required=True, validate=ma.validate.Length(1, 99))


class CouncilTemplate(ma.Schema):
    name = ma.fields.String()
    term_years = ma.fields.Integer()
    seats = ma.fields.List(one_of(Seat))


class MemberView(ma.Schema):
    person_id = ma.fields.UUID()
    name = ma.fields.String()
    role = one_of(Seat)
    title = ma.fields.String()


class CouncilView(ma.Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    unit_id = ma.fields.UUID()
    scope_path = ma.fields.String()
    established_by = ma.fields.Nested(Signed)
    term_from = ma.fields.Date()
    term_to = ma.fields.Date(allow_none=True)
    members = ma.fields.List(ma.fields.Nested(MemberView))
    version = ma.fields.Integer()


class CouncilPage(Page):
    items = ma.fields.List(ma.fields.Nested(CouncilView))
