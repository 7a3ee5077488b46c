"""Working days in Vietnam: Monday to Friday without public holidays, which are data."""

import tomllib
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from importlib.resources import files

SATURDAY = 5
HOLIDAYS: frozenset[date] = frozenset(
    tomllib.loads(files("registration").joinpath("holidays.toml").read_text("utf-8"))["days"]
)


def working_days_after(day: date, count: int, holidays: AbstractSet[date] = HOLIDAYS) -> date:
    """The last of `count` working days, the first of which is the next one after `day`."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY and day not in holidays
    return day
