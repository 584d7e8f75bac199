"""What every reader gives: pages, and one problem for each thing that cannot be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.model import Page, PrintedLine, Problem

LONGEST = 500_000  # characters of one page: a newspaper's have some ten thousand

Found = Iterator[Page | Problem]


class File(NamedTuple):
    """A file as it came in, or one from an archive, not decoded yet."""

    origin: str  # the path of the file or of the archive that it is in: what is read anew when that changes
    name: str  # without folders
    data: bytes | Problem  # its bytes, or why there are none
    within: str = ""  # the archives that it is in, each with a slash behind


class Missing(RuntimeError):
    """A form that needs an extra which is not installed."""


def problem(name: str, message: str, remedy: str) -> Problem:
    """An input that gives nothing."""
    return Problem(name, message, remedy, severity="error")


def note(name: str, message: str) -> Problem:
    """Something to know of a page that was read."""
    return Problem(name, message, severity="note")


def sheet(
    name: str, data: bytes, number: int, of: int, how: str, text: str, lines: Sequence[PrintedLine]
) -> Page:
    """One sheet of a file: of several, each has a name and a digest of its own."""
    digest = hashlib.sha256(data)
    if of > 1:
        digest.update(f"#{number}".encode())
        name = f"{name}#{number}"
    return Page(name, text, digest.hexdigest(), how, number=number, lines=tuple(lines))
