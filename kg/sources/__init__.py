"""Files, folders, globs, archives and streams → pages as printed. What cannot be read is one problem each."""

from __future__ import annotations

import glob
import hashlib
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from kg.model import Page, Problem, Span
from kg.sources import archives, html, images, pdf, records
from kg.sources.decoding import LOST, Undecodable, decode, legible
from kg.sources.found import LONGEST, Found, Missing, problem

__all__ = ["LONGEST", "decode", "read"]

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
    for path in paths:
        if str(path) == "-":
            data = sys.stdin.buffer.read(archives.LARGEST + 1)
            yield from _bytes(f"stdin{_form(data)}", data)
        else:
            yield from _path(Path(path))


def _form(data: bytes) -> str:
    """The suffix of a form, by how it begins."""
    forms = (form for form, mark in _BEGINNINGS.items() if re.match(rb"(?i)\W{0,40}?(?:%b)" % mark, data))
    return next(forms, ".txt")


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
    yield from _bytes(legible(path.name), data)


def _bytes(name: str, data: bytes, depth: int = 0) -> Found:
    lower = name.lower()
    if not data:
        yield problem(name, "the file is empty", "leave it out")
    elif len(data) > archives.LARGEST:
        yield problem(name, f"larger than {archives.LARGEST:,} bytes", "split the file")
    elif lower.endswith(archives.SUFFIXES):
        yield from _archive(name, data, depth)
    elif (suffix := PurePosixPath(lower).suffix) in _READERS:
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


def _archive(name: str, data: bytes, depth: int) -> Found:
    if depth == _DEEPEST:
        yield problem(name, "an archive within too many others", "unpack it by hand and look at it")
        return
    for found in archives.files(name, data):
        if isinstance(found, Problem):
            yield found
        else:
            for item in _bytes(*found, depth + 1):
                if isinstance(item, Problem) and item.severity == "error":  # of no page that bears the name
                    item = replace(item, page=f"{name}/{item.page}")
                yield item


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
