"""From a marked example to a rule: drafts a pattern, shows where it fires, writes it to the user's own rules.

A draft is plain: the two names and one cue between them (or after both), with gaps. Of the cue's parts that
one is taken which, in the pages given, most often stands between names of the relation's classes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from kg import pipeline, relations, rules, sources
from kg.model import Document, Mention, Page
from kg.relations import coding, examples, patterns

_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
_WEAK = re.compile("[的了着过在将与和同跟及由被把等为是于]")  # no cue begins or ends with one
_LONGEST = 4  # characters of a cue that is chosen by counting
_COUNTED = 3  # sentences in which a shorter cue must stand between names to be preferred to the whole


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule to be: its pattern and the example that it comes from, names marked."""

    relation: str
    pattern: str
    text: str
    subject: str
    object: str
    confidence: float

    def toml(self) -> str:
        """The rule as a table of relations.toml."""
        shown = json.dumps(self.text, ensure_ascii=False)
        ends = json.dumps([self.subject, self.object], ensure_ascii=False)
        return (
            f"\n[[{self.relation}.rules]]\npattern = '{self.pattern}'\nconfidence = {self.confidence}\n"
            f"finds = [\n    {{ text = {shown}, is = [{ends}] }},\n]\n"
        )


@dataclass(frozen=True, slots=True)
class Firing:
    """Where a draft would find something: what, and in which words of which page."""

    subject: str
    object: str
    quote: str
    page: str


def documents(inputs: Iterable[str]) -> Iterator[Document]:
    """The pages of files, folders or archives, their names found; what cannot be read is left out."""
    for item in sources.read(inputs):
        if isinstance(item, Page):
            yield pipeline.document(item)[0]


def draft(
    relation: str,
    sentence: str,
    subject: str,
    object_: str,
    seen: Sequence[Document] = (),
    confidence: float = 0.8,
) -> Draft:
    """The pattern that a sentence shows. Raises RuleError where the sentence does not show one.

    Names may be marked in the sentence as in `finds`, where the reader would not find them.
    """
    table = _table(relation)
    document = examples.marked(sentence) if examples.MARK.search(sentence) else _read(sentence)
    s = _end(document, subject, table["domain"], f"the domain of {relation}")
    o = _end(document, object_, table["range"], f"the range of {relation}")
    if s[0] != o[0]:
        raise rules.RuleError("the two names stand in different sentences; give the one that names both")
    line = next(line for line in coding.encode(document) if line.sentence == s[0])
    at, to = (next(i for i, ms in line.refs.items() if name in ms) for name in (s[1], o[1]))
    pattern = _pattern(line.text, at, to, table, seen)
    text = examples.mark(document.sentences[s[0]].text, document.mentions[s[0]])
    made = Draft(relation, pattern, text, s[1].name, o[1].name, confidence)
    again = examples.marked(text)
    if [made.subject, made.object] not in examples.said(relations.find(again, _alone(made)), again):
        raise rules.RuleError(f"the pattern {pattern} does not find the example; write one by hand")
    return made


def firings(made: Draft, seen: Iterable[Document]) -> Iterator[Firing]:
    """What the draft alone would find in these pages."""
    tables = _alone(made)
    for document in seen:
        names = {e.key: e.name for e in document.entities}
        for fact in relations.find(document, tables):
            proof = fact.evidence[0]
            yield Firing(names[fact.subject], names[fact.object], proof.quote, proof.page)


def write(made: Draft) -> Path:
    """Add the rule to the user's own relations.toml; its path. Raises RuleError where no folder is named."""
    own = rules.own_folder()
    if not own:
        raise rules.RuleError(
            f"set {rules.OWN} to the folder of your own rules, to which this one is to be added"
        )
    path = own / "relations.toml"
    with path.open("a", encoding="utf-8") as file:
        file.write(made.toml())
    return path


def _table(relation: str) -> Mapping[str, Any]:
    tables = rules.table("relations")
    if relation not in tables:
        known = ", ".join(tables)
        raise rules.RuleError(
            f"no relation {relation}; there are {known}; declare yours as [{relation}] with "
            f"{', '.join(relations.NEEDED)} in relations.toml of the folder that {rules.OWN} names"
        )
    return relations.declared(relation, tables[relation])


def _read(sentence: str) -> Document:
    return pipeline.document(Page("example", sentence, sha256(sentence.encode()).hexdigest()))[0]


def _end(document: Document, name: str, classes: Iterable[str], what: str) -> tuple[int, Mention]:
    """The mention of that name, and its sentence."""
    fit = patterns.members(classes)
    named = [(i, m) for i, ms in enumerate(document.mentions) for m in ms if name in (m.text, m.name)]
    right = [(i, m) for i, m in named if m.type in fit]
    if right:
        return right[0]
    if named:
        kind = named[0][1].type
        raise rules.RuleError(
            f"{name} is read as {kind}, which is not in {what}; mark it, as [{min(fit)}:{name}]"
        )
    raise rules.RuleError(f"{name} is not read as a name; mark it in the sentence, as [{min(fit)}:{name}]")


def _pattern(text: str, at: int, to: int, table: Mapping[str, Any], seen: Sequence[Document]) -> str:
    first, last = sorted((at, to))
    sides = ("{s}", "{o+}") if at < to else ("{o+}", "{s}")
    between = text[first + 1 : last]
    if cue := _cue(between, table, seen):
        before, after = between.split(cue, 1)
        return f"{sides[0]}{_gap(before)}{cue}{_gap(after)}{sides[1]}"
    tail = re.split(f"[{patterns.STOP}]", text[last + 1 :])[0]
    if not (cue := _cue(tail, table, seen)):
        raise rules.RuleError(
            "no word between or after the two names tells the relation; give a sentence that has one"
        )
    return f"{sides[0]}{re.escape(between) or ''}{sides[1]}{_gap(tail.split(cue, 1)[0])}{cue}"


def _gap(text: str) -> str:
    """The narrowest gap that holds a text."""
    if any(mark in text for mark in patterns.STOP):
        return "{sentence}"
    return "{clause}" if any(ord(c) >= 0xE000 for c in text) else "{near}"


def _cue(text: str, table: Mapping[str, Any], seen: Sequence[Document]) -> str:
    words = [word for run in _WORD.findall(text) for word in _WEAK.split(run) if len(word) > 1]
    if not words:
        return ""
    parts = {w[i : i + n] for w in words for n in range(2, _LONGEST + 1) for i in range(len(w) - n + 1)}
    counts = {part: _between(part, table, seen) for part in sorted(parts)} if seen else {}
    best = max(counts, key=lambda part: (counts[part], len(part)), default="")
    return best if best and counts[best] >= _COUNTED else words[-1]


def _between(cue: str, table: Mapping[str, Any], seen: Sequence[Document]) -> int:
    """In how many sentences the cue stands between a name of the domain and one of the range."""
    sides = [patterns.charset(patterns.members(table[side])) for side in ("domain", "range")]
    gap = patterns.GAPS["near"]
    pattern = re.compile(f"[{sides[0]}]{gap}{cue}{gap}[{sides[1]}]")
    lines = chain.from_iterable(coding.encode(document) for document in seen if cue in document.page.text)
    return sum(bool(pattern.search(line.text)) for line in lines)


def _alone(made: Draft) -> dict[str, Any]:
    row = {"pattern": made.pattern, "confidence": made.confidence}
    return {made.relation: {**_table(made.relation), "rules": [row], "ways": {}}}
