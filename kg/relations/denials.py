"""Facts that a text denies: what a rule of a relation would read, but for a negation right before its verb.

A denial is found by taking the negation out: 海川尚未出口美国 is read as 海川出口美国, which must then hold
by a rule that has its verb where the negation stood; 退出 is read as 参加.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from kg import rules
from kg.model import Document, Fact
from kg.relations import Rule, Tables, compiled, merge, patterns, told
from kg.relations.coding import Coded, Reading

_WORDS = rules.table("coding")["denials"]
_ADVERBS = f"[^{patterns.STOP}、{patterns.NAME}]{{0,{_WORDS['adverbs']}}}?"
_CUE = re.compile(
    f"(?:(?P<end>[{patterns.NAME}])|(?<![^{patterns.STOP}])){_WORDS['kept']}(?P<gap>{_ADVERBS})(?P<cue>{_WORDS['cue']})"
)
_MAYBE, _QUICK, _OPEN, _AFTER = (re.compile(_WORDS[name]) for name in ("not", "quick", "open", "after"))
_CONTRARY: dict[str, str] = _WORDS["contrary"]
_WORD = re.compile(f"[^{patterns.STOP}、{patterns.NAME}]")
_SURE: float = _WORDS["sure"]
_LEAST: float = _WORDS["least"]


def find(document: Document, tables: Tables | None = None) -> list[Fact]:
    """What a page denies, as facts that it does not state. `tables` as in `kg.relations.find`."""
    if not any(_QUICK.search(sentence.text) for sentence in document.sentences):
        return []
    reading = Reading(document)
    every = [
        rule
        for name, table in (tables if tables is not None else rules.table("relations")).items()
        if name not in _WORDS["never"]
        for rule in compiled(name, table)
        if not rule.in_name
    ]
    found = (fact for line in reading.lines if line.classes for fact in _denied(every, reading, line))
    return [fact for fact in merge(found) if fact.confidence >= _LEAST]


def _denied(every: Iterable[Rule], reading: Reading, line: Coded) -> Iterator[Fact]:
    """The facts that one sentence denies."""
    if not _QUICK.search(line.text) or _OPEN.search(line.text):
        return
    fitting = [rule for rule in every if not any(map(line.classes.isdisjoint, rule.needs))]
    for cue in _CUE.finditer(line.text):
        if _MAYBE.search(cue["gap"]):
            continue
        starts = dict.fromkeys((cue.start("gap"), cue.end("end") if cue["end"] else cue.start()))
        for start, rule in product(starts, fitting):
            affirmed = _affirmed(line, start, cue)
            for match in rule.pattern.finditer(affirmed.text):
                if _at(match, start, cue) and _stands(affirmed.text, match):
                    for fact in told(rule, reading, affirmed, match):
                        yield replace(fact, confidence=round(fact.confidence * _SURE, 3))


def _at(match: re.Match[str], start: int, cue: re.Match[str]) -> bool:
    """Whether the negation stood right behind the first thing that the match names, or else before it all."""
    if not cue["end"]:
        return match.start("all") == start
    first = min((match.end(side) for side in ("s", "o") if side in match.re.groupindex), default=0)
    return first == cue.end("end") and start < match.end("all")


def _stands(text: str, match: re.Match[str]) -> bool:
    """Whether nothing else denies it or makes it a mere attribute, and there is a verb at all."""
    span = match.span("all")
    verb = _WORD.search(text, *span)
    return bool(verb) and not patterns.denied(text, *span) and not _AFTER.match(text, span[1])


def _affirmed(line: Coded, start: int, cue: re.Match[str]) -> Coded:
    """The sentence without its characters from `start` to the end of the cue, or with the cue's contrary.

    No name stands there.
    """
    verb = _CONTRARY.get(cue["cue"], "")
    end = cue.end() - len(verb)
    return replace(
        line,
        text=line.text[:start] + verb + line.text[cue.end() :],
        starts=[*line.starts[:start], *line.starts[end:]],
        ends=[*line.ends[:start], *line.ends[end:]],
        refs={at - (end - start if at >= end else 0): behind for at, behind in line.refs.items()},
    )
