"""What failed, for logs and dead letters: kinds, codes and places, never a value.

An exception's own message quotes what people wrote: a row that broke a constraint, a text that is no number.
"""

import traceback
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from common.errors import Outcome

_TELL_NOTHING = (UUID, int, float, date)  # Details of these types may be shown.


class Unreadable(ValueError):
    """Its message names fields, never what they hold."""


def describe(error: BaseException) -> str:
    """One line: what was raised and where, and what caused it."""
    return " <- ".join(f"{_what(one)}{_where(one)}" for one in _chain(error))


def trace(error: BaseException) -> str:
    """A traceback with its files and lines, the message of each exception replaced by what `describe` says."""
    parts = []
    for one in reversed(list(_chain(error))):
        parts += [*traceback.format_tb(one.__traceback__), _what(one)]
    return "".join(part if part.endswith("\n") else f"{part}\n" for part in parts).rstrip()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _what(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, Outcome):
        shown = {key: str(value) for key, value in error.details.items() if isinstance(value, _TELL_NOTHING)}
        return f"{name}: {error.code} {shown}" if shown else f"{name}: {error.code}"
    if isinstance(error, OperationalError | InterfaceError):
        return f"{name}: {_first_line(error.orig)}"  # About the server and the connection, not about a row.
    if isinstance(error, DBAPIError):
        return f"{name}: {_diagnosis(error)}"
    if isinstance(error, Unreadable):
        return f"{name}: {error}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    return name


def _first_line(error: BaseException | None) -> str:
    return str(error).partition("\n")[0]


def _diagnosis(error: DBAPIError) -> str:
    """SQLSTATE, table, column and constraint, as far as the server named them."""
    diagnosis = getattr(error.orig, "diag", None)
    names = ("sqlstate", "table_name", "column_name", "constraint_name")
    return " ".join(str(value) for name in names if (value := getattr(diagnosis, name, None)))


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
