"""Stretches of time in a sentence, counted from the day of the issue: 前10个月, 截至2025年9月, 腊月二十三.

What nothing dates gives nothing: without an issue date only years written out are read.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from kg.model import Period
from kg.rules import table
from kg.values import holidays
from kg.values.numerals import DIGITS, integer
from kg.values.quantities import either

Days = tuple[date, date]
_WORDS: dict[str, Any] = table("cues")["period"]


_ONES = "一二三四五六七八九"
_N = rf"(?:\d{{1,2}}|[两{_ONES}十]{{1,2}})"
_TO = r"[—\-－–~～至到]+"
_YEAR = rf"(?:(?P<year>(?:19|20)\d\d|[一二][{DIGITS}]{{3}})年度?|(?P<rel>{either(_WORDS['years'])}))"
_LUNAR_DAY = rf"初[{_ONES}十]|十[{_ONES}]|二十[{_ONES}]?|廿[{_ONES}]?|三十"
_PART = rf"""
    (?P<m1>\d{{1,2}})月(?P<d1>\d{{1,2}})日(?:{_TO}(?:(?P<m2>\d{{1,2}})月)?(?P<d2>\d{{1,2}})日)?
  | (?P<half>[上下])半年
  | 前(?P<quarters>[二两三23])个?季度
  | (?:第(?=.季(?!节))|(?=.季度))(?P<quarter>[一二三四1-4])季度?
  | 前(?P<months>{_N})个?月(?!前)
  | (?P<from>{_N})月?份?{_TO}(?P<till>{_N})月份?(?!\d*日)
  | (?P<month>\d{{1,2}}|[{_ONES}十]{{1,2}}(?=月份))月份?(?!\d+[日号])(?:(?P<ten>[上中下])旬)?
  | (?P<whole>全年|年内)
  | (?P<summer>暑期档)
  | (?P<lunar>[腊正冬]月|闰?[{_ONES}十]月)
    (?P<lunarday>{_LUNAR_DAY})(?:{_TO}(?P<lunar2>[腊正]月)?(?P<lunarday2>{_LUNAR_DAY}))?
  | (?P<moon>[腊正]月|闰[{_ONES}十]月)(?!\d)
  | [“"]?(?:中秋节?[、和暨]?)?(?P<feast>{either(_WORDS["festivals"])})节?(?:[、和暨]?中秋节?)?[”"]?(?:
      (?P<that>当[天日晚])
    | (?P<off>{_N})天(?:小?长假|假期|假日)
    | (?:小?长假|假期|假日|期间|黄金周|档期?){{1,2}}(?:[共的前]?(?P<off2>{_N})天)?)
"""
_BARE_PART = _PART.replace("(?P<", "(?P<b_")
_FIRST = {w[0] for key in ("open", "now", "same", "years", "festivals") for w in _WORDS[key]}
_STARTS = "".join(sorted(_FIRST | set("过这近暑") | set(f'{_ONES}十两腊正冬闰第全前上下年“‘"')))
_WHEN = re.compile(
    rf"""(?=[\d{_STARTS}])(?<![\d.第])(?P<open>{either(_WORDS["open"])})?(?:
    (?P<y1>(?:19|20)\d\d)年?(?:{_TO}|(?P<and>[和、]))(?P<y2>(?:19|20)\d\d)年
  | (?<![{_ONES}月])“?(?P<plan>十[一二三四五六]|(?<=[“‘"])十)五[”’"]?
    (?:规划|计划)?(?P<planpart>期间|时期|末|以来|的?[前后头][一二三四]年|(?:开局|收官)之?年)?(?!届)
  | (?:{_YEAR}的?(?:{_PART}|(?P<again>同期))?(?!第..?[次届批期])|(?:{_BARE_PART})|(?P<ends>年)(?=[底末初]))
    (?P<close>{either(_WORDS["close"])})?
  | (?:过去的?|这)(?P<past>[{_ONES}十两]|\d{{1,2}})年(?!级)
  | 近?(?P<past2>[{_ONES}十两]|\d{{1,2}})年(?:来|间|(?=累计))
  | (?P<now>{either(_WORDS["now"])})
  | (?P<same>{either(_WORDS["same"])})
  | (?<![\d月])(?P<day>\d{{1,2}})日(?!元)
    )""",
    re.VERBOSE,
)
_NAMES = [name.removeprefix("b_") for name in _WHEN.groupindex]  # of its groups, all of which have one
NEW_YEAR = 4  # the last month in which the year before is still spoken of as the past year
_RUNNING = re.compile(r"[^，。；\d]{2,24}以来")
_QUICK = re.compile("[年月日季旬末前今天期稿截假黄档现]|十.?五")  # without which nothing tells of time


def find(
    text: str, day: date | None, earlier: Sequence[Period] = ()
) -> tuple[list[Period], list[tuple[int, int]]]:
    """The periods that `text` states, in order, and where it speaks of time, resolved or not.

    `earlier` are the periods stated before in the article, which 当年, 同期 and 当日 point back to.
    """
    found: list[Period] = []
    spans: list[tuple[int, int]] = []
    if not _QUICK.search(text):
        return found, spans
    for match in _WHEN.finditer(text):
        spans.append(match.span())
        try:
            days = _days(match, day, found, earlier)
        except ValueError:  # no such day: 2月30日
            continue
        if days and days[0] <= days[1]:
            if found and found[-1].text.startswith("截") and match.group("close") == "以来":
                days = days[0], max(found[-1].last, days[0])  # 截至3月17日，今年以来
            if day and not match.group("close") and _RUNNING.match(text, match.end()):  # 自2022年8月获批以来
                days = days[0], max(day, days[0])
            found.append(Period(match.start(), match.end(), match.group(), *days))
    return found, spans


def _days(
    match: re.Match[str], day: date | None, found: list[Period], earlier: Sequence[Period]
) -> Days | None:
    part = {name: value for name, value in zip(_NAMES, match.groups(), strict=True) if value}
    said = [*earlier, *found]
    if "y1" in part:
        first, last = int(part["y1"]), int(part["y2"])
        return date(last if "and" in part and last != first + 1 else first, 1, 1), date(last, 12, 31)
    if "plan" in part:
        return _plan(part, day)
    if past := part.get("past") or part.get("past2"):
        return _past(integer(past) or 1, day)
    if "now" in part:
        return (day, day) if day else None
    if "same" in part:
        return _same(part["same"], said)
    if "day" in part:
        return _recent_day(int(part["day"]), day)
    if "again" in part and "rel" in part:
        return _same("去年同期", said)
    year = _year(part, day, found, said)
    if year is None:
        return None
    if "again" in part:
        return _again(year, said)
    if "feast" in part and "that" not in part and day and not part.keys() & {"year", "rel"}:
        return holidays.nearest(part["feast"], day, _length(part))
    return _bounded(_within(year, part), part, day)


def _plan(part: dict[str, str], day: date | None) -> Days | None:
    number = integer(part["plan"])
    if number is None or not 10 <= number <= 16:
        return None
    first = 2001 + (number - 10) * 5
    how = part.get("planpart", "")
    if how == "以来" and day:
        return date(first, 1, 1), day
    if how == "末":
        return date(first + 4, 12, 31), date(first + 4, 12, 31)
    if how.endswith(("局之年", "局年", "官之年", "官年")):
        year = first + 4 * how.startswith("收官")
        return date(year, 1, 1), date(year, 12, 31)
    if len(how) >= 3 and how.endswith("年"):
        years = integer(how[-2]) or 5
        return (
            (date(first, 1, 1), date(first + years - 1, 12, 31))
            if how.strip("的")[0] in "前头"
            else (date(first + 5 - years, 1, 1), date(first + 4, 12, 31))
        )
    return date(first, 1, 1), date(first + 4, 12, 31)


def _same(word: str, said: Sequence[Period]) -> Days | None:
    """当日, 同期, 去年同期: as the period before, or a year earlier."""
    if word[-1] in "日天":
        said = [p for p in said if p.first == p.last]
    if not said:
        return None
    before = said[-1]
    if word[0] in "去上":
        return _shift(before.first, -1), _shift(before.last, -1)
    if word.endswith("月"):
        return _month(before.last.year, before.last.month)
    if word.endswith("年"):
        return date(before.last.year, 1, 1), date(before.last.year, 12, 31)
    return before.first, before.last


def _again(year: int, said: Sequence[Period]) -> Days | None:
    """2010年同期: the months of the period before, in that year."""
    if not said:
        return None
    by = year - said[-1].last.year
    return _shift(said[-1].first, by), _shift(said[-1].last, by)


def _past(years: int, day: date | None) -> Days | None:
    """过去五年 in the first months of a year are the five years before it; later on it is not told which."""
    if day is None or day.month > NEW_YEAR:
        return None
    return date(day.year - years, 1, 1), date(day.year - 1, 12, 31)


def _shift(day: date, years: int) -> date:
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def _month(year: int, month: int, till: int | None = None) -> Days:
    last = till or month
    return date(year, month, 1), date(year, last, monthrange(year, last)[1])


def _recent_day(number: int, day: date | None) -> Days | None:
    """A bare 13日 is the last such day up to the issue."""
    if day is None:
        return None
    month = day if number <= day.day else day.replace(day=1) - timedelta(days=1)
    one = month.replace(day=number)
    return one, one


def _year(part: dict[str, str], day: date | None, found: list[Period], said: Sequence[Period]) -> int | None:
    if "year" in part:
        return integer(part["year"])
    if "rel" in part:
        return day.year + int(_WORDS["years"][part["rel"]]) if day else None
    if part.keys() & {"feast", "lunar", "moon"}:
        return day.year if day else None
    if "whole" in part and (known := [p for p in said if p.text[:4].isdecimal() or p.text == "全年"]):
        return known[-1].last.year
    if found and (day is None or found[-1].text[:4].isdecimal()):  # 2010年1月 …，2月 …
        return found[-1].last.year
    if day is None:
        return said[-1].last.year if said else None
    return day.year - (_starts(part) > day.month and part.get("close") not in _WORDS["ahead"])


def _starts(part: dict[str, str]) -> int:
    """The first month of the year's part, to tell this year's from last year's."""
    if "half" in part:
        return 1 if part["half"] == "上" else 7
    if "quarter" in part:
        return 3 * (integer(part["quarter"]) or 1) - 2
    for name in ("till", "months", "m1", "month", "quarters"):
        if name in part:
            return (integer(part[name]) or 1) * (3 if name == "quarters" else 1)
    return 1


def _within(year: int, part: dict[str, str]) -> Days:
    for name, read in _READERS.items():
        if name in part:
            return read(year, part)
    return date(year, 1, 1), date(year, 12, 31)


def _date_range(year: int, part: dict[str, str]) -> Days:
    first = date(year, int(part["m1"]), int(part["d1"]))
    if "d2" not in part:
        return first, first
    return first, date(year, int(part.get("m2", part["m1"])), int(part["d2"]))


def _calendar_month(year: int, part: dict[str, str]) -> Days:
    first, last = _month(year, integer(part["month"]) or 0)
    if "ten" in part:
        start = {"上": 1, "中": 11, "下": 21}[part["ten"]]
        return first.replace(day=start), last if start == 21 else first.replace(day=start + 9)
    return first, last


def _lunar(year: int, part: dict[str, str]) -> Days:
    first = holidays.lunar_day(year, part["lunar"], part["lunarday"])
    if "lunarday2" not in part:
        return first, first
    return first, holidays.lunar_day(year, part.get("lunar2", part["lunar"]), part["lunarday2"])


def _feast(year: int, part: dict[str, str]) -> Days:
    if "that" in part:
        return (holidays.feast(part["feast"], year),) * 2
    return holidays.holiday(part["feast"], year, _length(part))


def _length(part: dict[str, str]) -> int | None:
    return integer(part.get("off") or part.get("off2") or "")


_READERS: dict[str, Callable[[int, dict[str, str]], Days]] = {
    "m1": _date_range,
    "half": lambda y, p: _month(y, 1, 6) if p["half"] == "上" else _month(y, 7, 12),
    "quarters": lambda y, p: _month(y, 1, 3 * (integer(p["quarters"]) or 1)),
    "quarter": lambda y, p: _month(y, 3 * (integer(p["quarter"]) or 1) - 2, 3 * (integer(p["quarter"]) or 1)),
    "months": lambda y, p: _month(y, 1, integer(p["months"])),
    "from": lambda y, p: _month(y, integer(p["from"]) or 0, integer(p["till"])),
    "month": _calendar_month,
    "summer": lambda y, p: _month(y, 6, 8),
    "lunar": _lunar,
    "moon": lambda y, p: holidays.lunar_month(y, p["moon"]),
    "feast": _feast,
}


def _bounded(days: Days, part: dict[str, str], day: date | None) -> Days | None:
    """What stands before and after: 自…以来 runs to the issue, 截至… and …末 are points in time."""
    opened, closed = part.get("open", ""), part.get("close", "")
    if closed in _WORDS["since"]:
        return (days[0], day) if day and day >= days[0] else None
    if closed in _WORDS["start"]:
        return days[0], days[0]
    if closed in _WORDS["end"] or opened in _WORDS["upto"]:
        return days[1], days[1]
    return days
