"""Names that no rule knows, told by weights: first where one ends, then where it begins.

The text is cut into tokens: the names that the rules found, known words, runs of digits or letters, single
characters. Every token that can end a name is weighed for each class of names; for the few that pass, each
token before it is weighed as the beginning. `kg/lexicon/endings.tsv` holds the weights, fitted on annotated
pages by `bench/names.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import exp
from typing import NamedTuple

from kg import rules
from kg.gazetteer import Piece
from kg.mentions.namerules import Found

RULE = "weighed"
# The classes that are weighed, and how likely a name of each must be.
LEAST = {"Agency": 0.4, "Enterprise": 0.4, "Event": 0.4, "Group": 0.4, "Policy": 0.4, "Project": 0.5}
BIAS = "bias"  # stands in the table for what every token has
FIRST = "<"  # begins the features of beginnings
SCALE = 100  # weights are whole numbers of hundredths
LONGEST, REACH = 24, 9  # characters and tokens of a name
PASSABLE = -1.5  # what an end must weigh for its beginnings to be looked at
STOPS = frozenset("。；，！？;!?,:：¶")
OPEN, CLOSE = frozenset("“《‘(（"), frozenset("”》’)）")
LISTING = frozenset("、和与及")
_ACTS = frozenset(["stop", "verb", "mark"])
_NO_END = frozenset(["stop", "digits"])
_LOOSE = re.compile(r"[0-9][0-9.,%％]*|[A-Za-z][A-Za-z0-9&\-]*|.", re.DOTALL)

Weights = Mapping[str, Sequence[tuple[str, int]]]  # by feature: classes and how much it speaks for each


class Token(NamedTuple):
    """A piece of the text as the weights see it."""

    start: int
    end: int
    kind: str
    form: str


_EDGE = Token(0, 0, "edge", "^")


@cache
def weights() -> Weights:
    """The weights fitted."""
    return {row["feature"]: _parsed(row["weights"].split(" ")) for row in rules.lexicon("endings")}


def _parsed(parts: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple(zip(parts[::2], map(int, parts[1::2]), strict=True))


def missed(text: str, pieces: Sequence[Piece], taken: Sequence[Found], by: Weights | None = None) -> list[Found]:
    """Likely names beside those that the rules took, in order of their ends."""
    by = weights() if by is None else by
    reader = Reader(text, tokens(text, pieces, taken))
    known = {(f.end, f.type) for f in taken}
    found: list[Found] = []
    for j in reader.ends():
        for kind, weight in weighed(reader.end(j), by, by.get(BIAS, ())).items():
            end = reader.cut[j].end
            if weight < PASSABLE * SCALE or (end, kind) in known:
                continue
            first, share = best_start(reader, j, kind, by)
            likely = share / (1 + exp(-weight / SCALE))
            if likely >= LEAST[kind]:
                start = reader.cut[first].start
                found.append(Found(start, end, kind, text[start:end], None, RULE, round(likely, 2)))
    return found


def weighed(features: Iterable[str], by: Weights, bias: Iterable[tuple[str, int]]) -> dict[str, int]:
    """What the features weigh together, by class."""
    sums = dict(bias)
    for feature in features:
        for kind, weight in by.get(feature, ()):
            sums[kind] += weight
    return sums


def best_start(reader: Reader, j: int, kind: str, by: Weights) -> tuple[int, float]:
    """The likeliest first token of a name that ends with token `j`, and how likely it is among all."""
    sums: dict[int, int] = {}
    for i in reader.starts(j):
        features = (pair for name in reader.start(i, j) for pair in by.get(name, ()))
        sums[i] = sum(weight for of, weight in features if of in (kind, "any"))
    if not sums:
        return j, 0.0
    first = max(sums, key=lambda i: (sums[i], i))
    return first, 1 / sum(exp((weight - sums[first]) / SCALE) for weight in sums.values())


def tokens(text: str, pieces: Iterable[Piece], taken: Iterable[Found]) -> list[Token]:
    """The text cut: the names taken, the known words between them, and what is left."""
    found: list[Token] = []
    words = iter(pieces)
    word = next(words, None)
    at = 0
    for name in taken:
        while word and word.end <= name.start:
            if word.start >= at:
                found += _loose(text, at, word.start)
                found.append(Token(word.start, word.end, word.kind, text[word.start : word.end]))
                at = word.end
            word = next(words, None)
        found += _loose(text, at, name.start)
        found.append(Token(name.start, name.end, name.type, f"<{name.type}>"))
        at = name.end
    while word:
        if word.start >= at:
            found += _loose(text, at, word.start)
            found.append(Token(word.start, word.end, word.kind, text[word.start : word.end]))
            at = word.end
        word = next(words, None)
    found += _loose(text, at, len(text))
    return found


def _loose(text: str, start: int, end: int) -> Iterator[Token]:
    if start >= end:
        return
    for match in _LOOSE.finditer(text, start, end):
        form = match[0]
        first = form[0]
        if "\u4e00" <= first <= "\u9fff":
            yield Token(match.start(), match.end(), "single", form)
        elif first.isdigit():
            yield Token(match.start(), match.end(), "digits", "0")
        elif first == "\n":
            yield Token(match.start(), match.end(), "mark", "¶")
        else:
            yield Token(match.start(), match.end(), "letters" if first.isalpha() else "mark", form)


class Reader:
    """Describes the tokens of one text."""

    def __init__(self, text: str, cut: Sequence[Token]) -> None:
        self.text, self.cut = text, cut
        self._wide = [_EDGE, _EDGE, *cut, _EDGE, _EDGE]
        self._quoted: list[str] = []  # for each token the mark that is open before it
        self._acts: list[str] = []  # and the last word before it that acts or parts
        opened, act = "", "^"
        for token in cut:
            form = token.form
            opened = "" if form in CLOSE else opened
            self._quoted.append(opened)
            self._acts.append(act)
            if token.kind in _ACTS:
                act = form
                opened = form if form in OPEN else "" if form in "。¶" else opened

    def ends(self) -> Iterator[int]:
        """The tokens that can end a name."""
        for j, token in enumerate(self.cut):
            if token.kind not in _NO_END and (token.kind != "mark" or token.form in CLOSE):
                yield j

    def end(self, j: int) -> tuple[str, ...]:
        """The features of a token as the end of a name."""
        _, end, kind, form = self.cut[j]
        (_, _, kind2, before2), (_, _, kind1, before) = self._wide[j : j + 2]
        (_, _, next1, after), (_, _, next2, after2) = self._wide[j + 3 : j + 5]
        last = self.text[end - 1]
        found = (
            f"w{form}", f"p{before}", f"n{after}", f"o{before2}", f"m{after2}", f"pw{before} {form}",
            f"wn{form} {after}", f"op{before2} {before}", f"nm{after} {after2}", f"l{last}",
            f"ll{self.text[end - 2 : end]}", f"lll{self.text[end - 3 : end]}", f"k{kind}",
            f"kk{kind1} {kind} {next1}", f"kl{kind2} {kind1} {kind}", f"kr{kind} {next1} {next2}",
            f"q{self._quoted[j]} {after in CLOSE}", f"v{self._acts[j]}", f"ln{last} {after}",
            f"kn{kind} {after}", f"pk{before} {kind}",
        )  # fmt: skip
        if before in LISTING:
            found += (f"list{kind2} {kind}",)
        return (*found, f"listed{kind} {next2}") if after in LISTING else found

    def starts(self, j: int) -> Iterator[int]:
        """Where a name that ends with token `j` may begin, the nearest first."""
        end, closed = self.cut[j].end, False
        for i in range(j, max(-1, j - REACH), -1):
            start, _, kind, form = self.cut[i]
            if end - start > LONGEST or form == "¶":
                return
            if form in CLOSE:
                closed = True
            elif form in OPEN:
                if not closed and i < j:
                    return
                closed = False
            elif form in STOPS and not closed:
                return
            if not closed and (kind != "mark" or form in OPEN):
                yield i

    def start(self, i: int, j: int) -> Iterator[str]:
        """The features of token `i` as the beginning of a name that ends with token `j`."""
        start, _, kind, form = self.cut[i]
        (_, _, _, before2), (_, ended, kind1, before) = self._wide[i : i + 2]
        _, _, next1, after = self._wide[i + 3]
        inner = self.cut[i : j + 1]
        kinds = [token.kind for token in inner]
        yield from (
            f"<w{form}", f"<p{before}", f"<op{before2} {before}", f"<pw{before} {form}", f"<wn{form} {after}",
            f"<k{kind}", f"<kk{kind1} {kind}", f"<kn{kind1} {kind} {next1}", f"<pk{before} {kind}",
            f"<kw{kind1} {form}", f"<size{min(inner[-1].end - start, 14)}", f"<tokens{len(inner)}",
            f"<f{self.text[start]}", f"<b{self.text[ended - 1 : ended]}",
        )  # fmt: skip
        yield from (f"<{of}{min(kinds.count(of), 3)}" for of in ("stop", "verb", "single", "mark"))
        yield from (f"<in{of}" for of in sorted(set(kinds[1:])) if of[0].isupper())
        yield from (f"<word{token.form}" for token in inner[1:-1] if token.kind == "stop")
        if before in OPEN:
            yield f"<open{self._wide[j + 3].form in CLOSE}"
