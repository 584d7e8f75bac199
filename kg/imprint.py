"""When a page was published and what territory it calls its own, with the characters that say so."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind
from lunardate import LunarDate

from kg.blocks import Block
from kg.gazetteer import ancestors, at_level, divisions
from kg.model import Article, Issue, Page, Sentence, Span
from kg.rules import lexicon, table

_LABEL = re.compile("[:：]|来源")
LEVELS = ("Province", "City", "County")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_DIGITS = {c: i for i, c in enumerate("初一二三四五六七八九十")} | {"正": 1, "冬": 11, "腊": 12}
_TENS = {"廿": 20, "卅": 30}
_ENOUGH = 1.5  # votes that elect a territory
_REGIONS = ("150000", "450000", "540000", "640000", "650000")  # autonomous regions
_DIRECT = ("110000", "120000", "310000", "500000")  # cities directly under the state


def issue(page: Page, found: Sequence[Block], articles: Sequence[Article], sentences: Sequence[Sentence]) -> Issue:
    """When the page appeared and where, as far as it or its file says."""
    published, span, inferred = _published(page, found, sentences)
    home, home_span = _page_home(page, found, articles, sentences)
    return Issue(published, span, inferred, home, home_span)


def own_places(
    issue: Issue, articles: Sequence[Article], sentences: Sequence[Sentence]
) -> tuple[Article, ...]:
    """The articles with their own home where they report from a smaller territory within the page's."""
    result = []
    for article in articles:
        own = [s for s in sentences if s.article == article.number]
        levels = _levels_below(issue.home)
        home = _home(own, Counter(), levels) or _headlined(own, levels)
        result.append(replace(article, home=home) if home and issue.home in ancestors(home)[1:] else article)
    return tuple(result)


def _headlined(sentences: Sequence[Sentence], levels: Sequence[str]) -> str | None:
    """The one division of the levels that headline, dateline and opening name."""
    votes = _votes([s for s in sentences if s.role == "title"] or sentences[:1])
    named = [code for code in votes if divisions()[code].level in levels]
    return named[0] if len(named) == 1 else None


def _levels_below(home: str | None) -> tuple[str, ...]:
    level = divisions()[home].level if home else ""
    return LEVELS[LEVELS.index(level) + 1 :] if level in LEVELS else ()


@cache
def _rule(*path: str) -> re.Pattern[str]:
    found: Any = table("pages")
    for key in path:
        found = found[key]
    return re.compile(found)


# --- the date


def _published(
    page: Page, found: Sequence[Block], sentences: Sequence[Sentence]
) -> tuple[str | None, Span | None, bool]:
    if page.published:
        return page.published, None, False
    texts = [i for i, block in enumerate(found) if block.kind == "text"]
    head = texts[1] if len(texts) > 1 else len(found)  # a bare date further down is a signature's
    for kind in ("masthead", "date"):
        for i, block in enumerate(found):
            if block.kind != kind or (kind == "date" and i > head and not _LABEL.search(block.text)):
                continue
            start, end = block.spans[0].start, block.spans[-1].end
            if match := _rule("issue", "date").search(page.text, start, end):
                if day := _iso(match.groupdict()):
                    return day, Span(*match.span()), False
            if (match := _rule("issue", "lunar").search(page.text, start, end)) and (day := _lunar(match)):
                return day, Span(*match.span()), False
    if sentences and (match := _rule("issue", "opening").match(sentences[0].text)):
        return _iso(match.groupdict()), sentences[0].span(*match.span()), False
    if match := _rule("issue", "file").search(page.name):
        return _iso(match.groupdict()), None, False
    signed = _first(sentences, "signed")
    if signed and (day := _iso(signed[0].groupdict())):
        return day, signed[1], False
    return _inferred(sentences)


def _iso(parts: Mapping[str, str | None]) -> str | None:
    """An ISO date of the named groups y, m, d, or None where the calendar has no such day."""
    year, month, day = int(parts["y"] or 0), int(parts["m"] or 0), int(parts.get("d") or 0)
    try:
        date(year, month, day or 1)
    except ValueError:
        return None
    return f"{year}-{month:02}-{day:02}" if day else f"{year}-{month:02}"


def _lunar(match: re.Match[str]) -> str | None:
    stem, branch = match["stem"]
    years = [y for y in range(1984, 2044) if _STEMS[(y - 4) % 10] == stem and _BRANCHES[(y - 4) % 12] == branch]
    if not years:
        return None
    try:
        return LunarDate(years[0], _count(match["m"]), _count(match["d"]), bool(match["leap"])).to_solar_date().isoformat()
    except ValueError:
        return None


def _count(numeral: str) -> int:
    """A day or month of the lunar calendar: 初九 9, 十二 12, 廿三 23, 腊 12."""
    head, tail = numeral[0], numeral[1:]
    if head in _TENS:
        return _TENS[head] + (_DIGITS[tail] if tail else 0)
    if tail == "十":
        return _DIGITS[head] * 10 or 10
    return _DIGITS[head] + (_DIGITS[tail] if tail else 0)


def _inferred(sentences: Sequence[Sentence]) -> tuple[str | None, Span | None, bool]:
    """The date that the text lets a careful reader infer."""
    for sentence in sentences:
        for row in table("pages")["issue"]["occasion"]:
            if match := re.search(row["pattern"], sentence.text):
                return f"{match['y']}-{row['month']:02}", sentence.span(*match.span()), True
    dated = _first(sentences, "dateline") or _last_event(sentences)
    year, span = _year(sentences, int(dated[0]["m"]) if dated else None)
    if year is None:
        return None, None, True
    if dated is None:
        return str(year), span, True
    match, where = dated
    day = _iso({"y": str(year), "m": match["m"], "d": match["d"]})
    if day is None:
        return str(year), span, True
    if match.re is _rule("issue", "dateline"):  # written on the day before the paper appears
        return (date.fromisoformat(day) + timedelta(1)).isoformat(), where, True
    return day[:7], where, True


def _first(sentences: Iterable[Sentence], name: str) -> tuple[re.Match[str], Span] | None:
    for sentence in sentences:
        if match := _rule("issue", name).search(sentence.text):
            return match, sentence.span(*match.span())
    return None


def _last_event(sentences: Iterable[Sentence]) -> tuple[re.Match[str], Span] | None:
    """The latest day of this year that the text speaks of as past."""
    events = [
        (match, sentence.span(*match.span()))
        for sentence in sentences
        for match in _rule("issue", "text", "event").finditer(sentence.text)
        if not re.search(r"\d{4}年$|去年$|上年$", sentence.text[: match.start()])
        and 1 <= int(match["m"]) <= 12
    ]
    return events[0] if events else None


def _year(sentences: Sequence[Sentence], month: int | None) -> tuple[int | None, Span | None]:
    text = "".join(s.text for s in sentences)
    for row in table("pages")["issue"]["year"]:
        if match := re.search(row["pattern"], text):
            if row["year"] in ("first", "last"):
                start = int(table("pages")["issue"]["plans"][match["plan"]])
                return start + (4 if row["year"] == "last" else 0), None
            return int(row["year"]) + int(match["n"]), None
    past: dict[int, bool] = {}  # year: whether the text speaks of it as over
    bound = 9999
    spans: dict[int, Span] = {}
    for sentence in sentences:
        for match in _rule("issue", "text", "year").finditer(sentence.text):
            year, before, after = int(match["y"]), match["before"], match["after"] or ""
            if after.endswith(("前", "内")):
                bound = min(bound, year)
            elif before in (None, "截至") or after:
                over = bool(re.fullmatch(_rule("issue", "text", "whole"), after))
                over = over or (not after and sentence.text[match.end() : match.end() + 1] in "，,")
                past[year] = past.get(year, False) or over
                spans.setdefault(year, sentence.span(*match.span()))
    past = {y: over for y, over in past.items() if y <= bound and y <= date.max.year}
    if not past:
        return (bound, None) if bound < 9999 else (None, None)
    latest = max(past)
    later = past[latest] and latest < bound and (month is None or month <= 5)
    return latest + later, spans[latest]


# --- the territory


class Form(NamedTuple):
    """What a form of a name may stand for."""

    code: str
    doubtful: bool  # to be believed only where the text names it or what it lies in otherwise


@cache
def _forms() -> tuple[AhoCorasick, tuple[tuple[Form, ...], ...]]:
    meanings: dict[str, list[Form]] = {}
    ordinary = {row["word"] for row in lexicon("ordinary")}
    for division in divisions().values():
        if division.level in LEVELS:
            meanings.setdefault(division.name, []).append(Form(division.code, False))
            for short in division.short:
                if len(short) > 1 and short not in ordinary:
                    meanings.setdefault(short, []).append(Form(division.code, division.level == "County"))
    for row in lexicon("former"):
        if row["level"] in LEVELS and row["name"] not in meanings and row["successor"] in divisions():
            meanings[row["name"]] = [Form(row["successor"], True)]
    words = sorted(word for word in meanings if len(word) > 1)
    return AhoCorasick(words, matchkind=MatchKind.LeftmostLongest), tuple(tuple(meanings[w]) for w in words)


def _page_home(
    page: Page, found: Sequence[Block], articles: Sequence[Article], sentences: Sequence[Sentence]
) -> tuple[str | None, Span | None]:
    named: Counter[str] = Counter()
    spans: dict[str, Span] = {}
    for block in found:
        if block.kind in ("masthead", "date", "staff"):
            for rule in ("paper", "publisher"):
                for match in _rule("home", rule).finditer(block.text):
                    if code := _code(match["place"]):
                        named[code] += 1
                        spans.setdefault(code, block.spans[0])
    if any(block.kind == "masthead" for block in found) and named:
        code = named.most_common(1)[0][0]
        return code, spans[code]
    home = None if _rule("home", "national").search(page.text) else _home(sentences, named, LEVELS)
    return home, spans.get(home or "") or _where(sentences, home)


def _code(name: str) -> str | None:
    """The division that a paper is named after."""
    automaton, meanings = _forms()
    for i, start, end in automaton.find_matches_as_indexes(name):
        if start == 0 and end >= len(name) - 1:
            return min((f.code for f in meanings[i]), key=lambda c: (LEVELS.index(divisions()[c].level), c))
    return None


def _where(sentences: Iterable[Sentence], home: str | None) -> Span | None:
    if home is None:
        return None
    forms = (divisions()[home].name, *divisions()[home].short)
    for sentence in sentences:
        for form in forms:
            if len(form) > 1 and (at := sentence.text.find(form)) >= 0:
                return sentence.span(at, at + len(form))
    return None


def _home(sentences: Sequence[Sentence], named: Mapping[str, int], levels: Sequence[str]) -> str | None:
    """The division of one of the levels that 我市, 全省, 县委 … stand for, if the text uses such words."""
    text = "\n".join(s.text for s in sentences)
    hints = {level: _hints(text, level) for level in levels}
    if not any(hints.values()):
        return None
    votes = _votes(sentences)
    for code, count in named.items():
        votes[code] += 8 * count
    if "Province" in levels and _rule("home", "region").search(text):
        region = _elected(votes, "Province")
        if region in _REGIONS:
            return region
    for level in sorted(levels, key=lambda v: (-hints[v], -LEVELS.index(v))):
        if hints[level] and (code := _elected(votes, level)):
            return code
    return None


def _hints(text: str, level: str) -> float:
    """How strongly a text speaks of a territory of this level as its own; a province is often only looked up to."""
    own, organ, whole = (len(_rule("home", kind, level).findall(text)) for kind in ("own", "organ", "whole"))
    return 4 * own + (organ + whole) * (0.4 if level == "Province" else 1)


def _votes(sentences: Sequence[Sentence]) -> dict[str, float]:
    """How often the text names each division; a headline and the opening count for more."""
    automaton, meanings = _forms()
    votes: dict[str, float] = defaultdict(float)
    doubtful: list[tuple[tuple[Form, ...], float]] = []
    for n, sentence in enumerate(sentences):
        weight = 3.0 if sentence.role == "title" else 2.0 if n < 3 else 1.0
        for i, _, end in automaton.find_matches_as_indexes(sentence.text):
            if _rule("home", "compared").match(sentence.text, end):
                continue
            if len(meanings[i]) == 1 and not meanings[i][0].doubtful:
                votes[meanings[i][0].code] += weight
            else:
                doubtful.append((meanings[i], weight))
    sure = dict(votes)
    for choices, weight in doubtful:
        support = {f.code: sum(sure.get(c, 0.0) for c in ancestors(f.code)) for f in choices}
        best = max(choices, key=lambda f: (support[f.code], not f.doubtful, f.code))
        if support[best.code] or not best.doubtful:
            votes[best.code] += weight
    return votes


def _elected(votes: Mapping[str, float], level: str) -> str | None:
    """The division of a level that the text is about: named most, the divisions inside it counting a little."""
    score: dict[str, float] = defaultdict(float)
    inner: dict[str, list[float]] = defaultdict(list)
    for code, count in votes.items():
        if divisions()[code].level == level or (level == "City" and _is_city(code)):
            score[code] += count
        if (above := at_level(code, level)) not in (None, code):
            inner[above].append(count)
    for code, counts in inner.items():  # several parts named speak for the whole
        score[code] += sum(counts) * (0.6 if len(counts) > 1 else 0.3)
    best = max(score, key=lambda c: (score[c], c), default=None)
    return best if best and score[best] >= _ENOUGH else None


def _is_city(code: str) -> bool:
    """Whether a division is called 市 though it ranks as a county or a province."""
    return code in _DIRECT or (divisions()[code].level == "County" and divisions()[code].name.endswith("市"))
