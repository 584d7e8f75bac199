"""How long the questions of queries/ take, on graphs of several sizes and in several stores, in one run.

    python bench/stores.py BUILD [--statements 10000 100000] [--stores embedded server virtuoso rdflib]

The graph of a build is repeated under other pages, facts and figures until it holds so many facts and
figures; places, firms and metrics stay, so that answers grow with it. Each question is asked three times; the
table holds the middle in milliseconds, and how long loading took in seconds. Virtuoso is Debian's.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import quote

import duckdb
import pyoxigraph as ox
import rdflib

from kg import columns, queries, store
from kg.export import FORMATS
from kg.store.endpoint import Endpoint
from kg.store.server import UNION
from kg.store.sparql import Bindings, Result, Store, StoreError, as_result, prepared

sys.path.append(str(Path(__file__).parent.parent / "tests"))
from servers import free_port, oxigraph, virtuoso

GROUPED = """SELECT ?metric (COUNT(*) AS ?n) (AVG(?v) AS ?mean) { ?o fz:metric ?metric ; fz:value ?v }
             GROUP BY ?metric ORDER BY DESC(?n) LIMIT 20"""
_REPEATED = re.compile(rb"(/id/(?:page|article|evidence|fact|observation|activity|milestone)/[0-9a-f]{16,})")
_FORK = get_context("fork")  # rdflib cannot be stopped in any other way
_PATIENCE = 10  # seconds for an answer of rdflib
_SLOW = 60.0  # seconds after which a store is not asked again


def grown(build: Path, wanted: int, folder: Path) -> int:
    """Write `pages.nq`, and `union.nt`, of so many facts and figures; how many quads they are together."""
    lines = FORMATS["nq"](store.open_store(build)).splitlines()
    triples = [line[: line.rindex(b" <")] for line in lines]
    said = sum(t.endswith((b"#Fact>", b"#Observation>")) for t in triples)
    copies = -(-wanted // said)
    shared = sorted({t for t in triples if not _REPEATED.search(t)})
    repeated = sorted({t for t in triples if _REPEATED.search(t)})
    with (folder / "pages.nq").open("wb") as pages, (folder / "union.nt").open("wb") as union:
        union.writelines(t + b" .\n" for t in shared)
        for copy in range(copies):
            number = rb"\g<1>%d" % copy
            pages.writelines(_REPEATED.sub(number, line) + b"\n" for line in lines)
            union.writelines(_REPEATED.sub(number, t) + b" .\n" for t in repeated)
    return copies * (len(lines) + len(repeated)) + len(shared)


class Graph(Store):
    """rdflib in memory, as a store."""

    def __init__(self, file: Path) -> None:
        self.graph = rdflib.Graph().parse(file, format="nt")

    def query(self, text: str, bindings: Bindings | None = None) -> Result:
        ours, theirs = _FORK.Pipe(duplex=False)
        child = _FORK.Process(target=self._answer, args=(prepared(text, bindings), theirs))
        child.start()
        answered = ours.poll(_PATIENCE)
        found = ours.recv_bytes() if answered else b""
        child.kill()
        child.join()
        if not answered:
            raise StoreError(f"over {_PATIENCE} s")
        return as_result(ox.parse_query_results(found, format=ox.QueryResultsFormat.JSON))

    def _answer(self, query: str, to: Connection) -> None:
        to.send_bytes(self.graph.query(query).serialize(format="json") or b"")


def embedded(data: Path, scratch: Path, _: ExitStack) -> Store:
    """Oxigraph in this process, as `kg build` leaves it."""
    engine = ox.Store(str(scratch))
    for name in ("pages.nq", "union.nt"):
        engine.bulk_load(path=data / name)
    engine.optimize()
    engine.flush()
    return store.Embedded(engine)


def server(data: Path, scratch: Path, running: ExitStack) -> Store:
    """Oxigraph's server over the same kind of folder."""
    embedded(data, scratch, running)
    return Endpoint(f"{running.enter_context(oxigraph(scratch))}/query")


def virtuoso_server(data: Path, scratch: Path, running: ExitStack) -> Store:
    """Virtuoso, filled by its own loader."""
    sql = free_port()
    url = running.enter_context(virtuoso(scratch, sql=sql, buffers=340_000, allowed=data))
    files = "; ".join(f"ld_dir('{data}', '{name}', '{UNION.value}')" for name in ("pages.nq", "union.nt"))
    steps = f"{files}; rdf_loader_run(); checkpoint;"
    subprocess.run(
        ["isql-vt", str(sql), "dba", "dba", f"exec={steps}"], check=True, stdout=subprocess.DEVNULL
    )
    return Endpoint(f"{url.replace('dba:dba@', '')}/sparql?default-graph-uri={quote(UNION.value, safe='')}")


def in_rdflib(data: Path, _: Path, __: ExitStack) -> Store:
    """rdflib in memory."""
    return Graph(data / "union.nt")


STORES: dict[str, Callable[[Path, Path, ExitStack], Store]] = {
    "embedded": embedded,
    "server": server,
    "virtuoso": virtuoso_server,
    "rdflib": in_rdflib,
}


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """The middle of three runs in milliseconds, or of one that was slow, and what came out."""
    took: list[float] = []
    while len(took) < 3 and sum(took) < _SLOW * 1000:
        began = perf_counter()
        found = work()
        took.append((perf_counter() - began) * 1000)
    return median(took), found


def questions(asked: Store) -> Iterator[tuple[str, Callable[[], object]]]:
    """All questions with the parameters of their examples, and one that counts everything."""
    for name in queries.names():
        query = queries.load(name)
        yield name, lambda query=query: queries.run(asked, query, query.example)  # type: ignore[misc]
    yield "group by metric", lambda: asked.select(GROUPED)


def measure(name: str, data: Path) -> dict[str, str]:
    """What one store takes for each question, by question; `load` in seconds."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as running:
        began = perf_counter()
        asked = STORES[name](data, Path(scratch) / name, running)
        found = {"load, s": f"{perf_counter() - began:.1f}"}
        for question, work in questions(asked):
            try:
                took, answer = timed(work)
                found[question] = f"{took:.1f} ({len(getattr(answer, 'rows', ()))} rows)"
            except StoreError as error:
                found[question] = str(error)[:40]
        return found


def in_columns(data: Path) -> str:
    """What DuckDB takes to group by metric, over the tables of `kg export --to parquet`."""
    engine = ox.Store()
    engine.bulk_load(path=data / "union.nt")
    file = data / "observations.parquet"
    file.write_bytes(columns.tables(store.Embedded(engine))[file.name])
    query = (
        f"SELECT metric, count(*) n, avg(value) FROM '{file}' WHERE value NOTNULL GROUP BY 1 ORDER BY n DESC"
    )
    connection = duckdb.connect()
    took, rows = timed(lambda: connection.execute(f"{query} LIMIT 20").fetchall())
    return f"{took:.1f} ({len(rows)} rows)"  # type: ignore[arg-type]


def report(build: Path, statements: int, names: Sequence[str]) -> Iterator[str]:
    """The table of one size, in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        quads = grown(build, statements, data)
        found = {name: measure(name, data) for name in names}
        yield f"\n**{statements:,} facts and figures, {quads:,} quads** (milliseconds)\n"
        yield f"| | {' | '.join(names)} |"
        yield f"|---|{'---:|' * len(names)}"
        for question in next(iter(found.values())):
            yield f"| {question} | {' | '.join(found[name][question] for name in names)} |"
        yield f"\nGroup by metric, DuckDB over Parquet: {in_columns(data)}"


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=Path)
    parser.add_argument("--statements", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    given = parser.parse_args()
    for n, statements in enumerate(given.statements):
        names = [
            name for name in given.stores if name != "rdflib" or n == 0
        ]  # it takes minutes and gigabytes
        for line in report(given.build, statements, names):
            print(line, flush=True)


if __name__ == "__main__":
    main()
