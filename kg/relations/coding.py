"""Sentences and names written for the patterns: each mention one private-use character of its class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.model import Document, Mention, Sentence
from kg.relations.patterns import CODE, GOVERNED, LEAD, OTHER, STAND_IN, listed
from kg.relations.places import Names

_OPEN, _CLOSE = '“‘「『《"', '”’」』》"'


@dataclass(frozen=True, slots=True)
class Named:
    """An entity where a text names it, or where a stand-in such as 该公司 does."""

    key: str
    type: str
    sentence: int = -1  # none where nothing names it: the place of the paper
    start: int = 0
    end: int = 0
    text: str = ""
    certainty: float = 1.0
    position: int = 0  # in the coded text


@dataclass(frozen=True, slots=True)
class Coded:
    """`text[i]` stands for characters `spans[i]` of the sentence and for the mentions `refs[i]`, if any."""

    sentence: int
    text: str
    spans: tuple[tuple[int, int], ...]
    refs: tuple[tuple[Mention, ...], ...]
    classes: frozenset[str]  # of its mentions
    outer: Mention | None = None  # set where the text is not a sentence but a name

    def named(self, start: int, end: int, classes: frozenset[str]) -> list[Named]:
        """The names of these classes at coded positions `start`:`end`, all of those behind a stand-in."""
        return [
            Named(m.entity, m.type, self.sentence, *self.spans[i], m.text, m.certainty, i)
            for i in range(start, end)
            for m in self.refs[i]
            if m.type in classes
        ]


@dataclass(frozen=True, slots=True)
class Reading:
    """A document with its sentences coded and the names it knows."""

    document: Document
    lines: tuple[Coded, ...]
    names: Names


_Piece = tuple[str, int, int, tuple[Mention, ...]]  # a character, where it stands, what it stands for


def read(document: Document) -> Reading:
    """The document made ready for the rules."""
    return Reading(document, tuple(encode(document)), Names(document))


def encode(document: Document) -> list[Coded]:
    """All sentences of a document, with 该公司 and the like tied to the name they stand for."""
    coded: list[Coded] = []
    seen: list[Mention] = []  # of the article so far
    article = 0
    for index, sentence in enumerate(document.sentences):
        if sentence.article != article:
            article, seen = sentence.article, []
        coded.append(_coded(index, list(_sentence(sentence, document.mentions[index], seen))))
    return coded


def inner(index: int, outer: Mention, names: Names, classes: frozenset[str]) -> Coded | None:
    """A name written like a sentence, for the names inside it: 忻州海关 with 忻州 as one character."""
    found = list(names.inside(outer, classes))
    if not found:
        return None
    pieces: list[_Piece] = []
    at = outer.start
    for name in found:
        pieces.extend((outer.text[i - outer.start], i, i + 1, ()) for i in range(at, name.start))
        pieces.append(_piece(name))
        at = name.end
    pieces.extend((outer.text[i - outer.start], i, i + 1, ()) for i in range(at, outer.end))
    return _coded(index, pieces, outer)


def _coded(index: int, pieces: Sequence[_Piece], outer: Mention | None = None) -> Coded:
    text, keep = _without_quotes(pieces)
    classes = frozenset(m.type for p in pieces for m in p[3])
    spans = tuple((pieces[i][1], pieces[i][2]) for i in keep)
    return Coded(index, text, spans, tuple(pieces[i][3] for i in keep), classes, outer)


def _piece(mention: Mention) -> _Piece:
    return CODE.get(mention.type, OTHER), mention.start, mention.end, (mention,)


def _sentence(sentence: Sentence, mentions: Sequence[Mention], seen: list[Mention]) -> Iterator[_Piece]:
    at = 0
    for mention in mentions:
        yield from _plain(sentence.text, at, mention.start, seen)
        yield _piece(mention)
        seen.append(mention)
        at = mention.end
    yield from _plain(sentence.text, at, len(sentence.text), seen)


def _plain(text: str, start: int, end: int, seen: Sequence[Mention]) -> Iterator[_Piece]:
    """The characters between two mentions, with stand-ins replaced where their name is known."""
    at = start
    for found in STAND_IN.finditer(text, start, end):
        behind = _antecedent(seen, found.lastgroup or "")
        if behind:
            yield from ((text[i], i, i + 1, ()) for i in range(at, found.start()))
            yield CODE[behind[0].type], found.start(), found.end(), behind
            at = found.end()
    yield from ((text[i], i, i + 1, ()) for i in range(at, end))


def _antecedent(seen: Sequence[Mention], name: str) -> tuple[Mention, ...]:
    """The last mention of a class; of products, all of the last run, unless another firm came since."""
    last: list[Mention] = []
    for mention in reversed(seen):
        if name == "Product" and mention.type == "Enterprise":
            break
        if mention.type == name:
            if last and (name != "Product" or not 0 <= last[-1].start - mention.end <= 8):
                break
            last.append(mention)
        elif last:
            break
    return tuple(last)


def _without_quotes(pieces: Sequence[_Piece]) -> tuple[str, list[int]]:
    """Quotation marks around a mention tell a rule nothing; “甲”“乙” is a list like 甲、乙."""
    text = [p[0] for p in pieces]
    last = len(text) - 1
    keep: list[int] = []
    for i, char in enumerate(text):
        if char in _OPEN and i < last and pieces[i + 1][3]:
            if i > 1 and text[i - 1] in _CLOSE and pieces[i - 2][3]:
                text[i] = "、"
                keep.append(i)
        elif not (char in _CLOSE and i and pieces[i - 1][3]):
            keep.append(i)
    return "".join(text[i] for i in keep), keep


def topic(reading: Reading, index: int, at: int, classes: frozenset[str]) -> list[Named]:
    """Whom a clause without a subject speaks of, looked for backwards in the paragraph.

    It is the last name, or list of names, that heads a clause.
    """
    sentences = reading.document.sentences
    for i in range(index, max(index - 4, -1), -1):
        if sentences[i].paragraph != sentences[index].paragraph:
            break
        line = reading.lines[i]
        found = line.named(0, at if i == index else len(line.text), classes)
        heads = [n.position for n in found if _heads(line.text, n.position)]
        if heads:
            joined = listed(classes).match(line.text, heads[-1])
            return line.named(heads[-1], joined.end() if joined else heads[-1] + 1, classes)
    return []


def _heads(text: str, at: int) -> bool:
    """Whether the name at this place opens a clause, with no preposition that governs it."""
    return bool(LEAD.search(text, 0, at)) and not GOVERNED.search(text, 0, at)
