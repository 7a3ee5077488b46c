"""A session from its plan to its closing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.errors import Invalid, NotFound
from common.ids import new_id

from review.domain.councils import Council
from review.domain.dossiers import Dossier
from review.domain.judging import Actor, Panel, in_order_of_recusals
from review.domain.rulebooks import Rulebook
from review.domain.sessions import Session
from review.domain.vocabulary import SessionStatus
from review.store import councils as council_store
from review.store import dossiers as dossier_store
from review.store import judging as judging_store
from review.store import rulebooks as rulebook_store
from review.store import sessions as store
from review.store import structure


def plan_session(
    uow: UnitOfWork, *, council_id: UUID, rulebook_id: UUID, year: int, title: str, held_on: date, place: str
) -> Session:
    """Within the council's term, by a published rulebook of its unit or of one above."""
    council = _council(uow, council_id)
    council.ensure_in_term(held_on)
    _rulebook(uow, rulebook_id).ensure_usable(council.scope_path, held_on)
    session = Session(
        id=new_id(),
        council_id=council.id,
        rulebook_id=rulebook_id,
        unit_id=council.unit_id,
        scope_path=council.scope_path,
        year=year,
        title=title,
        held_on=held_on,
        place=place,
    )
    store.add_session(uow, session)
    return session


def _council(uow: UnitOfWork, council_id: UUID) -> Council:
    try:
        return council_store.council(uow, council_id)
    except NotFound as unknown:
        raise Invalid("council.not_found", pointer="/council_id") from unknown


def _rulebook(uow: UnitOfWork, rulebook_id: UUID) -> Rulebook:
    rulebook = rulebook_store.find_rulebook(uow, rulebook_id)
    if rulebook is None:
        raise Invalid("rulebook.not_found", pointer="/rulebook_id")
    return rulebook


def change_session(
    uow: UnitOfWork, session_id: UUID, *, title: str, held_on: date, place: str, expected: int | None
) -> Session:
    """Correct a planned session, or move it to another day or place, within the council's term and its rulebook's."""
    session = store.session(uow, session_id)
    session.ensure_version(expected)
    session.change(council_store.council(uow, session.council_id), title=title, held_on=held_on, place=place)
    _rulebook(uow, session.rulebook_id).ensure_usable(session.scope_path, held_on)
    store.save_session(uow, session)
    return session


def cancel_session(uow: UnitOfWork, session_id: UUID, *, reason: str, expected: int | None) -> Session:
    """Call a session off that nobody has judged in; its dossiers wait again."""
    session = store.session(uow, session_id)
    session.ensure_version(expected)
    agenda = dossier_store.agenda(uow, session.id)
    event = session.cancel(reason, bool(judging_store.judges(uow, session.id)), len(agenda))
    dossier_store.put_back(uow, session.id, [dossier.id for dossier in agenda])
    store.save_session(uow, session)
    uow.emit(event)
    return session


def set_agenda(
    uow: UnitOfWork, session_id: UUID, dossier_ids: list[UUID], *, fewest_recusals: bool, expected: int | None
) -> Session:
    """Make these dossiers, in this order, the agenda; those left out wait again."""
    session = store.session(uow, session_id)
    session.ensure_version(expected)
    session.change_agenda()
    council = council_store.council(uow, session.council_id)
    dossiers = _schedulable(uow, session, dossier_ids)
    store.save_session(uow, session)
    dossier_store.save_agenda(uow, session.id, _ordered(uow, council, dossiers, dossier_ids, fewest_recusals))
    return session


def _schedulable(uow: UnitOfWork, session: Session, ids: list[UUID]) -> list[Dossier]:
    if len(set(ids)) < len(ids):
        raise Invalid("session.dossier_twice", pointer="/dossier_ids")
    found = {dossier.id: dossier for dossier in dossier_store.dossiers_to_schedule(uow, ids, session.id)}
    judged = _judged(uow, session, found.values())
    for index, id_ in enumerate(ids):
        if id_ not in found:
            raise Invalid("dossier.not_found", pointer=f"/dossier_ids/{index}")
        found[id_].ensure_schedulable(judged, session.id)
    return [found[id_] for id_ in ids]


def _judged(uow: UnitOfWork, session: Session, dossiers: Iterable[Dossier]) -> set[UUID]:
    """The units whose dossiers its council judges; looked up only when there are others than its own."""
    if all(dossier.unit_id == session.unit_id for dossier in dossiers):
        return {session.unit_id}
    return {row.id for row in uow.rows(structure.answered_by(uow, session.unit_id))}


def _ordered(
    uow: UnitOfWork, council: Council, dossiers: list[Dossier], ids: list[UUID], fewest_recusals: bool
) -> list[UUID]:
    if not fewest_recusals:
        return ids
    recusals = judging_store.recusals(uow, dossiers)
    outside = {id_: frozenset(recusal.person_id for recusal in recusals[id_]) for id_ in ids}
    return in_order_of_recusals(ids, lambda id_: outside[id_] & council.member_ids)


def record_attendance(uow: UnitOfWork, session_id: UUID, present: list[UUID], *, expected: int | None) -> Session:
    """Who is in the room, as a whole list."""
    session = store.session(uow, session_id)
    session.ensure_version(expected)
    council = council_store.council(uow, session.council_id)
    session.attend(frozenset(present), council, judging_store.judges(uow, session.id))
    store.save_session(uow, session)
    return session


def open_session(
    uow: UnitOfWork, session_id: UUID, *, now: datetime, move: bool = False, expected: int | None = None
) -> Session:
    """Freeze the rulebook's content. Raises Conflict with the numbers when too few are there.

    `move`: hold it today when its day is yet to come; without it that is a Conflict.
    """
    session = store.session(uow, session_id)
    session.ensure_version(expected)
    council = council_store.council(uow, session.council_id)
    rules = _rulebook(uow, session.rulebook_id).rules
    count, today = len(dossier_store.agenda(uow, session.id)), clock.day_of(now)
    event = session.open(council, rules, count, at=now, today=today, move=move)
    store.save_session(uow, session)
    uow.emit(event)
    return session


def close_session(uow: UnitOfWork, session_id: UUID, *, now: datetime, expected: int | None) -> Session:
    """Waits for members who are just scoring or voting; nobody does after it.

    What it has not come to waits for another session, and is not refused unheard.
    """
    session = store.session(uow, session_id)
    session.ensure_version(expected)
    session.ensure_open()
    dossier_store.put_back(uow, session.id, _unheard(uow, session))
    dossiers = dossier_store.judge_agenda(uow, session.id)
    event = session.close(len(dossiers), now)
    store.save_session(uow, session)
    closed_on = now.astimezone(clock.LEGAL_ZONE).date()
    judged = [dossier.judged(session.id, closed_on) for dossier in dossiers]
    uow.emit(event, *judged)
    return session


def _unheard(uow: UnitOfWork, session: Session) -> list[UUID]:
    """What nobody scored or voted on, though they could have: no session of this council hears it where too many of its
    members have a part in it.
    """
    council = council_store.council(uow, session.council_id)
    quorum = session.frozen_rules.quorum(len(council.members))
    dossiers = dossier_store.dossiers_to_schedule(uow, [], session.id)
    recusals, given = judging_store.recusals(uow, dossiers), judging_store.progress(uow, session.id)
    heard = given["sheets"].keys() | given["ballots"].keys()

    def can_be_heard(id_: UUID) -> bool:
        return Panel.of(council.member_ids, session.present, recusals[id_]).can_hold(quorum)

    return [dossier.id for dossier in dossiers if dossier.id not in heard and can_be_heard(dossier.id)]


@dataclass(frozen=True)
class AgendaItem:
    """A dossier on the agenda and how far its judging is; `entitled` counts who may judge it."""

    dossier: Dossier
    entitled: int
    sheets: int
    ballots: int
    recused: bool


@dataclass(frozen=True)
class SessionPage:
    """Everything a session's page shows, as one member sees it."""

    session: Session
    council: Council
    rulebook: Rulebook | None
    agenda: list[AgendaItem]
    decision_id: UUID | None

    @property
    def quorum(self) -> int | None:
        """How many must come; known as soon as the rulebook is, which others may still keep from us."""
        rules = self.session.rules or (self.rulebook.rules if self.rulebook else None)
        return rules.quorum(len(self.council.members)) if rules else None


def show_session(uow: UnitOfWork, session: Session, actor: Actor, decision_id: UUID | None) -> SessionPage:
    """Counts only, no figures: those wait for the closing. The number of statements does not depend on the agenda."""
    council = council_store.council(uow, session.council_id)
    dossiers = dossier_store.agenda(uow, session.id)
    recusals, given = judging_store.recusals(uow, dossiers), judging_store.progress(uow, session.id)
    agenda = []
    for dossier in dossiers:
        panel = Panel.of(council.member_ids, session.present, recusals[dossier.id])
        sheets, ballots = given["sheets"].get(dossier.id, 0), given["ballots"].get(dossier.id, 0)
        agenda.append(AgendaItem(dossier, len(panel.entitled), sheets, ballots, panel.is_closed_to(actor)))
    rulebook = None
    if session.status is SessionStatus.PLANNED:
        rulebook = rulebook_store.find_rulebook(uow, session.rulebook_id)
    return SessionPage(session, council, rulebook, agenda, decision_id)
