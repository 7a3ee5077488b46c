"""Every policy removed in turn, in a scratch database: what the table's attempts then find; a silent one survives."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from common import policies

from isolation.tables import Siege

_SPLIT = " AND "


@dataclass(frozen=True)
class Weakening:
    """One table's protection taken away in one way; `apply` in SQL, `leaks` what the attempts found then."""

    service: str
    table: str
    what: str
    apply: str
    leaks: int = 0


def weakenings(siege: Siege) -> Iterator[Weakening]:
    """For each table: row-level security off or unforced, its policy true, each part of it dropped, more rights."""
    for table in siege.tables:
        for what, statement in _of(siege, table):
            yield Weakening(siege.database.service, table.name, what, statement)


def _of(siege: Siege, table: sa.Table) -> Iterator[tuple[str, str]]:
    name, policy = f'"{table.name}"', table.info["policy"]
    yield "row-level security off", f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY"
    yield "row-level security not forced on the owner", f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"
    yield "whoever acts: true", f"ALTER POLICY app ON {name} USING (true) WITH CHECK (true)"
    rights = set(policy.app_rights.replace(",", "").split())
    if {"UPDATE", "DELETE"} & rights:
        yield "rows it may change: true", f"ALTER POLICY app ON {name} USING (true)"
    if {"INSERT", "UPDATE"} & rights:
        yield "rows it may leave: true", f"ALTER POLICY app ON {name} WITH CHECK (true)"
    if policy.check and policy.using != "true":
        yield "rows it may read: true", f"ALTER POLICY app_reads ON {name} USING (true)"
    for part, rest in _without_each_part(policy.check or policy.using):
        yield f"without: {part}", f"ALTER POLICY app ON {name} USING ({rest}) WITH CHECK ({rest})"
    yield "the relay reads it", _let_relay(name, _relay(siege), policy)


def _let_relay(name: str, relay: str, policy: policies.Policy) -> str:
    if policy.relay_rights:
        return f"GRANT UPDATE, DELETE ON {name} TO {relay}; ALTER POLICY relay ON {name} USING (true)"
    return f"GRANT SELECT ON {name} TO {relay}; CREATE POLICY relay ON {name} TO {relay} USING (true)"


def _without_each_part(rule: str) -> Iterator[tuple[str, str]]:
    """A rule of several conditions with one of them left out, each in turn."""
    parts = _parts(rule)
    for number, part in enumerate(parts):
        rest = [one for place, one in enumerate(parts) if place != number]
        if rest:
            yield part, _SPLIT.join(rest)


def _parts(rule: str) -> list[str]:
    """Split at AND outside of parentheses."""
    parts, depth = [""], 0
    for piece in rule.split(_SPLIT):
        parts[-1] += piece if not parts[-1] else _SPLIT + piece
        depth += piece.count("(") - piece.count(")")
        if depth == 0:
            parts.append("")
    return [part for part in parts if part]


def try_each(siege: Siege, every: int = 1) -> Iterator[Weakening]:
    """Apply, look, restore; every n-th where time is short."""
    tables = {table.name: table for table in siege.tables}
    for number, one in enumerate(weakenings(siege)):
        if number % every:
            continue
        with _applied(siege, tables[one.table], one.apply):
            leaks = sum(attempt.is_leak for attempt in siege.tries(tables[one.table]))
        yield Weakening(one.service, one.table, one.what, one.apply, leaks)


@contextmanager
def _applied(siege: Siege, table: sa.Table, statements: str) -> Iterator[None]:
    with siege.database.admin.begin() as connection:
        for statement in statements.split(";"):
            connection.exec_driver_sql(statement)
    try:
        yield
    finally:
        app = siege.database.role
        with siege.database.admin.begin() as connection:
            policies.apply_to_table(connection, table, table.info["policy"], app, _relay(siege))


def _relay(siege: Siege) -> str:
    return siege.database.role.removesuffix("_app") + "_relay"
