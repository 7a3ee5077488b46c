"""Figures asked for: a roll-up by any keys, the dashboard, and the evaluation of several years together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork

from reporting.domain import figures, outreach, tree
from reporting.domain.figures import Count, Span
from reporting.domain.tree import Area
from reporting.store import figures as store
from reporting.store import units

PART = "unit"
# What a page shows; the evaluation, which is handed in, has them all.
MOST_DECISIONS_SHOWN = 50


def roll_up(uow: UnitOfWork, *, unit_id: UUID, span: Span, by: Sequence[str], as_of: date | None) -> dict[str, Any]:
    """Every initiative ever submitted, withdrawn ones too, counted by the keys; `unit` is the area's direct part."""
    area = units.area(uow, unit_id, as_of)
    columns = ["path" if key == PART else key for key in by]
    sums: defaultdict[tuple[Any, ...], int] = defaultdict(int)
    for row in store.counts(uow, area, span, columns):
        sums[_group(row._mapping, columns, area)] += row._mapping["count"]
    parts = units.areas_at(uow, {key[columns.index("path")] for key in sums}, as_of) if "path" in columns else {}
    groups = [{**_named(by, key, parts), "count": count} for key, count in sums.items()]
    return {**_asked(area, span), "groups": groups, "total": sum(sums.values())}


def _group(row: Any, columns: Sequence[str], area: Area) -> tuple[Any, ...]:
    return tuple(tree.part_of(area.path, row[name]) if name == "path" else row[name] for name in columns)


def _named(by: Sequence[str], key: tuple[Any, ...], parts: dict[str, Area]) -> dict[str, Any]:
    return {name: parts[value] if name == PART else value for name, value in zip(by, key, strict=True)}


def dashboard(uow: UnitOfWork, *, unit_id: UUID, span: Span, as_of: date | None) -> dict[str, Any]:
    """Everything that the area's dashboard shows; the number of statements does not depend on the area."""
    area = units.area(uow, unit_id, as_of)
    cells = store.counts(uow, area, span, store.DIMENSIONS)
    years = figures.yearly(_counts(cells), span)
    decisions = store.decisions(uow, area, span, MOST_DECISIONS_SHOWN)
    return {
        **_asked(area, span),
        "totals": figures.totals(_counts(cells)),
        "years": years,
        "by_status": _by_status(cells),
        "by_content": _broken_down(cells, "content"),
        "by_field": _broken_down(cells, "field"),
        "by_affiliation": _broken_down(cells, "affiliation"),
        "by_unit": _by_unit(uow, area, span),
        "models": _models(uow, area, span),
        "activities": {**_outreach(uow, area, span), "forms": store.activity_forms(uow, area, span)},
        "commendations": _commendations(uow, area, span),
        "decisions": decisions,
        "decisions_found": decisions[0].found if decisions else 0,
        "cycles": store.cycles(uow, area, span),
    }


def evaluation(uow: UnitOfWork, *, unit_id: UUID, span: Span, as_of: date | None) -> dict[str, Any]:
    """The evaluation of several years together, laid out as Diên Khánh published its own on 2021-03-26."""
    area = units.area(uow, unit_id, as_of)
    counts = _counts(store.counts(uow, area, span, ("year", "status", "affiliation")), "affiliation")
    years = figures.yearly(counts, span)
    received = {str(year.year): year.registered for year in years}
    return {
        **_asked(area, span),
        "outreach": _outreach(uow, area, span),
        "activities": store.activity_forms(uow, area, span),
        "registered": {**received, "total": sum(received.values())},
        "recognised": figures.recognised_by_affiliation(counts, span),
        "undecided": {str(year.year): year.undecided for year in years},
        "recognition_rate_percent": {
            str(year.year): year.recognition_rate_percent for year in years if year.recognised is not None
        },
        "models": _models(uow, area, span),
        "commendations": _commendations(uow, area, span),
        "decisions": store.decisions(uow, area, span),
    }


def _asked(area: Area, span: Span) -> dict[str, Any]:
    return {"unit": area, "from_year": span.from_year, "to_year": span.to_year, "as_of": area.as_of}


def _counts(cells: Iterable[Any], key: str = "") -> list[Count]:
    return [Count(cell.year, cell.status, cell._mapping["count"], cell._mapping[key] if key else "") for cell in cells]


def _by_status(cells: Iterable[Any]) -> list[dict[str, Any]]:
    sums: defaultdict[str, int] = defaultdict(int)
    for count in _counts(cells):
        sums[count.status] += count.count
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [{"status": status, "count": count} for status, count in ordered]


def _broken_down(cells: Iterable[Any], key: str) -> list[dict[str, Any]]:
    lines = figures.broken_down(_counts(cells, key))
    return [{key: value, **line} for value, line in lines.items()]


def _by_unit(uow: UnitOfWork, area: Area, span: Span) -> list[dict[str, Any]]:
    found = store.counts(uow, area, span, ("path", "year", "status"))
    counts = [Count(row.year, row.status, row._mapping["count"], tree.part_of(area.path, row.path)) for row in found]
    lines = figures.broken_down(counts)
    parts = units.areas_at(uow, lines.keys(), area.as_of)
    return [{"unit": parts[path], **line} for path, line in lines.items()]


def _outreach(uow: UnitOfWork, area: Area, span: Span) -> dict[str, int]:
    return outreach.reached(store.launches(uow, area, span))


def _models(uow: UnitOfWork, area: Area, span: Span) -> dict[str, Any]:
    adopted = [(origin_year, quantity) for origin_year, *_, quantity in store.replications(uow, area, span)]
    return figures.models(store.models(uow, area, span), adopted)


def _commendations(uow: UnitOfWork, area: Area, span: Span) -> list[dict[str, Any]]:
    """One line for each group: collectives and individuals, and the parts of them that were told apart."""
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in store.commendations(uow, area, span):
        told = row._mapping
        key = {name: told[name] for name in ("occasion", "from_year", "to_year", "form", "authority", "group")}
        line = lines.setdefault(tuple(key.values()), {**key, "collectives": 0, "individuals": 0, "of_which": {}})
        figures.add_recipients(line, told["kind"], told["of_which"], told["count"])
    return list(lines.values())
