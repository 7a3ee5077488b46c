"""What a member does about a dossier: score it, vote on it, step back from it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Conflict, Forbidden, Stale, VersionRequired

from review.domain.dossiers import Dossier
from review.domain.judging import Actor, Panel, ScoreSheet
from review.domain.rulebooks import Rules
from review.domain.sessions import Session
from review.domain.vocabulary import BallotKind, Choice, ConflictKind
from review.store import councils as council_store
from review.store import dossiers as dossier_store
from review.store import judging as store
from review.store import sessions as session_store
from review.store.judging import Ballot


def score_dossier(
    uow: UnitOfWork,
    initiative_id: UUID,
    actor: Actor,
    *,
    scores: dict[str, Decimal],
    comment: str,
    now: datetime,
    expected: int | None,
) -> tuple[ScoreSheet, Rules]:
    """The member's whole sheet, again and again while the session is open; replacing one takes its version."""
    session = _judging(uow, initiative_id, actor)
    rules = session.frozen_rules
    rules.ensure_scores(scores)
    before = store.find_sheet(uow, session.id, initiative_id, actor.person_id)
    _ensure_version(before, expected)
    sheet = ScoreSheet(actor.person_id, scores, comment, now, before.version + 1 if before else 1)
    store.save_sheet(uow, session.id, initiative_id, sheet)
    return sheet, rules


def _ensure_version(before: ScoreSheet | None, expected: int | None) -> None:
    if before and expected is None:
        raise VersionRequired("request.if_match_required")
    if expected is not None and expected != (before.version if before else None):
        raise Stale("request.stale")


def cast_ballot(uow: UnitOfWork, initiative_id: UUID, actor: Actor, choice: Choice) -> Ballot:
    """One for each member and dossier, for good. In a secret ballot the choice is counted and forgotten."""
    session = _judging(uow, initiative_id, actor)
    secret = session.frozen_rules.ballot is BallotKind.SECRET
    if not store.add_ballot(uow, session.id, initiative_id, actor.person_id, choice, secret=secret):
        raise Conflict("ballot.already_cast")
    return Ballot(actor.person_id, None if secret else choice)


def _judging(uow: UnitOfWork, initiative_id: UUID, actor: Actor) -> Session:
    """The dossier's open session, for a member who may judge it; it stays open until the commit."""
    session = session_store.find_session_of(uow, initiative_id)
    dossier = dossier_store.dossier(uow, initiative_id)
    dossier.ensure_pending()
    if session is None or dossier.session_id != session.id:
        raise Conflict("dossier.not_scheduled")
    council = council_store.council(uow, session.council_id)
    recusals = store.recusals(uow, [dossier])[dossier.id]
    Panel.of(council.member_ids, session.present, recusals).ensure_may_judge(actor)
    session.ensure_open()
    return session


def declare_conflict(
    uow: UnitOfWork, initiative_id: UUID, person_id: UUID, *, kind: ConflictKind, reason: str, now: datetime
) -> None:
    """Before one's ballot, for good; a sheet given before is removed. Whoever steps back neither reads nor judges."""
    dossier = dossier_store.dossier(uow, initiative_id)
    dossier.ensure_pending()
    if dossier.session_id:
        _leave_session(uow, dossier, dossier.session_id, person_id)
    elif not council_store.is_member_at(uow, dossier.unit_id, person_id):
        raise Forbidden("council.not_a_member")
    store.add_conflict(uow, initiative_id, person_id, kind, reason, now)


def _leave_session(uow: UnitOfWork, dossier: Dossier, session_id: UUID, person_id: UUID) -> None:
    session = session_store.session(uow, session_id)
    council_store.council(uow, session.council_id).ensure_member(person_id)
    if session.is_over:
        raise Conflict("session.not_open", status=session.status)
    if store.has_voted(uow, session.id, dossier.id, person_id):
        raise Conflict("conflict.after_ballot")
    store.remove_sheet(uow, session.id, dossier.id, person_id)
