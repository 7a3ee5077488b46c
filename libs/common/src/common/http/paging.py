"""Cursor paging: the last row's sort key, opaque to the caller, steady while rows are added."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

import marshmallow as ma
from sqlalchemy import Row

from common.errors import Invalid
from common.http.fields import whole


class Cursor(ma.fields.Field[list[str]]):
    """An opaque cursor in a query string; loads as the texts it was made of.

    Each of `kinds` is given one part, and raises ValueError for what the list's own cursors never hold.
    """

    def __init__(self, *kinds: Callable[[str], Any], **options: Any) -> None:
        super().__init__(load_default=None, **options)
        self._kinds = kinds

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        try:
            parts = [_text(part) for part in json.loads(base64.urlsafe_b64decode(str(value)))]
            for kind, part in zip(self._kinds, parts, strict=bool(self._kinds)):
                kind(part)
        except (ValueError, TypeError, RecursionError) as error:
            raise Invalid("request.bad_cursor", pointer="cursor") from error
        if not parts:
            raise Invalid("request.bad_cursor", pointer="cursor")
        return parts


def _text(part: Any) -> str:
    if not isinstance(part, str) or "\0" in part:
        raise ValueError("no part of a cursor")
    part.encode()
    return part


class PageArgs(ma.Schema):
    """Query parameters of every list."""

    limit = whole(1, 200, load_default=50)
    cursor = Cursor()


def page_of(rows: Sequence[Any], limit: int, key: Callable[[Any], Sequence[Any]]) -> dict[str, Any]:
    """A page out of `limit` + 1 rows: the extra one tells that there is a next page."""
    more = len(rows) > limit
    token = json.dumps([str(value) for value in key(rows[limit - 1])], ensure_ascii=False) if more else ""
    return {
        "items": [_plain(row) for row in rows[:limit]],
        "next": base64.urlsafe_b64encode(token.encode()).decode() if more else None,
    }


def _plain(row: Any) -> Any:
    """A row as a dict: a schema asks it by name, which a row refuses first each time, at half of the cost of a list."""
    return row._asdict() if isinstance(row, Row) else row
