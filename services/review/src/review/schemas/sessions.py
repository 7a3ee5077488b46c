"""Sessions, their pages and results."""

import marshmallow as ma
from common.http.fields import day

from review.domain.vocabulary import DossierState, SessionStatus
from review.schemas import Command, Page, StructureArgs, one_of, some_of, text, year
from review.schemas.councils import MemberView
from review.schemas.results import VerdictView
from review.schemas.rulebooks import RulesView


class PlanSession(Command):
    council_id = ma.fields.UUID(required=True)
    rulebook_id = ma.fields.UUID(required=True)
    year = year(required=True)
    title = text(300)
    held_on = day(required=True)
    place = text(300, required=False)


class ChangeSession(Command):
    title = text(300)
    held_on = day(required=True)
    place = text(300, required=False)


class OpenSession(Command):
    move = ma.fields.Boolean(
        load_default=False, metadata={"description": "Hold it today when its day is yet to come; else that is refused"}
    )


class CancelSession(Command):
    reason = text(2000)


class SetAgenda(Command):
    dossier_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(0, 500))
    fewest_recusals = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "Put dossiers with the same recused members together instead of the given order"},
    )


class RecordAttendance(Command):
    present = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(0, 99))


class SessionArgs(StructureArgs):
    year = year(load_default=None)
    status = some_of(SessionStatus)
    council_id = ma.fields.UUID(load_default=None)


class SessionRow(ma.Schema):
    id = ma.fields.UUID()
    council_id = ma.fields.UUID()
    rulebook_id = ma.fields.UUID()
    unit_id = ma.fields.UUID()
    scope_path = ma.fields.String()
    year = ma.fields.Integer()
    title = ma.fields.String()
    held_on = ma.fields.Date()
    place = ma.fields.String()
    status = one_of(SessionStatus)
    opened_at = ma.fields.AwareDateTime(allow_none=True)
    closed_at = ma.fields.AwareDateTime(allow_none=True)
    reason = ma.fields.String(metadata={"description": "Why it was cancelled"})
    version = ma.fields.Integer()


class SessionList(Page):
    items = ma.fields.List(ma.fields.Nested(SessionRow))


class SeatView(MemberView):
    present = ma.fields.Boolean()


class AgendaItemView(ma.Schema):
    initiative_id = ma.fields.UUID(attribute="dossier.id")
    code = ma.fields.String(attribute="dossier.initiative.code")
    title = ma.fields.String(attribute="dossier.initiative.title")
    position = ma.fields.Integer(attribute="dossier.position")
    state = ma.fields.Enum(DossierState, by_value=True, attribute="dossier.state")
    entitled = ma.fields.Integer(metadata={"description": "Members present who may judge it"})
    sheets = ma.fields.Integer()
    ballots = ma.fields.Integer()
    recused = ma.fields.Boolean(metadata={"description": "The caller has a part in it"})


class ProgressView(ma.Schema):
    dossiers = ma.fields.Integer()
    sheets = ma.fields.Integer()
    ballots = ma.fields.Integer()
    expected = ma.fields.Integer(metadata={"description": "Sheets, and as many ballots, that could be given"})


class SessionView(SessionRow):
    council_name = ma.fields.String()
    attendance = ma.fields.List(ma.fields.Nested(SeatView))
    present = ma.fields.Integer()
    members = ma.fields.Integer()
    quorum = ma.fields.Integer(allow_none=True)
    rules = ma.fields.Nested(RulesView, allow_none=True, metadata={"description": "Frozen at the opening"})
    agenda = ma.fields.List(ma.fields.Nested(AgendaItemView))
    progress = ma.fields.Nested(ProgressView)
    decision_id = ma.fields.UUID(allow_none=True)
    proposed_number = ma.fields.String(
        metadata={"description": "The next free number of the unit's series, for who may decide; else empty"}
    )
    allowed = ma.fields.List(ma.fields.String())


class ResultsView(ma.Schema):
    session_id = ma.fields.UUID()
    status = one_of(SessionStatus)
    rules = ma.fields.Nested(RulesView)
    recognised = ma.fields.Integer()
    not_recognised = ma.fields.Integer()
    items = ma.fields.List(ma.fields.Nested(VerdictView))
