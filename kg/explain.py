"""How a text is read, step by step: names, the coded sentence, the rules that fired and that nearly did."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from kg import pipeline, relations, rules, values
from kg.model import Change, Document, Extraction, Fact, Mention, Observation, Page, Period, Quantity, Rank
from kg.relations import coding, patterns

_ASIDE = re.compile(r"\(\?<?[!=][^()]*\)|\[[^]]*\]")  # what a pattern looks round for, and sets of characters
_CUE = re.compile("[\u4e00-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Line:
    """The workings of one sentence.

    `coded` has each name as {Class}. `near` are rules that did not fire though the names they need and one of
    their words are there, with that word: `exports/1:远销`.
    """

    text: str
    mentions: tuple[Mention, ...]
    coded: str
    values: tuple[str, ...]
    fired: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A text as read: its sentences with their workings, and all that comes out."""

    lines: tuple[Line, ...]
    extraction: Extraction


def explain(text: str, published: str | None = None) -> Explanation:
    """Read a text as a page of its own; `published` (ISO) is what 今年 is counted from."""
    page = Page("text", text, sha256(text.encode()).hexdigest(), published=published)
    document, _ = pipeline.document(page)
    extraction = pipeline.read_page(page)
    return Explanation(tuple(_lines(document, extraction)), extraction)


def _lines(document: Document, extraction: Extraction) -> Iterator[Line]:
    coded = {line.sentence: line for line in coding.encode(document)}
    statements: list[Fact | Observation] = [*extraction.facts, *extraction.observations]
    proofs = [proof for statement in statements for proof in statement.evidence]
    for i, sentence in enumerate(document.sentences):
        span = sentence.span(0, len(sentence.text))
        fired = {proof.rule for proof in proofs if span.start <= proof.span.start < span.end}
        line = coded.get(i)
        yield Line(
            text=sentence.text,
            mentions=document.mentions[i],
            coded=patterns.spell(line.text) if line else "",
            values=tuple(_written(values.find(sentence.text, document.issue.day))),
            fired=tuple(sorted(fired)),
            near=tuple(sorted(_near(line, fired))) if line else (),
        )


def _written(found: values.Values) -> Iterator[str]:
    stated: list[Quantity | Period | Change | Rank]
    stated = [*found.quantities, *found.periods, *found.changes, *found.ranks]
    yield from (value.text for value in stated if value.text)


def _near(line: coding.Coded, fired: set[str]) -> Iterator[str]:
    for rule, cues in _cued():
        if rule.name not in fired and not any(map(line.classes.isdisjoint, rule.needs)):
            yield from (f"{rule.name}:{cue}" for cue in sorted(cues) if cue in line.text)


@cache
def _cued() -> tuple[tuple[relations.Rule, frozenset[str]], ...]:
    """The rules that read sentences, each with the words of its pattern."""
    return tuple(
        (rule, frozenset(_CUE.findall(_ASIDE.sub("", rule.pattern.pattern))))
        for name, table in rules.table("relations").items()
        for rule in relations.compile_rules(name, table)
        if not rule.in_name
    )
