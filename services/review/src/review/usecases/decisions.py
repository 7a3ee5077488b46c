"""A closed session's results, and the decision that makes them final."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.errors import Conflict, Forbidden
from common.ids import new_id

from review.domain.councils import Council
from review.domain.decisions import Decision, Verdict, next_number
from review.domain.dossiers import Dossier
from review.domain.judging import Actor, Panel, Result, judge
from review.domain.sessions import Session
from review.store import councils as council_store
from review.store import decisions as store
from review.store import dossiers as dossier_store
from review.store import judging as judging_store
from review.store import sessions as session_store
from review.store import structure


@dataclass(frozen=True)
class SessionResults:
    """`hidden`: dossiers whose figures the asking member must not see yet, having a part in them."""

    session: Session
    verdicts: list[Verdict]
    hidden: frozenset[UUID]


def session_results(uow: UnitOfWork, session_id: UUID, actor: Actor) -> SessionResults:
    """Means, spreads, votes and reasons; raises Conflict until the session is closed."""
    session = session_store.session_read(uow, session_id)
    session.ensure_over()
    council = council_store.council(uow, session.council_id)
    dossiers = dossier_store.agenda(uow, session.id)
    panels = _panels(uow, session, council, dossiers)
    verdicts = _judge_all(uow, session, council, dossiers, panels)
    is_decided = store.find_decision_of(uow, session.id) is not None
    hidden = frozenset(id_ for id_, panel in panels.items() if panel.is_closed_to(actor) and not is_decided)
    return SessionResults(session, verdicts, hidden)


def _panels(uow: UnitOfWork, session: Session, council: Council, dossiers: list[Dossier]) -> dict[UUID, Panel]:
    recusals = judging_store.recusals(uow, dossiers)
    return {id_: Panel.of(council.member_ids, session.present, recused) for id_, recused in recusals.items()}


def _judge_all(
    uow: UnitOfWork, session: Session, council: Council, dossiers: list[Dossier], panels: dict[UUID, Panel]
) -> list[Verdict]:
    """Every dossier by the session's frozen rules; three statements for any number."""
    material = judging_store.material(uow, session.id, dossiers, council.chair_id)

    def judged(id_: UUID) -> Result:
        return judge(id_, session.frozen_rules, panels[id_], material.sheets[id_], material.votes[id_])

    return [Verdict(dossier, judged(dossier.id)) for dossier in dossiers]


def issue_decision(
    uow: UnitOfWork,
    session_id: UUID,
    actor: Actor,
    *,
    number: str,
    signed_on: date,
    signatory: str,
    legal_basis: str,
    recorded_late: str,
    today: date,
) -> Decision:
    """Every dossier of the agenda becomes recognised, or not with its reasons; once for each session.

    Raises Forbidden for who has a part in one of them: another chair or the Standing Board issues it.
    """
    session = session_store.session(uow, session_id)
    session.decide(_day_of(session.opened_at, today))
    _ensure_free(uow, session.unit_id, number, signed_on)
    council = council_store.council(uow, session.council_id)
    dossiers = dossier_store.agenda(uow, session.id, locked=True)
    panels = _panels(uow, session, council, dossiers)
    if any(panel.is_closed_to(actor) for panel in panels.values()):
        raise Forbidden("decision.own")
    decision = Decision(
        id=new_id(),
        session=session,
        number=number,
        signed_on=signed_on,
        signatory=signatory,
        legal_basis=legal_basis,
        issuer=structure.name_on(uow, session.unit_id, signed_on),
        verdicts=tuple(_judge_all(uow, session, council, dossiers, panels)),
        recorded_late=recorded_late,
    )
    events = decision.issue(closed_on=_day_of(session.closed_at, today), today=today)
    session_store.save_session(uow, session)
    dossier_store.decide_agenda(uow, session.id)
    store.add_decision(uow, decision)
    uow.emit(*events)
    return decision


def propose_number(uow: UnitOfWork, unit_id: UUID, today: date) -> str:
    """Return the next free number of the unit's own series in this year, or nothing where it has none yet."""
    found = store.newest_numbers(uow, unit_id, today.year)
    return next_number([row.number for row in found], is_new_year=bool(found) and found[0].signed_year != today.year)


def _ensure_free(uow: UnitOfWork, unit_id: UUID, number: str, signed_on: date) -> None:
    """Raise Conflict naming the decision of the unit that already has the number in this year."""
    if taken := store.find_numbered(uow, unit_id, number, signed_on.year):
        session = session_store.session_read(uow, taken.session_id)
        raise Conflict(
            "decision.number_taken", number=taken.number, signed_on=f"{taken.signed_on:%d/%m/%Y}", session=session.title
        )


def _day_of(moment: datetime | None, otherwise: date) -> date:
    return clock.day_of(moment) if moment else otherwise
