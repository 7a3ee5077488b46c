"""The only place that asks for the time; legal dates are those of Hà Nội."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LEGAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The legal date in Vietnam."""
    return datetime.now(LEGAL_ZONE).date()


def day_of(moment: datetime) -> date:
    """Return the legal day of a moment, on the calendar of Hà Nội."""
    return moment.astimezone(LEGAL_ZONE).date()


def start_of(day: date) -> datetime:
    """The moment at which a legal date begins."""
    return datetime.combine(day, time.min, LEGAL_ZONE)
