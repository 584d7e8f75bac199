"""What one graph says that another does not: what was gained, lost and changed, in sentences.

Only names of what differs are kept in memory; the rest is asked for as far as it is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from kg import lookup
from kg.diff.records import CHANGED, GAINED, LOST, Change, Section, lots
from kg.diff.sentences import SORTS, Sort
from kg.diff.things import Moves, text
from kg.iris import key
from kg.store import Store, statements

__all__ = ["Change", "Section", "diff"]


class _Said(NamedTuple):
    """What of a statement tells whether another graph says the same, and what it may have been before."""

    iri: str
    ends: tuple[str, ...]  # things
    rest: tuple[str, ...]
    quote: str


def diff(before: Store, after: Store) -> Iterator[Section]:
    """All that differs between two graphs, sort by sort; things that became one or two are followed."""
    yield _pages(before, after)
    moves = Moves(before, after)
    yield moves.section()
    for sort in SORTS:
        yield _statements(before, after, sort, moves)
    yield _judgements(before, after)


def _iris(store: Store, kind: str) -> set[str]:
    """All things of a class."""
    rows = store.select(f"SELECT ?x {{ ?x a {kind} }}").rows
    return {cell.value for (cell,) in rows if isinstance(cell, ox.NamedNode)}


def _section(name: str, chinese: str, changes: Sequence[Change]) -> Section:
    counts = {sign: sum(c.sign == sign for c in changes) for sign in dict.fromkeys(c.sign for c in changes)}
    return Section(name, chinese, counts, iter(changes))


def _pages(before: Store, after: Store) -> Section:
    """Files that came, went, or have other content under the same name."""
    query = "SELECT ?x ?name { ?x a fz:Page ; fz:fileName ?name }"
    old, new = (
        {text(page): text(name) for page, name in store.select(query).rows} for store in (before, after)
    )
    come, gone = (
        {page: name for page, name in side.items() if page not in other}
        for side, other in ((new, old), (old, new))
    )
    changes = [
        Change(CHANGED, f"{name} 内容有变", page) if name in gone.values() else Change(GAINED, name, page)
        for page, name in come.items()
    ]
    changes += [Change(LOST, name, page) for page, name in gone.items() if name not in come.values()]
    changes.sort(key=lambda c: (c.said, c.iri))
    return _section("pages", "版面", changes)


def _statements(before: Store, after: Store, sort: Sort, moves: Moves) -> Section:
    """Statements of one sort that one graph alone makes; changed are those that the same words prove."""
    old, new = (_iris(store, sort.kind) for store in (before, after))
    lost, gained = (_said(store, iris, sort) for store, iris in ((before, old - new), (after, new - old)))
    shared = _said(after, old & new & _about(after, sort, moves.moved), sort)
    lost, gained = _left(lost, [*gained, *shared], moves), _left(gained, [*lost, *shared], moves)
    pairs = _pairs(lost, gained, moves.root)
    left, come = {a.iri for a, _ in pairs}, {b.iri for _, b in pairs}
    gone = [s.iri for s in lost if s.iri not in left]
    here = [s.iri for s in gained if s.iri not in come]
    counts = {GAINED: len(here), LOST: len(gone), CHANGED: len(pairs)}

    def changes() -> Iterator[Change]:
        for lot in lots(pairs):
            was = {c.iri: c for c in sort.show(before, [a.iri for a, _ in lot])}
            now = {c.iri: c for c in sort.show(after, [b.iri for _, b in lot])}
            for a, b in lot:
                said = f"{was[a.iri].said} → {now[b.iri].said}"
                yield Change(CHANGED, said, b.iri, now[b.iri].quote, now[b.iri].page)
        for sign, iris, store in ((GAINED, here, after), (LOST, gone, before)):
            for some in lots(sorted(iris)):
                yield from (Change(sign, c.said, c.iri, c.quote, c.page) for c in sort.show(store, some))

    return Section(sort.name, sort.chinese, {sign: n for sign, n in counts.items() if n}, changes())


def _left(said: Iterable[_Said], others: Iterable[_Said], moves: Moves) -> list[_Said]:
    """What none of the others says too, of things that are one with its own."""
    told = {(*map(moves.root, s.ends), *s.rest) for s in others}
    return [s for s in said if (*map(moves.root, s.ends), *s.rest) not in told]


def _about(store: Store, sort: Sort, things: Iterable[str]) -> set[str]:
    """The statements of one sort about some things."""
    ends = (statements.rows_of(store, things, f"?said {end} ?x", "?said") for end in sort.ends)
    return {said.value for rows in ends for (said,) in rows}


def _said(store: Store, iris: set[str], sort: Sort) -> list[_Said]:
    """What statements say, without what shows it."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    wanted = {*sort.ends, *sort.rest}
    for x, p, value in statements.rows_of(store, iris, "?x ?p ?v", "?x ?p ?v"):
        if (name := key(p.value)) in wanted:
            found[x.value][name] = max(value.value, found[x.value].get(name, ""))
    words = "?x fz:evidence ?e . ?e oa:hasSelector ?s . ?s oa:exact ?quote"
    for x, quote in statements.rows_of(store, iris, words, "?x ?quote"):
        found[x.value]["quote"] = max("".join(quote.value.split()), found[x.value].get("quote", ""))
    return [
        _Said(
            iri,
            tuple(parts.get(p, "") for p in sort.ends),
            tuple(parts.get(p, "") for p in sort.rest),
            parts.get("quote", ""),
        )
        for iri, parts in sorted(found.items())
    ]


def _pairs(
    lost: Iterable[_Said], gained: Iterable[_Said], root: Callable[[str], str]
) -> list[tuple[_Said, _Said]]:
    """What was said and what is said instead, where the same words prove one of each of the same thing."""
    groups: defaultdict[tuple[str, str], tuple[list[_Said], list[_Said]]] = defaultdict(lambda: ([], []))
    for side, found in enumerate((lost, gained)):
        for s in found:
            groups[s.quote, root(s.ends[0])][side].append(s)
    return [(a[0], b[0]) for a, b in groups.values() if len(a) == len(b) == 1]


def _judgements(before: Store, after: Store) -> Section:
    """Judgements that are new, and those taken back."""
    old, new = (_iris(store, "fz:Judgement") for store in (before, after))
    told = [
        *((GAINED, iri, after) for iri in sorted(new - old)),
        *((LOST, iri, before) for iri in sorted(old - new)),
    ]
    changes = [Change(sign, lookup.names(store, [iri])[iri], iri) for sign, iri, store in told]
    return _section("judgements", "判定", changes)
