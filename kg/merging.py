"""What the pages on a shelf say, merged into one graph: `store`, `graph.ttl` and `report.json`.

Pages come twice: first for what must be known of all of them, then one after the other, each with what is
known of all. Of what grows with their number only names are in memory; the rest is sorted on disk.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import NamedTuple

import pyoxigraph as ox

from kg import graph, identity, jumps, verdicts
from kg.engines import Engine, Failure, here
from kg.extractions import load
from kg.graph import links, turtle
from kg.identity import Identity, Profile
from kg.iris import key
from kg.jumps import Piece
from kg.model import Extraction, Problem, Span
from kg.runs import Runs
from kg.shelf import Shelf
from kg.stages import stage
from kg.store.sparql import StoreError
from kg.store.writing import Generation
from kg.verdicts import Corrected, Judgement, Verdicts

_BATCH = 128  # pages that are rendered in one go


@dataclass(frozen=True, slots=True)
class Report:
    """What a build read and what it could not. `counts` are things by class, and facts and figures."""

    pages: tuple[str, ...]
    counts: dict[str, int]
    troubles: tuple[
        Problem, ...
    ]  # what its sender should mend: inputs that gave nothing, pages without a date
    notes: int  # how many remarks there are in report.json on what was not read

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Inputs that gave nothing."""
        return tuple(p for p in self.troubles if p.severity == "error")

    @property
    def figures(self) -> dict[str, int]:
        """What monitors count."""
        said = {"facts": "Fact", "observations": "Observation", "articles": "Article"}
        problems = {"errors": len(self.errors), "warnings": len(self.troubles) - len(self.errors)}
        counted = {name: self.counts.get(kind, 0) for name, kind in said.items()}
        return {"pages": len(self.pages), **counted, **problems, "notes": self.notes}


class _Rendered(NamedTuple):
    """Some pages as text."""

    quads: bytes  # N-Quads
    rows: list[bytes]  # of turtle, in order
    prefixes: frozenset[str]
    problems: list[bytes]  # in order
    applied: frozenset[Judgement]  # what was judged of them


def merge(shelf: Shelf, fresh: Generation, engine: Engine, judged: Verdicts) -> Report:
    """Write the graph of all that a shelf holds into a new generation, which is not committed yet.

    What people have judged is applied on the way.
    """
    with stage("identify"):
        pairs, known, met = _surveyed(shelf, judged)
    scratch = fresh.scratch("runs")
    scratch.mkdir()
    rows, problems = Runs(scratch / "rows"), Runs(scratch / "problems")
    prefixes, applied = set[str](), set(met)

    def blocks() -> Iterator[bytes]:
        of_all = chain(graph.continued(pairs), links.linked(known.links))
        pages = chain(_rendered(shelf, engine, known, judged), [_render(of_all, known.problems)])
        for part in chain(pages, _judged(judged, applied)):
            rows.add(part.rows)
            problems.add(part.problems)
            prefixes.update(part.prefixes)
            applied.update(part.applied)
            yield part.quads

    with stage("write"):
        fresh.load_pages(blocks())
    counts = Counter[str]()
    union = fresh.file("graph.ttl")
    with stage("unite"):
        with union.open("wb") as file:
            file.writelines(map(str.encode, turtle.document(_counted(rows, counts), prefixes)))
        fresh.load_union(union)
    answered = {_row(problem) for problem in jumps.answered(pairs)}
    return _report(fresh, shelf.pages(), counts, (row for row in problems if row not in answered))


def _surveyed(
    shelf: Shelf, judged: Verdicts
) -> tuple[list[tuple[Piece, Piece]], Identity, frozenset[Judgement]]:
    """What must be known of all pages: articles that go on elsewhere, and which names are of one thing.

    Also the judgements on names that the pages have.
    """
    torn: list[Piece] = []
    keys = set[str]()

    def profiles() -> Iterator[Profile]:
        for item in shelf.items():
            if item.sha256:
                extraction, _ = verdicts.corrected(load(item.body), judged)
                torn.extend(jumps.pieces(extraction))
                for profile in identity.profiles(extraction):
                    keys.add(profile.key)
                    yield profile

    known = identity.resolve(profiles(), judged.identity)
    return jumps.joined(torn), known, verdicts.met(judged, keys.union(known.apart.values()))


def _rendered(shelf: Shelf, engine: Engine, known: Identity, judged: Verdicts) -> Iterator[_Rendered]:
    """All pages and problems of a shelf as text, batch by batch."""
    bodies = (item.body for item in shelf.items() if item.sha256)
    batches = iter(lambda: list(islice(bodies, _BATCH)), [])
    first = list(islice(batches, 2))
    work = partial(render, replace(known, links=(), problems=()), judged)
    with closing((engine if len(first) > 1 else here)(work, chain(first, batches))) as parts:
        for _, part in parts:
            if isinstance(part, Failure):
                raise StoreError(f"the pages kept cannot be written: {part.reason}; build in a new folder")
            yield part
    found = (item.problem for item in shelf.items())
    yield _render((), filter(None, found))


def render(known: Identity, judged: Verdicts, bodies: Sequence[bytes]) -> _Rendered:
    """Some pages, given as they are kept, as text."""
    words = turtle.Words()
    read = [_settled(load(body), known, judged) for body in bodies]
    lines = (
        line
        for page, _ in read
        for line in turtle.lines(graph.edges(page), graph.page_node(page.page), words)
    )
    problems = (problem for page, _ in read for problem in page.problems)
    return _as_text(lines, words, problems, frozenset[Judgement]().union(*(page.applied for page in read)))


def _settled(read: Extraction, known: Identity, judged: Verdicts) -> Corrected:
    """A page as people and all pages have it: judgements name things as the page or as the graph does."""
    first, early = verdicts.corrected(read, judged)
    second, late = verdicts.corrected(identity.identified(first, known), judged, known.of)
    return Corrected(second, early | late)


def _judged(judged: Verdicts, applied: Set[Judgement]) -> Iterator[_Rendered]:
    """The judgements that have come to bear, and what is to be said of the others, after all pages."""
    yield _render(graph.judged(applied), (*judged.problems, *verdicts.idle(judged, applied)))


def _render(quads: Iterable[ox.Quad], problems: Iterable[Problem] = ()) -> _Rendered:
    """What is of no single page, as text."""
    words = turtle.Words()
    edges = ((q.graph_name, [(q.subject, key(q.predicate.value), q.object)]) for q in quads)
    lines = (line for name, said in edges for line in turtle.lines(said, name, words))
    return _as_text(lines, words, problems)


def _as_text(
    lines: Iterable[tuple[str, str]],
    words: turtle.Words,
    problems: Iterable[Problem],
    applied: frozenset[Judgement] = frozenset(),
) -> _Rendered:
    quads, rows = [], set()
    for line, row in lines:
        quads.append(line)
        rows.add(row)
    told = sorted(set(map(_row, problems)))
    prefixes = frozenset(words.short.used)
    return _Rendered("".join(quads).encode(), sorted(map(str.encode, rows)), prefixes, told, applied)


def _counted(rows: Iterable[bytes], counts: Counter[str]) -> Iterator[str]:
    """The rows, while what they describe is counted by class."""
    for row in map(bytes.decode, rows):
        if name := turtle.is_class(row):
            counts[name] += 1
        yield row


def _report(
    fresh: Generation, names: Sequence[str], counts: Counter[str], problems: Iterable[bytes]
) -> Report:
    """Write `report.json`, without clock time or path of the machine; what it says in short."""
    troubles: list[Problem] = []
    written = 0

    def told() -> Iterator[object]:
        nonlocal written
        for row in problems:
            problem = _problem(row)
            written += 1
            if problem.severity != "note":
                troubles.append(problem)
            yield _record(problem)

    with fresh.file("report.json").open("w", encoding="utf-8") as file:
        file.write('{\n "pages": ')
        file.writelines(_array(names))
        file.write(f',\n "counts": {_json(dict(sorted(counts.items())))},\n "problems": ')
        file.writelines(_array(told()))
        file.write("\n}\n")
    return Report(tuple(names), dict(sorted(counts.items())), tuple(troubles), written - len(troubles))


def _record(p: Problem) -> dict[str, object]:
    start, end = (p.span.start, p.span.end) if p.span else (None, None)
    record = {"page": p.page, "severity": p.severity, "message": p.message, "remedy": p.remedy}
    return record | {"start": start, "end": end}


def _array(items: Iterable[object]) -> Iterator[str]:
    """A JSON array, item by item."""
    separator = "[\n  "
    for item in items:
        yield separator + _json(item, "\n  ")
        separator = ",\n  "
    yield "[]" if separator.startswith("[") else "\n ]"


def _json(value: object, between: str = "\n ") -> str:
    return json.dumps(value, ensure_ascii=False, indent=1).replace("\n", between)


def _row(problem: Problem) -> bytes:
    """A problem as a line; in the order of lines pages stand together, from top to bottom."""
    span = problem.span or Span(-1, -1)
    place = (f"{span.start + 1:09}", f"{span.end + 1:09}")
    fields = (problem.page, place[0], problem.message, problem.severity, problem.remedy, place[1])
    return ("\t".join(json.dumps(field, ensure_ascii=False)[1:-1] for field in fields) + "\n").encode()


def _problem(row: bytes) -> Problem:
    page, start, message, severity, remedy, end = (
        json.loads(f'"{f}"') for f in row[:-1].decode().split("\t")
    )
    span = Span(int(start) - 1, int(end) - 1) if int(end) else None
    return Problem(page, message, remedy, span, severity)
