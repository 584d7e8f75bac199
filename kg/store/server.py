"""Brings a graph to a SPARQL 1.1 server by standard updates, page by page, as often as one likes.

The server then holds a named graph a page and their union: in its default graph, or, where it has none of
its own (Virtuoso), in the graph `UNION`. The digest of each page graph stands in the graph `SENT` once all of
it is there: what a push that was cut off left undone the next does, what has not changed is not sent again,
and sending twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from urllib.parse import quote, urlsplit, urlunsplit

import pyoxigraph as ox

from kg.iris import node, term
from kg.store import Endpoint, Store
from kg.store.sparql import StoreError

UNION, SENT = node("graph:union"), node("graph:sent")
LOT = 2000  # triples in a request: Virtuoso compiles each, and refuses those of some ten thousand
_DIGEST = term("fz:sha256")
_PAGES = 1000  # digests asked for at once: servers cut long answers off without a word


@dataclass(frozen=True, slots=True)
class Pushed:
    """How many page graphs were sent, found unchanged and taken away; `ask` is where to ask from now on."""

    sent: int
    unchanged: int
    removed: int
    ask: str


def push(graph: Store, url: str) -> Pushed:
    """Make the server that takes updates at `url` hold what `graph` holds.

    Raises StoreError where the server cannot be reached or refuses an update.
    """
    server, asked = Endpoint(url), Endpoint(query_address(url))
    union = _union(server)
    held = _held(asked)
    wanted = {page: _digest(_lines(graph, page)) for page in _graphs(graph)}
    stale = [page for page in held if page not in wanted]
    fresh = [page for page, digest in wanted.items() if held.get(page) != digest]
    removals = (_removal(page, union) for page in (*stale, *fresh))
    additions = (_addition(page, _lines(graph, page), wanted[page], union) for page in fresh)
    for request in _requests(chain.from_iterable(chain(removals, additions))):
        server.update(request)
    ask = asked.url if union == "DEFAULT" else f"{asked.url}?default-graph-uri={quote(UNION.value, safe='')}"
    return Pushed(len(fresh), len(wanted) - len(fresh), len(stale), ask)


def query_address(url: str) -> str:
    """Where a server answers that takes updates at `url`, by the custom of the known servers."""
    parts = urlsplit(url)
    path = parts.path.removesuffix("/statements").removesuffix("-auth")
    if path.endswith("/update"):
        path = f"{path.removesuffix('update')}query"
    return urlunsplit(parts._replace(path=path))


def _union(server: Endpoint) -> str:
    """What updates call the graph that a query without GRAPH asks: not every server has a default graph."""
    nothing = f"{SENT} {_DIGEST} {SENT}"
    try:
        server.update(f"DELETE DATA {{ {nothing} }}")
    except StoreError:
        server.update(f"DELETE DATA {{ GRAPH {SENT} {{ {nothing} }} }}")  # else the server is at fault
        return f"GRAPH {UNION}"
    return "DEFAULT"


def _held(server: Endpoint) -> dict[str, str]:
    """The digests of the page graphs that the server holds, by name."""
    held: dict[str, str] = {}
    while True:
        last = ox.Literal(max(held, default=""))
        query = f"""SELECT (STR(?page) AS ?name) ?digest {{ GRAPH {SENT} {{ ?page {_DIGEST} ?digest }}
            FILTER(STR(?page) > {last}) }} ORDER BY ?name LIMIT {_PAGES}"""
        rows = server.select(query).rows
        held |= {name.value: digest.value for name, digest in rows}  # type: ignore[union-attr]
        if len(rows) < _PAGES:
            return held


def _graphs(graph: Store) -> list[str]:
    rows = graph.select("SELECT DISTINCT ?page { GRAPH ?page { ?s ?p ?o } }").rows
    return sorted(page.value for (page,) in rows if isinstance(page, ox.NamedNode))


def _lines(graph: Store, page: str) -> list[str]:
    triples = graph.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{page}> {{ ?s ?p ?o }} }}")
    return [f"{triple} ." for triple in triples]


def _digest(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()


def _removal(page: str, union: str) -> Iterator[tuple[int, str]]:
    """Updates, each with its weight in triples: what this page alone said leaves the union too."""
    triple, alone = "{ ?s ?p ?o }", f"?other NOT IN (<{page}>, {UNION})"
    inside = triple if union == "DEFAULT" else f"{{ {union} {triple} }}"
    yield 1, f"DELETE WHERE {{ GRAPH {SENT} {{ <{page}> {_DIGEST} ?digest }} }}"
    yield (
        1,
        f"DELETE {inside} WHERE {{ GRAPH <{page}> {triple} "
        f"FILTER NOT EXISTS {{ GRAPH ?other {triple} FILTER({alone}) }} }}",
    )
    yield 1, f"DROP SILENT GRAPH <{page}>"


def _addition(page: str, lines: list[str], digest: str, union: str) -> Iterator[tuple[int, str]]:
    for at in range(0, len(lines), LOT):
        lot = "\n".join(lines[at : at + LOT])
        yield len(lines[at : at + LOT]), f"INSERT DATA {{ GRAPH <{page}> {{ {lot} }} }}"
    yield len(lines), f"ADD GRAPH <{page}> TO {union}"
    yield 1, f'INSERT DATA {{ GRAPH {SENT} {{ <{page}> {_DIGEST} "{digest}" }} }}'


def _requests(updates: Iterable[tuple[int, str]]) -> Iterator[str]:
    """Updates in order, as many to a request as stay under a lot."""
    texts, weight = list[str](), 0
    for triples, text in updates:
        if texts and weight + triples > LOT:
            yield " ;\n".join(texts)
            texts, weight = [], 0
        texts.append(text)
        weight += triples
    if texts:
        yield " ;\n".join(texts)
