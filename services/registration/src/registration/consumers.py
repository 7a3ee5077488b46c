"""Events from the council that registration listens to."""

from datetime import date
from typing import Any
from uuid import UUID

from common import audit, clock
from common.consumer import alone, copying
from common.database import UnitOfWork
from common.events import Event

from registration.domain.councils import Council
from registration.domain.initiative_states import Action
from registration.domain.initiatives import Actor
from registration.domain.recommended import Judged
from registration.usecases import councils, recommended
from registration.usecases import initiatives as usecases


def on_council_recorded(uow: UnitOfWork, event: Event) -> None:
    data = event.data
    term_to = data.get("term_to")  # Missing in the first events of this type: then the term counts as open.
    council = Council(
        id=UUID(data["council_id"]),
        unit_id=UUID(data["unit_id"]),
        name=data["name"],
        term_to=date.fromisoformat(term_to) if term_to else None,
        version=data["version"],
    )
    councils.take_over_council(uow, council)


def on_dossier_opened(uow: UnitOfWork, event: Event) -> None:
    moment = usecases.Moment(clock.now(), clock.today(), clock.today())
    usecases.start_review(uow, UUID(event.data["initiative_id"]), _council_unit(event.data), moment)


def on_dossier_judged(uow: UnitOfWork, event: Event) -> None:
    moment = _moment(event.data["closed_on"])
    usecases.close_review(uow, UUID(event.data["initiative_id"]), _council_unit(event.data), moment)


def on_dossier_decided(uow: UnitOfWork, event: Event) -> None:
    data = event.data
    usecases.take_over_decision(
        uow,
        UUID(data["initiative_id"]),
        clock.now(),
        recognised=data["outcome"] == "recognised",
        number=data["decision_number"],
        on=date.fromisoformat(data["decided_on"]),
        score=data["score"],
        reasons=data["reasons"],
        council_unit_id=_council_unit(data),
    )


@alone
def on_dossier_recommended(uow: UnitOfWork, event: Event) -> None:
    data = event.data
    judged = Judged(data["score"], *(data[name] for name in ("yes", "no", "abstain", "present")))
    recommended.give(
        uow,
        UUID(data["initiative_id"]),
        by=_proposer(data),
        province=event.tenant,
        version=data["version"],
        judged=judged,
        statement=data["statement"],
        moment=_moment(data["recommended_on"]),
    )


@alone
def on_recommendation_withdrawn(uow: UnitOfWork, event: Event) -> None:
    data = event.data
    recommended.take_back(
        uow,
        UUID(data["initiative_id"]),
        by=_proposer(data),
        province=event.tenant,
        version=data["version"],
        reason=data["reason"],
        moment=_moment(data["withdrawn_on"]),
    )


def on_recommendation_answered(uow: UnitOfWork, event: Event) -> None:
    data = event.data
    answer, moment = Action(data["answer"]), _moment(data["answered_on"])
    recommended.hear(uow, UUID(data["initiative_id"]), answer=answer, reason=data["reason"], moment=moment)


def _council_unit(data: dict[str, Any]) -> UUID | None:
    """Return the unit whose council it was; decisions of older releases do not name it."""
    unit_id = data.get("council_unit_id")
    return UUID(unit_id) if unit_id else None


def _proposer(data: dict[str, Any]) -> Actor:
    absent = data["on_behalf_of"]
    return Actor(UUID(data["acted_by"]), data["acted_as"], UUID(absent) if absent else None)


def _moment(on: str) -> usecases.Moment:
    return usecases.Moment(clock.now(), clock.today(), date.fromisoformat(on))


HANDLERS = {
    "vn.sangtao.review.council.recorded.v1": on_council_recorded,
    "vn.sangtao.review.dossier.opened.v1": on_dossier_opened,
    "vn.sangtao.review.dossier.judged.v1": on_dossier_judged,
    "vn.sangtao.review.dossier.decided.v1": on_dossier_decided,
    "vn.sangtao.review.dossier.recommended.v1": on_dossier_recommended,
    "vn.sangtao.review.dossier.recommendation_withdrawn.v1": on_recommendation_withdrawn,
    "vn.sangtao.review.dossier.recommendation_answered.v1": on_recommendation_answered,
    **copying(audit.witnessing("review", "reporting", "notifications")),
}
