"""Outcomes a use case may end in. They name what happened, never an HTTP status; texts live in messages.toml."""

import math
from collections.abc import Iterable
from typing import Any


class Outcome(Exception):
    """An expected failure. `code` is stable and public; `details` fill the placeholders of its text."""

    def __init__(self, code: str, *, pointer: str | None = None, **details: Any) -> None:
        super().__init__(code)
        self.code, self.pointer, self.details = code, pointer, details
        self.others: list[Outcome] = []  # What else is wrong with the same request.

    def __str__(self) -> str:
        return f"{self.code} {self.details}" if self.details else self.code


class NotFound(Outcome):
    """It does not exist for this principal: also the answer for what belongs to somebody else."""


class Conflict(Outcome):
    """It exists, but its state or another row forbids the request."""


class Forbidden(Outcome):
    """The principal's role does not allow this act."""


class Invalid(Outcome):
    """The request is well formed but breaks a rule; `pointer` names the field."""


def ensure_none(found: Iterable[Invalid]) -> None:
    """Raises all that is wrong at once: the first, with the others."""
    if wrong := list(found):
        wrong[0].others = [*wrong[1:]]
        raise wrong[0]


class Unauthenticated(Outcome):
    """No token, or one that cannot be trusted."""


class Stale(Outcome):
    """The caller changed a version that is no longer the newest."""


class VersionRequired(Outcome):
    """A change came without the version it is meant for."""


class Moved(Outcome):
    """The tenant is part of another one by now: the same request under the new tenant may succeed."""


class TooMany(Outcome):
    """More requests than a limit allows; after `wait` seconds there is room for the next."""

    def __init__(self, code: str, wait: float) -> None:
        super().__init__(code, seconds=max(1, math.ceil(wait)))


class Unavailable(Outcome):
    """Something this depends on does not answer; the same request may succeed in a moment."""
