"""Things that links make one: the surest links first, none against what keeps two things apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg import gazetteer
from kg.identity.forms import nested


@dataclass(frozen=True, slots=True)
class Facets:
    """What a thing can have only one of. `kind` is the beginning of its key, `legal` a full legal form."""

    kind: str
    code: str = ""
    legal: str = ""
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A reason to take the nodes `a` and `b` for one.

    `loss` is 1 - score, so that the surest sort first. `firm` holds against differences of place and legal
    form. `before` is the one of them that is a former name.
    """

    loss: float
    a: str
    b: str
    by: str
    reason: str
    firm: bool = False
    before: tuple[str, ...] = ()


@dataclass(slots=True)
class Clusters:
    """Sets of nodes that are one thing. `apart` are the nodes judged to be others, both ways."""

    facets: dict[str, Facets] = field(default_factory=dict)
    apart: Mapping[str, set[str]] = field(default_factory=dict)
    accepted: list[Edge] = field(default_factory=list)
    _parent: dict[str, str] = field(default_factory=dict)
    _members: dict[str, list[str]] = field(default_factory=dict)

    def root(self, node: str) -> str:
        """The node that stands for its set; which of them says nothing."""
        parent = self._parent
        while (up := parent.get(node, node)) != node:
            parent[node] = node = parent.get(up, up)
        return node

    def members(self, node: str) -> list[str]:
        """The nodes of its set."""
        root = self.root(node)
        return self._members.get(root, [root])

    def join(self, edges: Iterable[Edge]) -> None:
        """Join by the edges in the order of their sureness, but for those that something stands against."""
        for edge in sorted(set(edges)):
            if self.root(edge.a) != self.root(edge.b) and not self.against(edge):
                self._unite(self.root(edge.a), self.root(edge.b))
                self.accepted.append(edge)

    def against(self, edge: Edge) -> str:
        """What keeps the sets of an edge apart; nothing if nothing does."""
        few, many = sorted((self.members(edge.a), self.members(edge.b)), key=len)
        if self.apart and any(not self.apart.get(node, set()).isdisjoint(many) for node in few):
            return "they are judged different"
        one, two = self.facets[self.root(edge.a)], self.facets[self.root(edge.b)]
        if one.kind != two.kind:
            return "they are of two classes"
        if one.code and two.code and one.code != two.code:
            return f"they have the codes {' and '.join(sorted((one.code, two.code)))}"
        if not edge.firm and one.legal and two.legal and one.legal != two.legal:
            return "they have two legal forms"
        if not edge.firm and one.places and two.places and not nested(one.places, two.places):
            return "they are of two places"
        return ""

    def _unite(self, a: str, b: str) -> None:
        a, b = sorted((a, b), key=lambda node: (-len(self.members(node)), node))
        one, two = self.facets[a], self.facets[b]
        members = self._members.setdefault(a, [a])
        members += self._members.pop(b, [b])
        self._parent[b] = a
        places = max(one.places, two.places, key=_depth)
        self.facets[a] = Facets(one.kind, one.code or two.code, one.legal or two.legal, places)


def _depth(places: frozenset[str]) -> tuple[int, str]:
    """How far down the divisions the places are."""
    return max((len(gazetteer.ancestors(place)) for place in places), default=0), min(places, default="")
