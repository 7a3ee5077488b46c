"""Rows written together in one statement, and the guard that keeps an older version out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from common.database import UnitOfWork
from sqlalchemy import FromClause, Table, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSON, Insert, insert

Row = Mapping[str, Any]


def recordset(table: Table, names: Sequence[str], rows: Iterable[Row]) -> FromClause:
    """Rows as a table expression with the types of `table`'s columns: one parameter however many there are."""
    body = json.dumps([dict(row) for row in rows], ensure_ascii=False, default=str)
    source = cast(bindparam("rows", body, type_=Text, unique=True), JSON)
    columns = [column(name, table.c[name].type) for name in names]
    return func.json_to_recordset(source).table_valued(*columns).render_derived(name="told", with_types=True)


def insertion(uow: UnitOfWork, table: Table, rows: Sequence[Row]) -> Insert:
    """`INSERT ... SELECT` of the rows, which all have the same columns, for the acting tenant."""
    rows = [{"tenant": uow.tenant, **row} for row in rows]
    names = list(rows[0])
    source = recordset(table, names, rows)
    return insert(table).from_select(names, select(*(source.c[name] for name in names)))


def add_missing(uow: UnitOfWork, table: Table, rows: Sequence[Row]) -> None:
    """Insert those whose key is not there yet."""
    if rows:
        uow.execute(insertion(uow, table, rows).on_conflict_do_nothing())


def save_newer(uow: UnitOfWork, table: Table, rows: Sequence[Row]) -> None:
    """Insert or replace each row unless the same or a newer version is there. One row for each key."""
    if not rows:
        return
    statement = insertion(uow, table, rows)
    keys = [key.name for key in table.primary_key]
    values = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    uow.execute(
        statement.on_conflict_do_update(
            index_elements=keys, set_=values, where=table.c.version < statement.excluded.version
        )
    )


def add_up(uow: UnitOfWork, table: Table, rows: Sequence[Row]) -> None:
    """Add each row's `count` to the count that is there. One row for each key."""
    if not rows:
        return
    statement = insertion(uow, table, rows)
    count = table.c["count"] + statement.excluded["count"]
    keys = [key.name for key in table.primary_key]
    uow.execute(statement.on_conflict_do_update(index_elements=keys, set_={"count": count}))
