"""Things put into the classes that people gave them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kg.model import Entity, Extraction, Fact, Problem
from kg.relations.patterns import members
from kg.rules import table
from kg.verdicts.mending import rekeyed
from kg.verdicts.records import Judgement


def retyped(read: Extraction, types: Mapping[str, Judgement]) -> tuple[Extraction, frozenset[Judgement]]:
    """What a page says of things in their classes by `types`, under the keys of those, and what was applied.

    Facts that a thing of its new class cannot have are left out, with a note each.
    """
    ways = {e.key: steps for e in read.entities if (steps := _steps(e.key, types))}
    if not ways:
        return read, frozenset()
    keys = {key: typed(key, types) for key in ways}
    entities: dict[str, Entity] = {}
    for e in read.entities:
        if e.key in ways:
            e = replace(e, key=keys[e.key], type=ways[e.key][-1].value)
        entities[e.key] = _joined(entities[e.key], e) if e.key in entities else e
    classes = {key: e.type for key, e in entities.items()}
    facts, denied = (
        [
            replace(f, subject=keys.get(f.subject, f.subject), object=keys.get(f.object, f.object))
            for f in said
        ]
        for said in (read.facts, read.denials)
    )
    figures = (replace(o, subject=keys.get(o.subject, o.subject)) for o in read.observations)
    stages = (replace(m, subject=keys.get(m.subject, m.subject)) for m in read.milestones)
    moved = set(keys.values())
    unfit = [f for f in (*facts, *denied) if {f.subject, f.object} & moved and not _fits(f, classes)]
    changed = replace(
        read,
        entities=tuple(entities.values()),
        facts=tuple(f for f in facts if f not in unfit),
        denials=tuple(f for f in denied if f not in unfit),
        observations=tuple(figures),
        milestones=tuple(m for m in stages if classes.get(m.subject) == "Project"),
        problems=(*read.problems, *_notes(read.page.name, unfit, classes)),
    )
    return changed, frozenset(j for steps in ways.values() for j in steps)


def typed(key: str, types: Mapping[str, Judgement]) -> str:
    """The key of a thing in the class that people gave it."""
    steps = _steps(key, types)
    return rekeyed(key, steps[-1].value) if steps else key


def _steps(key: str, types: Mapping[str, Judgement]) -> list[Judgement]:
    """The judgements that lead from a thing to its class, one upon the other."""
    steps: list[Judgement] = []
    while (j := types.get(key)) and j not in steps:
        steps.append(j)
        key = rekeyed(key, j.value)
    return steps


def _joined(a: Entity, b: Entity) -> Entity:
    """Two things of a page that have come to be one."""
    aliases = dict.fromkeys((*a.aliases, *b.aliases, b.name))
    return replace(
        a,
        aliases=tuple(form for form in aliases if form != a.name),
        raw=tuple(dict.fromkeys((*a.raw, *b.raw))),
        articles=tuple(sorted({*a.articles, *b.articles})),
    )


def _fits(fact: Fact, classes: Mapping[str, str]) -> bool:
    """Whether things of these classes can be so related."""
    relation = table("relations")[fact.predicate]
    return all(
        classes[end] in members(relation[side])
        for end, side in ((fact.subject, "domain"), (fact.object, "range"))
        if end in classes
    )


def _notes(page: str, unfit: Iterable[Fact], classes: Mapping[str, str]) -> Iterator[Problem]:
    for f in unfit:
        ends = (f"{key} ({classes.get(key, '')})" for key in (f.subject, f.object))
        message = f" {f.predicate} ".join(ends) + " cannot be since a judgement gave a class: left out"
        yield Problem(page, message, "", f.evidence[0].span, "note")
