"""Where things are: one place each, the nearest that the text gives.

Said (位于, 在…举行, the place just before the name) or written inside the name (忻州海关), by the patterns of
`locatedIn`; failing that, what the paragraph speaks of, or the place that the paper is of.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kg import coding
from kg.coding import Coded
from kg.model import Document, Evidence, Fact, Mention
from kg.places import DIVISIONS, FINENESS, Names, home, within

_ROOTS = ("City", "Province", "Country")  # where these lie is told by the gazetteer, not by the page
_Use = tuple[int, Mention]  # sentence and mention


def settle(
    document: Document,
    coded: Sequence[Coded],
    said: Sequence[Sequence[Fact]],
    names: Names,
    table: Mapping[str, Any],
) -> list[Fact]:
    """The place of each thing of a document, from what each rule says; else what is around it.

    The rules are asked in order and the first that knows wins, but for a later one that tells a division inside
    the place of the earlier.
    """
    by_subject: dict[str, list[list[Fact]]] = defaultdict(list)
    for found in said:
        for subject, facts in _grouped(f for f in found if _possible(f, names)).items():
            by_subject[subject].append(facts)
    settled: list[Fact] = []
    for key, uses in _uses(document, coding.members(table["domain"])).items():
        told = [_nearest(facts, names) for facts in by_subject[key]]
        if told:
            settled += next((f for f in told[:0:-1] if _inside(f[0], told[0][0], names)), told[0])
        else:
            settled += _around(document, coded, names, uses, table.get("ways", {}))
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


def _around(
    document: Document, coded: Sequence[Coded], names: Names, uses: Sequence[_Use], ways: Mapping[str, Any]
) -> list[Fact]:
    """The place the paragraph speaks of, else the place of the paper."""
    for index, mention in uses:
        for way, place, proofs in _candidates(document, coded, index, mention, ways):
            rule = f"locatedIn/{way}"
            proof = (document.evidence(index, mention.start, mention.end, rule), *proofs)
            confidence = round(ways[way]["confidence"] * mention.certainty, 3)
            fact = Fact(mention.entity, "locatedIn", place, proof, confidence)
            known = mention.type != "County" or (names.code(fact.subject) and names.code(place))
            if known and _possible(fact, names):
                return [fact]
    return []


def _candidates(
    document: Document, coded: Sequence[Coded], index: int, mention: Mention, ways: Mapping[str, Any]
) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    paragraph, paper = ways.get("paragraph", {}), ways.get("home", {})
    if mention.type in paragraph and mention.type in DIVISIONS:
        for place, proof in _upper(document, index, coding.members(paragraph[mention.type])):
            yield "paragraph", place, (proof,)
    elif mention.type in paragraph:
        at = next((i for i, refs in enumerate(coded[index].refs) if mention in refs), 0)
        found = coding.topic(coded, document, index, at, coding.members(paragraph[mention.type]), loose=True)
        for place in found[:1]:
            proof = document.evidence(place.sentence, place.start, place.end, "locatedIn/paragraph")
            yield "paragraph", place.key, (proof,)
    town = home(document, document.sentences[index].article)
    serves = town and town.type in paper.get(mention.type, ())
    if town and serves and not re.search(paper["unless"], mention.text):
        yield "home", town.key, ()


def _upper(document: Document, index: int, classes: frozenset[str]) -> Iterator[tuple[str, Evidence]]:
    """The larger divisions that a paragraph names, the nearest before a sentence first."""
    paragraph = document.sentences[index].paragraph
    lines = [i for i, sentence in enumerate(document.sentences) if sentence.paragraph == paragraph]
    for i in sorted(lines, key=lambda i: (i > index, abs(i - index))):
        for m in document.mentions[i]:
            if m.type in classes:
                yield m.entity, document.evidence(i, m.start, m.end, "locatedIn/paragraph")
