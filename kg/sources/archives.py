"""Zip and tar archives → the files inside. Nothing is written to disk, so a member's path can do no harm."""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath

from kg.model import Problem
from kg.sources.found import problem

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
LARGEST = 150_000_000  # bytes of one file
LARGEST_ARCHIVE = 2_000_000_000  # bytes that an archive may unpack to
RATIO = 200  # a member that unpacks to more times its size is a bomb
_UNREADABLE = (  # what the standard library raises on archives that are damaged or locked
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


def files(name: str, data: bytes) -> Iterator[tuple[str, bytes] | Problem]:
    """Name, without folders, and bytes of each file of an archive; hidden ones are left out."""
    left = LARGEST_ARCHIVE
    try:
        for member, size, packed, content in _members(name, data):
            if size > LARGEST or (packed and size > 1_000_000 and size > packed * RATIO) or size > left:
                yield problem(f"{name}/{member}", "unpacks to too much", "unpack it by hand and look at it")
                continue
            left -= size
            if not PurePosixPath(member).name.startswith(".") and not member.startswith("__MACOSX/"):
                yield PurePosixPath(member).name, content()
    except _UNREADABLE as error:
        yield problem(name, f"the archive is damaged or locked: {error}", "pack it anew, without a password")


def _members(name: str, data: bytes) -> Iterator[tuple[str, int, int, Callable[[], bytes]]]:
    """Name, size, packed size and reader of each file of an archive, in order of name."""
    if name.lower().endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in sorted(archive.infolist(), key=lambda i: i.filename):
                if not info.is_dir():
                    yield info.filename, info.file_size, info.compress_size, partial(archive.read, info)
        return
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for entry in sorted(_entries(tar), key=lambda e: e.name):
            if (reader := tar.extractfile(entry)) is not None:
                yield entry.name, entry.size, 0, reader.read


def _entries(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The files of a tar, as far as it may unpack."""
    for entry in tar:
        if entry.offset_data + entry.size > LARGEST_ARCHIVE:
            raise tarfile.ReadError("unpacks to too much")
        if entry.isfile():
            yield entry
