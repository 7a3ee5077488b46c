"""What reporting hears. Handlers only note: the unit of work applies a batch together, just before its commit."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from common import audit, clock, export_door, exports, limits, tenants
from common.auth import grant_values, save_grant
from common.consumer import Handler, alone, copying
from common.database import UnitOfWork
from common.events import Event

from reporting.domain.facts import Commendation, Cycle, Decision, Initiative, Model, Replication, Told, Unit, recipients
from reporting.domain.national import Received
from reporting.domain.rollups import RollupSent
from reporting.store.tables import metadata
from reporting.usecases import national, projections, subjects

T = TypeVar("T", bound=Told)
_READERS: dict[Any, Callable[[Any], Any]] = {
    UUID: UUID,
    UUID | None: UUID,
    date: date.fromisoformat,
    date | None: date.fromisoformat,
    int: int,
}


def _read(kind: type[T], id_name: str, data: Mapping[str, Any]) -> T:
    """The fields of `kind` out of an event's data. Raises KeyError, TypeError or ValueError for what is amiss.

    What has a default was not told by the first events of its type.
    """
    hints, values = get_type_hints(kind), {}
    for field in fields(kind):  # type: ignore[arg-type]
        name = id_name if field.name == "id" else field.name
        if name not in data and field.default is not MISSING:
            continue
        value = data[name]
        reader = _READERS.get(hints[field.name])
        values[field.name] = reader(value) if reader and value is not None else value
    return kind(**values)


def on_settings_recorded(uow: UnitOfWork, event: Event) -> None:
    limits.save_quota(uow, metadata, event.data["quotas"], event.data["version"])


def on_export_asked(uow: UnitOfWork, event: Event) -> None:
    exports.ask(uow, metadata, UUID(event.data["export_id"]), datetime.fromisoformat(event.data["asked_at"]))


@alone
def on_tenant_recorded(uow: UnitOfWork, event: Event) -> None:
    if event.data["status"] == tenants.Status.MERGED:
        national.hold_still(uow, event.data["heir"])
    tenants.take_over(uow, metadata, event.data)
    if event.tenant == event.data["code"]:
        national.record_province(uow, event.data, clock.now())


@alone
def on_rollup_sent(uow: UnitOfWork, event: Event) -> None:
    """The event's tenant gave it, whatever that has become part of since."""
    drawn_at = datetime.fromisoformat(event.data["drawn_at"])
    year, version = event.data["year"], event.data["version"]
    national.receive(uow, Received(event.tenant, year, version, drawn_at, event.data["figures"]))


def level_of(data: Mapping[str, Any]) -> str:
    """The tenant's own level; events of before it was data have only the closed list's."""
    return str(data.get("level_code") or data["level"])


def on_unit_recorded(uow: UnitOfWork, event: Event) -> None:
    uow.defer(projections.record_units, _read(Unit, "unit_id", {**event.data, "level": level_of(event.data)}))


def on_cycle_recorded(uow: UnitOfWork, event: Event) -> None:
    uow.defer(projections.record_cycles, _read(Cycle, "cycle_id", event.data))


def on_initiative_changed(uow: UnitOfWork, event: Event) -> None:
    uow.defer(projections.record_initiatives, _read(Initiative, "initiative_id", event.data))


def on_model_recorded(uow: UnitOfWork, event: Event) -> None:
    uow.defer(projections.record_models, _read(Model, "model_id", event.data))


def on_model_replicated(uow: UnitOfWork, event: Event) -> None:
    uow.defer(projections.record_replications, _read(Replication, "replication_id", event.data))


def on_commendation_recorded(uow: UnitOfWork, event: Event) -> None:
    data = {**event.data, "counts": recipients(event.data["recipients"])}
    uow.defer(projections.record_commendations, _read(Commendation, "commendation_id", data))


def on_decision_issued(uow: UnitOfWork, event: Event) -> None:
    uow.defer(projections.record_decisions, _read(Decision, "decision_id", event.data))


def on_grant_changed(uow: UnitOfWork, event: Event) -> None:
    save_grant(uow, metadata, grant_values(event.data))


@alone
def on_person_erased(uow: UnitOfWork, event: Event) -> None:
    ids = [event.data["person_id"], *event.data["initiative_ids"]]
    subjects.erase_person(uow, [UUID(one) for one in ids])


def on_subject_request_started(uow: UnitOfWork, event: Event) -> None:
    export_door.open_door(uow, metadata, event.data)


def on_subject_request_closed(uow: UnitOfWork, event: Event) -> None:
    export_door.close_door(uow, metadata, event.data)


_REGISTRATION, _REVIEW = "vn.sangtao.registration", "vn.sangtao.review"
_STATES = (
    "submitted", "returned", "withdrawn", "endorsed", "forwarded", "recalled", "review_started", "reinstated",
    "recognised", "not_recognised", "transferred",
)  # fmt: skip

_COPIES: dict[str, Handler] = {
    f"{_REGISTRATION}.person.erased.v1": on_person_erased,
    f"{_REGISTRATION}.subject_request.started.v1": on_subject_request_started,
    f"{_REGISTRATION}.subject_request.closed.v1": on_subject_request_closed,
    f"{_REGISTRATION}.tenant.recorded.v1": on_tenant_recorded,
    f"{_REGISTRATION}.settings.recorded.v1": on_settings_recorded,
    f"{_REGISTRATION}.tenant.export_asked.v1": on_export_asked,
    f"{_REGISTRATION}.unit.recorded.v1": on_unit_recorded,
    f"{_REGISTRATION}.grant.issued.v1": on_grant_changed,
    f"{_REGISTRATION}.grant.revoked.v1": on_grant_changed,
    f"{_REGISTRATION}.cycle.recorded.v1": on_cycle_recorded,
    **{f"{_REGISTRATION}.initiative.{state}.v1": on_initiative_changed for state in _STATES},
    f"{_REGISTRATION}.model.recorded.v1": on_model_recorded,
    f"{_REGISTRATION}.model.replicated.v1": on_model_replicated,
    f"{_REVIEW}.commendation.recorded.v1": on_commendation_recorded,
    f"{_REVIEW}.decision.issued.v1": on_decision_issued,
    RollupSent.type: on_rollup_sent,
    **audit.witnessing("registration", "review", "notifications"),
}
HANDLERS = copying(_COPIES)
