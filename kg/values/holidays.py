"""Days of the lunar calendar, and the holidays about feasts: as ordered for a year, or by the usual rule."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from lunardate import LunarDate

from kg.rules import table
from kg.values.numerals import integer

Days = tuple[date, date]
_WORDS: dict[str, Any] = table("cues")["period"]
FESTIVALS: dict[str, tuple[str, int]] = {name: (row[0], row[1]) for name, row in _WORDS["festivals"].items()}
_ORDERED: dict[str, dict[str, str]] = _WORDS["holidays"]
_MONTHS = {"正月": 1, "冬月": 11, "腊月": 12}
_LUNAR = re.compile("(?P<month>.+月)(?P<day>.+)")
_TO_WEEKEND = (-2, -2, 0, 0, 0, 0, -1)  # from a feast on Monday, Tuesday … to the first of its three days
_AHEAD = 3  # papers tell of holidays past, or of those that come soon
_WEDNESDAY = 2  # far from any weekend: a single day


def lunar_day(year: int, month: str, day: str) -> date:
    """A day of the lunar calendar: 腊月 near the turn of the year is the end of the lunar year before."""
    number = _month(month)
    text = day.replace("初", "").replace("廿", "二十")
    return _solar(year - (number == 12), number, integer(text) or 0, month.startswith("闰"))


def lunar_month(year: int, month: str) -> Days:
    """A whole month of the lunar calendar."""
    number, leap = _month(month), month.startswith("闰")
    year -= number == 12
    first = _solar(year, number, 1, leap)
    try:
        return first, _solar(year, number, 30, leap)
    except ValueError:  # the month has 29 days
        return first, first + timedelta(days=28)


def feast(name: str, year: int) -> date:
    """The day of a feast."""
    when = FESTIVALS[name][0]
    if name == "清明":  # the fourth or fifth of April, as far as this century is young
        return date(year, 4, 4 if year % 4 < 2 else 5)
    if lunar := _LUNAR.fullmatch(when):
        return lunar_day(year, lunar["month"], lunar["day"])
    return date.fromisoformat(f"{year}-{when}")


def holiday(name: str, year: int, length: int | None = None) -> Days:
    """The days off about a feast; `length` is how many the text says they are."""
    day, usual = feast(name, year), FESTIVALS[name][1]
    if ordered := _ORDERED.get(name, {}).get(str(year)):
        first, days = ordered.split()
        start, usual = date.fromisoformat(f"{year}-{first}"), int(days)
    elif usual:
        start = day - timedelta(days=name == "春节")  # which begins with its eve
    else:
        start, usual = (
            day + timedelta(days=_TO_WEEKEND[day.weekday()]),
            1 if day.weekday() == _WEDNESDAY else 3,
        )
    return start, start + timedelta(days=(length or usual) - 1)


def nearest(name: str, day: date, length: int | None = None) -> Days:
    """The holiday that an issue of `day` speaks of where no year is given: the last, or one that is near."""

    def far(days: Days) -> int:
        by = (days[0] - day).days
        return _AHEAD * by if by > 0 else -by

    return min((holiday(name, day.year + by, length) for by in (-1, 0, 1)), key=far)


def _month(name: str) -> int:
    return _MONTHS.get(name) or integer(name.removeprefix("闰")[:-1]) or 0


def _solar(year: int, month: int, day: int, leap: bool) -> date:
    lunar = LunarDate(year, month, day, 1 if leap else 0)
    found: date = lunar.to_solar_date() if hasattr(lunar, "to_solar_date") else lunar.toSolarDate()
    return found
