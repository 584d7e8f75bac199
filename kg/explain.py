"""How a text is read, step by step: the names found, the coded sentence, the rules that fired and that nearly did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from kg import pipeline, relations, rules, values
from kg.model import Document, Extraction, Mention, Page
from kg.relations import coding, patterns


@dataclass(frozen=True, slots=True)
class Line:
    """The workings of one sentence. `coded` has each name as {Class}; `near` are rules whose sides are both there."""

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
    proofs = [e for s in (*extraction.facts, *extraction.observations) for e in s.evidence]
    for i, sentence in enumerate(document.sentences):
        span = sentence.span(0, len(sentence.text))
        fired = {e.rule for e in proofs if span.start <= e.span.start < span.end}
        found = values.find(sentence.text, document.issue.day)
        written = [v.text for v in (*found.quantities, *found.periods, *found.changes, *found.ranks) if v.text]
        line = coded.get(i)
        near = sorted(set(_near(line)) - fired) if line else []
        spelt = patterns.spell(line.text) if line else ""
        yield Line(sentence.text, document.mentions[i], spelt, tuple(written), tuple(sorted(fired)), tuple(near))


def _near(line: coding.Coded) -> Iterator[str]:
    """Rules that name both sides and find both in the sentence, whether or not the words between fit."""
    for name, table in rules.table("relations").items():
        for rule in relations.compile_rules(name, table):
            if len(rule.needs) == 2 and not rule.in_name and not any(line.classes.isdisjoint(c) for c in rule.needs):
                yield rule.name
