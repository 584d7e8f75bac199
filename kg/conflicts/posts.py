"""Posts that one person holds at a time, and that several are said to hold in turn and back again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, pairwise
from typing import Any

from kg import lookup
from kg.answers import Named
from kg.conflicts.sides import Conflict, Side, Voices, when
from kg.rules import table
from kg.store import Store, statements
from kg.store.rows import batched, texts
from kg.store.statements import Statement

_RULES: dict[str, Any] = table("conflicts")["posts"]
_SINGLE, _FORMER = (re.compile(_RULES[name]) for name in ("single", "former"))
_BACK = timedelta(_RULES["back"])
_HELD = """SELECT DISTINCT ?fact ?org ?role { ?fact rdf:predicate fz:roleAt ; rdf:object ?org ; fz:role ?role
    { SELECT ?org ?role {
        %s ?other rdf:predicate fz:roleAt ; rdf:subject ?who ; rdf:object ?org ; fz:role ?role }
      GROUP BY ?org ?role HAVING (COUNT(DISTINCT ?who) > 1) } }"""
_DAY = len("2025-08-02")


def contested(store: Store, things: Sequence[str] | None) -> Iterator[Conflict]:
    """Posts at these things, or at any, with several holders at a time."""
    if things is None:
        found = texts(store, _HELD % "")
    else:
        found = batched(store, _HELD % "VALUES ?org { UNDEF }", "org", things)
    posts: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for fact, org, role in found:
        if _SINGLE.search(role):
            posts[org, role].append(fact)
    facts = {f.iri: f for f in statements.statements(store, chain.from_iterable(posts.values()))}
    names = lookup.names(store, {iri for f in facts.values() for iri in (f.subject, f.object)})
    voices = Voices(store, (proof.article for f in facts.values() for proof in f.proofs))
    for (org, role), iris in sorted(posts.items()):
        held = [_holder(facts[iri], names, voices) for iri in sorted(iris)]
        clash = [side for side in held if any(_clash(side, other) for other in held if other is not side)]
        if len(clash) > 1:
            ranked = tuple(sorted(clash, key=lambda side: (-side.witnesses, side.says)))
            sure = round(min(float(s.confidence or 1) for side in clash for s in side.statements), 2)
            yield Conflict("holder", Named(names.get(org, org), org), role, "", "", ranked, False, sure)


def _holder(fact: Statement, names: Mapping[str, str], voices: Voices) -> Side:
    proofs = tuple(sorted((p for p in fact.proofs if not _FORMER.search(p.quote)), key=when))
    return Side(names.get(fact.subject, fact.subject), (fact,), voices.count(proofs), proofs)


def _clash(one: Side, other: Side) -> bool:
    """Whether both hold a post on one day, or one shortly before and after the other.

    A name that goes on where the other ends is the same name.
    """
    if one.says.startswith(other.says) or other.says.startswith(one.says):
        return False
    days, others = _days(one), _days(other)
    return not days.isdisjoint(others) or _amid(days, others) or _amid(others, days)


def _days(side: Side) -> set[date]:
    return {date.fromisoformat(p.published) for p in side.proofs if len(p.published) == _DAY}


def _amid(days: set[date], others: set[date]) -> bool:
    held = sorted(days)
    return any(a < day < b and b - a <= _BACK for a, b in pairwise(held) for day in others)
