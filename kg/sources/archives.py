"""Zip and tar archives → the files inside. Nothing is written to disk, so a member's path can do no harm."""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import NamedTuple

from kg.model import Problem
from kg.sources.decoding import legible
from kg.sources.found import problem

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
LARGEST = 150_000_000  # bytes of one file
LARGEST_ARCHIVE = 2_000_000_000  # bytes that an archive may unpack to
RATIO = 200  # a member that unpacks to more times its size is a bomb
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)  # one member, damaged or locked
_UNREADABLE = (*_BROKEN, tarfile.TarError, EOFError, OSError)  # the archive
_UTF8_NAME = 0x800  # flag of a zip's member


class _Member(NamedTuple):
    name: str
    size: int
    packed: int  # bytes in the archive; 0 where it does not tell
    content: Callable[[], bytes]


def files(name: str, data: bytes) -> Iterator[tuple[str, bytes] | Problem]:
    """Name, without folders, and bytes of each file of an archive; hidden ones are left out."""
    left = LARGEST_ARCHIVE
    try:
        for member in _zipped(data) if name.lower().endswith(".zip") else _taped(data):
            place, bare = f"{name}/{member.name}", PurePosixPath(member.name).name
            if member.size > min(LARGEST, left) or _is_bomb(member):
                yield problem(place, "unpacks to too much", "unpack it by hand and look at it")
                continue
            left -= member.size
            if bare.startswith(".") or member.name.startswith("__MACOSX/"):
                continue
            try:
                content = member.content()
            except _BROKEN as error:
                yield problem(place, f"damaged or locked: {error}", "pack it anew, without a password")
            else:
                yield bare, content
    except _UNREADABLE as error:
        yield problem(name, f"the archive is damaged or locked: {error}", "pack it anew, without a password")


def _is_bomb(member: _Member) -> bool:
    return bool(member.packed) and member.size > max(1_000_000, member.packed * RATIO)


def _zipped(data: bytes) -> Iterator[_Member]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in sorted(archive.infolist(), key=lambda i: i.filename):
            if not info.is_dir():
                name = info.filename if info.flag_bits & _UTF8_NAME else legible(info.filename, "cp437")
                yield _Member(name, info.file_size, info.compress_size, partial(_unpacked, archive, info))


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes, at most as many as it says it has: one that lies would fill the memory."""
    with archive.open(info) as member:
        return member.read(info.file_size)


def _taped(data: bytes) -> Iterator[_Member]:
    """The files of a tar in its own order, so that what is packed is unpacked once, and not without end."""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for entry in tar:
            if entry.offset_data + entry.size > LARGEST_ARCHIVE:
                yield _Member(entry.name, entry.size, 0, bytes)
                return
            if entry.isfile() and (reader := tar.extractfile(entry)) is not None:
                yield _Member(legible(entry.name), entry.size, 0, reader.read)
