"""Events from the council that registration listens to."""

from datetime import date
from uuid import UUID

from common import audit, clock
from common.consumer import copying
from common.database import UnitOfWork
from common.events import Event

from registration.domain.councils import Council
from registration.usecases import councils
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
    "vn.sangtao.review.council.recorded.v1": on_council_recorded,
    "vn.sangtao.review.dossier.opened.v1": on_dossier_opened,
    "vn.sangtao.review.dossier.decided.v1": on_dossier_decided,
    **copying(audit.witnessing("review", "reporting", "notifications")),
}
