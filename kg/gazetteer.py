"""Known words and names: one scan cuts a text into known pieces, places are told apart by their context.

The scan takes the longest known piece at each place from the left (divisions, countries, organisations,
products, common words), so that 大同小异 is no 大同 and 国内 hides no stop word. What no piece covers is
single characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from kg import rules

# What names the tables of the lexicon hold, divisions and countries apart.
TABLES = {
    "agencies": "Agency",
    "enterprises": "Enterprise",
    "products": "Product",
    "institutions": "Institution",
    "landmarks": "Place",
    "zones": "Zone",
    "works": "Project",
    "programmes": "Policy",
    "events": "Event",
}
LEVELS = ("Province", "City", "County", "Township")
PREPOSITIONS = frozenset("从在向对和与到经由自以")
MANY_TOWNS = 4
FEATURES = ("山市", "江市", "河市", "湖市", "山县", "江县", "河县", "湖县")
NEED_BESIDE_TOWNS = 1  # of a short form that only bare names of townships share
NEED = {"Province": 0, "City": 0, "County": 3, "Township": 6}  # support that a short form must have


@dataclass(frozen=True, slots=True)
class Entry:
    """One meaning of a known form."""

    type: str
    name: str
    code: str | None = None
    short: bool = False  # the form is a short form: it needs support from the context
    caution: bool = False  # the form is an ordinary word too
    word: bool = False  # the form is in the list of words


class Piece(NamedTuple):
    """A known piece of a text: a name with its meanings, or a word.

    A word is a `stop` that cannot stand inside a name, a `verb` that can but does not begin one, or a `part`
    that can do both.
    """

    start: int
    end: int
    kind: str
    entries: tuple[Entry, ...]


class Division(NamedTuple):
    """A row of the table of divisions."""

    code: str
    name: str
    level: str
    parent: str
    short: tuple[str, ...]


@cache
def divisions() -> dict[str, Division]:
    """All divisions by code."""
    rows = rules.lexicon("divisions")
    return {
        r["code"]: Division(
            r["code"], r["name"], r["level"], r["parent"], tuple(filter(None, r["short"].split("|")))
        )
        for r in rows
    }


def ancestors(code: str) -> tuple[str, ...]:
    """The code and the codes above it, nearest first."""
    found = []
    table = divisions()
    while code in table:
        found.append(code)
        code = table[code].parent
    return tuple(found)


def at_level(code: str | None, level: str) -> str | None:
    """The division of `level` that `code` is or lies in."""
    table = divisions()
    return next((c for c in ancestors(code or "") if table[c].level == level), None)


def _place_entries() -> Iterator[tuple[str, Entry]]:
    ordinary = {r["word"] for r in rules.lexicon("ordinary")}
    words = _word_set()
    for d in divisions().values():
        if len(d.name) > 1:
            yield d.name, Entry(d.level, d.name, d.code, caution=d.name in ordinary or d.name in words)
        for short in d.short:
            if len(short) > 1:
                yield short, Entry(d.level, d.name, d.code, True, short in ordinary, short in words)
    now = divisions()
    named = {d.name for d in now.values()}
    for r in rules.lexicon("former"):
        if (
            r["level"] in LEVELS[1:3]
            and r["successor"] in now
            and len(r["name"]) > 2
            and r["name"] not in named
        ):
            yield r["name"], Entry(now[r["successor"]].level, r["name"], r["successor"])
    for r in rules.lexicon("countries"):
        for form in {r["name_zh"], r["full_zh"], *r["alias"].split("|")}:
            if len(form) > 1 and r["iso3"] != "CHN":
                yield form, Entry("Country", r["name_zh"], r["iso3"])


def _other_entries() -> Iterator[tuple[str, Entry]]:
    for name, kind in TABLES.items():
        for r in rules.lexicon(name):
            if r.get("level") == "stem":
                continue  # 财政局: a head word, whose place makes the name
            for form in {r["name_zh"], r.get("full_zh") or "", *(r.get("alias") or "").split("|")}:
                if len(form) > 1:
                    full = r.get("full_zh") or r["name_zh"]
                    wary = r.get("caution") == "1" and (
                        kind == "Product" or (form == r["name_zh"] and len(form) < 5)
                    )
                    yield form, Entry(r.get("type") or kind, full, caution=wary)


class _Known(NamedTuple):
    automaton: AhoCorasick
    kinds: tuple[str, ...]
    entries: tuple[tuple[Entry, ...], ...]
    words: AhoCorasick  # the words alone
    word_kinds: tuple[str, ...]


@cache
def _known() -> _Known:
    forms: dict[str, tuple[Entry, ...]] = {}
    for form, entry in (*_place_entries(), *_other_entries()):
        forms[form] = (*forms.get(form, ()), entry)
    grow = rules.table("names")["grow"]
    kinds = {r["word"]: r["class"] for r in rules.lexicon("words")}
    for row in rules.table("names")["known"]:
        if row["type"] != "Group":
            kinds |= dict.fromkeys(row["names"].split(), "part")
    for kind in ("verb", "part", "stop"):
        kinds |= dict.fromkeys(grow[kind + "s"].split(), kind)
    for word in kinds.keys() & forms.keys():  # a township's bare name that is a word, is the word
        forms[word] = tuple(e for e in forms[word] if not (e.short and e.type == "Township"))
    words = sorted(kinds.keys() | forms.keys())
    return _Known(
        AhoCorasick(words, matchkind=MatchKind.LeftmostLongest),
        tuple(_kind(kinds[w], forms.get(w, ())) if w in kinds else "name" for w in words),
        tuple(forms.get(w, ()) for w in words),
        AhoCorasick(list(kinds), matchkind=MatchKind.LeftmostLongest),
        tuple(kinds.values()),
    )


def is_word(text: str) -> bool:
    """Whether a text is one word of the list."""
    return text in _word_set()


@cache
def _word_set() -> frozenset[str]:
    return frozenset(r["word"] for r in rules.lexicon("words"))


def _kind(word: str, meanings: Iterable[Entry]) -> str:
    """A word that is a short form too stays the word, until the context speaks for the name."""
    return word if all(m.short or m.caution for m in meanings) else "name"


def unread(text: str, pieces: Iterable[Piece], places: Container[int]) -> list[Piece]:
    """The pieces; short forms that mean no place here are cut into words: 政府和新疆 holds no 和新."""
    known = _known()
    found: list[Piece] = []
    for piece in pieces:
        if piece.kind != "name" or piece.start in places or any(e.type not in LEVELS for e in piece.entries):
            found.append(piece)
            continue
        for i, start, end in known.words.find_matches_as_indexes(text[piece.start : piece.end]):
            found.append(Piece(piece.start + start, piece.start + end, known.word_kinds[i], ()))
    return found


def scan(text: str) -> list[Piece]:
    """The known pieces of a text, in order, not overlapping."""
    known = _known()
    pieces: list[Piece] = []
    for i, start, end in known.automaton.find_matches_as_indexes(text):
        piece = Piece(start, end, known.kinds[i], known.entries[i])
        if not pieces or start >= pieces[-1].end:
            cut = text[start] in PREPOSITIONS and _cut_off(text, piece)
            pieces.append(cut or piece)
    return pieces


def _cut_off(text: str, piece: Piece) -> Piece | None:
    """江西省 in 从江西省来看, where the piece is 从江: a preposition and the beginning of a longer name."""
    if piece.end - piece.start != 2:
        return None
    known = _known()
    for i, start, end in known.automaton.find_matches_as_indexes(text[piece.start + 1 : piece.start + 9]):
        sure = LEVELS if piece.kind == "name" else (*LEVELS, "Country", "Enterprise")
        if start == 0 and end > 2 and any(e.type in sure for e in known.entries[i]):
            return Piece(piece.start + 1, piece.start + 1 + end, known.kinds[i], known.entries[i])
        break
    return None


def _within(places: Iterable[Entry], before: Piece) -> Entry | None:
    """The one place that lies in the place named right before it."""
    outer = {e.code for e in before.entries if e.type in LEVELS[:2] and not e.caution}
    found = [p for p in places if p.type != "Township" and outer & set(ancestors(p.code or "")[1:])]
    return found[0] if len(found) == 1 else None


def _crowded(pieces: Iterable[Piece]) -> set[str]:
    """The county in which several towns that the document names lie, when no other has as many."""
    towns: dict[str, set[str]] = {}
    for piece in pieces:
        for entry in piece.entries:
            if entry.type == "Township" and not entry.caution and entry.code:
                towns.setdefault(divisions()[entry.code].parent, set()).add(entry.name)
    best = max((len(names) for names in towns.values()), default=0)
    return {code for code, names in towns.items() if len(names) == best} if best >= MANY_TOWNS else set()


def is_feature(entry: Entry) -> bool:
    """Whether a short form is a mountain or river before it is a county: 五指山."""
    name = entry.name
    return entry.short and entry.type == "County" and len(name) > 3 and name.endswith(FEATURES)


class Places:
    """Which division a form means in one document: told by the home place and the divisions named in full."""

    def __init__(self, home: str | None, pieces: Iterable[Piece]) -> None:
        self.home = ancestors(home or "")
        self.votes: Counter[str] = Counter()
        self.full: set[str] = set()
        pieces = [piece for piece in pieces if piece.entries]
        self.crowded = _crowded(pieces)
        for piece in pieces:
            sure = [e for e in piece.entries if e.type in LEVELS[:3] and not e.caution]
            sure = [e for e in sure if not e.short or e.type != "County"]
            if len({e.code for e in sure}) == 1 and sure[0].code:
                self.full.update(() if sure[0].short else {sure[0].code})
                self.votes.update(ancestors(sure[0].code))

    def support(self, entry: Entry) -> int:
        """How much of the document speaks for this meaning."""
        above = ancestors(entry.code or "")
        near = sum(3 for c in above[1:] if c in self.home) + (5 if entry.code in self.home else 0)
        near += 6 if entry.type == "Township" and above[1:2] and above[1] in self.crowded else 0
        return near + sum(1 for c in above[1:] if self.votes[c]) + (4 if entry.code in self.full else 0)

    def choose(self, entries: Sequence[Entry], before: Piece | None = None) -> Entry | None:
        """The division or country meant, or None where the form is more likely an ordinary word.

        `before` is the known piece that ends where the form begins: 浙江 before 义乌 says which 义乌.
        """
        places = [e for e in entries if e.type in LEVELS]
        if places and before is not None and (inside := _within(places, before)):
            return inside
        if not places:
            return None
        best, *others = sorted(places, key=lambda e: (-self.support(e), LEVELS.index(e.type), e.code or ""))
        support = self.support(best)
        if best.short:
            told = best.word or is_feature(best) or best.type == "Township"
            alone = not told and len({e.code for e in entries if e.type != "Township"}) == 1
            need = NEED[best.type] if not alone else 0 if len(entries) == 1 else NEED_BESIDE_TOWNS
            return best if support >= need + (2 if best.caution else 0) else None
        if support < 3 and (best.type == "Township" or best.caution):
            return None
        if others and support == self.support(others[0]) and others[0].type == best.type:
            return Entry(
                best.type, best.name
            )  # a namesake that nothing tells apart: keep the name, drop the code
        return best
