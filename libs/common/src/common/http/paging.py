"""Cursor paging: the last row's sort key, opaque to the caller, steady while rows are added."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

import marshmallow as ma

from common.errors import Invalid


class Cursor(ma.fields.Field[list[Any]]):
    """An opaque cursor in a query string; loads as the list of sort values it was made of."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        try:
            loaded = json.loads(base64.urlsafe_b64decode(str(value)))
        except ValueError as error:
            raise Invalid("request.bad_cursor", pointer="cursor") from error
        if not isinstance(loaded, list):
            raise Invalid("request.bad_cursor", pointer="cursor")
        return loaded


class PageArgs(ma.Schema):
    """Query parameters of every list."""

    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(1, 200))
    cursor = Cursor(load_default=None)


def page_of(rows: Sequence[Any], limit: int, key: Callable[[Any], Sequence[Any]]) -> dict[str, Any]:
    """A page out of `limit` + 1 rows: the extra one tells that there is a next page."""
    items = rows[:limit]
    more = len(rows) > limit
    token = json.dumps([str(value) for value in key(items[-1])], ensure_ascii=False) if more else ""
    return {"items": items, "next": base64.urlsafe_b64encode(token.encode()).decode() if more else None}
