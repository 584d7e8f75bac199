"""From files to a build folder: `graph.ttl`, `store/` and `report.json`.

Pages are read one by one or by several processes, to the same bytes: what comes out is sorted by content.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import graph, jumps, pipeline, sources, store
from kg.graph import turtle
from kg.iris import FZ, PREFIXES
from kg.model import Extraction, Page, Problem

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a build read and what it could not. `counts` are things by class, and facts and figures."""

    pages: tuple[str, ...]
    counts: dict[str, int]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Inputs that gave nothing."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def troubles(self) -> tuple[Problem, ...]:
        """What its sender should mend: inputs that gave nothing, pages without a date or an article."""
        return tuple(p for p in self.problems if p.severity != "note")

    def json(self) -> bytes:
        """The report as it stands in `report.json`: no clock time, no path of the machine."""
        problems = [
            {"page": p.page, "severity": p.severity, "message": p.message, "remedy": p.remedy,
             "start": p.span and p.span.start, "end": p.span and p.span.end}
            for p in self.problems
        ]  # fmt: skip
        content = {"pages": self.pages, "counts": self.counts, "problems": problems}
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def build(
    inputs: Iterable[str | Path], out: Path, jobs: int = 1, progress: Progress = lambda name: None
) -> Report:
    """Read pages and leave their graph in `out`. What cannot be read is in the report; the rest is built.

    Where nothing at all could be read, a graph that stood there stays: a slip of the pen costs none.
    Raises `store.StoreError` where `out` cannot be written; the graph that stood there is then whole.
    """
    quads: set[ox.Quad] = set()
    problems: list[Problem] = []
    names: set[str] = set()
    torn: list[jumps.Piece] = []
    for item in read(inputs, jobs):
        if isinstance(item, Problem):
            problems.append(item)
            progress(item.page)
            continue
        progress(item.page.name)
        names.add(item.page.name)
        quads.update(graph.quads(item))
        problems += item.problems
        torn += jumps.pieces(item)
    joined = jumps.joined(torn)
    quads.update(graph.continued(joined))
    answered = jumps.answered(joined)
    problems = [problem for problem in problems if problem not in answered]
    report = Report(tuple(sorted(names)), count(quads), tuple(sorted(set(problems), key=_place)))
    if not names and (out / "store").exists():
        return report
    ordered = sorted(quads, key=str)
    store.build(out, ordered, {"graph.ttl": turtle.turtle(ordered), "report.json": report.json()})
    return report


def read(inputs: Iterable[str | Path], jobs: int = 1) -> Iterator[Extraction | Problem]:
    """What each input says, in the order of the inputs."""
    items = sources.read(inputs)
    if jobs == 1:
        yield from map(_read, items)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_read, items, chunksize=4)


def _read(item: Page | Problem) -> Extraction | Problem:
    return item if isinstance(item, Problem) else pipeline.read_page(item)


def count(quads: Iterable[ox.Quad]) -> dict[str, int]:
    """How many things of each class of the ontology the quads describe."""
    kind = ox.NamedNode(f"{PREFIXES['rdf']}type")
    things = {
        (q.subject, q.object.value)
        for q in quads
        if q.predicate == kind and isinstance(q.object, ox.NamedNode)
    }
    classes = Counter(name.removeprefix(FZ) for _, name in things if name.startswith(FZ))
    return dict(sorted(classes.items()))


def _place(problem: Problem) -> tuple[str, int, str]:
    return problem.page, problem.span.start if problem.span else -1, problem.message
