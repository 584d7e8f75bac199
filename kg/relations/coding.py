"""Sentences and names written for the patterns: each mention one private-use character of its class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

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
    """`text[i]` stands for characters `starts[i]`:`ends[i]` of the sentence and for mentions `refs[i]`."""

    sentence: int
    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    refs: Mapping[int, tuple[Mention, ...]]
    classes: frozenset[str]  # of its mentions
    outer: Mention | None = None  # set where the text is not a sentence but a name

    def named(self, start: int, end: int, classes: frozenset[str]) -> list[Named]:
        """The names of these classes at coded positions `start`:`end`, all of those behind a stand-in."""
        return [
            Named(m.entity, m.type, self.sentence, self.starts[i], self.ends[i], m.text, m.certainty, i)
            for i in range(start, end)
            for m in self.refs.get(i, ())
            if m.type in classes
        ]


class Reading:
    """A document with its sentences coded and the names it knows."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines = encode(document)
        self.names = Names(document)
        self._forms: dict[str, dict[tuple[str, str], tuple[int, Mention]]] = defaultdict(dict)
        for index, mentions in enumerate(document.mentions):
            for m in mentions:
                if len(m.text) > 2 or m.text != m.name:
                    self._forms[m.type].setdefault((m.entity, m.text), (index, m))
        self._inner: dict[tuple[str, frozenset[str]], tuple[Coded, ...]] = {}
        self._alike: dict[frozenset[str], list[Coded]] = defaultdict(
            list
        )  # lines by the classes that they name
        for line in self.lines:
            if line.classes:
                self._alike[line.classes].append(line)
        self._naming: dict[tuple[frozenset[str], ...], tuple[Coded, ...]] = {}

    def sentences(self, needs: tuple[frozenset[str], ...]) -> tuple[Coded, ...]:
        """The sentences that name something of each of these sets of classes."""
        if needs not in self._naming:
            fitting = (
                lines for classes, lines in self._alike.items() if not any(map(classes.isdisjoint, needs))
            )
            self._naming[needs] = tuple(sorted(chain(*fitting), key=lambda line: line.sentence))
        return self._naming[needs]

    def inner(self, outer: Iterable[str], classes: frozenset[str]) -> Iterator[Coded]:
        """Every written form of the names of the classes `outer`, with the names of `classes` inside it."""
        for kind in sorted(outer):
            if (kind, classes) not in self._inner:
                forms = self._forms[kind].values() if kind in self._forms else ()
                read = (inner(index, mention, self.names, classes) for index, mention in forms)
                self._inner[kind, classes] = tuple(filter(None, read))
            yield from self._inner[kind, classes]


_Piece = tuple[int, int, str, tuple[Mention, ...]]  # from, to, the text in between, what it stands for


def encode(document: Document) -> tuple[Coded, ...]:
    """All sentences of a document, with 该公司 and the like tied to the name they stand for."""
    coded: list[Coded] = []
    seen: list[Mention] = []  # of the article so far
    article = 0
    for index, sentence in enumerate(document.sentences):
        if sentence.article != article:
            article, seen = sentence.article, []
        coded.append(_coded(index, list(_sentence(sentence, document.mentions[index], seen))))
    return tuple(coded)


def inner(index: int, outer: Mention, names: Names, classes: frozenset[str]) -> Coded | None:
    """A name written like a sentence, for the names inside it: 忻州海关 with 忻州 as one character."""
    found = list(names.inside(outer, classes))
    if not found:
        return None
    pieces: list[_Piece] = []
    at = outer.start
    for name in found:
        pieces.append((at, name.start, outer.text[at - outer.start : name.start - outer.start], ()))
        pieces.append(_piece(name))
        at = name.end
    pieces.append((at, outer.end, outer.text[at - outer.start :], ()))
    return _coded(index, pieces, outer)


def _coded(index: int, pieces: Sequence[_Piece], outer: Mention | None = None) -> Coded:
    """The pieces joined. Quotation marks around a mention tell nothing; “甲”“乙” is a list like 甲、乙."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    refs: dict[int, tuple[Mention, ...]] = {}
    for i, (start, end, chunk, mentions) in enumerate(pieces):
        if mentions:
            refs[len(starts)] = mentions
            starts.append(start)
            ends.append(end)
            text.append(chunk)
            continue
        after = bool(chunk) and i > 0 and chunk[0] in _CLOSE
        before = len(chunk) > after and i + 1 < len(pieces) and chunk[-1] in _OPEN
        if after and before and len(chunk) == 2:
            start, chunk = start + 1, "、"
        else:
            start, end, chunk = start + after, end - before, chunk[after : len(chunk) - before]
        starts.extend(range(start, end))
        ends.extend(range(start + 1, end + 1))
        text.append(chunk)
    classes = frozenset(m.type for behind in refs.values() for m in behind)
    return Coded(index, "".join(text), starts, ends, refs, classes, outer)


def _piece(mention: Mention) -> _Piece:
    return mention.start, mention.end, CODE.get(mention.type, OTHER), (mention,)


def _sentence(sentence: Sentence, mentions: Sequence[Mention], seen: list[Mention]) -> Iterator[_Piece]:
    at = 0
    for mention in mentions:
        yield from _plain(sentence.text, at, mention.start, seen)
        yield _piece(mention)
        seen.append(mention)
        at = mention.end
    yield from _plain(sentence.text, at, len(sentence.text), seen)


def _plain(text: str, start: int, end: int, seen: Sequence[Mention]) -> Iterator[_Piece]:
    """What stands between two mentions, with stand-ins replaced where their name is known."""
    at = start
    for found in STAND_IN.finditer(text, start, end) if seen else ():
        behind = _antecedent(seen, found.lastgroup or "")
        if behind:
            yield at, found.start(), text[at : found.start()], ()
            yield found.start(), found.end(), CODE[behind[0].type], behind
            at = found.end()
    yield at, end, text[at:end], ()


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
