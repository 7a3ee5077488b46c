"""The province proposes a recognised dossier to the centre, takes that back, and hears the answer."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Conflict, Forbidden, NotFound

from review.domain.dossiers import Dossier
from review.domain.judging import Actor
from review.domain.recommendations import Given, Proposer, Recommendation, ensure_recognised, recommend
from review.domain.vocabulary import DossierState
from review.store import decisions as decision_store
from review.store import dossiers as dossier_store
from review.store import judging as judging_store
from review.store import recommendations as store
from review.store import reference


def recommend_dossier(
    uow: UnitOfWork, initiative_id: UUID, actor: Actor, proposer: Proposer, *, statement: str, today: date
) -> Recommendation:
    """Raises Forbidden below the province and for who has a part in it; Conflict unless its council recognised it."""
    dossier = _dossier(uow, initiative_id)
    _ensure_may_propose(uow, dossier, actor, proposer)
    result, known = decision_store.find_result(uow, dossier.id), store.find_recommendation(uow, dossier.id)
    recommendation, event = recommend(dossier, result, known, proposer, statement, today)
    dossier_store.save_dossier(uow, dossier)
    store.save_recommendation(uow, recommendation)
    uow.emit(event)
    return recommendation


def withdraw_recommendation(
    uow: UnitOfWork, initiative_id: UUID, actor: Actor, proposer: Proposer, *, reason: str, today: date
) -> Recommendation:
    """Until the centre has answered."""
    dossier = _dossier(uow, initiative_id)
    _ensure_may_propose(uow, dossier, actor, proposer)
    recommendation = store.find_recommendation(uow, dossier.id)
    if recommendation is None:
        raise NotFound("recommendation.not_found")
    event = recommendation.withdraw(dossier, proposer, reason, today)
    dossier_store.save_dossier(uow, dossier)
    store.save_recommendation(uow, recommendation)
    uow.emit(event)
    return recommendation


def hear_answer(uow: UnitOfWork, initiative_id: UUID, given: Given) -> None:
    """Written beside the recommendation, and told in the province's own name; a province may be gone by then."""
    dossier = dossier_store.find_dossier(uow, initiative_id)
    recommendation = store.find_recommendation(uow, initiative_id)
    if dossier is None or recommendation is None:
        return
    if event := recommendation.hear(dossier, given):
        dossier_store.save_dossier(uow, dossier)
        store.save_recommendation(uow, recommendation)
        uow.emit(event)


@dataclass(frozen=True)
class Proposal:
    """A dossier's recommendation as one person may see it, and what they may do about it."""

    recommendation: Recommendation | None
    allowed: list[str]


def show_proposal(uow: UnitOfWork, dossier: Dossier, actor: Actor, proposer: Proposer) -> Proposal:
    if dossier.state is not DossierState.DECIDED:
        return Proposal(None, [])
    known = store.find_recommendation(uow, dossier.id)
    try:
        _ensure_may_propose(uow, dossier, actor, proposer)
        ensure_recognised(dossier, decision_store.find_result(uow, dossier.id))
    except (Forbidden, Conflict):
        return Proposal(known, [])
    if known is None or not known.stands:
        return Proposal(known, ["recommend"])
    return Proposal(known, ["withdraw_recommendation"] if known.may_be_withdrawn else [])


def _dossier(uow: UnitOfWork, initiative_id: UUID) -> Dossier:
    dossier = dossier_store.find_dossier(uow, initiative_id)
    if dossier is None:
        raise NotFound("dossier.not_found")
    return dossier


def _ensure_may_propose(uow: UnitOfWork, dossier: Dossier, actor: Actor, proposer: Proposer) -> None:
    """The province proposes what its own council has decided; a unit that became part of it stands where it stands."""
    root = reference.find_root(uow)
    if root is None or proposer.unit_id != root.id:
        raise Forbidden("recommendation.of_the_whole_province")
    if dossier.scope_path != root.scope_path:
        raise Conflict("recommendation.of_a_lower_council", dossier=dossier.initiative.code)
    recusals = judging_store.recusals(uow, [dossier])[dossier.id]
    if not actor.selves.isdisjoint(recusal.person_id for recusal in recusals):
        raise Forbidden("recommendation.own")
