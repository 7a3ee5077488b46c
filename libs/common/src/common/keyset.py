"""Keyset paging in SQL: the order of a list and the place after which a page begins, from one list of columns."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Select, literal, tuple_

from common.errors import Invalid


def page(
    query: Select[Any], cursor: Sequence[str] | None, limit: int, *columns: Column[Any], newest_first: bool = False
) -> Select[Any]:
    """Order by `columns`, begin after `cursor`, and take one row more than the page shows.

    `columns` are the whole sort key, so together unique: rows that are equal in the first of them are neither lost nor
    shown twice. `cursor` holds a text for each of them, as `page_of` made it. Raises Invalid for another one.
    """
    if cursor:
        place = tuple_(*(literal(value, column.type) for value, column in _read(cursor, columns)))
        here = tuple_(*columns)
        query = query.where(here < place if newest_first else here > place)
    order = [column.desc() if newest_first else column for column in columns]
    return query.order_by(*order).limit(limit + 1)


def _whole(value: str) -> int:
    """Read a number that fits into the column. Raises ValueError."""
    if len(value) > 10 or abs(int(value)) >= 2**31:
        raise ValueError("out of range")
    return int(value)


_READERS: dict[type, Callable[[str], Any]] = {UUID: UUID, date: date.fromisoformat, str: str, int: _whole}


def _read(cursor: Sequence[str], columns: Sequence[Column[Any]]) -> list[tuple[Any, Column[Any]]]:
    try:
        pairs = zip(cursor, columns, strict=True)
        return [(_READERS[column.type.python_type](value), column) for value, column in pairs]
    except ValueError as error:
        raise Invalid("request.bad_cursor", pointer="cursor") from error
