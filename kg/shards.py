"""Extractions in files that travel: read on any machine and day, merged on another (`kg read`, `kg merge`).

A shard is gzipped JSON lines, named by a digest of what it holds: first what is in it, then an item a line.
It lies in a folder, or at any address that fsspec can write to. What could not be read is in none.
"""

from __future__ import annotations

import gzip
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from kg.extractions import Item, program
from kg.model import Problem
from kg.store.sparql import StoreError

_SUFFIX = ".jsonl.gz"
_MOST = 256  # items of a shard
_LARGEST = 32_000_000  # bytes of one before compression, at which it is closed


class _Head(msgspec.Struct):
    """The first line: all that must be known in order to go on."""

    program: str
    items: list[str] = []
    files: dict[str, list[str]] = {}
    members: list[tuple[str, str]] = []  # origin and item


class _Line(msgspec.Struct):
    key: str
    name: str
    sha256: str | None
    body: msgspec.Raw  # the JSON of the extraction or problem


_HEAD, _LINE = msgspec.json.Decoder(_Head), msgspec.json.Decoder(_Line)


class Place(ABC):
    """Where shards lie."""

    @abstractmethod
    def names(self) -> list[str]:
        """The shards there, in order."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """The bytes of one."""

    @abstractmethod
    def write(self, name: str, data: bytes) -> None:
        """Put one there, whole or not at all."""


class _Folder(Place):
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return sorted(path.name for path in self._path.glob(f"*{_SUFFIX}"))

    def read(self, name: str) -> bytes:
        return (self._path / name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        half = self._path / f".{name}"
        half.write_bytes(data)
        half.replace(self._path / name)


class _Remote(Place):
    def __init__(self, files: Any, path: str) -> None:  # noqa: ANN401 -- fsspec has no types
        self._files, self._path = files, path

    def names(self) -> list[str]:
        return sorted(path.rsplit("/", 1)[-1] for path in self._files.glob(f"{self._path}/*{_SUFFIX}"))

    def read(self, name: str) -> bytes:
        return bytes(self._files.cat_file(f"{self._path}/{name}"))

    def write(self, name: str, data: bytes) -> None:
        self._files.makedirs(self._path, exist_ok=True)
        self._files.pipe_file(f"{self._path}/{name}", data)


def place(where: str) -> Place:
    """A folder, or an address such as s3://…. Raises StoreError where it is of no known kind."""
    if "://" not in where:
        return _Folder(Path(where))
    try:
        import fsspec
    except ImportError as error:
        raise StoreError(
            f"{where}: addresses need more than the core: pip install 'fangzhi[scale]'"
        ) from error
    try:
        return _Remote(*fsspec.core.url_to_fs(where))
    except (ImportError, ValueError) as error:
        raise StoreError(f"{where}: {error}; check the address") from error


class Writer:
    """Puts what is read into shards, and knows what is in those already there."""

    def __init__(self, where: str) -> None:
        self._place = place(where)
        self.errors: list[Problem] = []
        self._items, self._files, self._members = set[str](), dict[str, list[str]](), set[tuple[str, str]]()
        for _, head, _ in _opened(self._place, where):
            self._items.update(head.items)
            self._files.update(head.files)
            self._members.update(head.members)
        self._clear()

    def has(self, key: str) -> bool:
        """Whether an item is in a shard."""
        return key in self._items

    def given(self, file: str) -> list[str]:
        """The keys of what a file gives, if all of it is in shards; else none."""
        found = self._files.get(file, [])
        return found if self._items.issuperset(found) else []

    def know(self, file: str, items: Iterable[str]) -> None:
        """Remember what a file gives."""
        self._files[file] = self._head.files[file] = list(items)

    def join(self, origin: str, item: str) -> None:
        """Make an item part of what is to be merged."""
        if (origin, item) not in self._members:
            self._members.add((origin, item))
            self._head.members.append((origin, item))

    def put(self, item: Item) -> None:
        """Keep an item, unless it says that something could not be read: that is to be tried again."""
        if item.problem and item.problem.severity == "error":
            self.errors.append(item.problem)
            return
        if item.key in self._items:
            return
        self._items.add(item.key)
        self._head.items.append(item.key)
        body = zlib.decompress(item.body)
        self._lines.append(msgspec.json.encode(_Line(item.key, item.name, item.sha256, msgspec.Raw(body))))
        self._size += len(body)
        if len(self._lines) >= _MOST or self._size >= _LARGEST:
            self.commit()

    def commit(self) -> None:
        """Write what is not written yet."""
        head = self._head
        if head.items or head.files or head.members:
            head = _Head(head.program, sorted(head.items), head.files, sorted(head.members))
            content = b"\n".join(
                [msgspec.json.encode(head, order="deterministic"), *sorted(self._lines), b""]
            )
            self._place.write(sha256(content).hexdigest()[:32] + _SUFFIX, gzip.compress(content, 6, mtime=0))
        self._clear()

    def _clear(self) -> None:
        self._head, self._lines, self._size = _Head(program()), list[bytes](), 0


def contents(where: str) -> Iterator[tuple[list[tuple[str, str]], dict[str, list[str]], Iterator[Item]]]:
    """Of each shard: its members, each with its origin; what files give; and the items.

    Raises StoreError where there are none, or one is damaged or of another version of the program.
    """
    found = False
    for name, head, lines in _opened(place(where), where):
        found = True
        if head.program != program():
            raise StoreError(f"{where}/{name}: read by another version or other rules; read its pages again")
        yield head.members, head.files, map(_item, lines)
    if not found:
        raise StoreError(f"{where}: no shards there; make them with: kg read PAGES --out {where}")


def _item(line: bytes) -> Item:
    read = _LINE.decode(line)
    return Item(read.key, read.name, read.sha256, zlib.compress(bytes(read.body), 1))


def _opened(there: Place, where: str) -> Iterator[tuple[str, _Head, Iterator[bytes]]]:
    """Each shard with its first line read."""
    for name in there.names():
        try:
            content = gzip.decompress(there.read(name))
            if sha256(content).hexdigest()[:32] + _SUFFIX != name:
                raise ValueError("its content is not what its name says")
            first, *lines = content.splitlines()
            yield name, _HEAD.decode(first), iter(lines)
        except (EOFError, zlib.error, ValueError, gzip.BadGzipFile, msgspec.DecodeError) as error:
            raise StoreError(f"{where}/{name}: damaged: {error}; delete it and read again") from error
