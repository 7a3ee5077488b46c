"""What a province gives the centre: drawn, compared with what it gave before, sent."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork

from reporting.domain import figures, outreach, rollups
from reporting.domain.figures import Count, Span
from reporting.domain.rollups import Figures, Rollup, closed
from reporting.domain.tree import Area
from reporting.store import figures as figure_store
from reporting.store import projections, units
from reporting.store import rollups as store


def send_rollup(uow: UnitOfWork, *, year: int, unit_id: UUID, by: UUID, seen: str | None = None) -> Rollup:
    """The year's figures as they are now, as the next version. Nothing that was sent before changes.

    Raises Conflict when they are not those of the preview that `seen` is the tag of.

    Only once the figures are held still is the moment taken: a merger comes wholly before it, or wholly after.
    """
    area = _province(uow, unit_id, year)
    projections.lock_figures(uow)
    rollups.ensure_settled(store.is_moving(uow, area))
    now = clock.now()
    before = store.newest(uow, year)
    version = before.version + 1 if before else 1
    figures = _draw(uow, area, year)
    rollups.ensure_as_seen(seen, version, figures)
    rollup = Rollup(uow.tenant, year, version, unit_id, area.path, now, by, figures)
    store.add(uow, rollup)
    uow.emit(rollup.sent())
    return rollup


def preview_rollup(uow: UnitOfWork, *, year: int, unit_id: UUID) -> dict[str, Any]:
    """Exactly what would be sent now, and what is another than in what was sent last."""
    area = _province(uow, unit_id, year)
    rollups.ensure_settled(store.is_moving(uow, area))
    before, drawn = store.newest(uow, year), _draw(uow, area, year)
    version = before.version + 1 if before else 1
    return {
        "year": year,
        "version": version,
        "tag": rollups.tag(version, drawn),
        "drawn_at": clock.now(),
        "figures": drawn,
        "last": before,
        "changes": rollups.changes(before.figures, drawn) if before else [],
    }


def list_rollups(uow: UnitOfWork, *, limit: int, cursor: list[str] | None) -> list[Any]:
    """What was sent, also by provinces that have become part of this one; one more than `limit`."""
    return store.page(uow, limit=limit, cursor=cursor)


def _province(uow: UnitOfWork, unit_id: UUID, year: int) -> Area:
    """The whole of it, in a year that has begun. Raises Forbidden, Invalid."""
    area = units.area(uow, unit_id)
    rollups.ensure_may_send(uow.tenant, area.path)
    rollups.ensure_begun(year, clock.today().year)
    return area


def _draw(uow: UnitOfWork, area: Area, year: int) -> Figures:
    """The figures of the year's dashboard, without anything that somebody has worded."""
    span = Span(year, year)
    cells = figure_store.counts(uow, area, span, figure_store.DIMENSIONS)
    counts = _counts(cells)
    return {
        "registered": figures.registered(counts),
        "recognised": figures.recognised(counts),
        "by_status": _by_status(counts),
        **{f"by_{name}": figures.broken_down(_counts(cells, name)) for name in ("content", "field", "affiliation")},
        "models": [_line(("from_year", "to_year", "quantity"), row) for row in figure_store.models(uow, area, span)],
        "replications": [
            _line(("origin_year", "from_year", "to_year", "quantity"), row)
            for row in figure_store.replications(uow, area, span)
        ],
        "outreach": _outreach(uow, area, span),
        "commendations": _commendations(uow, area, span),
    }


def _counts(cells: Iterable[Any], key: str = "") -> list[Count]:
    return [
        Count(cell.year, cell.status, cell._mapping["count"], closed(key, cell._mapping[key]) if key else "")
        for cell in cells
    ]


def _by_status(counts: Iterable[Count]) -> dict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for count in counts:
        sums[closed("status", count.status)] += count.count
    return dict(sorted(sums.items()))


def _line(names: tuple[str, ...], row: tuple[int, ...]) -> dict[str, int]:
    return dict(zip(names, row, strict=True))


def _outreach(uow: UnitOfWork, area: Area, span: Span) -> dict[str, int]:
    forms = figure_store.activity_forms(uow, area, span)
    held = {"activities": sum(row._mapping["count"] for row in forms), "people": sum(row.people for row in forms)}
    return outreach.reached(figure_store.launches(uow, area, span)) | held


def _commendations(uow: UnitOfWork, area: Area, span: Span) -> list[dict[str, Any]]:
    """By years, form and authority. Named parts are counted among their group already."""
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in figure_store.commendations(uow, area, span):
        form, authority = closed("form", row.form), closed("authority", row.authority)
        key = {"from_year": row.from_year, "to_year": row.to_year, "form": form, "authority": authority}
        line = lines.setdefault(tuple(key.values()), {**key, "collectives": 0, "individuals": 0})
        if not row.of_which:
            line[f"{row.kind}s"] += row._mapping["count"]
    return [lines[key] for key in sorted(lines)]
