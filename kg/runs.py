"""Sorting more lines than memory holds: sorted runs on disk, merged when they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from heapq import merge
from itertools import groupby
from pathlib import Path

_FEW = 32  # runs that are merged into one when as many have come together


class Runs:
    """Lines in order, each once. They wait in a folder that is the caller's to remove."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._levels: list[list[Path]] = []  # runs of about one size each
        self._made = 0

    def add(self, lines: Iterable[bytes]) -> None:
        """Take a run: lines in order, each with its line break and no other in it."""
        self._put(lines, 0)

    def __iter__(self) -> Iterator[bytes]:
        return _merged([path for level in self._levels for path in level])

    def _put(self, lines: Iterable[bytes], level: int) -> None:
        path = self._folder / str(self._made)
        self._made += 1
        with path.open("wb") as file:
            file.writelines(lines)
        if level == len(self._levels):
            self._levels.append([])
        self._levels[level].append(path)
        if len(self._levels[level]) == _FEW:
            full, self._levels[level] = self._levels[level], []
            self._put(_merged(full), level + 1)
            for old in full:
                old.unlink()


def _merged(paths: Iterable[Path]) -> Iterator[bytes]:
    with ExitStack() as opened:
        files = [opened.enter_context(path.open("rb")) for path in paths]
        yield from (line for line, _ in groupby(merge(*files)))
