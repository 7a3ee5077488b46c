"""Dossiers, score sheets, ballots, conflicts."""

from typing import Any

import marshmallow as ma
from common.http.fields import Text

from review.domain.vocabulary import Choice, ConflictKind, DossierState, SessionStatus
from review.schemas import Command, Page, StructureArgs, number, one_of, text, year
from review.schemas.recommendations import RecommendationView
from review.schemas.results import ResultView
from review.schemas.rulebooks import RulesView


class DossierArgs(StructureArgs):
    year = year(load_default=None)
    unit_id = ma.fields.UUID(
        load_default=None,
        metadata={"description": "Before this unit's council, also as heir of units that ended; not those below it"},
    )
    session_id = ma.fields.UUID(load_default=None)
    state = one_of(DossierState, load_default=None)


class Scores(ma.fields.Dict):
    """Scores by criterion. An error points to its criterion, without marshmallow's word for key or value in between."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ma.ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            flat = {key: [text for texts in parts.values() for text in texts] for key, parts in error.messages.items()}
            raise ma.ValidationError(flat) from error


class FillScoreSheet(Command):
    scores = Scores(
        keys=Text(1, 60),
        values=number(0, 1000),
        required=True,
        metadata={"description": "Every criterion of the session's rules by its code"},
    )
    comment = text(4000, required=False)


class CastBallot(Command):
    choice = one_of(Choice, required=True)


class DeclareConflict(Command):
    kind = one_of(ConflictKind, required=True)
    reason = text(2000)


class SheetView(ma.Schema):
    person_id = ma.fields.UUID()
    scores = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Float())
    total = ma.fields.Float(metadata={"description": "Weighted mean, 0 to 100"})
    comment = ma.fields.String()
    recorded_at = ma.fields.AwareDateTime()
    version = ma.fields.Integer()


class BallotView(ma.Schema):
    """`choice` is null in a secret ballot."""

    person_id = ma.fields.UUID()
    choice = one_of(Choice, allow_none=True)


class ConflictView(ma.Schema):
    person_id = ma.fields.UUID()
    kind = ma.fields.String()
    reason = ma.fields.String()


class DossierCore(ma.Schema):
    initiative_id = ma.fields.UUID()
    code = ma.fields.String()
    title = ma.fields.String()
    year = ma.fields.Integer()
    cycle_id = ma.fields.UUID()
    initiative_unit_id = ma.fields.UUID()
    content = ma.fields.String()
    field = ma.fields.String()
    affiliation = ma.fields.String()
    author_count = ma.fields.Integer()
    forwarded_on = ma.fields.Date()
    unit_id = ma.fields.UUID(metadata={"description": "The unit whose council it was forwarded to"})
    state = ma.fields.String()
    session_id = ma.fields.UUID(allow_none=True)
    position = ma.fields.Integer(allow_none=True)
    version = ma.fields.Integer()


class DossierRow(DossierCore):
    review_closes_on = ma.fields.Date(allow_none=True)
    recused = ma.fields.Boolean(metadata={"description": "The caller has a part in it"})
    scored = ma.fields.Boolean(metadata={"description": "The caller has scored it in its session"})
    voted = ma.fields.Boolean(metadata={"description": "The caller has voted on it in its session"})


class DossierList(Page):
    items = ma.fields.List(ma.fields.Nested(DossierRow))


class DossierSession(ma.Schema):
    id = ma.fields.UUID()
    title = ma.fields.String()
    held_on = ma.fields.Date()
    status = one_of(SessionStatus)
    rules = ma.fields.Nested(RulesView, allow_none=True)


class DossierView(DossierCore):
    session = ma.fields.Nested(DossierSession, allow_none=True)
    own_sheet = ma.fields.Nested(SheetView, allow_none=True)
    own_ballot = ma.fields.Nested(BallotView, allow_none=True)
    conflicts = ma.fields.List(ma.fields.Nested(ConflictView))
    sheets = ma.fields.List(
        ma.fields.Nested(SheetView), allow_none=True, metadata={"description": "Null until the session is closed"}
    )
    ballots = ma.fields.List(
        ma.fields.Nested(BallotView),
        allow_none=True,
        metadata={"description": "Null until the session is closed, and always in a secret ballot"},
    )
    result = ma.fields.Nested(ResultView, allow_none=True)
    recommendation = ma.fields.Nested(
        RecommendationView, allow_none=True, metadata={"description": "To the centre; the newest"}
    )
    allowed = ma.fields.List(ma.fields.String())
    possible_conflict = one_of(
        ConflictKind, allow_none=True, metadata={"description": "Found by the platform; declare it if it is one"}
    )
