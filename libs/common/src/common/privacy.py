"""Personal data, marked on the columns that hold it; the register of processing is made of these marks.

Knows no business word: what a service holds of whom, and where, its own tables say.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, String
from sqlalchemy.types import ARRAY

MARK = "personal"  # In a column's info: a Personal, or the reason why what looks personal is not.
_LONGEST_CODE = 64  # A longer text may hold anything that somebody wrote.
_TELLING = re.compile(
    r"(^|_)(name|names|email|phone|address|subject|login|birth|gender|national|citizen|identity|person|people|author|authors|owner|owners|member"
    r"|members|holder|by|reason|comment|note|text|body|payload|data|file|filename|signatory|recipient|recipients"
    r"|before|after)(_|$)"
)


class Kind(StrEnum):
    """The law's two kinds (91/2025/QH15); sensitive data is not asked for anywhere and would be an exception."""

    BASIC = "basic"
    SENSITIVE = "sensitive"


class Basis(StrEnum):
    """Why it may be processed."""

    MOVEMENT = "running the movement: 06/2022/QH15, 13/2012/NĐ-CP"
    ACCESS = "protecting accounts and acts: 91/2025/QH15"
    CONSENT = "consent, given by writing it"


@dataclass(frozen=True)
class Retention:
    """How long; a number of days must be enforced by the table's policy (`policies.by_tenant_until`)."""

    words: str
    days: int = 0


UNTIL_ERASURE = Retention("until erasure or the end of the tenant")
PUBLIC_ACT = Retention("as long as the public act it belongs to; erasure leaves it")
OFFICIAL_TEXT = Retention("as long as the record: an official's text on a unit's work, corrected on request")
PSEUDONYM = Retention("as long as the row; after erasure the id leads to nobody")


def days(count: int) -> Retention:
    """Deleted by the relay when it is older."""
    return Retention(f"{count} days, or until erasure", count)


@dataclass(frozen=True)
class Personal:
    """One row of the register."""

    purpose: str
    basis: Basis
    retention: Retention
    kind: Kind


def personal(
    purpose: str,
    *,
    basis: Basis = Basis.MOVEMENT,
    retention: Retention = UNTIL_ERASURE,
    kind: Kind = Kind.BASIC,
) -> dict[str, Any]:
    """For `Column(info=personal(...))`: this column holds personal data."""
    return {MARK: Personal(purpose, basis, retention, kind)}


def pseudonym(purpose: str) -> dict[str, Any]:
    """For a column of persons' ids: they say who, but only together with the record that erasure empties."""
    return personal(purpose, retention=PSEUDONYM)


def impersonal(reason: str) -> dict[str, Any]:
    """For a column that looks as if it held personal data and does not."""
    return {MARK: reason}


def looks_personal(column: Column[Any]) -> bool:
    """By its name, or because its type can hold anything."""
    if isinstance(column.type, JSON | ARRAY | LargeBinary):
        return True
    is_free = isinstance(column.type, String) and (column.type.length or _LONGEST_CODE + 1) > _LONGEST_CODE
    return is_free or bool(_TELLING.search(column.name))
