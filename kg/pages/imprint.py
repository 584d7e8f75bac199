"""When a page was published, with the characters that say so or that let a careful reader infer it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from lunardate import LunarDate

from kg.jumps import number
from kg.model import Article, Issue, Page, Sentence, Span
from kg.pages.blocks import Block, pattern
from kg.rules import table

_LABEL = re.compile("[:：]|来源")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_CYCLE = range(1984, 2044)  # the years of the sexagenary cycle that papers of our time bear
_DIGITS = {c: i for i, c in enumerate("初一二三四五六七八九十")} | {
    "正": 1,
    "冬": 11,
    "腊": 12,
    "廿": 20,
    "卅": 30,
}


class Dated(NamedTuple):
    """A date: ISO day, month or year, the characters that tell it, and whether it had to be inferred."""

    day: str | None
    span: Span | None = None
    inferred: bool = False


class _Read(NamedTuple):
    """The sentences of a page, and all of them in one text, which tells faster what is not there."""

    sentences: Sequence[Sentence]
    whole: str


def published(page: Page, blocks: Sequence[Block], sentences: Sequence[Sentence]) -> Dated:
    """When the page appeared: by its file's data, masthead, date line, file name, signature, or its text."""
    if page.published:
        return Dated(page.published)
    stated = next(_stated(page, blocks), None)
    if stated:
        return stated
    opening = pattern("issue", "opening").match(sentences[0].text) if sentences else None
    if opening and (day := _iso(opening.groupdict())):
        return Dated(day, sentences[0].span(*opening.span()))
    named = pattern("issue", "file").search(page.name)
    if named and (day := _iso(named.groupdict())):
        return Dated(day)
    read = _Read(sentences, "\n".join(sentence.text for sentence in sentences))
    for match, span in _matches(read, "issue", "signed"):
        if day := _iso(match.groupdict()):
            return Dated(day, span)
    return _inferred(read)


def paper(page: Page, blocks: Sequence[Block]) -> str | None:
    """The name of the paper, by its masthead or its file's data."""
    for block in (b for b in blocks if b.kind in ("masthead", "date")):
        if found := pattern("issue", "paper").search(block.text):
            return found["name"]
    return page.source


def sheet(page: Page, blocks: Sequence[Block]) -> int | None:
    """The number of the page in its paper, by its masthead, its file's name or its place in the file."""
    for block in (b for b in blocks if b.kind in ("masthead", "date", "column")):
        if found := pattern("issue", "sheet").search(block.text):
            return number(found["page"])
    name, _, place = page.name.partition("#")
    found = pattern("issue", "file_sheet").search(pattern("issue", "file").sub("", name))
    return int(found["page"]) if found else page.number if place else None


def datelines(
    issue: Issue, articles: Iterable[Article], sentences: Mapping[int, Sequence[Sentence]]
) -> Iterator[Article]:
    """The articles, each with the day of its dateline: where no year is told, the last before the issue.

    `sentences` are those of each article, by its number.
    """
    for article in articles:
        day = _dateline(issue, sentences.get(article.number, ()))
        yield replace(article, dated=day) if day else article


def _dateline(issue: Issue, sentences: Iterable[Sentence]) -> str | None:
    opening = next((s.text for s in sentences if s.role == "body"), "")
    found = pattern("issue", "dateline").match(opening) or pattern("issue", "opening").match(opening)
    if found is None or issue.day is None:
        return None
    years = [int(found["y"])] if found["y"] else [issue.day.year, issue.day.year - 1]
    days = (_iso({**found.groupdict(), "y": str(year)}) for year in years)
    day = next((day for day in days if day and day <= issue.day.isoformat()), None)
    return day if day != issue.published else None


def _stated(page: Page, blocks: Sequence[Block]) -> Iterator[Dated]:
    """The dates of the masthead, then of lines at the head of the text, or anywhere when labelled."""
    texts = [i for i, block in enumerate(blocks) if block.kind == "text"]
    head = texts[1] if len(texts) > 1 else len(blocks)
    for kind in ("masthead", "date", "staff"):
        for i, block in enumerate(blocks):
            if block.kind != kind or (kind != "masthead" and i > head and not _LABEL.search(block.text)):
                continue
            match = pattern("issue", "date").search(page.text, block.span.start, block.span.end)
            if match and (match["d"] or kind != "staff") and (day := _iso(match.groupdict())):
                yield Dated(day, Span(*match.span()))
            match = pattern("issue", "lunar").search(page.text, block.span.start, block.span.end)
            if match and (day := _lunar(match)):
                yield Dated(day, Span(*match.span()))


def _iso(parts: Mapping[str, str | None]) -> str | None:
    """An ISO date of the named groups y, m, d, or None where the calendar has no such day."""
    year, month, day = (int(parts.get(key) or 0) for key in "ymd")
    try:
        date(year, month, day or 1)
    except ValueError:
        return None
    return f"{year}-{month:02}-{day:02}" if day else f"{year}-{month:02}"


def _lunar(match: re.Match[str]) -> str | None:
    stem, branch = match["year"][0], match["year"][1]
    years = [y for y in _CYCLE if _STEMS[(y - 4) % 10] == stem and _BRANCHES[(y - 4) % 12] == branch]
    try:
        month, number = _count(match["m"]), _count(match["d"])
        day: date = LunarDate(years[0], month, number, bool(match["leap"])).to_solar_date()
    except (IndexError, ValueError):
        return None
    return day.isoformat()


def _count(numeral: str) -> int:
    """A day or month of the lunar calendar: 初九 9, 十二 12, 二十 20, 廿三 23, 腊 12."""
    if numeral[1:] == "十" and numeral[0] != "初":
        return _DIGITS[numeral[0]] * 10
    return sum(_DIGITS[character] for character in numeral)


def _inferred(read: _Read) -> Dated:
    """The date that the text lets a careful reader infer."""
    for n, row in enumerate(table("pages")["issue"]["occasion"]):
        for match, span in _matches(read, "issue", "occasion", n, "pattern"):
            return Dated(f"{match['y']}-{row['month']:02}", span, True)
    dateline = next(_matches(read, "issue", "dateline"), None)
    event = dateline or next(_matches(read, "issue", "text", "event"), None)
    year = _year(read, int(event[0]["m"]) if event else None)
    if year.day is None or event is None:
        return year
    day = _iso({"y": year.day, "m": event[0]["m"], "d": event[0]["d"]})
    if day is None:
        return year
    if dateline:  # written on the day before the paper appears
        return Dated((date.fromisoformat(day) + timedelta(1)).isoformat(), event[1], True)
    return Dated(day[:7], event[1], True)


def _matches(read: _Read, *path: str | int) -> Iterator[tuple[re.Match[str], Span]]:
    rule = pattern(*path)
    if rule.search(read.whole) is None:
        return
    for sentence in read.sentences:
        for match in rule.finditer(sentence.text):
            yield match, sentence.span(*match.span())


def _year(read: _Read, month: int | None) -> Dated:
    """The year in which a text was written: what names it, else the latest spoken of as past or present."""
    for n, row in enumerate(table("pages")["issue"]["year"]):
        for match, span in _matches(read, "issue", "year", n, "pattern"):
            return Dated(str(_named_year(row["year"], match)), span, True)
    over: dict[int, bool] = {}  # year: whether the text speaks of it as finished
    spans: dict[int, Span] = {}
    bound = date.max.year  # a year that is not yet over
    for match, span in _matches(read, "issue", "text", "year"):
        year, after = int(match["y"]), match["after"] or ""
        if after.endswith(("前", "内")):
            bound = min(bound, year)
        elif after or not pattern("issue", "text", "ahead").search(
            match.string, max(0, match.start() - 8), match.start()
        ):
            whole = pattern("issue", "text", "whole").fullmatch(after)
            followed = match.string[match.end() : match.end() + 1]
            over[year] = over.get(year, False) or bool(whole) or (not after and followed in tuple("，,"))
            spans.setdefault(year, span)
    latest = max((year for year in over if year <= bound), default=None)
    if latest is None:
        return Dated(str(bound) if bound < date.max.year else None, None, True)
    later = over[latest] and latest < bound and (month is None or month <= 5)
    return Dated(str(latest + later), spans[latest], True)


def _named_year(rule: str, match: re.Match[str]) -> int:
    """The year that a plan's first or last year, or an anniversary, is."""
    if rule in ("first", "last"):
        first: int = table("pages")["issue"]["plans"][match["plan"]]
        return first + (4 if rule == "last" else 0)
    return int(rule) + int(match["n"])
