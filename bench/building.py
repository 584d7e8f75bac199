"""Whole builds: pages a second, memory, and how that changes with pages, processes and engines.

    python bench/building.py CORPUS.jsonl [...] [--pages 1000 10000] [--jobs 2]

The corpus is repeated under other dates until there are as many pages as wanted. Each build is a process of
its own. Beside it stands the limit: raw bulk loads of the same quads by Oxigraph, and nothing else done.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

_A_FILE = 500  # pages of a file
_BUILD = """
import resource, sys, time
from pathlib import Path
from kg import builder, engines
from kg.engines.cluster import dask

pages, out, kind, jobs = sys.argv[1:]
make = dask if kind == "dask" else engines.local
started = time.perf_counter()
builder.build([pages], Path(out), make(jobs=int(jobs)))
took = time.perf_counter() - started
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(took, sum(u.ru_utime + u.ru_stime for u in used), used[0].ru_maxrss / 1024)
"""
_LOAD = """
import resource, sys, time
import pyoxigraph as ox

started = time.perf_counter()
store = ox.Store(sys.argv[2])
store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_QUADS)
store.optimize()
store.flush()
used = resource.getrusage(resource.RUSAGE_SELF)
print(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""
_DUMP = """
import sys
import pyoxigraph as ox

store = ox.Store.read_only(sys.argv[1])
print(len(store))
store.dump(sys.argv[2])
"""


class Run(NamedTuple):
    """What a process took: seconds, processor seconds with those of its workers, megabytes at its peak."""

    seconds: float
    work: float
    memory: float


def run(program: str, *words: object) -> Run:
    """Run a program that prints these."""
    command = [sys.executable, "-c", program, *map(str, words)]
    return Run(*map(float, subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.split()))


def records(corpus: Sequence[Path]) -> Iterator[str]:
    """The corpus again and again, each time under other dates and with another last line."""
    lines = [json.loads(line) for path in corpus for line in path.read_text("utf-8").splitlines()]
    for turn in count():
        for record in lines:
            text = f"{record['text']}\n{turn}\n"
            yield json.dumps({"title": record["title"], "text": text, "date": f"{1950 + turn}-07-16"})


def write(corpus: Sequence[Path], pages: int, folder: Path) -> int:
    """Write so many pages into files, and say how many characters they have."""
    folder.mkdir()
    given = islice(records(corpus), pages)
    characters = 0
    for n in range(0, pages, _A_FILE):
        part = list(islice(given, _A_FILE))
        characters += sum(len(json.loads(line)["text"]) for line in part)
        (folder / f"{n:08}.jsonl").write_text("\n".join(part), "utf-8")
    return characters


def dumped(store: Path, file: Path) -> int:
    """Write all quads of a store to a file of N-Quads, and say how many there are."""
    command = [sys.executable, "-c", _DUMP, str(store.resolve()), str(file)]
    return int(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


@contextmanager
def corpus_of(corpus: Sequence[Path], pages: int) -> Iterator[tuple[Path, int]]:
    """A folder for a run with pages in `pages`, and their characters."""
    with TemporaryDirectory() as name:
        yield Path(name), write(corpus, pages, Path(name) / "pages")


def by_pages(corpus: Sequence[Path], sizes: Sequence[int], jobs: int) -> Iterator[str]:
    """A table: how builds grow with pages."""
    columns = (
        "pages",
        "characters",
        "quads",
        "characters/s",
        "build s",
        "ms a page",
        "writing s",
        "raw load s",
    )
    yield f"| {' | '.join(columns)} | the same in processor seconds | peak MB |"
    yield "|---" * (len(columns) + 2) + "|"
    for pages in sizes:
        with corpus_of(corpus, pages) as (folder, characters):
            words = folder / "pages", folder / "out", "local", jobs
            whole, writing = run(_BUILD, *words), run(_BUILD, *words)  # all pages are kept from the first
            quads = dumped(folder / "out" / "store", folder / "all.nq")
            raw = run(_LOAD, folder / "all.nq", folder / "raw")
        cells = (
            *(f"{number:,}" for number in (pages, characters, quads)),
            f"{characters / whole.seconds:,.0f}",
            *(
                f"{s:.1f}"
                for s in (whole.seconds, whole.seconds / pages * 1000, writing.seconds, raw.seconds)
            ),
            " / ".join(f"{work:.1f}" for work in (whole.work, writing.work, raw.work)),
            f"{max(whole.memory, writing.memory):.0f}",
        )
        yield f"| {' | '.join(cells)} |"


def by_engines(corpus: Sequence[Path], pages: int, jobs: int) -> Iterator[str]:
    """A table: the same build by one process, by several, and by as many of Dask."""
    yield "| engine | processes | build s | times one process | processor seconds |"
    yield "|---|---|---|---|---|"
    with corpus_of(corpus, pages) as (folder, _):
        first = None
        for kind, number in (("local", 1), ("local", jobs), ("dask", jobs)):
            took = run(_BUILD, folder / "pages", folder / f"{kind}{number}", kind, number)
            first = first or took
            ratio = first.seconds / took.seconds
            yield f"| {kind} | {number} | {took.seconds:.1f} | {ratio:.2f} | {took.work:.1f} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--pages", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    for table in (
        by_engines(args.corpus, args.pages[0], args.jobs),
        by_pages(args.corpus, args.pages, args.jobs),
    ):
        for line in table:
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
