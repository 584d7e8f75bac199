"""Names in a page: typed, not overlapping, each grown from evidence in the text.

Three kinds of finders give candidates over the sentences laid end to end: known names (`gazetteer`), names grown to
the left from a head word, and patterns. The longest candidate wins; what it covers is kept as `nested`, since a
place inside a name (忻州海关) is a fact about the world too. Rules and word lists: `kg/rules/names.toml`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from kg import gazetteer, rules
from kg.gazetteer import Piece, Places
from kg.model import Mention, Sentence

CLOSERS = {"”": "“", "》": "《", ")": "(", "）": "（", "’": "‘", "」": "「"}
BREAKS = frozenset("\n，。、；：！？,;:!?…“‘「《(（[]{}<>|·—─-~～=+*/\\\"'")
INSIDE = frozenset("·-—~")  # between letters or digits: 中国—东盟, 5G-A
BARE_LEVEL = {"省": "Province", "自治区": "Province", "市": "City", "州": "City", "县": "County", "区": "County"}
HOME_WORDS = re.compile("(?:我|全|本)(?:市|省|县|区|州)|(?<![\u4e00-\u9fff])(?:省内|市内)")
WIDE = frozenset("Enterprise Agency Institution Zone".split())  # a place inside begins the name
MAX_DEFAULT = 30


class Found(NamedTuple):
    """A candidate name, in characters of the joined text."""

    start: int
    end: int
    type: str
    name: str
    code: str | None
    rule: str
    certainty: float


@dataclass(frozen=True, slots=True)
class Head:
    """One row of [[head]]."""

    number: int
    type: str
    generic: frozenset[str]
    soft: bool
    named: bool
    longest: int


@dataclass(frozen=True, slots=True)
class Names:
    """`kg/rules/names.toml`, compiled."""

    heads: AhoCorasick
    rows: tuple[tuple[Head, ...], ...]  # by head word
    patterns: tuple[tuple[str, str, re.Pattern[str]], ...]  # type, rule, pattern
    known: AhoCorasick
    known_types: tuple[str, ...]
    known_words: tuple[str, ...]
    lead: re.Pattern[str]


@cache
def _names() -> Names:
    table = rules.table("names")
    by_word: dict[str, list[Head]] = {}
    for number, row in enumerate(table["head"], 1):
        head = Head(number, row["type"], frozenset(row["generic"].split()), row.get("soft", False),
                    row.get("named", False), row.get("max", MAX_DEFAULT))  # fmt: skip
        for word in dict.fromkeys(row["heads"].split()):
            by_word.setdefault(word, []).append(head)
    words = list(by_word)
    known = {w: row["type"] for row in table["known"] for w in row["names"].split()}
    surnames = "|".join(sorted(rules.table("surnames")["surnames"].split(), key=lambda s: (-len(s), s)))
    patterns = tuple(
        (row["type"], f"{row['type']}/pattern{i}", re.compile(row["regex"].replace("{surname}", surnames)))
        for i, row in enumerate(table["pattern"], 1)
    )
    leads = sorted(table["grow"]["lead"].split(), key=lambda w: (-len(w), w))
    return Names(
        AhoCorasick(words, matchkind=MatchKind.LeftmostLongest),
        tuple(tuple(by_word[w]) for w in words),
        patterns,
        AhoCorasick(list(known), matchkind=MatchKind.LeftmostLongest),
        tuple(known.values()),
        tuple(known),
        re.compile(rf"(?:{'|'.join(map(re.escape, leads))}|\d[\d.,]*(?:多|余)?(?:[个家项条座处名]|亿元|万元|年|月|日))"),
    )


class Grower:
    """Grows names to the left over the known pieces of one joined text."""

    def __init__(self, text: str, pieces: Sequence[Piece]) -> None:
        self.text = text
        self.pieces = pieces
        self.ends = [p.end for p in pieces]
        self.starts = [p.start for p in pieces]

    def piece_at(self, index: int) -> Piece | None:
        """The known piece that covers a character."""
        i = bisect_right(self.starts, index) - 1
        return self.pieces[i] if i >= 0 and self.pieces[i].end > index else None

    def grow(self, head_start: int, longest: int) -> int:
        """Where a name whose head begins at `head_start` begins; `head_start` itself where it has no core."""
        text, at = self.text, head_start
        lowest = max(0, head_start - longest)
        while at > lowest:
            char = text[at - 1]
            if char in CLOSERS:
                opening = text.rfind(CLOSERS[char], max(0, at - 32), at - 1)
                if opening < 0 or "\n" in text[opening:at]:
                    break
                at = opening
                continue
            if char in BREAKS and not self._joins(at - 1):
                break
            piece = self.piece_at(at - 1)
            if piece is None:
                at -= 1
                continue
            if piece.stop and piece.end <= head_start:
                break
            at = piece.start
        return at

    def _joins(self, index: int) -> bool:
        around = self.text[max(0, index - 1) : index] + self.text[index + 1 : index + 2]
        return self.text[index] in INSIDE and len(around) == 2 and around.isascii() and around.isalnum()

    def unknown_core(self, start: int, end: int) -> bool:
        """Whether a core holds two characters that no list knows, a known name or a quotation."""
        free = 0
        at = start
        while at < end:
            piece = self.piece_at(at)
            if self.text[at] in CLOSERS.values() or (piece and piece.entries and piece.entries[0].type != "Product"):
                return True
            if piece is None:
                free += 1
                at += 1
            else:
                at = piece.end
        return free >= 2


def _head_names(text: str, grower: Grower, places: dict[int, Found]) -> Iterator[Found]:
    names = _names()
    for index, start, end in names.heads.find_matches_as_indexes(text):
        piece = grower.piece_at(end - 1)
        if piece and piece.end > end or (piece and end - start == 1 and piece.start < start):
            continue  # the head is part of a longer word: 格局, 局面
        for head in names.rows[index]:
            found = _head_name(text, grower, places, head, start, end)
            if found:
                yield found
                break


def _head_name(
    text: str, grower: Grower, places: dict[int, Found], head: Head, start: int, end: int
) -> Found | None:
    first = _trim(text, grower.grow(start, head.longest), start, places)
    if head.type in WIDE:
        first = _from_place(text, first, start, places)
    core = text[first:start]
    if not core or core.strip("“”‘’") in head.generic or (len(core) < 2 and core not in BARE_LEVEL):
        return None
    if core in BARE_LEVEL and head.type != "Agency":
        return None
    if head.soft and not grower.unknown_core(first, start):
        return None
    if head.named and not _is_named(text, grower, places, first, start):
        return None
    name = text[first:end]
    return Found(first, end, head.type, name, None, f"{head.type}/head{head.number}", 0.9)


def _is_named(text: str, grower: Grower, places: dict[int, Found], first: int, start: int) -> bool:
    core = text[first:start]
    if re.search("[“”‘’（(A-Za-z]|\\d|[一二三四五]期", core):
        return True
    return any(first <= p < start for p in places) or grower.unknown_core(first, start)


def _trim(text: str, first: int, start: int, places: dict[int, Found]) -> int:
    """Cuts words off the front that precede a name without belonging to it."""
    lead = _names().lead
    while first < start and first not in places:
        match = lead.match(text, first, start)
        if match:
            first = match.end()
        elif text[first] in "”’》)）的、":
            first += 1
        else:
            break
    return first


def _from_place(text: str, first: int, start: int, places: dict[int, Found]) -> int:
    """A place inside the core begins the name, unless what precedes it belongs to the name as well."""
    inside = [p for p in range(first + 1, start) if p in places]
    if not inside or first in places or text.startswith(("中国", "国家", "中共", "“"), first):
        return first
    return inside[0]


def _pattern_names(text: str) -> Iterator[Found]:
    names = _names()
    for kind, rule, pattern in names.patterns:
        for match in pattern.finditer(text):
            yield Found(*match.span("name"), kind, match["name"], None, rule, 0.85)
    for i, start, end in names.known.find_matches_as_indexes(text):
        yield Found(start, end, names.known_types[i], names.known_words[i], None, "known", 0.95)


def _known_names(pieces: Iterable[Piece], places: Places) -> Iterator[Found]:
    for piece in pieces:
        place = places.choose(piece.entries) if piece.entries else None
        if place:
            yield Found(piece.start, piece.end, place.type, place.name, place.code, "gazetteer", 0.95)
            continue
        for entry in piece.entries:
            if entry.type not in gazetteer.LEVELS and not entry.caution:
                yield Found(piece.start, piece.end, entry.type, entry.name, entry.code, "lexicon", 0.9)
                break


def _home_names(text: str, home_at: Sequence[str | None], bounds: Sequence[int]) -> Iterator[Found]:
    """我市, 全省, …: the home place of the article, at the level that the word names."""
    table = gazetteer.divisions()
    for match in HOME_WORDS.finditer(text):
        home = home_at[bisect_right(bounds, match.start()) - 1]
        code = _home_code(home, match[0][-1] if match[0][-1] != "内" else match[0][0])
        if code:
            d = table[code]
            yield Found(match.start(), match.end(), d.level, d.name, code, "home", 0.9)


def _home_code(home: str | None, word: str) -> str | None:
    """The division that 我省, 我市, 我县 or 我区 means in a text from `home`."""
    if not home:
        return None
    table = gazetteer.divisions()
    if word == "省":
        return gazetteer.at_level(home, "Province")
    own = table[home]
    if own.level != "Province" and own.name.endswith(word):
        return home
    if word == "市":
        if own.level == "Province":
            return home if own.name.endswith("市") else None
        return gazetteer.at_level(home, "City")
    return home if own.level == "County" and word in "县区" else None


def _select(found: Iterable[Found]) -> tuple[list[Found], list[Found]]:
    """The longest names that do not overlap, and those nested inside them."""
    ranked = sorted(found, key=lambda f: (f.start - f.end, f.start, -f.certainty, f.rule))
    taken: list[Found] = []
    nested: list[Found] = []
    cover: dict[int, Found] = {}
    for f in ranked:
        over = {cover[i] for i in range(f.start, f.end) if i in cover}
        if not over:
            taken.append(f)
            cover.update(dict.fromkeys(range(f.start, f.end), f))
        elif len(over) == 1:
            nested.append(f)
    return sorted(taken), nested


class Names_(NamedTuple):
    """What `find` gives: mentions by sentence, and names inside other names."""

    mentions: tuple[tuple[Mention, ...], ...]
    nested: tuple[tuple[Mention, ...], ...]


def find(sentences: Sequence[Sentence], homes: Sequence[str | None]) -> Names_:
    """The names of a page; `homes[i]` is the division code that 我市 means in sentence i."""
    text = "\n".join(s.text for s in sentences)
    bounds = list(accumulate((len(s.text) + 1 for s in sentences), initial=0))[:-1]
    pieces = gazetteer.scan(text)
    page_home = next((h for h in homes if h), None)
    known = list(_known_names(pieces, Places(page_home, pieces)))
    home_words = list(_home_names(text, homes, bounds))
    place_at = {f.start: f for f in known if f.type in gazetteer.LEVELS or f.type == "Country"}
    grower = Grower(text, pieces)
    candidates = [*known, *home_words, *_head_names(text, grower, place_at), *_pattern_names(text)]
    taken, nested = _select(candidates)
    return Names_(_by_sentence(taken, bounds, len(sentences)), _by_sentence(nested, bounds, len(sentences)))


def _by_sentence(found: Iterable[Found], bounds: Sequence[int], count: int) -> tuple[tuple[Mention, ...], ...]:
    rows: list[list[Mention]] = [[] for _ in range(count)]
    for f in found:
        i = bisect_right(bounds, f.start) - 1
        at = bounds[i]
        text = f.name if f.rule.split("/")[0] == f.type else ""
        rows[i].append(Mention(f.start - at, f.end - at, text, f.type, f.name, f.code, f.rule, f.certainty))
    return tuple(tuple(r) for r in rows)
