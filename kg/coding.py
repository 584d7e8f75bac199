"""Sentences written for matching: each mention becomes one private-use character of its class.

A rule is then a plain regular expression in which `{s}` and `{o}` stand for a mention that may be subject or
object, `{s+}` and `{o+}` for a list of them (甲、乙和丙), `{City}` (any class) for a mention that is not part of
the fact, and the words of `GAPS` and of the relation's own `words` for what may stand between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kg.model import Document, Mention, Sentence
from kg.places import FINENESS, Names

GROUPS = {
    "Place": tuple(FINENESS),
    "Organization": ("Enterprise", "Agency", "Institution"),
}
CLASSES = (*GROUPS["Place"], *GROUPS["Organization"], "Project", "Policy", "Product", "Award", "Event", "Person", "Group")
_CODE = {name: chr(0xE000 + i) for i, name in enumerate(CLASSES)}
_OTHER = chr(0xE000 + len(CLASSES))  # a class that a user added: seen as a mention, matched by no rule of ours
_MENTION = f"\ue000-{_OTHER}"
_STOP = "，,；;。：:！!？?"
_AND = "(?:、|和|与|及|以及|或|暨|会同|联合)"
_FIGURE = f"(?:[\\d.]+[^{_STOP}、{_MENTION}]{{0,6}}|[（(][^（()）]*[）)])?"  # 煤炭10万吨、焦炭5万吨

_GOVERNS = "在与和同向对为从被据给由经跟让把将比以赴来"  # prepositions: the name after them is no subject
_PLACE = f"[{''.join(_CODE[c] for c in GROUPS['Place'])}]"

GAPS = {
    "near": f"[^{_STOP}{_MENTION}]{{0,12}}?",  # a few words, no name, no comma
    "clause": f"[^{_STOP}]{{0,30}}?",  # within a clause
    "sentence": "[^。！？!?；;]{0,60}?",  # over commas
    "tail": f"(?:等[^{_STOP}{_MENTION}]{{0,8}}?)?",  # 等, 等产品
    "start": f"(?:^|(?<=[{_STOP}、]))",  # where a clause begins
    "stop": f"(?=[{_STOP}]|$)",  # where it ends
    "word": f"[^{_STOP}、（()）{_MENTION}]{{0,12}}?",  # part of a word
    "free": "".join(f"(?<!{w})(?<!{w}{_PLACE})" for w in (f"[{_GOVERNS}]", "支持", "推动", "帮助", "鼓励", "引导")),
    ",": "[，,]",
}

NEGATED = re.compile(
    "不(?![仅但断少同锈动低足超光只到久小大忘懈])|未(?![来央])|没有|无法|若(?!干)|如果|假如|倘若|是否|能否|禁止|取消|停止|拒绝"
)

# What stands for a name said before, with the class of the name: an article's own shorthand.
_HEAD = f"(?:^|(?<=[{_STOP}]))"
_ANAPHOR = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("Enterprise", f"(?:该|这家|此)(?:公司|企业|集团|厂)|{_HEAD}(?:公司|集团|企业)(?![^{_STOP}]?家)"),
            ("Project", f"(?:该|这个|此)(?:项目|工程|基地)|{_HEAD}(?:项目|工程)(?=[总建占计由投达位将预全采以落还])"),
            ("Product", f"(?:这些|上述|该|其)产品|{_HEAD}产品(?=[^{_STOP}]{{0,8}}(?:销|出口|卖))"),
            (
                "Event",
                f"[此本这]次(?:活动|会议|大会|展会|比赛|赛事|签约|推介会|仪式)"
                f"|{_HEAD}(?:会|大会|活动|仪式|开幕式|比赛|签约仪式)(?=现场|期间|上|中)",
            ),
            ("Zone", f"该(?:园区|开发区|经开区|高新区|新区)|{_HEAD}(?:园区|开发区|经开区|高新区|新区)"),
            ("County", "该县|该区(?!域)"),
            ("City", "该市"),
            ("Province", "该省"),
        )
    )
)


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
        """The names of these classes at coded positions `start`:`end`, a stand-in giving all that it stands for."""
        return [
            Named(m.entity, m.type, self.sentence, *self.spans[i], m.text, m.certainty, i)
            for i in range(start, end)
            for m in self.refs[i]
            if m.type in classes
        ]


_Piece = tuple[str, int, int, tuple[Mention, ...]]


def members(names: Iterable[str]) -> frozenset[str]:
    """The classes of these names: `Organization` and `Place` stand for all of theirs, `-City` takes one away."""
    names = tuple(names)
    every = {c for name in names if name[0] != "-" for c in GROUPS.get(name, (name,))}
    return frozenset(every.difference(name[1:] for name in names))


@cache
def _charset(classes: frozenset[str]) -> str:
    return "".join(sorted(_CODE[c] for c in classes if c in _CODE)) or _OTHER


def expand(pattern: str, domain: frozenset[str], target: frozenset[str], words: Mapping[str, str]) -> str:
    """The plain regular expression behind a rule's pattern."""

    def part(found: re.Match[str]) -> str:
        name = found[1]
        if name in ("s", "o", "s+", "o+"):
            chars = _charset(domain if name[0] == "s" else target)
            more = f"(?:{_FIGURE}(?:{_AND}|等)[^{_STOP}、{_MENTION}]{{0,4}}[{chars}])*" if name[1:] else ""
            return f"(?P<{name[0]}>[{chars}]{more})"
        if name in words:
            return f"(?:{expand(words[name], domain, target, words)})"
        if name in GAPS:
            return GAPS[name]
        return f"[{_charset(members([name]))}]"

    return re.sub(r"\{([A-Za-z]+\+?|,)\}", part, pattern)


def encode(document: Document) -> list[Coded]:
    """All sentences of a document, with 该公司 and the like tied to the name they stand for."""
    coded: list[Coded] = []
    seen: list[Mention] = []  # of the article so far
    article = 0
    for index, sentence in enumerate(document.sentences):
        mentions = document.mentions[index]
        if sentence.article != article:
            article, seen = sentence.article, []
        coded.append(_encode(index, sentence, mentions, seen))
        seen.extend(mentions)
    return coded


def _encode(index: int, sentence: Sentence, mentions: Sequence[Mention], seen: Sequence[Mention]) -> Coded:
    pieces: list[_Piece] = []
    at = 0
    for number, mention in enumerate(mentions):
        _plain(sentence.text, at, mention.start, [*seen, *mentions[:number]], pieces)
        pieces.append((_CODE.get(mention.type, _OTHER), mention.start, mention.end, (mention,)))
        at = mention.end
    _plain(sentence.text, at, len(sentence.text), [*seen, *mentions], pieces)
    return _coded(index, pieces)


def _coded(index: int, pieces: Sequence[_Piece], outer: Mention | None = None) -> Coded:
    text, keep = _without_quotes(pieces)
    classes = frozenset(m.type for p in pieces for m in p[3])
    spans = tuple((pieces[i][1], pieces[i][2]) for i in keep)
    return Coded(index, text, spans, tuple(pieces[i][3] for i in keep), classes, outer)


def inner(index: int, outer: Mention, names: Names, classes: frozenset[str]) -> Coded | None:
    """A name written like a sentence, for what the names inside it tell: 忻州海关 with 忻州 as one character."""
    found = list(names.inside(outer, classes))
    if not found:
        return None
    pieces: list[_Piece] = []
    at = outer.start
    for name in found:
        pieces.extend((outer.text[i - outer.start], i, i + 1, ()) for i in range(at, name.start))
        pieces.append((_CODE.get(name.type, _OTHER), name.start, name.end, (name,)))
        at = name.end
    pieces.extend((outer.text[i - outer.start], i, i + 1, ()) for i in range(at, outer.end))
    return _coded(index, pieces, outer)


def _plain(text: str, start: int, end: int, seen: Sequence[Mention], pieces: list[_Piece]) -> None:
    """The characters between two mentions, with stand-ins replaced where their name is known."""
    at = start
    for found in _ANAPHOR.finditer(text, start, end):
        behind = _antecedent(seen, found.lastgroup or "")
        if behind:
            pieces.extend((text[i], i, i + 1, ()) for i in range(at, found.start()))
            pieces.append((_CODE[behind[0].type], found.start(), found.end(), behind))
            at = found.end()
    pieces.extend((text[i], i, i + 1, ()) for i in range(at, end))


def _antecedent(seen: Sequence[Mention], name: str) -> tuple[Mention, ...]:
    """The last mention of a class; of products, all of the last run."""
    last: list[Mention] = []
    for mention in reversed(seen):
        if mention.type == name:
            if last and (name != "Product" or not 0 <= last[-1].start - mention.end <= 8):
                break
            last.append(mention)
        elif last:
            break
    return tuple(last)


_OPEN, _CLOSE = "“‘「『《\"", "”’」』》\""


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


def topic(
    coded: Sequence[Coded], document: Document, index: int, at: int, classes: frozenset[str], loose: bool = False
) -> list[Named]:
    """Whom a clause without a subject speaks of, looked for backwards in the paragraph.

    It is the last name, or list of names, that heads a clause; `loose` takes one that stands elsewhere too.
    """
    paragraph = document.sentences[index].paragraph
    for i in range(index, max(index - 4, -1), -1):
        if document.sentences[i].paragraph != paragraph:
            break
        line = coded[i]
        found = line.named(0, at if i == index else len(line.text), classes)
        heads = [n for n in found if _heads(line.text, n.position, loose)]
        if heads or (loose and found):
            return _with_list(line, heads[-1] if heads else found[0], classes)
    return []


_ACTOR = "".join(_CODE[c] for c in CLASSES if c not in GROUPS["Place"])
_LEAD = re.compile(f"(?:^|[{_STOP}])[^{_STOP}、{_ACTOR}]{{0,14}}$")
_GOVERNED = re.compile(f"(?:[{_GOVERNS}]|帮助|支持|推动|鼓励|引导|依托|通过|围绕|作为|针对|根据|按照|包括|走进|来到){_PLACE}?$")


def _heads(text: str, at: int, governed: bool) -> bool:
    """Whether the name at this place opens a clause, and whether a preposition may govern it."""
    return bool(_LEAD.search(text, 0, at)) and (governed or not _GOVERNED.search(text, 0, at))


def _with_list(line: Coded, head: Named, classes: frozenset[str]) -> list[Named]:
    """A name with those joined to it: 甲、乙和丙."""
    chars = _charset(classes)
    joined = re.compile(f"[{chars}](?:{_AND}[{chars}])*").match(line.text, head.position)
    return line.named(head.position, joined.end() if joined else head.position + 1, classes)


def spell(text: str) -> str:
    """A coded text for people to read: each name as {Class}."""
    names = {code: f"{{{name}}}" for name, code in _CODE.items()} | {_OTHER: "{?}"}
    return "".join(names.get(c, c) for c in text)
