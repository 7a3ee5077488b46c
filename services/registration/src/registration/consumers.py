"""Events from the council that registration listens to."""

from datetime import date
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.events import Event

from registration.usecases import initiatives as usecases


def on_dossier_opened(uow: UnitOfWork, event: Event) -> None:
    moment = usecases.Moment(clock.now(), clock.today(), clock.today())
    usecases.start_review(uow, UUID(event.data["initiative_id"]), moment)


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
    )


HANDLERS = {
    "vn.sangtao.review.dossier.opened.v1": on_dossier_opened,
    "vn.sangtao.review.dossier.decided.v1": on_dossier_decided,
}
