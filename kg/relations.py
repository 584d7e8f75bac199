"""Who does what: the relations of a document, by the patterns of `kg/rules/relations.toml`.

A relation is a table there; nothing in this module names one, but for the place a thing is in, which is as often
read from a name or a heading as from a verb (`kg.location`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Any

from kg import coding, location, rules
from kg.coding import Coded, Named
from kg.model import Document, Evidence, Fact, Mention
from kg.places import Names, home

Tables = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of one relation. A side that the pattern does not name is carried over from the text before."""

    name: str  # exports/2
    relation: str
    pattern: re.Pattern[str]
    domain: frozenset[str]
    range: frozenset[str]
    confidence: float
    in_name: bool = False  # looks inside names; a side that the pattern does not name is the whole name
    home: bool = False  # the carried side may be the place the paper is of
    like: Mapping[str, re.Pattern[str]] = field(default_factory=dict)  # what the names of a side must match
    needs: tuple[frozenset[str], ...] = ()  # classes that must be there for the pattern to match

    @property
    def inner(self) -> frozenset[str]:
        """What is looked for inside names: what the pattern names, and places."""
        return frozenset(coding.GROUPS["Place"]).union(*self.needs)


def find(document: Document, tables: Tables | None = None) -> list[Fact]:
    """All relations of a document. `tables` stands in for the parsed `relations.toml`."""
    tables = tables if tables is not None else rules.table("relations")
    coded = coding.encode(document)
    names = Names(document)
    inner: dict[frozenset[str], list[Coded]] = {}
    facts: list[Fact] = []
    for name, table in tables.items():
        found: list[list[Fact]] = []
        for rule in _rules(name, table):
            if rule.in_name and rule.inner not in inner:
                inner[rule.inner] = list(_inner(document, names, rule.inner))
            found.append(list(_apply(rule, document, coded, inner[rule.inner] if rule.in_name else coded)))
        facts += location.settle(document, coded, found, names, table) if name == "locatedIn" else chain(*found)
    return merge(facts)


def merge(facts: Iterable[Fact]) -> list[Fact]:
    """One fact for what is said twice, with both proofs and the better confidence, in order of appearance."""
    kept: dict[tuple[str, str, str, str | None], Fact] = {}
    for fact in facts:
        key = (fact.subject, fact.predicate, fact.object, fact.role)
        old = kept.get(key)
        if old is None:
            kept[key] = fact
        else:
            proofs = tuple(dict.fromkeys((*old.evidence, *fact.evidence)))
            confidence = max(old.confidence, fact.confidence)
            kept[key] = Fact(*key[:3], proofs, confidence, fact.role)
    return list(kept.values())


def _inner(document: Document, names: Names, classes: frozenset[str]) -> Iterator[Coded]:
    """Every written form of every name, read for the names of these classes inside it."""
    seen: set[tuple[str, str]] = set()
    for index, mentions in enumerate(document.mentions):
        for mention in mentions:
            if (mention.entity, mention.text) not in seen:
                seen.add((mention.entity, mention.text))
                line = coding.inner(index, mention, names, classes)
                if line:
                    yield line


_compiled: dict[int, tuple[Mapping[str, Any], tuple[Rule, ...]]] = {}


def _rules(name: str, table: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The compiled rules of a table, kept for as long as the table is the same object."""
    known = _compiled.get(id(table))
    if known is None or known[0] is not table:
        known = _compiled[id(table)] = (table, tuple(compile_rules(name, table)))
    return known[1]


def compile_rules(name: str, table: Mapping[str, Any]) -> Iterator[Rule]:
    """The rules of one relation, numbered from 1."""
    for number, row in enumerate(table.get("rules", ()), 1):
        domain = coding.members(row.get("domain", table["domain"]))
        target = coding.members(row.get("range", table["range"]))
        label = f"{name}/{number}"
        try:
            plain = coding.expand(row["pattern"], domain, target, table.get("words", {}))
            pattern = re.compile(f"(?=(?P<all>{plain}))")
        except re.error as error:
            raise rules.RuleError(f"kg/rules/relations.toml: pattern of {label}: {error}; mend it there") from error
        needs = tuple(c for side, c in (("s", domain), ("o", target)) if side in pattern.groupindex)
        like = {side: re.compile(text) for side, text in row.get("like", {}).items()}
        flags = (row.get("scope") == "name", row.get("home", False))
        yield Rule(label, name, pattern, domain, target, row["confidence"], *flags, like, needs)


def _apply(rule: Rule, document: Document, coded: Sequence[Coded], lines: Iterable[Coded]) -> Iterator[Fact]:
    """The facts of one rule, sentence by sentence or name by name."""
    for line in lines:
        if any(line.classes.isdisjoint(c) for c in rule.needs):
            continue
        for match in rule.pattern.finditer(line.text):
            if not coding.NEGATED.search(line.text, *match.span("all")):
                yield from _facts(rule, document, coded, line, match)


def _facts(
    rule: Rule, document: Document, coded: Sequence[Coded], line: Coded, match: re.Match[str]
) -> Iterator[Fact]:
    subjects = _side("s", rule.domain, rule, document, coded, line, match)
    objects = _side("o", rule.range, rule, document, coded, line, match)
    role = match.groupdict().get("role")
    for s, o in product(subjects, objects):
        if s.key != o.key:
            proof = _proof(rule, document, line, match, (s, o))
            confidence = round(rule.confidence * s.certainty * o.certainty, 3)
            for title in role.split("、") if role else [None]:
                yield Fact(s.key, rule.relation, o.key, proof, confidence, title)


def _side(
    side: str,
    classes: frozenset[str],
    rule: Rule,
    document: Document,
    coded: Sequence[Coded],
    line: Coded,
    match: re.Match[str],
) -> list[Named]:
    """One end of a fact: what the pattern names, else what the text before is about, else the paper's place."""
    if side in rule.pattern.groupindex:
        found = line.named(*match.span(side), classes)
    elif line.outer:
        m = line.outer
        found = [Named(m.entity, m.type, line.sentence, m.start, m.end, m.text, m.certainty)] if m.type in classes else []
    else:
        found = coding.topic(coded, document, line.sentence, match.start(), classes)
        town = home(document, document.sentences[line.sentence].article) if rule.home and not found else None
        found += [Named(town.key, town.type, text=town.name)] if town and town.type in classes else []
    like = rule.like.get(side)
    return [n for n in found if like.search(n.text)] if like else found


def _proof(
    rule: Rule, document: Document, line: Coded, match: re.Match[str], ends: Iterable[Named]
) -> tuple[Evidence, ...]:
    """The words matched, widened to the name carried over; a name of another sentence is a proof of its own."""
    first, last = match.span("all")
    start, end = line.spans[first][0], line.spans[last - 1][1]
    apart: list[Evidence] = []
    for at in ends:
        if at.sentence == line.sentence:
            start, end = min(start, at.start), max(end, at.end)
        elif at.sentence >= 0:
            apart.append(document.evidence(at.sentence, at.start, at.end, rule.name))
    return (document.evidence(line.sentence, start, end, rule.name), *apart)
