"""The neighbours of a thing as a small drawing, laid out on the server: links, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from kg.search import Edge, Hit
from kg.view.layout import Point, positions

_LETTER, _LINE = 12.0, 11  # the width of a character, and how many of a name are written


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
    boxes = {iri: (min(len(hits[iri].name), _LINE) * _LETTER + 16, 40.0) for iri in graph}
    spots = positions(graph, boxes)
    nodes = [Node(round(x), round(y), hits[iri], iri == centre) for iri, (x, y) in sorted(spots.items())]
    drawn = {(e.subject, e.object): e for e in reversed(edges) if e.subject != e.object}
    lines = [_line(spots[e.subject], spots[e.object], e.relation) for e in drawn.values()]
    left = min(x - boxes[iri][0] / 2 for iri, (x, _) in spots.items())
    right = max(x + boxes[iri][0] / 2 for iri, (x, _) in spots.items())
    top, bottom = min(n.y for n in nodes) - 18, max(n.y for n in nodes) + 30
    return Web(nodes, lines, (round(left), top, round(right - left), bottom - top))


def _line(start: Point, end: Point, relation: str) -> Line:
    return Line(round(start[0]), round(start[1]), round(end[0]), round(end[1]), relation)
