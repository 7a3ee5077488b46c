"""How dates, numbers and sizes are written and read in Vietnamese; knows no form and no page."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from common.clock import LEGAL_ZONE

_GROUPED = re.compile(r"^[+-]?[1-9]\d{0,2}([. ]\d{3})+$")  # No group begins at 0: 0.250 is a quarter.
_DAY = re.compile(r"^(?:(\d{1,2})[/. -](\d{1,2})[/. -]|(\d{2})(\d{2}))(\d{4})$")


def number(value: Any, digits: int = 4) -> str:
    """1234.5 as 1.234,5; at most `digits` decimals and no zeros at the end."""
    if value is None or value == "":
        return ""
    text = f"{Decimal(str(value)):,.{digits}f}"
    if digits:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


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


def read_number(text: str) -> Decimal:
    """What a person types: 1.234,5 and 1234.5 and 12,5 alike. Raises ValueError."""
    plain = text.strip().replace("\u00a0", " ").removesuffix("%").strip()
    if "," in plain:
        plain = plain.replace(".", "").replace(" ", "").replace(",", ".")
    elif _GROUPED.match(plain):
        plain = plain.replace(".", "").replace(" ", "")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite():
        raise ValueError(text)
    return value


def read_day(text: str) -> str:
    """25/3/2021, 25-03-2021 or 25032021 as an ISO date, which is taken too. Raises ValueError."""
    if typed := _DAY.match(text.strip()):
        return date(int(typed[5]), int(typed[2] or typed[4]), int(typed[1] or typed[3])).isoformat()
    return date.fromisoformat(text.strip()).isoformat()
