"""The versions of a tenant's settings, and the presets that a new tenant chooses from."""

import tomllib
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.limits import save_quota
from sqlalchemy import Row, insert, select

from registration.domain.settings import Document, Settings, document_of
from registration.store.tables import metadata, people, tenant_settings, unit_periods, units


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("registration").joinpath(name).read_text("utf-8"))


def _presets() -> dict[str, dict[str, Any]]:
    return _read("presets.toml")


def preset_names() -> list[str]:
    return list(_presets())


def preset_of(day: date) -> str:
    """By the law of that day."""
    dated = {name: preset["since"] for name, preset in _presets().items() if "since" in preset}
    return max((name for name, since in dated.items() if since <= day), key=lambda name: dated[name])


def usual_cycle(today: date) -> dict[str, Any]:
    """A year's cycle before anybody has chosen another; with registration over by now, all of it lasts the year."""
    usual = _read("usual.toml")["cycle"]
    days = {name: date(today.year, *usual[name]) for name in usual if name != "name"}
    if days["registration_closes_on"] < today:
        days |= {name: date(today.year, 12, 31) for name in days if name != "opens_on"}
    return {"year": today.year, "name": usual["name"].format(year=today.year), **days}


def preset(name: str) -> Document:
    chosen = _presets()[name]
    return document_of({key: value for key, value in chosen.items() if key not in ("name", "since")})


def settings(uow: UnitOfWork) -> Settings:
    """The newest version of the acting tenant; before there is one, levels are those of the longest list."""
    mine = select(tenant_settings).where(tenant_settings.c.tenant == uow.tenant)
    row = uow.find(mine.order_by(tenant_settings.c.version.desc()).limit(1))
    if row is None:
        return Settings(uow.tenant, 0, preset("three-level"))
    return Settings(uow.tenant, row.version, document_of(row.document))


def add_settings(uow: UnitOfWork, settings: Settings, *, at: datetime, by: UUID | None, role: str) -> None:
    """A version of the same number, made meanwhile, refuses it by the key."""
    values = {"tenant": uow.tenant, "version": settings.version, "document": asdict(settings.document)}
    uow.execute(insert(tenant_settings).values(**values, changed_at=at, changed_by=by, role=role))


def save_quotas(uow: UnitOfWork, settings: Settings) -> None:
    """Where the limits look for them; the other services do the same when they hear."""
    save_quota(uow, metadata, asdict(settings.document.quotas), settings.version)


def settings_page(uow: UnitOfWork, *, limit: int, before: int | None) -> list[Row[Any]]:
    """Newest first with who changed it, one more than `limit`."""
    table = tenant_settings
    named = table.outerjoin(people, (people.c.tenant == table.c.tenant) & (people.c.id == table.c.changed_by))
    query = select(table, people.c.name.label("changed_by_name")).select_from(named).where(table.c.tenant == uow.tenant)
    if before is not None:
        query = query.where(table.c.version < before)
    return uow.rows(query.order_by(table.c.version.desc()).limit(limit + 1))


def used_levels(uow: UnitOfWork) -> list[str]:
    """The levels of units that have not ended."""
    joined = units.join(
        unit_periods, (unit_periods.c.tenant == units.c.tenant) & (unit_periods.c.unit_id == units.c.id)
    )
    query = select(units.c.level).distinct().select_from(joined)
    return [row.level for row in uow.rows(query.where(units.c.tenant == uow.tenant, unit_periods.c.valid_to.is_(None)))]
