"""The neighbours of a thing as a small drawing, laid out on the server: links, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from kg.search import Edge, Hit
from kg.view.layout import Point, positions

_WIDE, _NARROW = (13.0, 12), (7.5, 22)  # of Chinese and Latin letters: the width, and how many are written


@dataclass(frozen=True, slots=True)
class Node:
    """A thing as drawn."""

    x: float
    y: float
    hit: Hit
    here: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A fact as drawn."""

    x1: float
    y1: float
    x2: float
    y2: float
    relation: str


@dataclass(frozen=True, slots=True)
class Web:
    """A drawing with the box that holds it: left, top, width, height."""

    nodes: Sequence[Node]
    lines: Sequence[Line]
    box: tuple[float, float, float, float]


def web(centre: str, edges: Sequence[Edge], hits: Mapping[str, Hit]) -> Web:
    """The drawing of a thing and what it has facts with."""
    graph = nx.Graph((e.subject, e.object) for e in edges if e.subject != e.object)
    graph.add_node(centre)
    boxes = {iri: (_width(hits[iri]) + 16, 40.0) for iri in graph}
    spots = positions(graph, boxes)
    nodes = [Node(round(x), round(y), hits[iri], iri == centre) for iri, (x, y) in sorted(spots.items())]
    drawn = {(e.subject, e.object): e for e in reversed(edges) if e.subject != e.object}
    lines = [_line(spots[e.subject], spots[e.object], e.relation) for e in drawn.values()]
    left = min(x - boxes[iri][0] / 2 for iri, (x, _) in spots.items())
    right = max(x + boxes[iri][0] / 2 for iri, (x, _) in spots.items())
    top, bottom = min(n.y for n in nodes) - 26, max(n.y for n in nodes) + 34
    return Web(nodes, lines, (round(left), top, round(right - left), bottom - top))


def _width(hit: Hit) -> float:
    """The room that a name needs in whichever language it is written."""
    names = ((hit.name, _WIDE), (hit.english or hit.latin or "", _NARROW))
    return max(min(len(name), most) * letter for name, (letter, most) in names)


def _line(start: Point, end: Point, relation: str) -> Line:
    return Line(round(start[0]), round(start[1]), round(end[0]), round(end[1]), relation)
