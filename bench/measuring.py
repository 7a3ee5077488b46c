"""Interleaved rounds: platform, floor, platform, floor; a ratio for each pair of rounds, and the median of ratios.

Whatever slows the machine slows both halves of a pair, so that ratios hold where times do not.
"""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median, quantiles

from acts import Act, Side
from asking import serve
from province import ensured
from statements import CountingCursor


@dataclass(frozen=True)
class Cost:
    """Of one request, as the mean of a block of them."""

    cpu_ms: float
    wall_ms: float
    statements: float


@dataclass(frozen=True)
class Spread:
    """Of a figure over all rounds."""

    median: float
    lower_quartile: float
    upper_quartile: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        lower, middle, upper = quantiles(values, n=4)
        return cls(*(round(value, 3) for value in (middle, lower, upper, min(values), max(values))))


@dataclass(frozen=True)
class Comparison:
    """An act on the platform against the same rows on the floor; milliseconds are medians, and of this machine."""

    name: str
    title: str
    cpu_ratio: Spread
    wall_ratio: Spread
    platform: Cost
    floor: Cost


def compare(act: Act, rounds: int, size: int) -> Comparison:
    """One block each to warm up, then `rounds` pairs of blocks of `size` requests."""
    block(act.platform, size)
    block(act.floor, size)
    pairs = [(block(act.platform, size), block(act.floor, size)) for _ in range(rounds)]
    return Comparison(
        name=act.name,
        title=act.title,
        cpu_ratio=Spread.of([platform.cpu_ms / floor.cpu_ms for platform, floor in pairs]),
        wall_ratio=Spread.of([platform.wall_ms / floor.wall_ms for platform, floor in pairs]),
        platform=_typical([platform for platform, _ in pairs]),
        floor=_typical([floor for _, floor in pairs]),
    )


def block(side: Side, size: int) -> Cost:
    """Ask `size` times; requests are made before the clock starts, answers are looked at after it has stopped."""
    environs = [request.environ() for request in islice(side.requests, size)]
    answers, app, before_each = [], side.app.wsgi_app, side.before_each
    gc.collect()
    sent, cpu, wall = CountingCursor.sent, time.process_time(), time.perf_counter()
    for environ in environs:
        before_each()
        answers.append(serve(app, environ))
    cpu, wall, sent = time.process_time() - cpu, time.perf_counter() - wall, CountingCursor.sent - sent
    side.answers += [ensured(answer) for answer in answers]
    return Cost(*(round(total / len(environs), 4) for total in (cpu * 1000, wall * 1000, sent)))


def _typical(costs: Sequence[Cost]) -> Cost:
    def middle(of: Callable[[Cost], float]) -> float:
        return round(median(map(of, costs)), 3)

    return Cost(middle(lambda cost: cost.cpu_ms), middle(lambda cost: cost.wall_ms), middle(lambda c: c.statements))
