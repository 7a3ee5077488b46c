"""How dates, numbers and sizes are written and read in Vietnamese; knows no form and no page."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from common.clock import LEGAL_ZONE

_PLAIN = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,6})?")
# Thousands apart, by points or by blanks. No group begins at 0: 0.250 is a quarter.
_GROUPED = re.compile(
    r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3}){1,4}(,[0-9]{1,6})?|[+-]?[1-9][0-9]{0,2}( [0-9]{3}){1,4}(,[0-9]{1,6})?"
)
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
_DAY = re.compile(r"(?:([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]|([0-9]{2})([0-9]{2}))([0-9]{4})")


def number(value: Any, digits: int = 4) -> str:
    """1234.5 as 1.234,5; at most `digits` decimals and no zeros at the end."""
    if value is None or value == "":
        return ""
    text = f"{Decimal(str(value)):,.{digits}f}"
    if digits:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def plain_number(value: Any) -> str:
    """1234.5 as 1234,5: as it stands in a field to be typed over, which `read_number` reads in one way only."""
    return number(value).replace(".", "")


def percent(value: Any) -> str:
    return "" if value is None else f"{number(value, 1)}%"


def day(value: Any) -> str:
    """A legal date, or a moment on the calendar of Hà Nội, as 25/03/2021."""
    moment = parsed(value)
    return f"{moment.day:02}/{moment.month:02}/{moment.year:04}" if moment else ""


def moment(value: Any) -> str:
    """A moment as 25/03/2021, 14:40 in Vietnam's time."""
    when = parsed(value)
    return when.strftime("%d/%m/%Y, %H:%M") if isinstance(when, datetime) else day(value)


def parsed(value: Any) -> date | datetime | None:
    if not value or isinstance(value, date):
        return value or None
    text = str(value)
    if len(text) == 10:
        return date.fromisoformat(text)
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(LEGAL_ZONE)


def size(count: Any) -> str:
    """Bytes as 512 KB or 1,4 MB."""
    kilobytes = Decimal(int(count or 0)) / 1024
    return f"{number(max(1, round(kilobytes)), 0)} KB" if kilobytes < 1000 else f"{number(kilobytes / 1024, 1)} MB"


def read_whole(text: str) -> int:
    """Return the whole number that a person typed: 1234, 1.234 or 1 234. Raises ValueError, also for a fraction."""
    plain = _trimmed(text)
    if _GROUPED.fullmatch(plain) and "," not in plain:
        return int(plain.replace(".", "").replace(" ", ""))
    value = read_number(text)
    if value != int(value):
        raise ValueError("a fraction")
    return int(value)


def read_number(text: str) -> Decimal:
    """Return the number that a person typed: 12,5 and 12.5, 1.234,5 and 1234.5.

    Raises ValueError for what is no number, for one of more than 15 digits before or six after the comma, and for one
    that can be read in two ways: 1.234 is a thousand here and a fraction elsewhere.
    """
    plain = _trimmed(text)
    if _GROUPED.fullmatch(plain):
        if _AMBIGUOUS.fullmatch(plain):
            raise ValueError("a number that can be read in two ways")
        plain = plain.replace(".", "").replace(" ", "")
    elif not _PLAIN.fullmatch(plain):
        raise ValueError("no number")
    return Decimal(plain.replace(",", "."))


def _trimmed(text: str) -> str:
    return text.strip().replace("\u00a0", " ").removesuffix("%").strip()


def read_day(text: str) -> str:
    """25/3/2021, 25-03-2021 or 25032021 as an ISO date, which is taken too. Raises ValueError."""
    if typed := _DAY.fullmatch(text.strip()):
        return date(int(typed[5]), int(typed[2] or typed[4]), int(typed[1] or typed[3])).isoformat()
    return date.fromisoformat(text.strip()).isoformat()
