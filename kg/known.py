"""What is known of a thing, as data: names, facts in both directions and figures, each with its proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg import lookup
from kg.answers import Named
from kg.iris import key
from kg.store import Store, statements
from kg.store.statements import Figure, Proof, Statement, Thing

_SHOWN = 10  # candidates named in an error


class UnknownName(LookupError):
    """A name that stands for nothing in the graph, or for several things, which are then named."""


@dataclass(frozen=True, slots=True)
class Link:
    """A fact or a denial about a thing, seen from it: `other` is the object, or the subject if `inverse`."""

    iri: str
    relation: str
    inverse: bool
    other: Thing
    role: str
    confidence: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one key stands for another thing, how sure that is, and the rules or judgement it rests on."""

    key: str
    stands_for: str
    score: str
    reason: str
    ground: str


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a thing. `within`: the divisions that hold it, nearest first."""

    thing: Thing
    code: str
    within: tuple[Named, ...]
    links: tuple[Link, ...]
    denied: tuple[Link, ...]  # what pages say is not so, or no longer
    figures: tuple[Figure, ...]
    articles: tuple[str, ...]  # the titles of those that mention it
    reasons: tuple[Reason, ...]  # why other names are names of it, and its own of others


def show(store: Store, name: str) -> Known:
    """What is known of the thing of that name: an IRI, a key, a code, a name or a part that no other has."""
    iri = one(store, name)
    known = statements.things(store, [iri])[iri]
    return Known(
        known,
        code=", ".join(_texts(store, iri, "SELECT ?text { VALUES ?thing { UNDEF } ?thing fz:code ?text }")),
        within=_within(store, iri),
        links=tuple(_links(store, iri, statements.statements, "rdf:subject", "rdf:object")),
        denied=tuple(_links(store, iri, statements.denials, "fz:deniedSubject", "fz:deniedObject")),
        figures=tuple(statements.figures(store, [iri])),
        articles=_texts(
            store,
            iri,
            """SELECT DISTINCT ?text { VALUES ?thing { UNDEF } ?thing fz:mentionedIn ?article .
            ?article fz:title ?text OPTIONAL { ?article fz:published ?day } } ORDER BY ?day ?text""",
        ),
        reasons=reasons(store, iri),
    )


def one(store: Store, name: str) -> str:
    """The IRI of the thing of that name. Raises UnknownName, with the candidates where there are several."""
    found = lookup.find(store, name)
    if not found:
        raise UnknownName(f"nothing here is called {name!r}; try a part of the name, or: kg query overview")
    first, *rest = found
    if all(first.name in other.name and first.name != other.name for other in rest):
        return first.iri  # a firm, where the rest are its workshop and its project
    several = ", ".join(f"{thing.name} ({key(thing.iri)})" for thing in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    raise UnknownName(f"{name!r} may be {several}{more}; give one of them in full")


def _links(
    store: Store, iri: str, read: Callable[[Store, list[str]], list[Statement]], *ends: str
) -> Iterator[Link]:
    query = """SELECT DISTINCT ?fact { VALUES ?thing { UNDEF }
        { ?fact %s ?thing } UNION { ?fact %s ?thing } }"""
    facts = read(store, _iris(store, iri, query % ends))
    others = statements.things(
        store, {fact.object if fact.subject == iri else fact.subject for fact in facts}
    )
    found = []
    for fact in facts:
        inverse = fact.subject != iri
        other = others[fact.subject if inverse else fact.object]
        found.append(Link(fact.iri, fact.predicate, inverse, other, fact.role, fact.confidence, fact.proofs))
    yield from sorted(found, key=lambda link: (link.inverse, link.relation, link.other.name, link.role))


def reasons(store: Store, iri: str) -> tuple[Reason, ...]:
    """Why other keys stand for a thing, and its own for others."""
    query = """SELECT DISTINCT ?from ?to ?score ?reason ?ground { VALUES ?thing { UNDEF }
        { ?link fz:linkFrom ?thing } UNION { ?link fz:linkTo ?thing } ?link fz:linkFrom ?from ;
        fz:linkTo ?to ; fz:score ?score ; fz:reason ?reason ; fz:ground ?ground } ORDER BY ?from ?to"""
    rows = store.select(query, {"thing": [ox.NamedNode(iri)]}).rows
    found = []
    for old, new, *told in rows:
        if isinstance(old, ox.NamedNode) and isinstance(new, ox.NamedNode):
            score, reason, ground = (cell.value if isinstance(cell, ox.Literal) else "" for cell in told)
            found.append(Reason(key(old.value), key(new.value), score, reason, ground))
    return tuple(found)


def _within(store: Store, iri: str) -> tuple[Named, ...]:
    """The divisions above one, the nearest first: each holds those before it."""
    query = """SELECT DISTINCT ?holder { VALUES ?thing { UNDEF } ?thing fz:code ?code .
        ?thing fz:locatedIn+ ?holder . ?holder fz:code ?above . OPTIONAL { ?holder fz:locatedIn+ ?farther } }
        GROUP BY ?holder ORDER BY DESC(COUNT(DISTINCT ?farther)) ?holder"""
    holders = _iris(store, iri, query)
    labels = lookup.names(store, holders)
    return tuple(Named(labels.get(holder, holder), holder) for holder in holders)


def _iris(store: Store, iri: str, query: str) -> list[str]:
    rows = store.select(query, {"thing": [ox.NamedNode(iri)]}).rows
    return [cell.value for (cell,) in rows if isinstance(cell, ox.NamedNode)]


def _texts(store: Store, iri: str, query: str) -> tuple[str, ...]:
    rows = store.select(query, {"thing": [ox.NamedNode(iri)]}).rows
    return tuple(cell.value for (cell,) in rows if isinstance(cell, ox.Literal))
