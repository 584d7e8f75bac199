"""Judgements on identity: what people said is one thing, or two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.identity.clusters import Clusters, Edge
from kg.identity.things import Thing
from kg.model import Problem
from kg.resolve import fold
from kg.verdicts import Alias, Different, Same

Verdict = Same | Different | Alias

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
        ordered = tuple(sorted(set(verdicts), key=lambda v: (type(v).__name__, v.by)))
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
        for edge in self._joints():
            if edge.a in things and edge.b in things:
                yield edge

    def problems(self, clusters: Clusters, things: Mapping[str, Thing]) -> tuple[Problem, ...]:
        """Joints that another judgement or what is known for sure forbids."""
        found = set()
        for edge in self._joints():
            if edge.a in things and edge.b in things and clusters.root(edge.a) != clusters.root(edge.b):
                why = clusters.against(edge)
                message = f"{edge.a} and {edge.b} are {edge.reason}, yet {why}"
                found.add(Problem(WHERE, message, "take back one of the judgements", severity="error"))
        return tuple(sorted(found, key=lambda p: p.message))

    def _joints(self) -> Iterator[Edge]:
        for verdict in self.verdicts:
            if isinstance(verdict, Same):
                yield _edge(verdict, verdict.a, verdict.b, f"judged the same{_by(verdict)}")
            elif isinstance(verdict, Alias):
                node = f"{verdict.key.partition(':')[0]}:{fold(verdict.form)}"
                if node != verdict.key:
                    yield _edge(verdict, node, verdict.key, f"judged a name of it{_by(verdict)}")


def _edge(verdict: Verdict, a: str, b: str, reason: str) -> Edge:
    return Edge(0.0, min(a, b), max(a, b), f"judgement/{verdict.by.id}", reason, firm=True)


def _by(verdict: Verdict) -> str:
    """Whose judgement it is, and why, as far as that is told."""
    who = f" by {verdict.by.who}" if verdict.by.who else ""
    return f"{who}: {verdict.by.why}" if verdict.by.why else who
