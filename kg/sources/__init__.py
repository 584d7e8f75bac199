"""Files, folders, globs, archives and streams → pages as printed. What cannot be read is one problem each."""

from __future__ import annotations

import codecs
import glob
import hashlib
import io
import json
import re
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from charset_normalizer import from_bytes

from kg.model import Page, Problem

TEXT = (".txt", ".text", ".md", ".markdown")
RECORDS = (".jsonl", ".ndjson", ".json")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
LATER = {  # forms that need more than the core
    ".pdf": "install fangzhi[pdf], or give the page as text",
    ".html": "install fangzhi[html], or give the page as text",
    ".htm": "install fangzhi[html], or give the page as text",
    **dict.fromkeys(
        (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"), "install fangzhi[ocr], or give the page as text"
    ),
}
LARGEST = 150_000_000  # bytes of one file, or of one member of an archive
LONGEST = 4_000_000  # characters of one page: a newspaper's have some ten thousand
LARGEST_ARCHIVE = 2_000_000_000  # bytes that an archive may unpack to
RATIO = 200  # a member that unpacks to more times its size is a bomb
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNREADABLE = (  # what the standard library raises on archives that are damaged or locked
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)
_CONTROLS = frozenset(range(32)) - {7, 8, 9, 10, 11, 12, 13, 26, 27}

Found = Iterator[Page | Problem]


def read(paths: Iterable[str | Path]) -> Found:
    """The pages of files, folders (all below them, in order), globs, archives and `-`, the standard input."""
    for path in paths:
        if str(path) == "-":
            yield from _bytes("stdin.txt", sys.stdin.buffer.read())
        else:
            yield from _path(Path(path))


def decode(data: bytes) -> tuple[str, str]:
    """The text of bytes and the encoding found: by mark, else UTF-8, GB18030, Big5, else the likeliest.

    Raises ValueError where they are no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding), encoding
    if b"\x00" in data[:4096]:
        wide = _utf16(data)
        if wide is None:
            raise ValueError("binary, not text")
        return data.decode(wide), wide
    if len(_CONTROLS.intersection(data[:4096])) > 2:
        raise ValueError("binary, not text")
    for encoding in ("utf-8", "gb18030", "big5"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    best = from_bytes(data[:100_000]).best()
    if best is None:
        raise ValueError("in no known encoding")
    try:
        return data.decode(best.encoding), best.encoding
    except UnicodeDecodeError as error:
        raise ValueError(f"in no known encoding (not {best.encoding} at byte {error.start})") from error


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: NUL bytes stand on one side only, beside line ends and digits."""
    even, odd = data[0:4096:2].count(0), data[1:4096:2].count(0)
    if len(data) % 2 or min(even, odd) or max(even, odd) < 2:
        return None
    return "utf-16-le" if odd else "utf-16-be"


def _path(path: Path) -> Found:
    try:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            if not files:
                yield _problem(path.name, "the folder holds no files", "give a folder with pages")
            for file in files:
                yield from _file(file)
        elif path.is_file():
            yield from _file(path)
        elif matches := sorted(glob.glob(str(path), recursive=True)):
            for match in matches:
                yield from _path(Path(match))
        else:
            yield _problem(path.name, "no such file or folder", "check the path")
    except OSError as error:
        yield _problem(path.name, error.strerror or str(error), "check the path and its permissions")


def _file(path: Path) -> Found:
    try:
        if path.stat().st_size > LARGEST:
            yield _problem(path.name, f"larger than {LARGEST:,} bytes", "split the file")
            return
        data = path.read_bytes()
    except OSError as error:
        yield _problem(path.name, error.strerror or str(error), "check the file's permissions")
        return
    yield from _bytes(path.name, data)


def _bytes(name: str, data: bytes) -> Found:
    lower = name.lower()
    if not data:
        yield _problem(name, "the file is empty", "leave it out")
    elif lower.endswith(ARCHIVES):
        yield from _archive(name, data)
    elif lower.endswith(RECORDS):
        yield from _records(name, data)
    elif lower.endswith(TEXT):
        yield from _text(name, data)
    elif (suffix := PurePosixPath(lower).suffix) in LATER:
        yield _problem(name, f"{suffix[1:]} files are not read", LATER[suffix])
    else:
        known = " ".join((*TEXT, *RECORDS, *ARCHIVES))
        yield _problem(name, f"unknown suffix {suffix or '(none)'}", f"known are {known}")


def _text(name: str, data: bytes) -> Found:
    try:
        text, encoding = decode(data)
    except ValueError as error:
        yield _problem(name, f"cannot be decoded: {error}", "save it as UTF-8 text")
        return
    if len(text) > LONGEST:
        yield _problem(name, f"longer than {LONGEST:,} characters", "split it into pages")
    elif text.strip():
        yield Page(name, text, hashlib.sha256(data).hexdigest(), encoding)
    else:
        yield _problem(name, "the file holds only white space", "leave it out")


def _records(name: str, data: bytes) -> Found:
    """JSON lines, or a JSON list or object: every record with a `text` is a page."""
    try:
        text, encoding = decode(data)
    except ValueError as error:
        yield _problem(name, f"cannot be decoded: {error}", "save it as UTF-8")
        return
    for place, line in _json_texts(name, text):
        try:
            rows = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield _problem(name, f"{place} is not JSON: {error}", "mend or leave out the record")
            continue
        for n, row in enumerate(rows if isinstance(rows, list) else [rows], 1):
            yield _record(name, f"{place}, record {n}" if isinstance(rows, list) else place, row, encoding)


def _json_texts(name: str, text: str) -> Iterator[tuple[str, str]]:
    if name.lower().endswith(".json"):
        yield "the file", text
        return
    for n, line in enumerate(re.finditer(r"[^\n]*\n?", text), 1):
        if not line.group().isspace() and line.group():
            yield f"line {n}", line.group()


def _record(name: str, place: str, row: object, encoding: str) -> Page | Problem:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"].strip():
        return _problem(name, f"{place} has no text", 'each record needs a field "text"')
    text: str = row["text"]
    if len(text) > LONGEST:
        return _problem(name, f"{place} is longer than {LONGEST:,} characters", "split it into pages")
    own = str(row.get("id") or place.removeprefix("line ").replace(" ", ""))
    fields = {key: row.get(key) for key in ("title", "date", "source")}
    title, published, source = (v if isinstance(v, str) and v.strip() else None for v in fields.values())
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Page(f"{name}#{own}", text, digest, encoding, title, _date(published), source)


def _date(stated: str | None) -> str | None:
    """The ISO date of a record's field, or None where it is not one."""
    parts = (stated or "").strip()[:10].replace("/", "-").split("-")
    if 1 <= len(parts) <= 3 and all(p.isdigit() for p in parts) and len(parts[0]) == 4:
        return "-".join([parts[0], *(p.zfill(2) for p in parts[1:])])
    return None


def _archive(name: str, data: bytes) -> Found:
    """The files of an archive. Nothing is written to disk, so a member's path can do no harm."""
    left = LARGEST_ARCHIVE
    try:
        for member, size, packed, content in _members(name, data):
            if size > LARGEST or (packed and size > 1_000_000 and size > packed * RATIO) or size > left:
                yield _problem(f"{name}/{member}", "unpacks to too much", "unpack it by hand and look at it")
                continue
            left -= size
            if PurePosixPath(member).name.startswith(".") or member.startswith("__MACOSX/"):
                continue
            yield from _bytes(PurePosixPath(member).name, content())
    except _UNREADABLE as error:
        yield _problem(name, f"the archive is damaged or locked: {error}", "pack it anew, without a password")


def _members(name: str, data: bytes) -> Iterator[tuple[str, int, int, Any]]:
    """Name, size, packed size and reader of each file of an archive, in order of name."""
    if name.lower().endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in sorted(archive.infolist(), key=lambda i: i.filename):
                if not info.is_dir():
                    yield info.filename, info.file_size, info.compress_size, lambda i=info: archive.read(i)
        return
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for entry in sorted((e for e in tar.getmembers() if e.isfile()), key=lambda e: e.name):
            reader = tar.extractfile(entry)
            if reader is not None:
                yield entry.name, entry.size, 0, reader.read


def _problem(name: str, message: str, remedy: str) -> Problem:
    return Problem(name, message, remedy, severity="error")
