"""An extraction with canonical keys: what became one thing, fact or figure is merged with all its proofs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from kg.identity.profiling import profiles
from kg.identity.records import Identity, Known
from kg.model import Entity, Extraction, Fact, Milestone, Observation

_Statement = TypeVar("_Statement", Fact, Observation, Milestone)


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
        denials=tuple(_facts(extraction.denials, keys)),
        observations=tuple(_merged(extraction.observations, keys)),
        milestones=tuple(_merged(extraction.milestones, keys)),
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
        # Of a division the lexicon has all names; what a page calls it otherwise is as printed.
        raw = [e.name for e in group if thing.code and not e.code and e.name != thing.name]
        yield Entity(
            key, thing.type, thing.name, tuple(names),
            raw=tuple(dict.fromkeys((*(form for e in group for form in e.raw), *raw))),
            articles=tuple(sorted({number for e in group for number in e.articles})),
            code=thing.code,
        )  # fmt: skip


def _facts(facts: Iterable[Fact], keys: Mapping[str, str]) -> Iterator[Fact]:
    """Facts with canonical keys; what would say something of a thing and itself is left out."""
    for fact in _merged((replace(f, object=keys.get(f.object, f.object)) for f in facts), keys):
        if fact.subject != fact.object:
            yield fact


def _merged(found: Iterable[_Statement], keys: Mapping[str, str]) -> Iterator[_Statement]:
    """Statements with canonical subjects; those that then say the same are one with all their proofs."""
    groups: defaultdict[_Statement, list[_Statement]] = defaultdict(list)
    for one in found:
        groups[replace(one, subject=keys.get(one.subject, one.subject), evidence=(), confidence=0)].append(
            one
        )
    for said, group in groups.items():
        proofs = tuple(dict.fromkeys(proof for one in group for proof in one.evidence))
        yield replace(said, evidence=proofs, confidence=max(one.confidence for one in group))
