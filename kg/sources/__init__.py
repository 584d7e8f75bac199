"""Files, folders, globs, archives and streams → pages as printed. What cannot be read is one problem each."""

from __future__ import annotations

import glob
import hashlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from kg.model import Page, Problem
from kg.sources import archives, html, images, pdf, records
from kg.sources.decoding import decode
from kg.sources.found import LONGEST, Found, Missing, problem

__all__ = ["LONGEST", "decode", "read"]

_DEEPEST = 3  # archives within archives


def read(paths: Iterable[str | Path]) -> Found:
    """The pages of files, folders (all below them, in order), globs, archives and `-`, the standard input."""
    for path in paths:
        if str(path) == "-":
            yield from _bytes("stdin.txt", sys.stdin.buffer.read())
        else:
            yield from _path(Path(path))


def _path(path: Path) -> Found:
    try:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            if not files:
                yield problem(path.name, "the folder holds no files", "give a folder with pages")
            for file in files:
                yield from _file(file)
        elif path.is_file():
            yield from _file(path)
        elif matches := sorted(glob.glob(str(path), recursive=True)):
            for match in matches:
                yield from _path(Path(match))
        else:
            yield problem(path.name, "no such file or folder", "check the path")
    except OSError as error:
        yield problem(path.name, error.strerror or str(error), "check the path and its permissions")


def _file(path: Path) -> Found:
    try:
        if path.stat().st_size > archives.LARGEST:
            yield problem(path.name, f"larger than {archives.LARGEST:,} bytes", "split the file")
            return
        data = path.read_bytes()
    except OSError as error:
        yield problem(path.name, error.strerror or str(error), "check the file's permissions")
        return
    yield from _bytes(path.name, data)


def _bytes(name: str, data: bytes, depth: int = 0) -> Found:
    lower = name.lower()
    if not data:
        yield problem(name, "the file is empty", "leave it out")
    elif lower.endswith(archives.SUFFIXES):
        yield from _archive(name, data, depth)
    elif (suffix := PurePosixPath(lower).suffix) in _READERS:
        try:
            yield from _READERS[suffix](name, data)
        except Missing as missing:
            yield problem(
                name, f"{suffix[1:]} files need more than the core", f"{missing}, or give the page as text"
            )
    else:
        known = " ".join((*_READERS, *archives.SUFFIXES))
        yield problem(name, f"unknown suffix {suffix or '(none)'}", f"known are {known}")


def _archive(name: str, data: bytes, depth: int) -> Found:
    if depth == _DEEPEST:
        yield problem(name, "an archive within too many others", "unpack it by hand and look at it")
        return
    for found in archives.files(name, data):
        if isinstance(found, Problem):
            yield found
        else:
            yield from _bytes(*found, depth + 1)


def _text(name: str, data: bytes) -> Found:
    try:
        text, encoding = decode(data)
    except ValueError as error:
        yield problem(name, f"cannot be decoded: {error}", "save it as UTF-8 text")
        return
    if len(text) > LONGEST:
        yield problem(name, f"longer than {LONGEST:,} characters", "split it into pages")
    elif text.strip():
        yield Page(name, text, hashlib.sha256(data).hexdigest(), encoding)
    else:
        yield problem(name, "the file holds only white space", "leave it out")


_READERS: dict[str, Callable[[str, bytes], Found]] = {
    **dict.fromkeys((".txt", ".text", ".md", ".markdown"), _text),
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), records.read),
    **dict.fromkeys((".html", ".htm", ".xhtml"), html.read),
    ".pdf": pdf.read,
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"), images.read),
}
