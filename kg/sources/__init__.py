"""Files, folders, globs, archives and streams → pages as printed. What cannot be read is one problem each."""

from __future__ import annotations

import glob
import hashlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from kg.model import Page, Problem, Span
from kg.sources import archives, html, images, pdf, records
from kg.sources.decoding import LOST, Undecodable, decode, legible
from kg.sources.found import LONGEST, File, Found, Missing, problem

__all__ = ["LONGEST", "File", "decode", "files", "pages", "read"]

_DEEPEST = 3  # archives within archives
_BEGINNINGS = {  # of the forms, which on the standard input have no name
    ".pdf": rb"%PDF",
    ".zip": rb"PK\x03\x04",
    ".tgz": rb"\x1f\x8b",
    ".png": rb"\x89PNG|\xff\xd8\xff|II\*\0|MM\0\*",  # or another image
    ".html": rb"<!doctype|<html|<\?xml",
    ".json": rb"\[\s*\{|\{\s*\"",
}


def read(paths: Iterable[str | Path]) -> Found:
    """The pages of files, folders (all below them, in order), globs, archives and `-`, the standard input."""
    for file in files(paths):
        yield from pages(file)


def files(paths: Iterable[str | Path]) -> Iterator[File]:
    """The files that `read` reads, those in archives unpacked, none decoded yet."""
    for path in paths:
        if str(path) == "-":
            data = sys.stdin.buffer.read(archives.LARGEST + 1) if sys.stdin else b""
            yield from _unpacked(File("-", f"stdin{_form(data)}", data))
        else:
            yield from _path(Path(path))


def pages(file: File) -> Found:
    """The pages of a file, and what hinders."""
    if isinstance(file.data, Problem):
        yield file.data
        return
    for item in _pages(file.name, file.data):
        if isinstance(item, Problem) and item.severity == "error":  # of no page that bears the name
            item = replace(item, page=f"{file.within}{item.page}")
        yield item


def _form(data: bytes) -> str:
    """The suffix of a form, by how it begins."""
    forms = (form for form, mark in _BEGINNINGS.items() if re.match(rb"(?i)\W{0,40}?(?:%b)" % mark, data))
    return next(forms, ".txt")


def _path(path: Path) -> Iterator[File]:
    try:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and not _is_hidden(p.relative_to(path)))
            if not found:
                yield _failed(path, "the folder holds no files", "give a folder with pages")
            for file in found:
                yield from _file(file)
        elif path.is_file():
            yield from _file(path)
        elif matches := sorted(glob.glob(str(path), recursive=True)):
            for match in matches:
                yield from _path(Path(match))
        else:
            yield _failed(path, "no such file or folder", "check the path")
    except OSError as error:
        yield _failed(path, error.strerror or str(error), "check the path and its permissions")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _failed(path: Path, message: str, remedy: str) -> File:
    return File(str(path.absolute()), path.name, problem(path.name, message, remedy))


def _file(path: Path) -> Iterator[File]:
    try:
        if path.stat().st_size > archives.LARGEST:
            yield _failed(path, f"larger than {archives.LARGEST:,} bytes", "split the file")
            return
        data = path.read_bytes()
    except OSError as error:
        yield _failed(path, error.strerror or str(error), "check the file's permissions")
        return
    yield from _unpacked(File(str(path.absolute()), legible(path.name), data))


def _unpacked(file: File, depth: int = 0) -> Iterator[File]:
    """A file, or those in it if it is an archive."""
    name, data = file.name, file.data
    packed = name.lower().endswith(archives.SUFFIXES)
    if isinstance(data, Problem) or not packed or not 0 < len(data) <= archives.LARGEST:
        yield file
    elif depth == _DEEPEST:
        message = "an archive within too many others"
        yield file._replace(data=problem(name, message, "unpack it by hand and look at it"))
    else:
        within = f"{file.within}{name}/"
        for found in archives.files(name, data):
            if isinstance(found, Problem):
                yield file._replace(data=replace(found, page=f"{file.within}{found.page}"))
            else:
                yield from _unpacked(File(file.origin, *found, within), depth + 1)


def _pages(name: str, data: bytes) -> Found:
    suffix = PurePosixPath(name.lower()).suffix
    if not data:
        yield problem(name, "the file is empty", "leave it out")
    elif len(data) > archives.LARGEST:
        yield problem(name, f"larger than {archives.LARGEST:,} bytes", "split the file")
    elif suffix in _READERS:
        try:
            yield from _told(_READERS[suffix](name, data))
        except Undecodable as error:
            yield problem(name, f"cannot be decoded: {error}", "save it as UTF-8")
        except Missing as missing:
            yield problem(
                name, f"{suffix[1:]} files need more than the core", f"{missing}, or give the page as text"
            )
    else:
        known = " ".join((*_READERS, *archives.SUFFIXES))
        yield problem(
            name, f"unknown suffix {suffix or '(none)'}", f"leave it out, or name it by its form: {known}"
        )


def _told(found: Found) -> Found:
    """What was found, and where the text of a page is damaged."""
    for item in found:
        yield item
        if isinstance(item, Page) and (lost := item.text.count(LOST)):
            first = item.text.index(LOST)
            line = item.text.count("\n", 0, first) + 1
            message = f"{lost} of its characters are damaged, the first in line {line}"
            yield Problem(item.name, message, "compare it with the print", Span(first, first + 1))


def _text(name: str, data: bytes) -> Found:
    text, encoding = decode(data)
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
