"""The figures of dashboard and evaluation, from counts: registered, recognised, rates, outreach, models.

The rules are those of the evaluation that Diên Khánh published on 2021-03-26.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from common.errors import Invalid

LONGEST_SPAN_YEARS = 20
RECOGNISED, NOT_RECOGNISED, WITHDRAWN = "recognised", "not_recognised", "withdrawn"
# An event's word for one author's unit, and the evaluation's word for all of them (part 3c).
AFFILIATIONS = {
    "front_system": "front_system",
    "member_organisation": "member_organisations",
    "other_agency": "other_agencies",
}


@dataclass(frozen=True)
class Span:
    """Years, both inclusive. Raises Invalid for one that ends before it begins, or is unreasonably long."""

    from_year: int
    to_year: int

    def __post_init__(self) -> None:
        if self.to_year < self.from_year:
            raise Invalid("span.reversed", pointer="to_year")
        if self.to_year - self.from_year >= LONGEST_SPAN_YEARS:
            raise Invalid("span.too_long", pointer="from_year", most=LONGEST_SPAN_YEARS)

    @property
    def years(self) -> range:
        return range(self.from_year, self.to_year + 1)


@dataclass(frozen=True)
class Count:
    """So many initiatives of one year and status; `key` is what they are broken down by."""

    year: int
    status: str
    count: int
    key: str = ""


def rate_percent(part: int, whole: int) -> float | None:
    """Half-up to one decimal; None of nothing."""
    if not whole:
        return None
    exact = Decimal(100 * part) / Decimal(whole)
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def registered(counts: Iterable[Count]) -> int:
    """Everything that was submitted and not taken back."""
    return sum(count.count for count in counts if count.status != WITHDRAWN)


def decided(counts: Iterable[Count]) -> int:
    """Return how many the council has recognised or not recognised."""
    return sum(count.count for count in counts if count.status in (RECOGNISED, NOT_RECOGNISED))


def recognised(counts: Iterable[Count]) -> int | None:
    """None while the council has decided nothing: that is not the same as having recognised nobody."""
    counts = list(counts)
    return sum(count.count for count in counts if count.status == RECOGNISED) if decided(counts) else None


@dataclass(frozen=True)
class Year:
    """One year's line. The rate counts decided initiatives only, and `undecided` says how many still wait."""

    year: int
    registered: int
    decided: int
    recognised: int | None

    @property
    def undecided(self) -> int:
        return self.registered - self.decided

    @property
    def recognition_rate_percent(self) -> float | None:
        return rate_percent(self.recognised or 0, self.decided)


def yearly(counts: Iterable[Count], span: Span) -> list[Year]:
    """A line for every year of the span, also for one without any initiative."""
    by_year = _by(counts, lambda count: count.year)
    lines = ((year, by_year[year]) for year in span.years)
    return [Year(year, registered(found), decided(found), recognised(found)) for year, found in lines]


def totals(counts: Iterable[Count]) -> dict[str, Any]:
    """Return the figures of the whole span; its rate is recognised / decided, so that open years do not lower it."""
    counts = list(counts)
    received, judged, accepted = registered(counts), decided(counts), recognised(counts) or 0
    return {
        "registered": received,
        "recognised": accepted,
        "not_recognised": judged - accepted,
        "in_progress": received - judged,
        "recognition_rate_percent": rate_percent(accepted, judged),
    }


def recognised_by_affiliation(counts: Iterable[Count], span: Span) -> dict[str, dict[str, int] | None]:
    """For each year the total and its parts by the authors' units (`Count.key`); None for an undecided year."""
    by_year = _by(counts, lambda count: count.year)
    return {str(year): _parts(by_year[year]) for year in span.years}


def _parts(counts: list[Count]) -> dict[str, int] | None:
    total = recognised(counts)
    if total is None:
        return None
    accepted: Counter[str] = Counter()
    for count in counts:
        if count.status == RECOGNISED:
            accepted[count.key] += count.count
    return {"total": total, **{plural: accepted[word] for word, plural in AFFILIATIONS.items()}}


def broken_down(counts: Iterable[Count]) -> dict[str, dict[str, int]]:
    """Registered and recognised for each key, most registered first, then by key."""
    lines = {
        key: {"registered": registered(of_key), "recognised": recognised(of_key) or 0}
        for key, of_key in _by(counts, lambda count: count.key).items()
    }
    found = [(key, line) for key, line in lines.items() if line["registered"]]
    return dict(sorted(found, key=lambda item: (-item[1]["registered"], item[0])))


def models(made: Iterable[tuple[int, int, int]], replicated: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """From (from_year, to_year, quantity) and (origin_year, quantity): replicated ones are part of the total."""
    made = list(made)
    first, last = min((row[0] for row in made), default=None), max((row[1] for row in made), default=None)
    by_origin: Counter[int] = Counter()
    for origin_year, quantity in replicated:
        by_origin[origin_year] += quantity
    return {
        "years": [] if first is None or last is None else list(range(first, last + 1)),
        "total": sum(row[2] for row in made),
        "replicated_by_origin_year": {str(year): by_origin[year] for year in sorted(by_origin)},
    }


def add_recipients(line: dict[str, Any], kind: str, of_which: str, count: int) -> None:
    """Add recipients to a commendation group's line: to its kind, or, when they are a named part, to that part."""
    if of_which:
        line["of_which"][of_which] = line["of_which"].get(of_which, 0) + count
    else:
        line[f"{kind}s"] += count


def _by(counts: Iterable[Count], key: Any) -> defaultdict[Any, list[Count]]:
    grouped: defaultdict[Any, list[Count]] = defaultdict(list)
    for count in counts:
        grouped[key(count)].append(count)
    return grouped
