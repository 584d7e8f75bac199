"""Judgements that contradict each other: none of them counts until people have settled it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import networkx as nx

from kg.verdicts.mending import rekeyed
from kg.verdicts.records import IDENTITY, Judgement

REMEDY = "none of them counts; keep one and take the others back with: kg judge undo LINE"


def told(lines: Iterable[Judgement]) -> str:
    """Which lines contradict each other."""
    ordered = sorted(lines, key=lambda j: j.line)
    said = "; ".join(f"line {j.line}: {' '.join(filter(None, j.cells[:5]))}" for j in ordered)
    return f"judgements contradict each other: {said}"


def find(judgements: Iterable[Judgement]) -> Iterator[frozenset[Judgement]]:
    """The sets of judgements that cannot all hold, whatever their order."""
    every = sorted(judgements)
    yield from _identity([j for j in every if j.verdict in IDENTITY])
    groups: defaultdict[tuple[str, ...], list[Judgement]] = defaultdict(list)
    for j in every:
        if j.verdict not in IDENTITY:
            groups[_judged(j)].append(j)
    for group in groups.values():
        yield from filter(None, [quarrel(group)])
    yield from _rounds([j for j in every if j.verdict == "type"])


def _judged(j: Judgement) -> tuple[str, ...]:
    return (j.subject, j.predicate, j.object, j.page, "".join(j.quote.split()))


def quarrel(judgements: Iterable[Judgement]) -> frozenset[Judgement]:
    """Those of the judgements of one statement that contradict another of them."""
    by_verdict: defaultdict[str, list[Judgement]] = defaultdict(list)
    for j in judgements:
        by_verdict[j.verdict].append(j)
    if len(by_verdict) > 1 and by_verdict.keys() & {"retract", "confirm"}:
        return frozenset(j for group in by_verdict.values() for j in group)
    torn = (group for group in by_verdict.values() if len({j.value for j in group}) > 1)
    return frozenset(j for group in torn for j in group)


def _identity(judgements: Iterable[Judgement]) -> Iterator[frozenset[Judgement]]:
    """Things told apart that others tie together, if only over a chain, and a name given to two things."""
    ties: defaultdict[frozenset[str], list[Judgement]] = defaultdict(list)
    apart, names = [], defaultdict[str, list[Judgement]](list)
    for j in judgements:
        if j.verdict == "different":
            apart.append(j)
        elif j.verdict == "same":
            ties[frozenset((j.subject, j.object))].append(j)
        else:
            names[j.value].append(j)
            ties[frozenset((j.subject, f"={j.value}"))].append(j)
    whole = nx.Graph(map(tuple, ties))
    for j in apart:
        if chain := _between(whole, j.subject, j.object):
            yield frozenset([j, *(tie for pair in chain for tie in ties[pair])])
    merged = nx.Graph(tuple(pair) for pair, lines in ties.items() if lines[0].verdict == "same")
    for given in names.values():
        keys = sorted({j.subject for j in given})
        if any(not _tied(merged, keys[0], other) for other in keys[1:]):
            yield frozenset(given)


def _tied(whole: nx.Graph, a: str, b: str) -> bool:
    return a in whole and b in whole and nx.has_path(whole, a, b)


def _between(whole: nx.Graph, a: str, b: str) -> set[frozenset[str]]:
    """All ties on any way from one thing to another: with the direct one they make one biconnected part."""
    if not _tied(whole, a, b):
        return set()
    direct, closed = frozenset((a, b)), nx.Graph(whole)
    closed.add_edge(a, b)
    parts = ({frozenset(edge) for edge in part} for part in nx.biconnected_component_edges(closed))
    ring = next(part for part in parts if direct in part)
    return ring if whole.has_edge(a, b) else ring - {direct}


def _rounds(types: Iterable[Judgement]) -> Iterator[frozenset[Judgement]]:
    """Types that lead back to where they began: ent:甲 is an Agency, agency:甲 is an Enterprise."""
    steps: dict[str, Judgement] = {j.subject: j for j in types}
    ways = nx.DiGraph([(j.subject, rekeyed(j.subject, j.value)) for j in steps.values()])
    ways.remove_edges_from(list(nx.selfloop_edges(ways)))
    for ring in nx.simple_cycles(ways):
        yield frozenset(steps[key] for key in ring)
