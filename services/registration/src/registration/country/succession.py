"""Which commune of 2025 took over which unit of 2024."""

from collections import defaultdict
from functools import cache

from registration.country.files import codes, rows

BEFORE, AFTER = "2024", "2025"


@cache
def successors() -> dict[str, tuple[str, ...]]:
    """By the old code: the new codes, of a divided unit the default one first. Five are districts without communes."""
    return {row["old"]: tuple(row["new"].split()) for row in rows("succession")}


@cache
def predecessors() -> dict[str, tuple[str, ...]]:
    """By the new code: every old unit that is in it, whole or in part."""
    found: dict[str, list[str]] = defaultdict(list)
    for old, new in successors().items():
        for code in new:
            found[code].append(old)
    return {code: tuple(sorted(old)) for code, old in found.items()}


@cache
def going_on() -> frozenset[str]:
    """The codes whose units are the same in both editions: nothing joined them, nothing was taken away.

    A province's code goes on with the province, however much it grew; another's name may go on with it.
    """
    provinces = {code for code in codes(BEFORE) & codes(AFTER) if len(code) == 2}
    communes = {new for new, old in predecessors().items() if old == (new,) and successors()[new] == (new,)}
    return frozenset(provinces | communes)
