"""Links of identity as quads: which names stand for which things, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, Quad

from kg.graph.things import Edge, number
from kg.iris import digest, node, term


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """That the entity key `key` stands for the thing `canonical`, why, and how sure that is (0 to 1).

    `by` is the rule or judgement. `whole` where the key stands for nothing else, so that its old address can
    point to the new one.
    """

    key: str
    canonical: str
    score: float
    reason: str
    by: str
    whole: bool = True


def linked(links: Iterable[Link]) -> Iterator[Quad]:
    """All that links say, in a graph of their own: no single page says so."""
    for link in links:
        yield from (Quad(s, term(p), o, node("link:all")) for s, p, o in _edges(link))


def _edges(link: Link) -> Iterator[Edge]:
    this = node(f"link:{digest([link.key, link.canonical])}")
    old, new = node(link.key), node(link.canonical)
    yield this, "rdf:type", term("fz:Link")
    yield this, "fz:linkFrom", old
    yield this, "fz:linkTo", new
    yield this, "fz:score", number(Decimal(str(link.score)))
    yield this, "fz:reason", Literal(link.reason)
    yield this, "fz:ground", Literal(link.by)
    if link.whole:
        yield old, "dcterms:isReplacedBy", new
