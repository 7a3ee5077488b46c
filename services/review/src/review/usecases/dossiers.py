"""Dossiers arrive and leave by registration's events; what somebody may see of one."""

from dataclasses import dataclass
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Forbidden

from review.domain.dossiers import Dossier, Initiative
from review.domain.judging import Actor, Panel, Recusal, Result, ScoreSheet, judge
from review.domain.sessions import Session
from review.domain.vocabulary import BallotKind, ConflictKind, DossierState, SessionStatus
from review.store import councils as council_store
from review.store import decisions as decision_store
from review.store import dossiers as store
from review.store import judging as judging_store
from review.store import reference
from review.store import sessions as session_store
from review.store.judging import Ballot


def open_dossier(uow: UnitOfWork, initiative: Initiative, council_unit_id: UUID) -> None:
    """An initiative was forwarded. Ignored when something newer is known of it: it may have been withdrawn since."""
    unit = reference.unit(uow, council_unit_id)
    if not store.note_version(uow, initiative.id, initiative.version):
        return
    known = store.find_dossier(uow, initiative.id)
    if known and _is_judged(uow, known):
        return
    dossier = known or Dossier(initiative, unit.id, unit.scope_path)
    event = dossier.receive(initiative, unit.id, unit.scope_path)
    if event is None:
        return
    if known:
        store.save_dossier(uow, dossier)
    else:
        store.add_dossier(uow, dossier)
    uow.emit(event)


def withdraw_dossier(uow: UnitOfWork, initiative_id: UUID, version: int) -> None:
    """An initiative was withdrawn or returned, perhaps before its forwarding has arrived here.

    Ignored when its session has closed: the decision on it stands. Registration is told so by `DossierJudged`.
    """
    if not store.note_version(uow, initiative_id, version):
        return
    dossier = store.find_dossier(uow, initiative_id)
    if dossier and not _is_judged(uow, dossier):
        dossier.withdraw()
        store.save_dossier(uow, dossier)


def _is_judged(uow: UnitOfWork, dossier: Dossier) -> bool:
    """Return whether the dossier is on the agenda of a session that has closed.

    The dossier must be locked: a session that closes locks its dossiers too, so its status is read after that.
    """
    if dossier.session_id is None or dossier.state is not DossierState.SCHEDULED:
        return False
    return session_store.session_read(uow, dossier.session_id).is_over


@dataclass(frozen=True)
class DossierPage:
    """A dossier as one person may see it: `sheets`, `ballots` and `result` stay None until the session is closed."""

    dossier: Dossier
    session: Session | None
    own_sheet: ScoreSheet | None
    own_ballot: Ballot | None
    recusals: list[Recusal]
    sheets: list[ScoreSheet] | None
    ballots: list[Ballot] | None
    result: Result | None
    allowed: list[str]
    hint: ConflictKind | None


def _readable(uow: UnitOfWork, initiative_id: UUID, actor: Actor) -> tuple[Dossier, list[Recusal], Session | None]:
    """With who stepped back, and its session. Raises Forbidden for who has a part in it, until it is decided."""
    dossier = store.dossier(uow, initiative_id)
    recusals = judging_store.recusals(uow, [dossier])[dossier.id]
    is_own = not actor.selves.isdisjoint(recusal.person_id for recusal in recusals)
    if is_own and dossier.state is not DossierState.DECIDED:
        raise Forbidden("dossier.recused")
    session = session_store.session_read(uow, dossier.session_id) if dossier.session_id else None
    return dossier, recusals, session


@dataclass(frozen=True)
class Traces:
    """What of the audit is about a dossier: entries of these things; scores only of the sheets that are not hidden."""

    subjects: list[UUID]
    is_over: bool
    reader: UUID
    removed: frozenset[UUID]

    def hides(self, whose: UUID) -> bool:
        """Others' sheets before the closing, and for good what somebody gave before they stepped back."""
        return whose != self.reader and (not self.is_over or whose in self.removed)


def trace_dossier(uow: UnitOfWork, initiative_id: UUID, actor: Actor) -> Traces:
    """Raises Forbidden for who has a part in it, until it is decided."""
    dossier, recusals, session = _readable(uow, initiative_id, actor)
    subjects = [dossier.id]
    if session:
        subjects.append(session.id)
        decision = decision_store.find_decision_of(uow, session.id) if dossier.state is DossierState.DECIDED else None
        subjects += [decision.id] if decision else []
    removed = frozenset(recusal.person_id for recusal in recusals)
    return Traces(subjects, session is not None and session.is_over, actor.person_id, removed)


def show_dossier(uow: UnitOfWork, initiative_id: UUID, actor: Actor) -> DossierPage:
    """Raises Forbidden for a member who has a part in it, until it is decided."""
    person_id = actor.person_id
    dossier, recusals, session = _readable(uow, initiative_id, actor)
    hint = _hint(uow, dossier, person_id)
    if session is None:
        seated = council_store.is_member_at(uow, dossier.unit_id, person_id)
        allowed = ["declare_conflict"] if seated and dossier.state is DossierState.WAITING else []
        return DossierPage(dossier, None, None, None, recusals, None, None, None, allowed, hint)
    return _in_session(uow, dossier, session, recusals, actor, hint)


def _hint(uow: UnitOfWork, dossier: Dossier, person_id: UUID) -> ConflictKind | None:
    """The member works at the unit the dossier comes from: worth asking whether that is a conflict."""
    same = judging_store.works_at(uow, person_id, dossier.initiative.unit_id)
    return ConflictKind.SAME_UNIT if same and dossier.initiative.unit_id != dossier.unit_id else None


def _in_session(
    uow: UnitOfWork,
    dossier: Dossier,
    session: Session,
    recusals: list[Recusal],
    actor: Actor,
    hint: ConflictKind | None,
) -> DossierPage:
    council = council_store.council(uow, session.council_id)
    material = judging_store.material(uow, session.id, [dossier], council.chair_id)
    panel = Panel.of(council.member_ids, session.present, recusals)
    sheets, ballots = list(material.sheets[dossier.id]), list(material.ballots[dossier.id])
    own_ballot = next((ballot for ballot in ballots if ballot.person_id == actor.person_id), None)
    # Nobody's figures before the closing, and in a secret ballot nobody's vote ever.
    rules = session.rules if session.is_over else None
    return DossierPage(
        dossier=dossier,
        session=session,
        own_sheet=next((sheet for sheet in sheets if sheet.person_id == actor.person_id), None),
        own_ballot=own_ballot,
        recusals=recusals,
        sheets=sheets if rules else None,
        ballots=ballots if rules and rules.ballot is BallotKind.OPEN else None,
        result=judge(dossier.id, rules, panel, sheets, material.votes[dossier.id]) if rules else None,
        allowed=_allowed(dossier, session, panel, actor.person_id, voted=own_ballot is not None),
        hint=hint,
    )


def _allowed(dossier: Dossier, session: Session, panel: Panel, person_id: UUID, *, voted: bool) -> list[str]:
    if dossier.state is not DossierState.SCHEDULED or person_id not in panel.members:
        return []
    may_judge = session.status is SessionStatus.OPEN and person_id in panel.entitled
    acts = {
        "score": may_judge,
        "vote": may_judge and not voted,
        "declare_conflict": not session.is_over and not voted,
    }
    return [name for name, may in acts.items() if may]
