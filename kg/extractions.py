"""Extractions as bytes and back, exactly, and the keys under which they are kept.

A key stands for all that an extraction depends on: the page, and the program with its rules and tables. What
has a known key need not be read again.
"""

from __future__ import annotations

import os
import zlib
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from kg import __version__, rules
from kg.model import Extraction, Page, Problem

T = TypeVar("T")

_DIGITS = 32  # of a key
_LEVEL = 1  # of compression: higher ones gain a tenth and take twice as long
_EXTRACTION = msgspec.json.Decoder(Extraction)
_PROBLEM = msgspec.json.Decoder(Problem)


class Damaged(ValueError):
    """Bytes that are no extraction, or one of another version of the program."""


class Item(NamedTuple):
    """What a page or an input gave, as it is kept: an extraction, or a problem where there is none."""

    key: str
    name: str  # of the page, or of what could not be read
    sha256: str | None  # of the page; None of a problem
    body: bytes

    @property
    def problem(self) -> Problem | None:
        """Why there is no extraction, if there is none."""
        return _loaded(_PROBLEM, self.body) if self.sha256 is None else None


def kept(key: str, given: Extraction | Problem) -> Item:
    """An extraction or a problem as it is kept under a key."""
    if isinstance(given, Problem):
        return Item(key, given.page, None, _dumped(given))
    return Item(key, given.page.name, given.page.sha256, dump(given))


def dump(extraction: Extraction) -> bytes:
    """An extraction as compressed JSON.

    >>> from kg import read_page
    >>> page = read_page("2025年上半年，忻州市出口额13.67亿元，同比增长25.5%。")
    >>> load(dump(page)).observations == page.observations
    True
    """
    return _dumped(extraction)


def load(data: bytes) -> Extraction:
    """The extraction that `dump` was given. Raises Damaged."""
    return _loaded(_EXTRACTION, data)


def _dumped(record: Extraction | Problem) -> bytes:
    return zlib.compress(msgspec.json.encode(record), _LEVEL)


def _loaded(decoder: msgspec.json.Decoder[T], data: bytes) -> T:
    try:
        return decoder.decode(zlib.decompress(data))
    except (zlib.error, msgspec.DecodeError) as error:
        raise Damaged(str(error)) from error


def page_key(page: Page) -> str:
    """The key of what a page says: of all that is known of it, and of the program."""
    return _key(msgspec.json.encode(page))


def file_key(name: str, data: bytes) -> str:
    """The key of what a file gives, known before it is decoded."""
    return _key(name.encode(errors="surrogateescape"), sha256(data).digest())


def origin_key(origin: str) -> str:
    """What a path is known by: the path itself is kept nowhere."""
    return sha256(origin.encode(errors="surrogateescape")).hexdigest()[:_DIGITS]


def problem_key(problem: Problem) -> str:
    """The key of a problem that is no page's."""
    return _key(msgspec.json.encode(problem))


def _key(*parts: bytes) -> str:
    return sha256(b"\0".join((program().encode(), *parts))).hexdigest()[:_DIGITS]


@cache
def program() -> str:
    """A digest of the program: of its version and modules, and of all rules and tables that it reads by."""
    digest = sha256(__version__.encode())
    package, own = Path(__file__).parent, rules.own_folder()
    for folder in (package, own) if own else (package,):
        for path in sorted(_files(folder)):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()[:_DIGITS]


def _files(folder: Path) -> list[Path]:
    """All files below a folder, but for what Python compiled and what only readers of the graph use."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(("_", "."))]
        found += [Path(place, name) for name in names if not name.startswith(".")]
    return found
