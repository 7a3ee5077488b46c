"""Events this service listens to: what it must know about people and units, and what it tells them."""

from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from common import audit, clock, export_door, exports, limits, tenants
from common.auth import grant_values
from common.consumer import Handler, alone, copying
from common.database import UnitOfWork
from common.events import Event

from notifications import telling, usecases
from notifications.domain import Kind, Notice
from notifications.store.tables import metadata

REGISTRATION = "vn.sangtao.registration"


def on_settings_recorded(uow: UnitOfWork, event: Event) -> None:
    limits.save_quota(uow, metadata, event.data["quotas"], event.data["version"])


def on_export_asked(uow: UnitOfWork, event: Event) -> None:
    exports.ask(uow, metadata, UUID(event.data["export_id"]), datetime.fromisoformat(event.data["asked_at"]))


@alone
def on_tenant_recorded(uow: UnitOfWork, event: Event) -> None:
    tenants.take_over(uow, metadata, event.data)


def on_person_recorded(uow: UnitOfWork, event: Event) -> None:
    data = event.data
    values = {"id": UUID(data["person_id"]), "name": data["name"], "email": data["email"] or ""}
    usecases.record_person(uow, {**values, "version": event.sequence}, now=clock.now())


@alone
def on_person_erased(uow: UnitOfWork, event: Event) -> None:
    values = {"id": UUID(event.data["person_id"]), "version": event.sequence}
    usecases.erase_person(uow, values, [UUID(one) for one in event.data["initiative_ids"]])


def on_subject_request_started(uow: UnitOfWork, event: Event) -> None:
    export_door.open_door(uow, metadata, event.data)


def on_subject_request_received(uow: UnitOfWork, event: Event) -> None:
    telling.announce(uow, _asked(event, date.fromisoformat(event.data["due_on"])), now=clock.now())


def on_subject_request_closed(uow: UnitOfWork, event: Event) -> None:
    export_door.close_door(uow, metadata, event.data)
    telling.close(uow, _asked(event, clock.today()), event.data["outcome"], now=clock.now())


def _asked(event: Event, due_on: date) -> telling.Asked:
    data = event.data
    request_id, person_id = UUID(data["request_id"]), UUID(data["person_id"])
    return telling.Asked(UUID(event.id), event.time, request_id, person_id, data["kind"], due_on)


def on_unit_recorded(uow: UnitOfWork, event: Event) -> None:
    data = event.data
    known = {"id": UUID(data["unit_id"]), "name": data["name"], "version": event.sequence}
    usecases.record_unit(uow, {**known, "scope_path": data["scope_path"]})


def on_cycle_recorded(uow: UnitOfWork, event: Event) -> None:
    days = ("registration_closes_on", "endorsement_closes_on", "review_closes_on")
    values = {day: date.fromisoformat(event.data[day]) for day in days}
    known = {"id": UUID(event.data["cycle_id"]), "name": event.data["name"], "version": event.sequence}
    usecases.record_cycle(uow, {**known, **values})


def on_grant_issued(uow: UnitOfWork, event: Event) -> None:
    usecases.record_grant(uow, grant_values(event.data), issued_at=event.time, now=clock.now())


def on_grant_revoked(uow: UnitOfWork, event: Event) -> None:
    usecases.revoke_grant(uow, grant_values(event.data))


def on_initiative_changed(uow: UnitOfWork, event: Event, *, kind: Kind) -> None:
    data = event.data
    # An answer of the centre is for who answers for the dossier today: provinces may have merged.
    council = data.get("province_unit_id") or data["council_unit_id"]
    notice = Notice(
        event_id=UUID(event.id),
        kind=kind,
        occurred_at=event.time,
        occurred_on=event.time.astimezone(clock.LEGAL_ZONE).date(),
        initiative_id=UUID(data["initiative_id"]),
        code=data["code"] or "",
        title=data["title"],
        cycle_id=UUID(data["cycle_id"]),
        unit_id=UUID(data["unit_id"]),
        responsible_unit_id=_optional_id(data, "responsible_unit_id"),
        council_unit_id=UUID(council) if council else None,
        author_ids=[UUID(person_id) for person_id in data["author_ids"]],
        reason=data["reason"] or "",
        decision_number=data["decision_number"] or "",
        acted_by=_optional_id(data, "acted_by"),
        answer=data.get("answer", ""),
    )
    usecases.announce(uow, notice, now=clock.now())


def _optional_id(data: dict[str, Any], name: str) -> UUID | None:
    return UUID(data[name]) if data.get(name) else None


_COPIES: dict[str, Handler] = {
    f"{REGISTRATION}.tenant.recorded.v1": on_tenant_recorded,
    f"{REGISTRATION}.settings.recorded.v1": on_settings_recorded,
    f"{REGISTRATION}.tenant.export_asked.v1": on_export_asked,
    f"{REGISTRATION}.person.recorded.v1": on_person_recorded,
    f"{REGISTRATION}.person.erased.v1": on_person_erased,
    f"{REGISTRATION}.subject_request.received.v1": on_subject_request_received,
    f"{REGISTRATION}.subject_request.started.v1": on_subject_request_started,
    f"{REGISTRATION}.subject_request.closed.v1": on_subject_request_closed,
    f"{REGISTRATION}.unit.recorded.v1": on_unit_recorded,
    f"{REGISTRATION}.cycle.recorded.v1": on_cycle_recorded,
    f"{REGISTRATION}.grant.issued.v1": on_grant_issued,
    f"{REGISTRATION}.grant.revoked.v1": on_grant_revoked,
    **{f"{REGISTRATION}.{kind}.v1": partial(on_initiative_changed, kind=kind) for kind in Kind},
    **audit.witnessing("registration", "review", "reporting"),
}
HANDLERS = copying(_COPIES)
