"""The country's figures, summed from what provinces have given the centre; knows no row of a province.

A province that merges leaves its roll-ups under its old code. They stand until its heir has drawn the same year after
the merger: from then on the heir's hold them. So nothing is counted twice, and nothing is lost.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reporting.domain.figures import NOT_RECOGNISED, Span, rate_percent
from reporting.domain.rollups import KEYS, MEASURES, Figures

BREAKDOWNS = ("by_content", "by_field", "by_affiliation")
LASTING = ("models", "replications", "commendations")
STAYING = ("active", "suspended")
OUTREACH = ("agencies_reached", "villages_reached", "activities", "people")


@dataclass(frozen=True)
class Province:
    """`merged_at`: when its figures became the heir's."""

    code: str
    name: str
    status: str = "active"
    heir: str = ""
    merged_at: datetime | None = None


@dataclass(frozen=True)
class Received:
    """The newest version of a province's year."""

    province: str
    year: int
    version: int
    drawn_at: datetime
    figures: Figures


Provinces = Mapping[str, Province]


def heirs(code: str, provinces: Provinces) -> Iterator[tuple[str, datetime]]:
    """Whose the province's figures became, and when; then whose those became."""
    seen = {code}
    while (one := provinces.get(code)) and one.merged_at and one.heir not in seen:
        yield one.heir, one.merged_at
        code = one.heir
        seen.add(code)


def today(code: str, provinces: Provinces) -> str:
    """The province of today that answers for it."""
    return [code, *(heir for heir, _ in heirs(code, provinces))][-1]


def holding(received: Iterable[Received], provinces: Provinces, years: Collection[int]) -> list[Received]:
    """Of every sender what it drew last about any of the years, unless an heir's, drawn since the merger, holds it."""
    newest: dict[str, Received] = {}
    for one in received:
        if one.year in years and (one.province not in newest or newest[one.province].drawn_at < one.drawn_at):
            newest[one.province] = one

    def is_contained(code: str) -> bool:
        return any(heir in newest and newest[heir].drawn_at > since for heir, since in heirs(code, provinces))

    return [newest[code] for code in sorted(newest) if not is_contained(code)]


def national(received: Collection[Received], provinces: Provinces, span: Span) -> dict[str, Any]:
    """Everything that the centre's page shows of these years."""
    by_year = {year: holding(received, provinces, (year,)) for year in span.years}
    every = [one for rows in by_year.values() for one in rows]
    return {
        "totals": _totals(every),
        "years": [
            {"year": year, "sent": len(rows), **_totals(rows), **_outreach(rows)} for year, rows in by_year.items()
        ],
        "by_status": _sum(one.figures["by_status"] for one in every),
        **{name: _broken_down(every, name) for name in BREAKDOWNS},
        **{name: lasting(received, provinces, span, name) for name in LASTING},
        "provinces": _lines(by_year, provinces),
    }


def _totals(rows: Iterable[Received]) -> dict[str, Any]:
    """Return the sums of these roll-ups; the rate is recognised / decided, and `undecided` says how many still wait."""
    figures = [one.figures for one in rows]
    registered = sum(one["registered"] for one in figures)
    recognised = sum(one["recognised"] or 0 for one in figures)
    decided = recognised + sum(one["by_status"].get(NOT_RECOGNISED, 0) for one in figures)
    return {
        "registered": registered,
        "recognised": recognised if decided else None,
        "undecided": registered - decided,
        "recognition_rate_percent": rate_percent(recognised, decided),
    }


def _outreach(rows: Iterable[Received]) -> dict[str, int]:
    """Of one year: launches of another reach the same bodies, so years are never added up."""
    reached = _sum(one.figures["outreach"] for one in rows)
    return {name: reached.get(name, 0) for name in OUTREACH}


def _sum(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def _broken_down(rows: Collection[Received], name: str) -> dict[str, dict[str, int]]:
    """Registered and recognised by word, most registered first."""
    received = _sum({word: line["registered"] for word, line in one.figures[name].items()} for one in rows)
    accepted = _sum({word: line["recognised"] for word, line in one.figures[name].items()} for one in rows)
    return {word: {"registered": count, "recognised": accepted.get(word, 0)} for word, count in received.items()}


def lasting(received: Collection[Received], provinces: Provinces, span: Span, name: str) -> list[dict[str, Any]]:
    """Lines with years of their own. They stand in the roll-up of each of these years, and are counted once."""
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for first, last in sorted({_period(line) for one in received for line in one.figures[name]}):
        years = range(max(first, span.from_year), min(last, span.to_year) + 1)
        told = [line for one in holding(received, provinces, years) for line in one.figures[name]]
        for line in told:
            if _period(line) == (first, last):
                _add(sums, line)
    return list(sums.values())


def _period(line: Mapping[str, Any]) -> tuple[int, int]:
    return line["from_year"], line["to_year"]


def _add(sums: dict[tuple[Any, ...], dict[str, Any]], line: Mapping[str, Any]) -> None:
    key = {name: line[name] for name in KEYS if name in line}
    measures = [name for name in MEASURES if name in line]
    total = sums.setdefault(tuple(key.values()), key | dict.fromkeys(measures, 0))
    for name in measures:
        total[name] += line[name]


def _lines(by_year: Mapping[int, list[Received]], provinces: Provinces) -> list[dict[str, Any]]:
    """A line for each province of today, with what stands for it, and the years that it has not given.

    One that leaves the platform is there only with what it gave.
    """
    given = {today(one.province, provinces) for rows in by_year.values() for one in rows}
    codes = given | {code for code, one in provinces.items() if one.status in STAYING}
    return [_line(code, by_year, provinces) for code in sorted(codes, key=lambda code: _name(code, provinces))]


def _line(code: str, by_year: Mapping[int, list[Received]], provinces: Provinces) -> dict[str, Any]:
    rows = [one for found in by_year.values() for one in found if today(one.province, provinces) == code]
    given = {one.year for one in rows if one.province == code}
    return {
        "province": code,
        "name": _name(code, provinces),
        **_totals(rows),
        "sent": [_sent(one, provinces) for one in rows],
        "missing": [year for year in by_year if year not in given],
    }


def _sent(one: Received, provinces: Provinces) -> dict[str, Any]:
    place = {"province": one.province, "name": _name(one.province, provinces)}
    return {**place, "year": one.year, "version": one.version, "drawn_at": one.drawn_at, **_totals([one])}


def _name(code: str, provinces: Provinces) -> str:
    """One that was never told of is shown by its code."""
    return provinces[code].name if code in provinces else code
