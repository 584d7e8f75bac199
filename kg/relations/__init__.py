"""Who does what: the relations of a document, by the patterns of `kg/rules/relations.toml`.

A relation is a table there; nothing in this module names one, but for the place a thing is in, which is as
often read from a name or a heading as from a verb (`kg.relations.location`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Any, Literal

from kg import rules
from kg.model import Document, Evidence, Fact
from kg.relations import coding, location, patterns
from kg.relations.coding import Coded, Named, Reading
from kg.relations.places import home

Tables = Mapping[str, Mapping[str, Any]]
LEAST = 0.4  # facts of less confidence are wrong more often than right
NATION = ("Group", "全国")  # what figures of no place are about
NEEDED = ("zh", "en", "comment", "domain", "range")


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of one relation. A side that it does not name is carried over from the text before."""

    name: str  # exports/2
    relation: str
    pattern: re.Pattern[str]
    domain: frozenset[str]
    range: frozenset[str]
    confidence: float
    in_name: bool = False  # looks inside names; a side that the pattern does not name is the whole name
    home: bool = False  # the carried side may be the place the paper is of
    country: bool = False  # or the country, where the paper is of no place
    like: Mapping[str, re.Pattern[str]] = field(default_factory=dict)  # what the names of a side must match
    needs: tuple[frozenset[str], ...] = ()  # classes that must be there for the pattern to match

    @property
    def inner(self) -> frozenset[str]:
        """What is looked for inside names: what the pattern names, and places."""
        return frozenset(patterns.GROUPS["Place"]).union(*self.needs)

    @property
    def outer(self) -> frozenset[str]:
        """What is read for the names inside it: the side that the pattern does not name, or any name."""
        if len(self.needs) > 1:
            return frozenset(patterns.CLASSES)
        return self.range if "s" in self.pattern.groupindex else self.domain


def find(document: Document, tables: Tables | None = None) -> list[Fact]:
    """Relations, none likelier wrong than right. `tables` stands in for the parsed `relations.toml`."""
    reading = Reading(document)
    facts: list[Fact] = []
    for name, table in (tables if tables is not None else rules.table("relations")).items():
        found = [list(_apply(rule, reading)) for rule in compiled(name, table)]
        facts += location.settle(reading, found, table) if name == "locatedIn" else chain(*found)
    return [fact for fact in merge(facts) if fact.confidence >= LEAST]


def merge(facts: Iterable[Fact]) -> list[Fact]:
    """One fact for what is said twice, with both proofs and the better confidence, in order of appearance."""
    kept: dict[tuple[str, str, str, str | None], Fact] = {}
    for fact in facts:
        key = (fact.subject, fact.predicate, fact.object, fact.role)
        old = kept.get(key)
        if old is None:
            kept[key] = fact
        else:
            spans = {proof.span for proof in old.evidence}
            proofs = (*old.evidence, *(proof for proof in fact.evidence if proof.span not in spans))
            confidence = max(old.confidence, fact.confidence)
            kept[key] = Fact(*key[:3], proofs, confidence, fact.role)
    return list(kept.values())


_compiled: dict[int, tuple[Mapping[str, Any], tuple[Rule, ...]]] = {}


def compiled(name: str, table: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The compiled rules of a table, kept for as long as the table is the same object."""
    known = _compiled.get(id(table))
    if known is None or known[0] is not table:
        known = _compiled[id(table)] = (table, tuple(compile_rules(name, table)))
    return known[1]


def declared(name: str, table: Mapping[str, Any]) -> Mapping[str, Any]:
    """The table of a relation. Raises RuleError where it does not say what the relation is."""
    if not isinstance(table, Mapping):
        raise rules.RuleError(f"relations.toml: {name} is no table; write it as [{name}]")
    missing = [key for key in NEEDED if key not in table]
    if missing:
        raise rules.RuleError(
            f"relations.toml: [{name}] lacks {', '.join(missing)}; write them above its rules"
        )
    return table


def compile_rules(name: str, table: Mapping[str, Any]) -> Iterator[Rule]:
    """The rules of one relation, numbered from 1."""
    declared(name, table)
    for number, row in enumerate(table.get("rules", ()), 1):
        domain = patterns.members(row.get("domain", table["domain"]))
        target = patterns.members(row.get("range", table["range"]))
        label = f"{name}/{number}"
        try:
            plain = patterns.expand(row["pattern"], domain, target, table.get("words", {}))
            pattern = re.compile(f"(?=(?P<all>{plain}))")
        except re.error as error:
            raise rules.RuleError(f"relations.toml: pattern of {label}: {error}; mend it there") from error
        needs = tuple(c for side, c in (("s", domain), ("o", target)) if side in pattern.groupindex)
        like = {side: re.compile(text) for side, text in row.get("like", {}).items()}
        flags = (row.get("scope") == "name", row.get("home", False), row.get("country", False))
        yield Rule(label, name, pattern, domain, target, row["confidence"], *flags, like, needs)


def _apply(rule: Rule, reading: Reading) -> Iterator[Fact]:
    """The facts of one rule, sentence by sentence or name by name."""
    lines = reading.inner(rule.outer, rule.inner) if rule.in_name else reading.sentences(rule.needs)
    for line in lines:
        for match in rule.pattern.finditer(line.text):
            if not patterns.denied(line.text, *match.span("all")):
                yield from told(rule, reading, line, match)


def told(rule: Rule, reading: Reading, line: Coded, match: re.Match[str]) -> Iterator[Fact]:
    subjects = _side("s", rule, reading, line, match)
    objects = _side("o", rule, reading, line, match)
    role = match.groupdict().get("role")
    alike = len(rule.needs) > 1 and match.span("s") == match.span("o")  # one list: each pair of it once
    for s, o in product(subjects, objects):
        if s.key != o.key and not (alike and s.position > o.position):
            proof = _proof(rule, reading.document, line, match, (s, o))
            confidence = round(rule.confidence * s.certainty * o.certainty, 3)
            for title in role.split("、") if role else [None]:
                title = f"{o.text[-1]}长" if title == "长" else title  # 国防部长
                yield Fact(s.key, rule.relation, o.key, proof, confidence, title)


def _side(
    side: Literal["s", "o"], rule: Rule, reading: Reading, line: Coded, match: re.Match[str]
) -> list[Named]:
    """One end of a fact: what the pattern names, or the whole name, or whom the text before speaks of."""
    classes = rule.domain if side == "s" else rule.range
    if side in rule.pattern.groupindex:
        found = line.named(*match.span(side), classes)
    elif line.outer:
        m = line.outer
        whole = Named(m.entity, m.type, line.sentence, m.start, m.end, m.text, m.certainty)
        found = [whole] if m.type in classes else []
    else:
        found = coding.topic(reading, line.sentence, match.start(), classes)
        if rule.home and not found:
            found = _home(reading.document, line.sentence, classes, rule.country)
    like = rule.like.get(side)
    return [n for n in found if like.search(n.text)] if like else found


def _home(document: Document, index: int, classes: frozenset[str], country: bool) -> list[Named]:
    """The place of the paper; where it has none, the country if a rule wants it and the text names it."""
    town = home(document, document.sentences[index].article)
    if town is None and country:
        nation = next((e for e in document.entities if (e.type, e.name) == NATION), None)
        return [Named(nation.key, nation.type, text=nation.name)] if nation else []
    return [Named(town.key, town.type, text=town.name)] if town and town.type in classes else []


def _proof(
    rule: Rule, document: Document, line: Coded, match: re.Match[str], ends: Iterable[Named]
) -> tuple[Evidence, ...]:
    """The words matched, widened to a name carried over; a name of another sentence is a proof of its own."""
    first, last = match.span("all")
    start, end = line.starts[first], line.ends[last - 1]
    apart: list[Evidence] = []
    for at in ends:
        if at.sentence == line.sentence:
            start, end = min(start, at.start), max(end, at.end)
        elif at.sentence >= 0:
            apart.append(document.evidence(at.sentence, at.start, at.end, rule.name))
    return (document.evidence(line.sentence, start, end, rule.name), *apart)
