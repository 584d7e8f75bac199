"""What territory a page or an article calls its own: the division that 我市, 全省, 县委 … stand for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from kg.gazetteer import ancestors, at_level, divisions
from kg.model import Article, Page, Sentence, Span
from kg.pages.blocks import Block, pattern
from kg.rules import lexicon, table

LEVELS = ("Province", "City", "County")
_ENOUGH = 1.5  # votes that elect a territory
_LOCAL = 6000  # characters of a text that speaks of one county
_TOWNS = 6  # towns of a county that stand for it, what lies above it counting for two
_COUNTIES = 3  # counties of a city that stand for it
_REGIONS = ("150000", "450000", "540000", "640000", "650000")  # autonomous regions
_DIRECT = ("110000", "120000", "310000", "500000")  # cities directly under the state


class Form(NamedTuple):
    """What a form of a name may stand for."""

    code: str
    doubtful: bool  # to be believed only where the text names it or what it lies in otherwise


def page_home(
    page: Page, blocks: Sequence[Block], sentences: Sequence[Sentence]
) -> tuple[str | None, Span | None]:
    """The home of a page and the characters that tell: the paper's name, else what the text is about."""
    if page.source and (codes := _papers(page.source)):
        return codes[0], None
    named: Counter[str] = Counter()
    spans: dict[str, Span] = {}
    for block in blocks:
        if block.kind in ("masthead", "date", "staff"):
            for code in _papers(block.text):
                named[code] += 1
                spans.setdefault(code, block.span)
    if named and (blocks[0].kind == "date" or any(block.kind == "masthead" for block in blocks)):
        code = named.most_common(1)[0][0]
        return code, spans[code]
    opening = next((block.text for block in blocks if block.kind in ("dateline", "text")), "")
    if pattern("home", "national").search(opening):
        return None, None
    sent = next(filter(None, map(_sender, blocks)), None)
    if sent and any(_hints(s.text, "Province") for s in sentences):
        return sent
    home = _home(sentences, LEVELS, named)
    return home, spans.get(home or "") or _where(sentences, home)


def own_places(
    home: str | None, articles: Iterable[Article], sentences: Mapping[int, Sequence[Sentence]]
) -> tuple[Article, ...]:
    """The articles, with a home of their own where they report from a smaller territory within the page's.

    `sentences` are those of each article, by its number.
    """
    if home is None or divisions()[home].level not in LEVELS:
        return tuple(articles)
    levels = LEVELS[LEVELS.index(divisions()[home].level) + 1 :]
    result = []
    for article in articles:
        own = sentences.get(article.number, ())
        inner = _home(own, levels, {home: 0}) or _headlined(own, levels, home)
        result.append(replace(article, home=inner) if inner and home in ancestors(inner)[1:] else article)
    return tuple(result)


def _sender(block: Block) -> tuple[str, Span] | None:
    """The province whose paper it is that has an article sent from one of its cities: 本报大同8月17日讯.

    A city's own paper prints 本报讯.
    """
    found = pattern("home", "sent").match(block.text) if block.opens else None
    if found is None:
        return None
    automaton, meanings = _forms()
    whole = [
        i
        for i, *span in automaton.find_matches_as_indexes(found["place"])
        if span == [0, len(found["place"])]
    ]
    cities = [f.code for i in whole for f in meanings[i] if divisions()[f.code].level == "City"]
    span = Span(block.offsets[found.start("place")], block.offsets[found.end("place") - 1] + 1)
    return (divisions()[cities[0]].parent, span) if cities else None


@cache
def _forms() -> tuple[AhoCorasick, tuple[tuple[Form, ...], ...]]:
    meanings: dict[str, list[Form]] = defaultdict(list)
    ordinary = {row["word"] for row in lexicon("ordinary")}
    for division in divisions().values():
        if division.level in LEVELS:
            meanings[division.name].append(Form(division.code, False))
            for short in set(division.short) - ordinary:
                meanings[short].append(Form(division.code, division.level == "County"))
    for row in lexicon("former"):
        if row["level"] in LEVELS and row["name"] not in meanings and row["successor"] in divisions():
            only_raised = row["name"][:-1] in divisions()[row["successor"]].short  # 怀仁县 became 怀仁市
            meanings[row["name"]] = [Form(row["successor"], not only_raised)]
    meanings.update((name, []) for name in table("pages")["home"]["others"]["names"])
    words = sorted(word for word in meanings if len(word) > 1)
    return AhoCorasick(words, matchkind=MatchKind.LeftmostLongest), tuple(tuple(meanings[w]) for w in words)


def _papers(imprint: str) -> list[str]:
    """The divisions after which the papers and publishers of a line are named."""
    automaton, meanings = _forms()
    found = []
    for rule in ("paper", "publisher"):
        for place in (match["place"] for match in pattern("home", rule).finditer(imprint)):
            for i, start, end in automaton.find_matches_as_indexes(place):
                if start == 0 and end >= len(place) - 1 and meanings[i]:
                    codes = [form.code for form in meanings[i]]
                    found.append(min(codes, key=lambda c: (LEVELS.index(divisions()[c].level), c)))
    return found


def _where(sentences: Iterable[Sentence], home: str | None) -> Span | None:
    """Where the text first names its home."""
    names = (divisions()[home].name, *divisions()[home].short) if home else ()
    forms = [name for name in names if len(name) > 1]
    for sentence in sentences:
        for form in forms:
            if (at := sentence.text.find(form)) >= 0:
                return sentence.span(at, at + len(form))
    return None


def _headlined(sentences: Sequence[Sentence], levels: Sequence[str], home: str) -> str | None:
    """The one division of the levels that the headline names, or else the opening.

    In a provincial paper the capital is where stories about the whole province are sent from.
    """
    text = "\n".join(s.text for s in sentences)
    if pattern("home", "own", divisions()[home].level).search(text):
        return None
    body = [s for s in sentences if s.role == "body"][:2]
    sent = home.endswith("0000") and body and pattern("article", "opens").match(body[0].text)
    capital = home[:2] + "0100" if sent else ""
    for chosen in ([s for s in sentences if s.role == "title"], body):
        votes = _votes(chosen, {home: 0})
        named = [code for code in votes if divisions()[code].level in levels and code != capital]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _home(sentences: Sequence[Sentence], levels: Sequence[str], known: Mapping[str, int]) -> str | None:
    """The division of one of the levels that 我市, 全省, 县委 … stand for, if the text uses such words.

    `known` counts how often the page is said to come from a division.
    """
    text = "\n".join(s.text for s in sentences)
    hints = {level: _hints(text, level) for level in levels}
    if not any(hints.values()):
        return None
    votes = _votes(sentences, known)
    region = _elected(votes, "Province") if pattern("home", "region").search(text) else None
    if "Province" in levels and region in _REGIONS:
        return region
    ranked = [level for level in sorted(levels, key=lambda v: (-hints[v], -LEVELS.index(v))) if hints[level]]
    found = (_elected(votes, level) for level in ranked)
    elected = next(filter(None, found), None) or _by_towns(text, ranked[0], votes)
    return elected or (_by_counties(sentences) if ranked[0] == "City" else None)


def _by_counties(sentences: Iterable[Sentence]) -> str | None:
    """The city that a text names only by its counties, and by clearly more of them than any other's."""
    _, meanings = _forms()
    counties: dict[str, set[int]] = defaultdict(set)
    for i in {i for sentence in sentences for i in _named(sentence.text)}:
        for city in filter(None, (at_level(form.code, "City") for form in meanings[i])):
            counties[city].add(i)
    best = sorted(counties, key=lambda c: (-len(counties[c]), c))[:2]
    if not best or len(counties[best[0]]) < _COUNTIES:
        return None
    return best[0] if len(best) == 1 or len(counties[best[0]]) >= 2 * len(counties[best[1]]) else None


def _by_towns(text: str, level: str, votes: Mapping[str, float]) -> str | None:
    """The division that a text names only by its towns, many of them, with what lies above it."""
    if len(text) > _LOCAL:
        return None
    automaton, counties = _towns()
    towns: dict[str, set[int]] = defaultdict(set)
    for i, _, _ in automaton.find_matches_as_indexes(text):
        for county in counties[i]:
            towns[county].add(i)
    score = {c: len(names) + 2 * any(a in votes for a in ancestors(c)[1:]) for c, names in towns.items()}
    best = sorted(score, key=lambda c: (-score[c], c))[:2]
    if not best or score[best[0]] < _TOWNS or (len(best) > 1 and score[best[0]] < 2 * score[best[1]] - 1):
        return None
    county = best[0]
    return county if level == "County" or (level == "City" and _is_city(county)) else at_level(county, level)


@cache
def _towns() -> tuple[AhoCorasick, tuple[tuple[str, ...], ...]]:
    """The names of towns, full and short, and the counties that have a town of the name."""
    counties: dict[str, set[str]] = defaultdict(set)
    ordinary = {row["word"] for row in lexicon("ordinary")}
    for division in divisions().values():
        if division.level == "Township":
            for name in {division.name, *division.short} - ordinary:
                counties[name].add(division.parent)
    names = sorted(name for name in counties if len(name) > 1)
    found = AhoCorasick(names, matchkind=MatchKind.LeftmostLongest)
    return found, tuple(tuple(sorted(counties[name])) for name in names)


@lru_cache(maxsize=20)
def _hints(text: str, level: str) -> float:
    """How strongly a text speaks of a territory of this level as its own; provinces are also looked up to."""
    kinds = ("own", "organ", "whole")
    own, organ, whole = (len(pattern("home", kind, level).findall(text)) for kind in kinds)
    return 4 * own + (organ + whole) * (0.4 if level == "Province" else 1)


@lru_cache(maxsize=2000)  # a page is asked, then each of its articles
def _named(sentence: str) -> tuple[int, ...]:
    """The known forms in a sentence, but for those that something is measured against."""
    compared = pattern("home", "compared")
    automaton, meanings = _forms()
    found = automaton.find_matches_as_indexes(sentence)
    return tuple(i for i, _, end in found if meanings[i] and not compared.match(sentence, end))


def _votes(sentences: Iterable[Sentence], known: Mapping[str, int]) -> dict[str, float]:
    """How often the text names each division; a headline and the opening count for more."""
    _, meanings = _forms()
    votes: dict[str, float] = defaultdict(float)
    doubtful: list[tuple[tuple[Form, ...], float]] = []
    for n, sentence in enumerate(sentences):
        weight = 3.0 if sentence.role == "title" else 2.0 if n < 3 else 1.0
        for i in _named(sentence.text):
            if len(meanings[i]) == 1 and not meanings[i][0].doubtful:
                votes[meanings[i][0].code] += weight
            else:
                doubtful.append((meanings[i], weight))
    sure = {**votes, **{code: votes.get(code, 0) + 1 + count for code, count in known.items()}}
    for choices, weight in doubtful:
        support = {form.code: sum(sure.get(c, 0.0) for c in ancestors(form.code)) for form in choices}
        best = max(choices, key=lambda form: (support[form.code], not form.doubtful, form.code))
        if support[best.code] or not best.doubtful:
            votes[best.code] += weight
    for code, count in known.items():
        votes[code] += 8 * count
    return votes


def _elected(votes: Mapping[str, float], level: str) -> str | None:
    """The division of a level that the text is about: named most, divisions inside it counting a little."""
    score: dict[str, float] = defaultdict(float)
    inner: dict[str, list[float]] = defaultdict(list)
    for code, count in votes.items():
        if divisions()[code].level == level or (level == "City" and _is_city(code)):
            score[code] += count
        above = at_level(code, level)
        if above and above != code:
            inner[above].append(count)
    for code, counts in inner.items():  # several parts named speak for the whole
        score[code] += sum(counts) * (0.6 if len(counts) > 1 else 0.3)
    best = max(score, key=lambda c: (score[c], c), default=None)
    return best if best and score[best] >= _ENOUGH else None


def _is_city(code: str) -> bool:
    """Whether a division is called 市 though it ranks as a county or a province."""
    return code in _DIRECT or (divisions()[code].level == "County" and divisions()[code].name.endswith("市"))
