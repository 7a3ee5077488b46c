"""How many statements are sent to PostgreSQL: counted in psycopg itself, the same on both sides of a comparison.

Each row of an `executemany` is a statement. BEGIN and COMMIT, which both sides send alike, are not counted.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

import psycopg
from sqlalchemy import Engine, event


class CountingCursor(psycopg.Cursor[Any]):
    """Counts for the whole process: one request runs at a time."""

    sent: ClassVar[int] = 0

    def execute(self, *args: Any, **options: Any) -> "CountingCursor":
        CountingCursor.sent += 1
        super().execute(*args, **options)
        return self

    def executemany(self, query: Any, params_seq: Iterable[Any], **options: Any) -> None:
        rows = list(params_seq)
        CountingCursor.sent += len(rows)
        super().executemany(query, rows, **options)


def count_on(engine: Engine) -> None:
    """Count what this engine's connections send; those that are open are closed first."""
    engine.dispose()

    @event.listens_for(engine, "connect")
    def _count(connection: Any, _: Any) -> None:
        connection.cursor_factory = CountingCursor
