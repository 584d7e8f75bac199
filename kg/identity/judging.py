"""Judgements on identity: what people said is one thing, or two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.identity.clusters import Clusters, Edge
from kg.identity.pairs import Thing
from kg.identity.records import Alias, Different, Same, Verdict
from kg.model import Problem
from kg.resolve import fold

WHERE = "judgements"  # what a problem names as its page


@dataclass(frozen=True, slots=True)
class Judged:
    """All judgements. `apart` holds what is judged different, both ways; `forms` other names by key."""

    verdicts: tuple[Verdict, ...]
    apart: Mapping[str, set[str]]
    forms: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Judged:
        """The judgements, in an order of their own."""
        ordered = tuple(sorted(set(verdicts), key=repr))
        apart: defaultdict[str, set[str]] = defaultdict(set)
        forms: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
        for verdict in ordered:
            if isinstance(verdict, Different):
                apart[verdict.a].add(verdict.b)
                apart[verdict.b].add(verdict.a)
            elif isinstance(verdict, Alias) and verdict.form not in forms[verdict.key]:
                forms[verdict.key] += (verdict.form,)
        return cls(ordered, dict(apart), dict(forms))

    def edges(self, things: Mapping[str, Thing]) -> Iterator[Edge]:
        """The joints that people made between things that the pages name."""
        for _, edge in self._joints():
            if edge.a in things and edge.b in things:
                yield edge

    def problems(self, clusters: Clusters, things: Mapping[str, Thing]) -> tuple[Problem, ...]:
        """Joints that another judgement or what is known for sure forbids."""
        found = set()
        for verdict, edge in self._joints():
            if edge.a in things and edge.b in things and clusters.root(edge.a) != clusters.root(edge.b):
                why = clusters.against(edge)
                message = f"{edge.a} and {edge.b} are judged the same{_by(verdict)}, yet {why}"
                found.add(Problem(WHERE, message, "take back one of the judgements", severity="error"))
        return tuple(sorted(found, key=lambda p: p.message))

    def _joints(self) -> Iterator[tuple[Verdict, Edge]]:
        for verdict in self.verdicts:
            if isinstance(verdict, Same):
                yield verdict, _edge(verdict.a, verdict.b, f"judged the same{_by(verdict)}")
            elif isinstance(verdict, Alias):
                node = f"{verdict.key.partition(':')[0]}:{fold(verdict.form)}"
                if node != verdict.key:
                    yield verdict, _edge(node, verdict.key, f"judged a name of it{_by(verdict)}")


def _edge(a: str, b: str, reason: str) -> Edge:
    return Edge(0.0, min(a, b), max(a, b), "judged", reason, firm=True)


def _by(verdict: Verdict) -> str:
    return f" by {verdict.by}" if verdict.by else ""
