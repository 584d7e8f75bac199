"""Things of two graphs, and which are one in only one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

import networkx as nx
import pyoxigraph as ox

from kg import lookup
from kg.diff.records import CHANGED, GAINED, JOINED, LOST, PARTED, Change, Section, lots
from kg.diff.sentences import chinese
from kg.iris import key
from kg.store import Store, statements
from kg.store.sparql import Cell


class Moves:
    """The things of two graphs, and which of them are one in only one of the graphs."""

    def __init__(self, before: Store, after: Store) -> None:
        self.stores = (before, after)
        self.old, self.new = (set(statements.mentioned(store)) for store in (before, after))
        links = [_links(store) for store in (before, after)]
        self.joined = {k: v for k, v in links[1].items() if k not in links[0] and k in self.old}
        self.parted = {k: v for k, v in links[0].items() if k not in links[1] and k in self.new}
        self.retyped = dict(self._retyped())
        ways = nx.Graph([(old, new) for old, (new, _) in [*links[0].items(), *links[1].items()]])
        ways.add_edges_from(self.retyped.items())
        self._root: dict[str, str] = {
            iri: min(part) for part in nx.connected_components(ways) for iri in part
        }

    @property
    def moved(self) -> Set[str]:
        """All things that are one with another in either graph."""
        return self._root.keys()

    def root(self, iri: str) -> str:
        """What stands for a thing and all that it is one with in either graph."""
        return self._root.get(iri, iri)

    def _retyped(self) -> Iterator[tuple[str, str]]:
        """Things under the same name in another class."""
        come: dict[str, str] = {}
        for iri in self.new - self.old:
            come[key(iri).partition(":")[2]] = iri
        for iri in self.old - self.new:
            if other := come.get(key(iri).partition(":")[2]):
                yield iri, other

    def section(self) -> Section:
        """Things that came, went, became one, two, or of another class."""
        moved = {*self.joined, *self.retyped}
        lost = sorted(self.old - self.new - moved)
        gained = sorted(self.new - self.old - {*self.parted, *self.retyped.values()})
        parts = {JOINED: len(self.joined), PARTED: len(self.parted), CHANGED: len(self.retyped)}
        counts = {GAINED: len(gained), LOST: len(lost), **parts}
        return Section("things", "对象", {k: n for k, n in counts.items() if n}, self._changes(gained, lost))

    def _changes(self, gained: Sequence[str], lost: Sequence[str]) -> Iterator[Change]:
        before, after = self.stores
        for sign, moves in ((JOINED, self.joined), (PARTED, self.parted)):
            apart, one = (before, after) if sign == JOINED else (after, before)
            names = lookup.names(apart, moves) | lookup.names(one, (new for new, _ in moves.values()))
            for old, (new, why) in sorted(moves.items()):
                ends = (names.get(iri, key(iri)) for iri in (old, new))
                yield Change(sign, f" {'即' if sign == JOINED else '不再是'} ".join(ends) + f"（{why}）", old)
        for old, new in sorted(self.retyped.items()):
            name = lookup.names(after, [new]).get(new, key(new))
            yield Change(CHANGED, f"{name}：{_class(before, old)} → {_class(after, new)}", new)
        for sign, iris, store in ((GAINED, gained, after), (LOST, lost, before)):
            for lot in lots(iris):
                for iri, thing in statements.things(store, lot).items():
                    yield Change(sign, f"{chinese(thing.type)} {thing.name}", iri)


def _links(store: Store) -> dict[str, tuple[str, str]]:
    """Keys that stand for nothing of their own, with what they stand for, and why."""
    query = """SELECT ?x ?new ?why {
        ?l fz:linkFrom ?x ; fz:linkTo ?new ; fz:reason ?why . ?x dcterms:isReplacedBy ?new }"""
    return {text(old): (text(new), text(why)) for old, new, why in store.select(query).rows}


def _class(store: Store, iri: str) -> str:
    return chinese(statements.things(store, [iri])[iri].type)


def text(cell: Cell) -> str:
    """The text of a cell of an answer."""
    return cell.value if isinstance(cell, ox.NamedNode | ox.Literal) else ""
