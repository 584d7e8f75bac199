"""Where a graph is kept and asked: an embedded Oxigraph under a build folder, or any SPARQL 1.1 endpoint.

A store holds one named graph a page and, in its default graph, their union: a name that a thousand pages
repeat is there once. (Engines can show the union of named graphs as the default graph, but Oxigraph then
answers with every repetition: counts are wrong, and a join of three names over 100 pages took 23 s for 2 ms.)

A build folder holds `graph.ttl`, `report.json` and `store`. Stores are never changed in place: each write
makes a new generation beside the old one, and `store` is a link that is moved to it when it is whole. So a
killed write leaves the earlier graph as it was, and readers never see a store that is being written.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pyoxigraph as ox

from kg.harmless import one_line
from kg.store.endpoint import Endpoint
from kg.store.sparql import Bindings, Result, Store, StoreError, as_result, bad_query, prepared

__all__ = ["Embedded", "Endpoint", "Store", "build", "open_store", "replace"]

_GENERATION = ".store-"


class Embedded(Store):
    """An Oxigraph store on disk or in memory."""

    def __init__(self, engine: ox.Store) -> None:
        self.engine = engine

    def graphs(self) -> list[str]:
        """The names of the named graphs, in order."""
        return sorted(graph.value for graph in self.engine.named_graphs() if isinstance(graph, ox.NamedNode))

    def query(self, text: str, bindings: Bindings | None = None) -> Result:
        query = prepared(text, bindings)
        try:
            return as_result(self.engine.query(query))
        except SyntaxError as error:
            raise bad_query(query, str(error)) from error
        except OSError as error:
            raise StoreError(f"the store cannot be read: {one_line(error)}; build it again") from error


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
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened: {one_line(error)}; build it again") from error


def _loaded(path: Path) -> ox.Store:
    engine = ox.Store()
    try:
        engine.bulk_extend(_with_union(ox.parse(path=str(path))))
    except (SyntaxError, ValueError, OSError) as error:
        raise StoreError(f"{path}: not a graph: {one_line(error)}") from error
    return engine


def build(folder: Path, quads: Iterable[ox.Quad], files: Mapping[str, bytes] | None = None) -> None:
    """Put a new store of `quads` into a build folder in place of the one there, and `files` beside it."""
    with _generation(folder, files or {}) as fresh:
        engine = _opened(fresh)
        engine.bulk_extend(_with_union(quads))
        engine.optimize()
        engine.flush()


def replace(
    folder: Path, pages: Mapping[ox.NamedNode, Iterable[ox.Quad]], files: Mapping[str, bytes] | None = None
) -> None:
    """Put the quads of some page graphs in place of what the store holds of those pages."""
    current = folder / "store"
    if not current.exists():
        raise StoreError(f"{folder}: no graph here to add to; make one with: kg build PAGES --out {folder}")
    with _generation(folder, files or {}) as fresh:
        fresh.rmdir()
        ox.Store.read_only(str(current.resolve())).backup(str(fresh))
        engine = _opened(fresh)
        for graph, quads in pages.items():
            _swap(engine, graph, quads)
        engine.flush()


def _swap(engine: ox.Store, graph: ox.NamedNode, quads: Iterable[ox.Quad]) -> None:
    """Replace a page graph; what it alone said leaves the union too."""
    old = list(engine.quads_for_pattern(None, None, None, graph))
    engine.remove_graph(graph)
    for quad in old:
        held = engine.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        if all(isinstance(other.graph_name, ox.DefaultGraph) for other in held):
            engine.remove(ox.Quad(quad.subject, quad.predicate, quad.object))
    engine.bulk_extend(_with_union(quads))


def _with_union(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    for quad in quads:
        yield quad
        yield ox.Quad(quad.subject, quad.predicate, quad.object)


def _opened(folder: Path) -> ox.Store:
    try:
        return ox.Store(str(folder))
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {one_line(error)}") from error


@contextmanager
def _generation(folder: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """A fresh folder for a store, which becomes the store of `folder` if all goes well."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {error.strerror}; give another --out") from error
    with _only_writer(folder):
        current = (folder / "store").resolve()
        # What killed builds left, and the store before the current one: readers have had time to leave it.
        for old in folder.glob(f"{_GENERATION}*"):
            if old != current:
                shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
        fresh = Path(tempfile.mkdtemp(prefix=_GENERATION, dir=folder))
        with ExitStack() as undo:
            undo.callback(shutil.rmtree, fresh, ignore_errors=True)
            yield fresh
            for name, content in files.items():
                (folder / f"{_GENERATION}{name}").write_bytes(content)
            link = folder / f"{_GENERATION}link"
            link.symlink_to(fresh.name, target_is_directory=True)
            link.replace(folder / "store")
            undo.pop_all()
        for name in files:
            (folder / f"{_GENERATION}{name}").replace(folder / name)


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    """Refuse a second writer. SQLite's lock is the one in the standard library that dies with its process."""
    with ExitStack() as held:
        try:
            lock = held.enter_context(
                closing(sqlite3.connect(folder / ".lock", timeout=0, isolation_level=None))
            )
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            reason = (
                "another build is writing here; wait for it"
                if busy
                else f"cannot be written: {error}; mend that"
            )
            raise StoreError(f"{folder}: {reason} or give another --out") from error
        yield
