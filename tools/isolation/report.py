"""What `make isolation` prints: compact tables of what was tried, and every exception with its reason."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any

from isolation.attacks import Attempt
from isolation.policies import Weakening
from isolation.tables import Try


def lines(kept: Mapping[str, list[Any]]) -> Iterator[str]:
    """All that was recorded, part by part."""
    yield from _tables(list(chain.from_iterable(kept.get("tables", []))))
    yield from _policies(list(chain.from_iterable(kept.get("policies", []))))
    yield from _routes(list(chain.from_iterable(kept.get("routes", []))))
    for tally in kept.get("pooling", []):
        yield f"\nBehind PgBouncer in transaction mode, two connections for each service:\n  {tally}"


def _tables(tries: Sequence[Try]) -> Iterator[str]:
    for service, mine in _by_service(tries):
        names = {one.table for one in mine}
        yield f"\nTables of {service}: {len(names)} tables, {len(mine)} attempts, {_open(mine)}"
        yield from _matrix(((one.attacker, one.attack) for one in mine), "attacker")
        yield from _doors((f"{one.table}: {one.attack} by {one.attacker}", one.door) for one in mine if one.passed)


def _routes(attempts: Sequence[Attempt]) -> Iterator[str]:
    for service, mine in _by_service(attempts):
        routes, principals = {one.route for one in mine}, {one.principal for one in mine}
        tried = f"{len(routes)} routes, {len(principals)} principals, {len(mine)} attempts"
        yield f"\nRoutes of {service}: {tried}, {_open(mine)}"
        yield from _matrix(((one.principal, one.attack.split()[0]) for one in mine), "principal")
        yield from _doors((f"{one.route}: {one.attack} by {one.relation}", one.door) for one in mine if one.told)


def _policies(tried: Sequence[Weakening]) -> Iterator[str]:
    for service, mine in _by_service(tried):
        silent = [one for one in mine if not one.leaks]
        yield f"\nPolicies of {service} weakened in turn: {len(mine)}, unnoticed: {len(silent)}"
        for what, count in sorted(Counter(one.what.split(":")[0] for one in mine).items()):
            yield f"  {count:5}  {what}"
        yield from (f"  SURVIVES  {one.table}: {one.what}" for one in silent)


def _by_service(found: Sequence[Any]) -> Iterator[tuple[str, list[Any]]]:
    for service, mine in groupby(sorted(found, key=lambda one: str(one.service)), key=lambda one: str(one.service)):
        yield service, list(mine)


def _open(mine: Sequence[Any]) -> str:
    leaks = sum(one.is_leak for one in mine)
    return f"{leaks} NOT REFUSED" if leaks else "all refused but what the doors let through"


def _matrix(pairs: Iterable[tuple[str, str]], who: str) -> Iterator[str]:
    """How often each tried each."""
    counts = Counter(pairs)
    columns = sorted({column for _, column in counts})
    yield f"  {who:34}" + "".join(f"{column:>9}" for column in columns)
    for row in sorted({row for row, _ in counts}):
        yield f"  {row:34}" + "".join(f"{counts[row, column]:>9}" for column in columns)


def _doors(passed: Iterable[tuple[str, str]]) -> Iterator[str]:
    for what, door in sorted(set(passed)):
        yield f"  {'door' if door else 'LEAK':6}{what:70}{door}"
