"""The committed files, row by row. What they hold and lack: data/SOURCES.md."""

import csv
from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Every row of a file."""
    path = files("registration.country") / "data" / f"{name}.csv"
    return tuple(csv.DictReader(path.read_text("utf-8").splitlines()))


def codes(edition: str) -> frozenset[str]:
    """The official codes of an edition's units; the three levels' codes differ in length."""
    return frozenset(row["code"] for row in rows(edition))
