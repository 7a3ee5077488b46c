"""Events from registration that the review listens to."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from common import audit, clock, export_door, exports, limits, tenants
from common.auth import grant_values, save_grant
from common.centre import CENTRE
from common.consumer import alone, copying
from common.database import UnitOfWork
from common.events import Event

from review.domain.dossiers import Initiative
from review.domain.recommendations import Given
from review.domain.reference import Cycle, Person, Unit
from review.domain.vocabulary import Answer
from review.store.tables import metadata
from review.usecases import dossiers, recommendations, reference, rulebooks, subjects


def on_settings_recorded(uow: UnitOfWork, event: Event) -> None:
    limits.save_quota(uow, metadata, event.data["quotas"], event.data["version"])


def on_export_asked(uow: UnitOfWork, event: Event) -> None:
    exports.ask(uow, metadata, UUID(event.data["export_id"]), datetime.fromisoformat(event.data["asked_at"]))


@alone
def on_tenant_recorded(uow: UnitOfWork, event: Event) -> None:
    tenants.take_over(uow, metadata, event.data)


def on_unit_recorded(uow: UnitOfWork, event: Event) -> None:
    data = event.data
    unit = Unit(
        id=UUID(data["unit_id"]),
        version=data["version"],
        code=data["code"],
        name=data["name"],
        kind=data["kind"],
        level=data.get("level_code") or data["level"],
        affiliation=data["affiliation"],
        parent_id=UUID(data["parent_id"]) if data["parent_id"] else None,
        scope_path=data["scope_path"],
        valid_from=date.fromisoformat(data["valid_from"]),
        valid_to=_date(data["valid_to"]),
        ended=data.get("ended", False),
    )
    reference.take_over_unit(uow, unit)


def on_person_recorded(uow: UnitOfWork, event: Event) -> None:
    person = Person(UUID(event.data["person_id"]), event.data["version"], event.data["name"])
    reference.take_over_person(uow, person)


def on_cycle_recorded(uow: UnitOfWork, event: Event) -> None:
    data = event.data
    cycle = Cycle(
        id=UUID(data["cycle_id"]),
        version=data["version"],
        year=data["year"],
        name=data["name"],
        unit_id=UUID(data["unit_id"]),
        review_closes_on=date.fromisoformat(data["review_closes_on"]),
    )
    reference.take_over_cycle(uow, cycle)


def on_grant_issued(uow: UnitOfWork, event: Event) -> None:
    save_grant(uow, metadata, grant_values(event.data))


def on_tenant_opened(uow: UnitOfWork, event: Event) -> None:
    root, since = UUID(event.data["root_unit_id"]), date.fromisoformat(event.data["opened_on"])
    rulebooks.adopt_template(uow, unit_id=root, valid_from=since.replace(month=1, day=1), now=clock.now())


def on_initiative_forwarded(uow: UnitOfWork, event: Event) -> None:
    dossiers.open_dossier(uow, _initiative(event.data), UUID(event.data["council_unit_id"]))


def on_initiative_withdrawn(uow: UnitOfWork, event: Event) -> None:
    dossiers.withdraw_dossier(uow, UUID(event.data["initiative_id"]), event.data["version"])


@alone
def on_recommended_dossier_answered(uow: UnitOfWork, event: Event) -> None:
    """The way back from the centre: it goes on in the province that is named, or in its heir."""
    if event.tenant != CENTRE:
        return
    data = event.data
    uow.enter_tenant(data["province"])
    day = date.fromisoformat(data["answered_on"])
    given = Given(Answer(data["answer"]), data["reason"], day, data["version"])
    recommendations.hear_answer(uow, UUID(data["initiative_id"]), given)


def _initiative(data: dict[str, Any]) -> Initiative:
    return Initiative(
        id=UUID(data["initiative_id"]),
        version=data["version"],
        code=data["code"],
        title=data["title"],
        cycle_id=UUID(data["cycle_id"]),
        year=data["year"],
        unit_id=UUID(data["unit_id"]),
        content=data["content"],
        field=data["field"],
        affiliation=data["affiliation"],
        # Whoever was behind it before, as who began the draft, judges it as little as its authors.
        author_ids=tuple(UUID(id_) for id_ in dict.fromkeys([*data["author_ids"], *data.get("owner_ids", ())])),
        author_count=data["author_count"],
        forwarded_on=date.fromisoformat(data["happened_on"]),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@alone
def on_person_erased(uow: UnitOfWork, event: Event) -> None:
    initiative_ids = [UUID(one) for one in event.data["initiative_ids"]]
    subjects.erase_person(uow, UUID(event.data["person_id"]), event.data["version"], initiative_ids)


def on_subject_request_started(uow: UnitOfWork, event: Event) -> None:
    export_door.open_door(uow, metadata, event.data)


def on_subject_request_closed(uow: UnitOfWork, event: Event) -> None:
    export_door.close_door(uow, metadata, event.data)


_REGISTRATION = "vn.sangtao.registration"
_COPIES = {
    f"{_REGISTRATION}.person.erased.v1": on_person_erased,
    f"{_REGISTRATION}.subject_request.started.v1": on_subject_request_started,
    f"{_REGISTRATION}.subject_request.closed.v1": on_subject_request_closed,
    f"{_REGISTRATION}.tenant.recorded.v1": on_tenant_recorded,
    f"{_REGISTRATION}.settings.recorded.v1": on_settings_recorded,
    f"{_REGISTRATION}.tenant.export_asked.v1": on_export_asked,
    f"{_REGISTRATION}.unit.recorded.v1": on_unit_recorded,
    f"{_REGISTRATION}.person.recorded.v1": on_person_recorded,
    f"{_REGISTRATION}.cycle.recorded.v1": on_cycle_recorded,
    f"{_REGISTRATION}.grant.issued.v1": on_grant_issued,
    # A revoked grant is the same snapshot with the moment of its end.
    f"{_REGISTRATION}.grant.revoked.v1": on_grant_issued,
    **audit.witnessing("registration", "reporting", "notifications"),
}
HANDLERS = {
    **copying(_COPIES),
    f"{_REGISTRATION}.tenant.opened.v1": on_tenant_opened,
    f"{_REGISTRATION}.initiative.forwarded.v1": on_initiative_forwarded,
    f"{_REGISTRATION}.initiative.withdrawn.v1": on_initiative_withdrawn,
    f"{_REGISTRATION}.initiative.returned.v1": on_initiative_withdrawn,
    f"{_REGISTRATION}.initiative.recalled.v1": on_initiative_withdrawn,
    f"{_REGISTRATION}.recommended_dossier.answered.v1": on_recommended_dossier_answered,
}
