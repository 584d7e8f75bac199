"""Generations of a build folder: each write makes a new store beside the old one, then moves a link to it.

So a killed write leaves the earlier graph as it was, and readers never see a store that is being written.
"""

from __future__ import annotations

import io
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pyoxigraph as ox

from kg.harmless import one_line
from kg.store.sparql import StoreError

_PREFIX = ".store-"


class Generation:
    """A store in the making, with files that are to stand beside it; nothing of it counts until `commit`."""

    def __init__(self, folder: Path, path: Path) -> None:
        self.folder, self.path, self.engine = folder, path, _opened(path)
        self.committed = False
        self._files: dict[str, None] = {}

    def scratch(self, name: str) -> Path:
        """A place for temporary files, which vanish with the generation's making."""
        return self.path.with_name(f"{self.path.name}.{name}")

    def file(self, name: str) -> Path:
        """Where to write what is to be the file `name` of the build folder."""
        self._files[name] = None
        return self.folder / f"{_PREFIX}{name}"

    def load_pages(self, quads: Iterable[bytes]) -> None:
        """Put page graphs into the store, from blocks of N-Quads."""
        self.engine.bulk_load(io.BufferedReader(_Blocks(quads)), ox.RdfFormat.N_QUADS)

    def load_union(self, file: Path) -> None:
        """Put the union of the page graphs into the store, from a Turtle file."""
        self.engine.bulk_load(path=file, format=ox.RdfFormat.TURTLE)

    def commit(self) -> None:
        """Put the new store and its files in the place of the old ones."""
        self.engine.optimize()
        self.engine.flush()
        link = self.folder / f"{_PREFIX}link"
        link.symlink_to(self.path.name, target_is_directory=True)
        link.replace(self.folder / "store")
        self.committed = True
        for name in self._files:
            (self.folder / f"{_PREFIX}{name}").replace(self.folder / name)


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a file to read from."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks, self._left = iter(blocks), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = memoryview(block)
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


def _opened(folder: Path) -> ox.Store:
    """The Oxigraph store of a folder, to be written."""
    try:
        return ox.Store(str(folder))
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {one_line(error)}") from error


@contextmanager
def generation(folder: Path) -> Iterator[Generation]:
    """A new generation of a build folder, dropped unless committed. Raises StoreError where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {error.strerror}; give another --out") from error
    with only_writer(folder), ExitStack() as undo:
        current = (folder / "store").resolve().name
        # What killed builds left, and the store before the current one: readers have had time to leave it.
        for old in folder.glob(f"{_PREFIX}*"):
            if old.name != current:
                _remove(old)
        fresh = Generation(folder, Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder)))
        undo.callback(_leave, fresh)
        yield fresh


def _leave(fresh: Generation) -> None:
    """Remove what was temporary: all, where the generation does not stand."""
    for path in fresh.folder.glob(f"{fresh.path.name}.*" if fresh.committed else f"{_PREFIX}*"):
        if fresh.committed or path.name != (fresh.folder / "store").resolve().name:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink()


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Refuse a second writer. SQLite's lock is the one in the standard library that dies with its process."""
    with ExitStack() as held:
        try:
            lock = held.enter_context(
                closing(sqlite3.connect(folder / ".lock", timeout=0, isolation_level=None))
            )
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            reason = (
                "another build is writing here; wait for it"
                if busy
                else f"cannot be written: {error}; mend that"
            )
            raise StoreError(f"{folder}: {reason} or give another --out") from error
        yield
