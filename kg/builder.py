"""From files to a build folder: `graph.ttl`, `report.json`, `store` (with its index) and `pages.sqlite`.

Pages are read one by one, each for itself, and kept on the shelf; then the shelf is merged into a graph. What
comes out is sorted by content: the same bytes, whatever was read when, by whom and in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Protocol

from kg import pipeline, search, shards, sources
from kg import shelf as shelves
from kg.engines import Engine, Failure, local
from kg.extractions import Item, file_key, kept, origin_key, page_key, problem_key
from kg.merging import Report, merge
from kg.model import Page, Problem
from kg.shelf import Shelf
from kg.sources import File
from kg.stages import stage
from kg.store import Embedded
from kg.store.sparql import StoreError
from kg.store.writing import Generation, generation
from kg.verdicts import NONE, Verdicts

ALL_CORES = local()
Progress = Callable[[str, bool], None]  # takes the name of a page, and whether it had to be read


class Task(NamedTuple):
    """A page to read."""

    key: str
    origin: str
    page: Page


class Holder(Protocol):
    """What keeps items: a shelf, or shards."""

    def has(self, key: str) -> bool: ...
    def given(self, file: str) -> list[str]: ...
    def know(self, file: str, items: Iterable[str]) -> None: ...
    def join(self, origin: str, item: str) -> None: ...
    def put(self, item: Item) -> None: ...


def build(
    inputs: Iterable[str | Path],
    out: Path,
    engine: Engine = ALL_CORES,
    progress: Progress = lambda name, fresh: None,
    judged: Verdicts = NONE,
) -> Report:
    """Leave the graph of some pages in `out`. What cannot be read is in the report; the rest is built.

    What an earlier build has read is not read again; what people have `judged` is applied. Where nothing
    at all could be read, a graph that stood there stays: a slip of the pen costs none.
    Raises StoreError where `out` cannot be written.
    """
    with generation(out) as fresh, shelves.writing(out, fresh.path.name) as shelf:
        _read(inputs, shelf, engine, progress)
        return _finished(shelf, fresh, engine, judged)


def add(
    inputs: Iterable[str | Path],
    out: Path,
    engine: Engine = ALL_CORES,
    progress: Progress = lambda name, fresh: None,
    judged: Verdicts = NONE,
) -> Report:
    """Add pages to the graph in `out`. Those of a file that was read before take the place of the earlier."""
    _check_stands(out)
    with generation(out) as fresh, shelves.writing(out, fresh.path.name) as shelf:
        _read(inputs, shelf, engine, progress)
        if shelf.pages():
            shelf.inherit(shelves.current(out))
        return _finished(shelf, fresh, engine, judged)


def remove(names: Sequence[str], out: Path, engine: Engine = ALL_CORES, judged: Verdicts = NONE) -> Report:
    """Take pages out of the graph in `out`, by name or pattern; the name of a file stands for all its pages.

    Raises StoreError where it holds none of a name.
    """
    _check_stands(out)
    with generation(out) as fresh, shelves.writing(out, fresh.path.name) as shelf:
        shelf.inherit(shelves.current(out))
        held = shelf.contents()
        for name in names:
            found = [key for key, other in held.items() if _is_meant(name, other)]
            if not found:
                near = get_close_matches(name, set(held.values()), 1, 0)
                hint = f"; the nearest is {near[0]}" if near else ""
                raise StoreError(f"{out}: holds no page {name}{hint}")
            shelf.leave(found)
        return _finished(shelf, fresh, engine, judged, though_empty=True)


def read(
    inputs: Iterable[str | Path],
    where: str,
    engine: Engine = ALL_CORES,
    progress: Progress = lambda name, fresh: None,
) -> tuple[Problem, ...]:
    """Put what pages say into shards in a folder or at an address; what is there already is not read again.

    Returns what could not be read. Raises StoreError where nothing can be written.
    """
    writer = shards.Writer(where)
    try:
        _read(inputs, writer, engine, progress)
    finally:
        writer.commit()
    return tuple(writer.errors)


def merge_shards(
    places: Iterable[str], out: Path, engine: Engine = ALL_CORES, judged: Verdicts = NONE
) -> Report:
    """Leave the graph of all that shards hold in `out`: the same as a build of the pages that were read."""
    with generation(out) as fresh, shelves.writing(out, fresh.path.name) as shelf:
        for members, files, items in chain.from_iterable(map(shards.contents, places)):
            for item in items:
                shelf.put(item)
            for origin, key in members:
                shelf.join(origin, key)
            for file, given in files.items():
                shelf.know(file, given)
        return _finished(shelf, fresh, engine, judged)


def _is_meant(name: str, page: str) -> bool:
    return name in (page, page.partition("#")[0]) or fnmatchcase(page, name)


def _check_stands(out: Path) -> None:
    """Raises StoreError where a build folder holds no pages."""
    if not shelves.open_shelf(out).contents():
        raise StoreError(f"{out}: holds no pages; build it with: kg build PAGES --out {out}")


def _read(inputs: Iterable[str | Path], holder: Holder, engine: Engine, progress: Progress) -> None:
    """Have a holder keep what the inputs say: what it has not is read."""
    pages = {"pages_read": 0, "pages_kept": 0}

    def step(name: str, fresh: bool) -> None:
        pages["pages_read" if fresh else "pages_kept"] += 1
        progress(name, fresh)

    with stage("read") as said:
        _kept(engine(extracted, _unread(inputs, holder, step)), holder, step)
        said |= pages


def _kept(read: Iterable[tuple[Task, Item | Failure]], holder: Holder, progress: Progress) -> None:
    """Have a holder keep what was read."""
    for task, item in read:
        if isinstance(item, Failure):
            message, remedy = (
                f"cannot be read: {item.reason}",
                "leave it out, and send it to the makers of kg",
            )
            problem = Problem(task.page.name, message, remedy, severity="error")
            item = kept(problem_key(problem), problem)
            holder.join(task.origin, item.key)
        holder.put(item)
        progress(task.page.name, True)


def extracted(task: Task) -> Item:
    """What a page says, as it is kept."""
    return kept(task.key, pipeline.read_page(task.page))


def _unread(inputs: Iterable[str | Path], holder: Holder, progress: Progress) -> Iterator[Task]:
    """The pages that must be read. All that the inputs give is made part of the graph on the way."""
    for file in sources.files(inputs):
        key = file_key(file.name, file.data) if isinstance(file.data, bytes) else ""
        known, origin = holder.given(key), origin_key(file.origin)
        for item in known:
            holder.join(origin, item)
            progress(file.name, False)
        if not known:
            yield from _decoded(file, key, holder, progress)


def _decoded(file: File, key: str, holder: Holder, progress: Progress) -> Iterator[Task]:
    """The pages of a file that must be read."""
    given, failed, origin = [], False, origin_key(file.origin)
    for found in sources.pages(file):
        if isinstance(found, Problem):
            item = kept(problem_key(found), found)
            holder.put(item)
            given.append(item.key)
            failed = failed or found.severity == "error"
        else:
            given.append(page_key(found))
            if holder.has(given[-1]):
                progress(found.name, False)
            else:
                yield Task(given[-1], origin, found)
        holder.join(origin, given[-1])
    if not failed:  # what could not be read is tried again: an extra may have been installed
        holder.know(key, given)


def _finished(
    shelf: Shelf, fresh: Generation, engine: Engine, judged: Verdicts, though_empty: bool = False
) -> Report:
    """Merge, and put the graph in the place of the earlier."""
    report = merge(shelf, fresh, engine, judged)
    with stage("index"):
        search.make(fresh.path / search.FILE, Embedded(fresh.engine), search.texts(shelf))
    if report.pages or though_empty or not (fresh.folder / "store").exists():
        with stage("swap") as said:
            shelf.commit()
            fresh.commit()
            shelf.tidy()
            said |= report.figures
    return report
