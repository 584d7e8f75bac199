"""An extraction with canonical keys: what became one thing, fact or figure is merged with all its proofs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kg.identity.profiling import profiles
from kg.identity.records import Identity, Known
from kg.model import Entity, Evidence, Extraction, Fact, Observation


def identified(extraction: Extraction, identity: Identity) -> Extraction:
    """The extraction with the keys, names and types that all pages give their things."""
    known: dict[str, Known] = {}
    for profile in profiles(extraction):
        if thing := identity.known(profile.key, profile.context):
            known[profile.key] = thing
    if not known:
        return extraction
    keys = {key: thing.key for key, thing in known.items()}
    return replace(
        extraction,
        entities=tuple(_entities(extraction.entities, known)),
        facts=tuple(_facts(extraction.facts, keys)),
        observations=tuple(_figures(extraction.observations, keys)),
    )


def _entities(entities: Iterable[Entity], known: Mapping[str, Known]) -> Iterator[Entity]:
    groups: defaultdict[str, list[Entity]] = defaultdict(list)
    for e in entities:
        groups[known[e.key].key if e.key in known else e.key].append(e)
    for key, group in groups.items():
        first = group[0]
        thing = next((known[e.key] for e in group if e.key in known), None)
        thing = thing or Known(key, first.type, first.name, first.code)
        names = dict.fromkeys((*(form for e in group for form in (e.name, *e.aliases)), *thing.aliases))
        names.pop(thing.name, None)
        yield Entity(
            key, thing.type, thing.name, tuple(names),
            raw=tuple(dict.fromkeys(form for e in group for form in e.raw)),
            articles=tuple(sorted({number for e in group for number in e.articles})),
            code=thing.code,
        )  # fmt: skip


def _facts(facts: Iterable[Fact], keys: Mapping[str, str]) -> Iterator[Fact]:
    """Facts with canonical keys; what would say something of a thing and itself is left out."""
    groups: defaultdict[Fact, list[Fact]] = defaultdict(list)
    for fact in facts:
        subject, value = keys.get(fact.subject, fact.subject), keys.get(fact.object, fact.object)
        if subject != value or fact.subject == fact.object:
            groups[replace(fact, subject=subject, object=value, evidence=(), confidence=0)].append(fact)
    for fact, group in groups.items():
        yield replace(fact, evidence=_proofs(group), confidence=max(f.confidence for f in group))


def _figures(figures: Iterable[Observation], keys: Mapping[str, str]) -> Iterator[Observation]:
    groups: defaultdict[Observation, list[Observation]] = defaultdict(list)
    for o in figures:
        groups[replace(o, subject=keys.get(o.subject, o.subject), evidence=(), confidence=0)].append(o)
    for o, group in groups.items():
        yield replace(o, evidence=_proofs(group), confidence=max(x.confidence for x in group))


def _proofs(group: Iterable[Fact | Observation]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(proof for one in group for proof in one.evidence))
