"""Where a graph is kept and asked: an embedded Oxigraph under a build folder, or any SPARQL 1.1 endpoint.

A store holds one named graph a page and, in its default graph, their union: a name that a thousand pages
repeat is there once. (Engines can show the union of named graphs as the default graph, but Oxigraph then
answers with every repetition: counts are wrong, and a join of three names over 100 pages took 23 s for 2 ms.)

Stores are never changed in place: `kg.store.writing` makes new ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.harmless import one_line
from kg.store.endpoint import Endpoint
from kg.store.guard import checked
from kg.store.sparql import (
    BadQuery,
    Bindings,
    Result,
    Store,
    StoreError,
    as_result,
    bad_query,
    prepared,
    unreadable,
)
from kg.store.writing import generation

__all__ = ["Embedded", "Endpoint", "Store", "build", "open_store"]


class Embedded(Store):
    """An Oxigraph store on disk or in memory. Queries that would reach beyond it are refused."""

    def __init__(self, engine: ox.Store) -> None:
        self.engine = engine

    def query(self, text: str, bindings: Bindings | None = None) -> Result:
        query = prepared(checked(text).text, bindings)
        try:
            return as_result(self.engine.query(query))
        except SyntaxError as error:
            raise bad_query(query, str(error)) from error
        except (RuntimeError, OSError) as error:
            if unreadable(error):
                raise StoreError(f"the store cannot be read: {one_line(error)}; build it again") from error
            raise BadQuery(f"the query cannot be answered: {one_line(error)}") from error


def open_store(location: str | Path) -> Store:
    """The store of a build folder, a file of RDF read into memory, or the endpoint at an address."""
    if re.match(r"https?://", str(location)):
        return Endpoint(str(location))
    path = Path(location)
    if path.is_file():
        return Embedded(_loaded(path))
    # The link is resolved once: a build that ends meanwhile does not change what this store reads.
    folder = (path / "store" if (path / "store").exists() else path).resolve()
    if not (folder / "CURRENT").is_file():
        raise StoreError(f"{path}: no graph here; make one with: kg build PAGES --out {path}")
    try:
        return Embedded(ox.Store.read_only(str(folder)))
    except (OSError, RuntimeError) as error:  # damaged files are no OSError to the engine
        raise StoreError(f"{path}: cannot be opened: {one_line(error)}; build it again") from error


def _loaded(path: Path) -> ox.Store:
    engine = ox.Store()
    try:
        engine.bulk_extend(_with_union(ox.parse(path=str(path))))
    except (SyntaxError, ValueError, OSError) as error:
        raise StoreError(f"{path}: not a graph: {one_line(error)}") from error
    return engine


def build(folder: Path, quads: Iterable[ox.Quad]) -> None:
    """Put a new store of `quads` into a build folder in place of the one there."""
    with generation(folder) as fresh:
        fresh.engine.bulk_extend(_with_union(quads))
        fresh.commit()


def _with_union(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    for quad in quads:
        yield quad
        yield ox.Quad(quad.subject, quad.predicate, quad.object)
