"""The log of activities: record one, correct one, look through them."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.ids import new_id

from reporting.domain.activities import Activity, Reach
from reporting.store import activities as store
from reporting.store import projections, units


def record_activity(uow: UnitOfWork, *, unit_id: UUID, reach: dict[str, int], **values: Any) -> dict[str, Any]:
    # Against a reorganisation that moves the unit in this moment and would miss the new row.
    projections.lock_figures(uow)
    area = units.area(uow, unit_id)
    activity = Activity(new_id(), unit_id=unit_id, scope_path=area.path, reach=Reach(**reach), **values)
    uow.emit(activity.recorded())
    store.add(uow, activity)
    return _shown(activity, area.name)


def revise_activity(
    uow: UnitOfWork, activity_id: UUID, *, expected_version: int | None, unit_id: UUID, reach: dict[str, int],
    **values: Any,
) -> dict[str, Any]:  # fmt: skip
    """Correct all of it, also the unit it was recorded under."""
    projections.lock_figures(uow)
    activity = store.activity(uow, activity_id, for_change=True)
    area = units.area(uow, unit_id)
    place = {"unit_id": unit_id, "scope_path": area.path}
    uow.emit(activity.revise(expected_version, **place, reach=Reach(**reach), **values))
    store.save(uow, activity)
    return _shown(activity, area.name)


def show_activity(uow: UnitOfWork, activity_id: UUID) -> dict[str, Any]:
    activity = store.activity(uow, activity_id)
    return _shown(activity, _names(uow, [activity])[activity.scope_path])


def list_activities(
    uow: UnitOfWork, *, unit_id: UUID, kind: str | None, from_year: int | None, to_year: int | None,
    as_of: date | None, limit: int, cursor: list[str] | None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Activities of the unit and all below it, in the structure of a day or in today's; one more than `limit`."""
    years = (from_year, to_year)
    found = store.page(uow, units.area(uow, unit_id, as_of), kind=kind, years=years, limit=limit, cursor=cursor)
    names = _names(uow, found)
    return [_shown(activity, names[activity.scope_path]) for activity in found]


def _names(uow: UnitOfWork, found: list[Activity]) -> dict[str, str]:
    paths = {activity.scope_path for activity in found}
    return {path: area.name for path, area in units.areas_at(uow, paths, None).items()}


def _shown(activity: Activity, unit_name: str) -> dict[str, Any]:
    return {**asdict(activity), "unit_name": unit_name}
