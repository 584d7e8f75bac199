"""Answers of a store as plain texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.store import Store
from kg.store.sparql import Bindings
from kg.store.statements import BATCH


def within(store: Store, about: str) -> list[str]:
    """A thing, and all that is known to lie in it."""
    query = "SELECT DISTINCT ?x { VALUES ?thing { UNDEF } ?x fz:locatedIn* ?thing }"
    return sorted({about, *(x for (x,) in texts(store, query, {"thing": [ox.NamedNode(about)]}))})


def batched(store: Store, query: str, name: str, iris: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """The rows of a query whose block VALUES ?name takes the things, so many a time."""
    named = sorted(set(iris))
    for at in range(0, len(named), BATCH):
        yield from texts(store, query, {name: [ox.NamedNode(iri) for iri in named[at : at + BATCH]]})


def texts(store: Store, query: str, bindings: Bindings | None = None) -> Iterator[tuple[str, ...]]:
    """The rows of a query as texts; what is not bound is nothing."""
    for row in store.select(query, bindings).rows:
        yield tuple(cell.value if isinstance(cell, ox.NamedNode | ox.Literal) else "" for cell in row)
