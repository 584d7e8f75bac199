"""Where to draw what: each connected part by stress majorisation, then the parts packed side by side.

Pure Python, so that a view needs no numpy, and deterministic: the same graph is always drawn the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import combinations
from math import ceil, cos, exp, hypot, log, pi, sin, sqrt
from random import Random

import networkx as nx

Point = tuple[float, float]
Box = tuple[float, float]  # width and height of a node with its label

STEP = 95.0  # the length an edge would like to have, at the least
CROWD = 30.0  # the more lines meet at a node, the longer they must be to find room
STRETCH = 1.45  # names are wider than high, so that nodes need more room to the side
SMALL = 12  # nodes of a part that looks well when flat
SHOVES = 40_000  # turns of pushing apart, times nodes
PAIRS = 60_000  # more would take longer than a second or two
ROUNDS = 10  # passes over all pairs; more do not lower the stress
CELL = 40.0  # the grid on which parts are packed
WIDE = 1.2  # width to height of the screen
TURNS = 12  # ways to turn a part before choosing one


def positions(graph: nx.Graph, boxes: Mapping[str, Box]) -> dict[str, Point]:
    """A place for the centre of every node, no two boxes overlapping, the largest part in the middle."""
    parts = [sorted(part) for part in nx.connected_components(graph)]
    parts.sort(key=lambda part: (-len(part), part[0]))
    drawn = [_centred(_spread(_level(_stress(graph, part)), boxes)) for part in parts]
    placed: dict[str, Point] = {}
    taken: set[tuple[int, int]] = set()
    for part in drawn:
        cells = _cells(part, graph, boxes)
        dx, dy = next(
            move for move in _spiral() if taken.isdisjoint((x + move[0], y + move[1]) for x, y in cells)
        )
        taken.update((x + dx, y + dy) for x, y in cells)
        placed |= {node: (x + dx * CELL, y + dy * CELL) for node, (x, y) in part.items()}
    return placed


def _stress(graph: nx.Graph, nodes: list[str]) -> dict[str, Point]:
    """Distances on paper follow those in the graph (Zheng, Pawar, Goodman 2018: Graph drawing by SGD)."""
    chance = Random(0)
    place = {node: [chance.random() * STEP, chance.random() * STEP] for node in nodes}
    pairs = [(place[a], place[b], d) for a, b, d in _distances(graph, nodes, chance)]
    if not pairs:
        return dict.fromkeys(nodes, (0.0, 0.0))
    first = max(d for _, _, d in pairs) ** 2
    decay = log(first / (0.1 * STEP * STEP)) / (ROUNDS - 1)
    for turn in range(ROUNDS):
        rate = first * exp(-decay * turn)
        chance.shuffle(pairs)
        for p, q, d in pairs:
            x, y = p[0] - q[0], p[1] - q[1]
            length = hypot(x, y) or 1e-9
            pull = min(1.0, rate / (d * d)) * (length - d) / (2 * length)
            p[0] -= pull * x
            p[1] -= pull * y
            q[0] += pull * x
            q[1] += pull * y
    return {node: (x, y) for node, (x, y) in place.items()}


def _distances(graph: nx.Graph, nodes: list[str], chance: Random) -> list[tuple[str, str, float]]:
    """How far apart pairs should be: all pairs, or in a large part those of some landmarks and all edges."""
    wished = _wished(graph, nodes)
    far = partial(nx.single_source_dijkstra_path_length, wished, weight="long")
    if len(nodes) ** 2 <= 2 * PAIRS:
        away = {node: far(node) for node in nodes}
        return [(a, b, away[a][b]) for a, b in combinations(nodes, 2)]
    marks = chance.sample(nodes, PAIRS // len(nodes))
    edges = list(wished.edges(data="long"))
    return [(mark, node, d) for mark in marks for node, d in far(mark).items() if d] + edges


def _wished(graph: nx.Graph, nodes: list[str]) -> nx.Graph:
    """A part by itself, each edge with how long it would like to be: much faster to walk than a view."""
    degree = dict(graph.degree(nodes))
    alone = nx.Graph()
    alone.add_nodes_from(nodes)
    alone.add_edges_from(
        (a, b, {"long": max(STEP, CROWD * sqrt(max(degree[a], degree[b])))}) for a, b in graph.edges(nodes)
    )
    return alone


def _level(place: Mapping[str, Point]) -> dict[str, Point]:
    """Turns a part so that it fits the screen, a small one so that it lies flat, and makes room for names."""
    wanted = WIDE if len(place) > SMALL else 10.0
    turned = [_turned(list(place.values()), pi * k / TURNS) for k in range(TURNS)]
    best = min(turned, key=lambda spots: abs(log(_ratio(spots) / wanted)))
    return dict(zip(place, best, strict=True))


def _turned(spots: list[Point], turn: float) -> list[Point]:
    c, s = cos(turn), sin(turn)
    return [((x * c + y * s) * STRETCH, y * c - x * s) for x, y in spots]


def _ratio(spots: list[Point]) -> float:
    """Width to height."""
    across, down = [x for x, _ in spots], [y for _, y in spots]
    return (max(across) - min(across) + STEP) / (max(down) - min(down) + STEP)


def _spread(place: Mapping[str, Point], boxes: Mapping[str, Box]) -> dict[str, Point]:
    """Pushes overlapping boxes apart, along the way that moves them least, until none overlap."""
    spot = {node: [x, y] for node, (x, y) in place.items()}
    widest, tallest = (max(boxes[node][side] for node in spot) for side in (0, 1))
    for _ in range(max(20, SHOVES // len(spot))):  # a large part is not seen close by
        order = sorted((spot[node], boxes[node], node) for node in spot)
        moved = False
        for i, (p, a, _name) in enumerate(order):
            low, high, end = p[1] - tallest, p[1] + tallest, p[0] + widest
            for q, b, _other in order[i + 1 :]:
                if q[0] > end:
                    break
                if low < q[1] < high and _part(p, q, a, b):
                    moved = True
        if not moved:
            break
    return {node: (x, y) for node, (x, y) in spot.items()}


def _part(p: list[float], q: list[float], a: Box, b: Box) -> bool:
    """Moves two boxes apart, if they overlap."""
    dx, dy = q[0] - p[0], q[1] - p[1]
    over_x, over_y = (a[0] + b[0]) / 2 - abs(dx), (a[1] + b[1]) / 2 - abs(dy)
    if over_x <= 0.5 or over_y <= 0.5:
        return False
    axis, over, way = (0, over_x, dx) if over_x < over_y else (1, over_y, dy)
    push = over / 2 if way >= 0 else -over / 2
    p[axis] -= push
    q[axis] += push
    return True


def _centred(place: Mapping[str, Point]) -> dict[str, Point]:
    mx, my = (sum(side) / len(place) for side in zip(*place.values(), strict=True))
    return {node: (x - mx, y - my) for node, (x, y) in place.items()}


def _cells(place: Mapping[str, Point], graph: nx.Graph, boxes: Mapping[str, Box]) -> set[tuple[int, int]]:
    """The grid cells a part covers with its boxes and edges."""
    cells: set[tuple[int, int]] = set()
    for node, (x, y) in place.items():
        w, h = boxes[node][0] / 2 + CELL / 2, boxes[node][1] / 2 + CELL / 2
        cells.update((i, j) for i in _steps(x - w, x + w) for j in _steps(y - h, y + h))
    for a, b in graph.edges(place):
        (x, y), (u, v) = place[a], place[b]
        n = ceil(hypot(u - x, v - y) / CELL) or 1
        cells.update(
            (round((x + (u - x) * k / n) / CELL), round((y + (v - y) * k / n) / CELL)) for k in range(n)
        )
    return cells


def _steps(low: float, high: float) -> Iterable[int]:
    return range(round(low / CELL), round(high / CELL) + 1)


def _spiral() -> Iterator[tuple[int, int]]:
    """Grid moves by growing distance from the middle, measured so that the whole comes out wide."""
    ring = 0
    while True:
        wide = round(ring * WIDE)
        yield from sorted(
            {(x, y) for x in range(-wide, wide + 1) for y in (-ring, ring)}
            | {(x, y) for y in range(-ring, ring + 1) for x in (-wide, wide)},
            key=lambda move: (hypot(move[0] / WIDE, move[1]), move),
        )
        ring += 1
