"""Where things are: one place each, the nearest that the text gives.

Said (位于, 在…举行, the place just before the name) or written inside the name (忻州海关), by the patterns of
`locatedIn`; failing that, what the paragraph speaks of, or the place that the paper is of.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kg import coding
from kg.coding import Coded
from kg.model import Document, Fact, Mention
from kg.places import DIVISIONS, FINENESS, Names, home, within

_ROOTS = ("City", "Province", "Country")  # where these lie is told by the gazetteer, not by the page
_Use = tuple[int, Mention]  # sentence and mention


def settle(
    document: Document, coded: Sequence[Coded], said: Sequence[Fact], names: Names, table: Mapping[str, Any]
) -> list[Fact]:
    """The place of each thing of a document: of what is said, the nearest; else what is around it."""
    by_subject: dict[str, list[Fact]] = defaultdict(list)
    for fact in said:
        if _possible(fact, names):
            by_subject[fact.subject].append(fact)
    facts: list[Fact] = []
    for key, uses in _uses(document, coding.members(table["domain"])).items():
        facts += _nearest(by_subject[key], names) or _around(document, coded, names, uses, table.get("ways", {}))
    return facts


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
            fact = Fact(mention.entity, "locatedIn", place, proof, ways[way]["confidence"])
            codes = names.code(fact.subject), names.code(place)
            known = mention.type not in DIVISIONS or (codes[0] and codes[1])
            if known and _possible(fact, names):
                return [fact]
    return []


def _candidates(
    document: Document, coded: Sequence[Coded], index: int, mention: Mention, ways: Mapping[str, Any]
) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    paragraph, paper = ways.get("paragraph", {}), ways.get("home", {})
    if mention.type in paragraph:
        at = next((i for i, refs in enumerate(coded[index].refs) if mention in refs), 0)
        found = coding.topic(coded, document, index, at, coding.members(paragraph[mention.type]), loose=True)
        for place in found[:1]:
            proof = document.evidence(place.sentence, place.start, place.end, "locatedIn/paragraph")
            yield "paragraph", place.key, (proof,)
    town = home(document, document.sentences[index].article)
    serves = town and town.type in paper.get(mention.type, ())
    if town and serves and not re.search(paper["unless"], mention.text):
        yield "home", town.key, ()
