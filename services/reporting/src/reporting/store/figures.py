"""Reading the figures: one statement each, whatever the size of the area."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from common.database import UnitOfWork
from sqlalchemy import (
    CompoundSelect,
    Integer,
    Row,
    Select,
    String,
    case,
    column,
    func,
    literal,
    select,
    union_all,
)  # fmt: skip

from reporting.domain.activities import Kind
from reporting.domain.figures import Span
from reporting.domain.outreach import Launch, Stand
from reporting.domain.tree import Area
from reporting.store import tables
from reporting.store.units import Located, stands

DIMENSIONS = ("year", "status", "content", "field", "affiliation")


def counts(uow: UnitOfWork, area: Area, span: Span, by: Sequence[str]) -> list[Row[Any]]:
    """Numbers of initiatives by any of DIMENSIONS and `path`: the place of the area's part they belong to."""
    cell = _cells(uow, area, by_part="path" in by).subquery()
    keys = [cell.c[name] for name in by]
    query = select(*keys, func.sum(cell.c["count"]).label("count")).where(cell.c["count"] != 0)
    query = query.where(cell.c.year.between(span.from_year, span.to_year)).group_by(*keys)
    return uow.rows(query.having(func.sum(cell.c["count"]) != 0).order_by(*keys))


def _cells(uow: UnitOfWork, area: Area, *, by_part: bool) -> Select[Any] | CompoundSelect[Any]:
    """Today from the counts of the level (or of its parts); for another day from each unit's own."""
    level, own = tables.level_counts, tables.own_counts
    names = (*DIMENSIONS, "count")
    if area.as_of is not None:
        counts_under = case((own.c.home_since <= area.as_of, own.c.home_id), else_=own.c.unit_id)
        located = Located(uow, own, area, counts_under)
        columns = (own.c[name] for name in names)
        return select(located.path.label("path"), *columns).select_from(located.source).where(located.within)
    of_levels = select(level.c.scope_path.label("path"), *(level.c[name] for name in names))
    of_levels = of_levels.where(level.c.tenant == uow.tenant)
    if not by_part:
        return of_levels.where(level.c.scope_path == area.path)
    itself = select(own.c.scope_path.label("path"), *(own.c[name] for name in names))
    itself = itself.where(own.c.tenant == uow.tenant, own.c.scope_path == area.path)
    return union_all(of_levels.where(level.c.parent_path == area.path), itself)


def models(uow: UnitOfWork, area: Area, span: Span) -> list[tuple[int, int, int]]:
    """(from_year, to_year, quantity) of the models whose years overlap the span."""
    model = tables.models
    located = Located(uow, model, area)
    query = select(model.c.from_year, model.c.to_year, func.sum(model.c.quantity)).select_from(located.source)
    query = query.where(located.within, model.c.from_year <= span.to_year, model.c.to_year >= span.from_year)
    keys = (model.c.from_year, model.c.to_year)
    return [tuple(row) for row in uow.rows(query.group_by(*keys).order_by(*keys))]


def replications(uow: UnitOfWork, area: Area, span: Span) -> list[tuple[int, int, int, int]]:
    """(origin_year, adopted_from_year, adopted_to_year, quantity) of what was adopted in the span."""
    made = tables.replications
    located = Located(uow, made, area)
    keys = (made.c.origin_year, made.c.adopted_from_year, made.c.adopted_to_year)
    query = select(*keys, func.sum(made.c.quantity)).select_from(located.source)
    query = query.where(
        located.within, made.c.adopted_from_year <= span.to_year, made.c.adopted_to_year >= span.from_year
    )
    return [tuple(row) for row in uow.rows(query.group_by(*keys).order_by(*keys))]


def launches(uow: UnitOfWork, area: Area, span: Span) -> list[Launch]:
    """Those of the span, each with every place that its unit ever had."""
    activity = tables.activities
    located = Located(uow, activity, area)
    names = ("unit_id", "from_date", "agencies", "villages", "scope_path")
    query = select(*(activity.c[name] for name in names), stands(uow, activity.c.unit_id).label("stands"))
    query = query.select_from(located.source)
    query = query.where(located.within, activity.c.kind == Kind.LAUNCH, *_held_in(span))
    return [_launch(row) for row in uow.rows(query)]


def _launch(row: Row[Any]) -> Launch:
    """Of a unit that is merely heard of no place but today's is known."""
    stood = [Stand(date.fromisoformat(since), path, ended) for since, path, ended in row.stands or ()]
    places = tuple(stood) or (Stand(date.min, row.scope_path),)
    return Launch(row.unit_id, row.from_date, row.agencies, row.villages, places)


def activity_forms(uow: UnitOfWork, area: Area, span: Span) -> list[Row[Any]]:
    """How many activities of each kind and form, and how many people they reached."""
    activity = tables.activities
    located = Located(uow, activity, area)
    keys = (activity.c.kind, activity.c.form)
    totals = (func.count().label("count"), func.sum(activity.c.people).label("people"))
    query = select(*keys, *totals).select_from(located.source).where(located.within, *_held_in(span))
    return uow.rows(query.group_by(*keys).order_by(*keys))


def _held_in(span: Span) -> tuple[Any, Any]:
    activity = tables.activities.c
    return activity.from_date <= date(span.to_year, 12, 31), activity.to_date >= date(span.from_year, 1, 1)


def commendations(uow: UnitOfWork, area: Area, span: Span) -> list[Row[Any]]:
    """Recipients by occasion, years, form, authority, group and kind; of those whose years overlap the span."""
    given = tables.commendations
    located = Located(uow, given, area)
    columns = (column("kind", String), column("group", String), column("of_which", String), column("count", Integer))
    line = func.jsonb_to_recordset(given.c.counts).table_valued(*columns).render_derived("line", with_types=True)
    keys = (
        given.c.from_year, given.c.to_year, given.c.occasion, given.c.authority, given.c.form,
        line.c.group, line.c.kind, line.c.of_which,
    )  # fmt: skip
    query = select(*keys, func.sum(line.c["count"]).label("count"))
    query = query.select_from(located.source.join(line, literal(True)))
    query = query.where(located.within, given.c.from_year <= span.to_year, given.c.to_year >= span.from_year)
    newest = (given.c.to_year.desc(), given.c.from_year.desc(), *keys[2:])
    return uow.rows(query.group_by(*keys).order_by(*newest))


def decisions(uow: UnitOfWork, area: Area, span: Span, most: int | None = None) -> list[Row[Any]]:
    """Newest first, all of them or the first `most`; each row's `found` says how many there are."""
    issued = tables.decisions
    located = Located(uow, issued, area)
    names = ("id", "number", "signed_on", "signatory", "year", "recognised", "not_recognised")
    query = select(*(issued.c[name] for name in names), func.count().over().label("found"))
    query = query.select_from(located.source)
    query = query.where(located.within, issued.c.year.between(span.from_year, span.to_year))
    return uow.rows(query.order_by(issued.c.signed_on.desc(), issued.c.id).limit(most))


def cycles(uow: UnitOfWork, area: Area, span: Span) -> list[Row[Any]]:
    """Cycles of the unit and of the units above it, newest year first."""
    cycle, place = tables.cycles, tables.places
    located = Located(uow, place, area)
    of_unit = (place.c.tenant == cycle.c.tenant) & (place.c.unit_id == cycle.c.unit_id)
    names = (
        "id", "year", "name", "unit_id",
        "opens_on", "registration_closes_on", "endorsement_closes_on", "review_closes_on",
    )  # fmt: skip
    query = select(*(cycle.c[name] for name in names)).select_from(cycle.join(located.source, of_unit))
    query = query.where(
        cycle.c.tenant == uow.tenant,
        func.starts_with(literal(area.path), located.path),
        cycle.c.year.between(span.from_year, span.to_year),
    )
    return uow.rows(query.order_by(cycle.c.year.desc(), located.path))
