"""Every statement of the application names its tenant, beside the policy that says the same: one net each.

Listens to engines; raises in the middle of the code under test, so that whatever test runs the statement fails.
"""

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

import sqlalchemy as sa
from common import database
from common.policies import EVERY_TENANT
from sqlalchemy.sql import operators, visitors

from isolation import doors

_PARTS = (sa.Select, sa.Update, sa.Delete)


def _tables_of(attacker: str) -> frozenset[str]:
    return frozenset(table for listed in doors.TABLE_DOORS.values() for table, who, _ in listed if who == attacker)


# Tables that statements may search in every tenant, as the doors of isolation/doors.py say: always, or as a worker.
ANYBODYS, WORKERS = _tables_of("*"), _tables_of("worker")
# What may stand for the tenant: a person's grants are looked for before any tenant is chosen.
INSTEAD = {"access_grant": "subject"}


class TenantMissing(AssertionError):
    """A statement that would reach every tenant's rows, were it not for the policies."""


def watch() -> None:
    """From now on, for every engine of an application's role."""
    sa.event.listen(sa.Engine, "before_execute", _check)


def stop() -> None:
    sa.event.remove(sa.Engine, "before_execute", _check)


def _check(connection: sa.Connection, statement: Any, many: Any, one: Any, _: Any) -> None:
    if not str(connection.engine.url.username).endswith("_app") or not isinstance(statement, sa.ClauseElement):
        return
    if statement is database._SET_CONTEXT:
        connection.info["tenant"] = one["tenant"]
    found = unbound(statement) - _open_to(connection, statement)
    if found and _is_ours():
        raise TenantMissing(f"{sorted(found)} without a tenant in: {statement}")


def _open_to(connection: sa.Connection, statement: sa.ClauseElement) -> frozenset[str]:
    """Tables that the statement may search in every tenant."""
    as_worker = WORKERS if connection.info.get("tenant") == EVERY_TENANT else frozenset()
    erasing = frozenset(doors.ERASED_EVERYWHERE) if _looks_for_erased(statement) else frozenset()
    return ANYBODYS | as_worker | erasing


def _looks_for_erased(statement: sa.ClauseElement) -> bool:
    """Rows are picked by the ids that their text holds."""
    conditions = [one for one in visitors.iterate(statement) if isinstance(one, sa.BinaryExpression)]
    matches = [one.left for one in conditions if getattr(one.operator, "opstring", "") == "~"]
    return any(getattr(column, "name", "") == "body" for column in matches)


def _is_ours() -> bool:
    """The statement is the code's own, not one with which a test looks what there is."""
    frame: FrameType | None = sys._getframe(2)
    while frame and ("sqlalchemy" in frame.f_code.co_filename or frame.f_code.co_filename.endswith("database.py")):
        frame = frame.f_back
    return bool(frame and "/src/" in frame.f_code.co_filename)


def unbound(statement: sa.ClauseElement) -> set[str]:
    """Names of tables whose rows the statement picks without saying of which tenant."""
    outer = {id(one) for one in _picked(statement)} if isinstance(statement, _PARTS) else set()
    return {name for part in _parts(statement) for name in _unbound(part, outer if part is not statement else set())}


def _parts(statement: sa.ClauseElement) -> Iterator[Any]:
    """The statement and each select inside it: every one has to say it for itself."""
    for element in visitors.iterate(statement):
        if isinstance(element, _PARTS):
            yield element


def _unbound(part: Any, outer: set[int]) -> set[str]:
    """`outer`: tables of the statement around, which a part inside of it does not pick again but refers to."""
    picked = {id(one): one for one in _picked(part) if id(one) not in outer}
    linked: dict[int, set[int]] = {key: set() for key in picked}
    bound = set[int]()
    for left, right in _equal_tenants(part):
        if left in picked and right in picked:
            linked[left].add(right)
            linked[right].add(left)
        else:  # To a parameter, or to a table of the statement around.
            bound |= {left, right} & set(picked)
    while more := {one for key in bound for one in linked[key]} - bound:
        bound |= more
    return {_name(picked[key]) for key in set(picked) - bound}


def _picked(part: Any) -> Iterator[Any]:
    """Tables and aliases of tables that the part reads or changes."""
    froms = [part.table] if isinstance(part, sa.Update | sa.Delete) else part.get_final_froms()
    while froms:
        one = froms.pop()
        if isinstance(one, sa.sql.expression.Join):
            froms += [one.left, one.right]
        elif _name(one) and "tenant" in one.c:
            yield one


def _name(one: Any) -> str:
    table = getattr(one, "element", one)
    return str(table.name) if isinstance(table, sa.Table) else ""


def _equal_tenants(part: Any) -> Iterator[tuple[int, int]]:
    """Pairs of tables whose tenants are equal; 0 stands for a parameter."""
    for condition in _conditions(part):
        for element in _within(condition):
            if isinstance(element, sa.BinaryExpression) and element.operator is operators.eq:
                left, right = _side(element.left), _side(element.right)
                if left is not None and right is not None:
                    yield left, right


def _conditions(part: Any) -> Iterator[Any]:
    if part.whereclause is not None:
        yield part.whereclause
    joins = [] if isinstance(part, sa.Update | sa.Delete) else list(part.get_final_froms())
    while joins:
        one = joins.pop()
        if isinstance(one, sa.sql.expression.Join):
            yield one.onclause
            joins += [one.left, one.right]


def _within(condition: Any) -> Iterator[Any]:
    """The condition's parts that hold together: not what is inside of a sub-query or one side of an OR."""
    yield condition
    if isinstance(condition, sa.sql.elements.BooleanClauseList) and condition.operator is operators.or_:
        return
    if isinstance(condition, sa.sql.elements.BooleanClauseList | sa.sql.elements.Grouping):
        for one in condition.get_children():
            yield from _within(one)


def _side(side: Any) -> int | None:
    if isinstance(side, sa.BindParameter):
        return 0
    if isinstance(side, sa.Column) or getattr(side, "table", None) is not None:
        is_said = side.name in ("tenant", INSTEAD.get(_name(side.table)))
        return id(side.table) if is_said else None
    return None
