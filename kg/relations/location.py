"""Where things are: one place each, the nearest that the text gives.

Said (位于, 在…举行, the place just before the name) or written inside the name (忻州海关), by the patterns of
`locatedIn`; failing that, what the paragraph speaks of, or the place that the paper is of.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kg.model import Document, Evidence, Fact, Mention
from kg.relations import coding, patterns
from kg.relations.coding import Reading
from kg.relations.places import DIVISIONS, FINENESS, Names, home, within

_ROOTS = ("City", "Province", "Country")  # where these lie is told by the gazetteer, not by the page
MANY = 3  # places: an article with so many is about none of them
_Use = tuple[int, Mention]  # sentence and mention


def settle(reading: Reading, said: Sequence[Sequence[Fact]], table: Mapping[str, Any]) -> list[Fact]:
    """The place of each thing of a document, from what each rule says; else what is around it.

    The rules are asked in order and the first that knows wins, but for a later one that tells a division
    inside the place of the earlier.
    """
    names = reading.names
    by_subject: dict[str, list[list[Fact]]] = defaultdict(list)
    for found in said:
        for subject, facts in _grouped(f for f in found if _possible(f, names)).items():
            by_subject[subject].append(facts)
    settled: list[Fact] = []
    things = _uses(reading.document, patterns.members(table["domain"]))
    for key in dict.fromkeys((*things, *by_subject)):
        told = [_nearest(facts, names) for facts in by_subject.get(key, ())]
        if told:
            settled += next((f for f in told[:0:-1] if _inside(f[0], told[0][0], names)), told[0])
        else:
            settled += _around(reading, things[key], table.get("ways", {}))
    return settled


def _grouped(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.subject].append(fact)
    return groups


def _inside(fact: Fact, other: Fact, names: Names) -> bool:
    """Whether one place is a division within the other."""
    inner, outer = names.code(fact.object), names.code(other.object)
    return bool(inner and outer and inner != outer and within(inner, outer))


def _uses(document: Document, classes: frozenset[str]) -> dict[str, list[_Use]]:
    uses: dict[str, list[_Use]] = defaultdict(list)
    for index, mentions in enumerate(document.mentions):
        for mention in mentions:
            if mention.type in classes and mention.type not in _ROOTS:
                uses[mention.entity].append((index, mention))
    return uses


def _possible(fact: Fact, names: Names) -> bool:
    """A division lies in the divisions above it and nowhere else."""
    inner, outer = names.type(fact.subject), names.type(fact.object)
    if inner in _ROOTS:
        return False
    if inner not in DIVISIONS:
        return fact.subject != fact.object
    codes = names.code(fact.subject), names.code(fact.object)
    if outer not in DIVISIONS or FINENESS[outer] <= FINENESS[inner]:
        return False
    return not (codes[0] and codes[1]) or within(codes[0], codes[1])


def _nearest(facts: Sequence[Fact], names: Names) -> list[Fact]:
    """The facts whose place is of the smallest kind among them."""
    finest = min((FINENESS[names.type(f.object)] for f in facts), default=0)
    return [f for f in facts if FINENESS[names.type(f.object)] == finest]


def _around(reading: Reading, uses: Sequence[_Use], ways: Mapping[str, Any]) -> list[Fact]:
    """The place that the paragraph speaks of, else the article, else the place of the paper."""
    for index, mention in uses if ways else ():
        if re.search(ways["unless"], mention.text):
            continue
        for way, place, proofs in _candidates(reading, index, mention, ways):
            use = reading.document.evidence(index, mention.start, mention.end, f"locatedIn/{way}")
            confidence = round(ways[way]["confidence"] * mention.certainty, 3)
            fact = Fact(mention.entity, "locatedIn", place, (use, *proofs), confidence)
            codes = reading.names.code(fact.subject), reading.names.code(place)
            if (mention.type != "County" or all(codes)) and _possible(fact, reading.names):
                return [fact]
    return []


def _candidates(
    reading: Reading, index: int, mention: Mention, ways: Mapping[str, Any]
) -> Iterator[tuple[str, str, tuple[Evidence, ...]]]:
    document = reading.document
    paragraph, paper = ways.get("paragraph", {}), ways.get("home", {})
    classes = patterns.members(paragraph.get(mention.type, ()))
    if classes and mention.type in DIVISIONS:
        for place, proof in _upper(document, index, classes):
            yield "paragraph", place, (proof,)
    elif classes:
        at = next((i for i, refs in reading.lines[index].refs.items() if mention in refs), 0)
        for named in coding.topic(reading, index, at, classes)[:1]:
            proof = document.evidence(named.sentence, named.start, named.end, "locatedIn/paragraph")
            yield "paragraph", named.key, (proof,)
        for place, proof in _subject(document, index, classes):
            yield "article", place, (proof,)
    town = home(document, document.sentences[index].article)
    if town and town.type in paper.get(mention.type, ()):
        yield "home", town.key, ()


def _subject(document: Document, index: int, classes: frozenset[str]) -> Iterator[tuple[str, Evidence]]:
    """The place that an article is about: named at the start, most often, with one other at the most."""
    article = document.sentences[index].article
    lines = [i for i, sentence in enumerate(document.sentences) if sentence.article == article]
    named = [(m, i) for i in lines for m in document.mentions[i] if m.type in (*classes, "Province")]
    often = Counter(m.entity for m, _ in named)
    for m, i in named[:1]:
        early, chief = i in lines[:2], often[m.entity] == max(often.values())
        if m.type in classes and early and chief and len(often) < MANY:
            yield m.entity, document.evidence(i, m.start, m.end, "locatedIn/article")


def _upper(document: Document, index: int, classes: frozenset[str]) -> Iterator[tuple[str, Evidence]]:
    """The larger divisions that a paragraph names, the nearest before a sentence first."""
    paragraph = document.sentences[index].paragraph
    lines = [i for i, sentence in enumerate(document.sentences) if sentence.paragraph == paragraph]
    for i in sorted(lines, key=lambda i: (i > index, abs(i - index))):
        for m in document.mentions[i]:
            municipal = m.type == "Province" and m.name.endswith("市")  # 北京市: what a city is elsewhere
            if m.type in classes or (municipal and "City" in classes):
                yield m.entity, document.evidence(i, m.start, m.end, "locatedIn/paragraph")
