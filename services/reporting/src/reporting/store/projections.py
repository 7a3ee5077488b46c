"""Writing the read model: what was told, where units are now, and the counts of every level."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from sqlalchemy import ColumnElement, Table, func, select, update

from reporting.domain import tree
from reporting.domain.counting import Cell, LevelCounts, OwnCounts
from reporting.domain.facts import Commendation, Cycle, Decision, Home, Initiative, Model, Replication, Told, Unit
from reporting.store import rows, tables

# The unit whose place a row has.
_ANSWERS: dict[Table, ColumnElement[Any]] = {table: table.c.unit_id for table in tables.MADE_UNDER_A_UNIT} | {
    tables.units: tables.units.c.id,
    tables.own_counts: tables.own_counts.c.home_id,
    tables.initiatives: func.coalesce(tables.initiatives.c.responsible_unit_id, tables.initiatives.c.unit_id),
}
_TABLES: dict[type[Told], Table] = {
    Cycle: tables.cycles,
    Initiative: tables.initiatives,
    Model: tables.models,
    Replication: tables.replications,
    Commendation: tables.commendations,
    Decision: tables.decisions,
}


def lock_figures(uow: UnitOfWork, tenant: str = "") -> None:
    """One writer of a tenant's (the acting one's) figures at a time, until its commit.

    Counts are changed by the difference to what was known before: two writers would both take the same away.
    """
    uow.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"figures:{tenant or uow.tenant}", 0))))


def places(uow: UnitOfWork, unit_ids: Collection[UUID]) -> dict[UUID, tuple[int, str]]:
    """(version, path) of those of the units that were ever heard of."""
    place = tables.places.c
    query = select(place.unit_id, place.version, place.scope_path)
    found = uow.rows(query.where(place.tenant == uow.tenant, place.unit_id.in_(unit_ids)))
    return {row.unit_id: (row.version, row.scope_path) for row in found}


def save_places(uow: UnitOfWork, found: Mapping[UUID, tuple[int, str]]) -> None:
    rows.save_newer(
        uow,
        tables.places,
        [{"unit_id": unit_id, "version": version, "scope_path": path} for unit_id, (version, path) in found.items()],
    )


def note_places(uow: UnitOfWork, heard: Mapping[UUID, str]) -> None:
    """Places of units that are only heard of so far; they hold until the units' own events come."""
    rows.add_missing(
        uow,
        tables.places,
        [{"unit_id": unit_id, "version": 0, "scope_path": path} for unit_id, path in heard.items()],
    )


def add_units(uow: UnitOfWork, told: Iterable[Unit], now_at: Mapping[UUID, str]) -> None:
    """Keep every version of a unit; `now_at` is where it is now, which a late old version does not know."""
    records = []
    for unit in told:
        record = asdict(unit)
        record["path"], record["scope_path"] = unit.scope_path, now_at[unit.id]
        records.append(record)
    rows.add_missing(uow, tables.units, records)


def save(uow: UnitOfWork, told: Collection[Told], now_at: Mapping[UUID, str] | None = None) -> None:
    """Keep the newest version of what was told, all of one kind, at the place where its unit is now."""
    records: list[dict[str, Any]] = [asdict(one) for one in told]  # type: ignore[call-overload]
    for record in records:
        if now_at is not None:
            record["scope_path"] = now_at[record.get("responsible_unit_id") or record["unit_id"]]
    if told:
        rows.save_newer(uow, _TABLES[type(next(iter(told)))], records)


def initiatives(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Initiative]:
    """Those of the initiatives that are known, as they are known."""
    table = tables.initiatives
    columns = [table.c[name] for name in Initiative.__dataclass_fields__]
    found = uow.rows(select(*columns).where(table.c.tenant == uow.tenant, table.c.id.in_(ids)))
    return {row.id: Initiative(**row._mapping) for row in found}


def own_counts(uow: UnitOfWork, home_ids: Collection[UUID]) -> OwnCounts:
    """What counts under these units now."""
    table = tables.own_counts
    found = uow.rows(select(table).where(table.c.tenant == uow.tenant, table.c.home_id.in_(home_ids)))
    counts = OwnCounts()
    for row in found:
        cell = Cell(row.year, row.status, row.content, row.field, row.affiliation)
        counts[Home(row.unit_id, row.home_id, row.home_since), cell] = row._mapping["count"]
    return counts


def add_own_counts(uow: UnitOfWork, counts: OwnCounts, now_at: Mapping[UUID, str]) -> None:
    rows.add_up(
        uow,
        tables.own_counts,
        [
            {**asdict(home), "scope_path": now_at[home.home_id], **asdict(cell), "count": count}
            for (home, cell), count in counts.items()
        ],
    )


def add_level_counts(uow: UnitOfWork, counts: LevelCounts) -> None:
    rows.add_up(
        uow,
        tables.level_counts,
        [
            {"scope_path": path, "parent_path": tree.parent(path), **asdict(cell), "count": count}
            for (path, cell), count in counts.items()
        ],
    )


def relocate(uow: UnitOfWork, now_at: Mapping[UUID, str]) -> None:
    """Bring everything made under the units, and their own older records, to where the units are now."""
    target = [{"unit_id": unit_id, "scope_path": path} for unit_id, path in now_at.items()]
    told = rows.recordset(tables.places, ("unit_id", "scope_path"), target)
    for table, unit_id in _ANSWERS.items():
        uow.execute(
            update(table)
            .where(table.c.tenant == uow.tenant, unit_id == told.c.unit_id)
            .values(scope_path=told.c.scope_path)
        )
