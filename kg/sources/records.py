"""JSON lines, or a JSON list or object: every record with a `text` is a page."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

from kg.model import Page, Problem
from kg.sources.decoding import decode
from kg.sources.found import LONGEST, Found, problem


def read(name: str, data: bytes) -> Found:
    """The pages of a file of records, and a problem for each record that is none."""
    try:
        text, encoding = decode(data)
    except ValueError as error:
        yield problem(name, f"cannot be decoded: {error}", "save it as UTF-8")
        return
    for place, line in _json_texts(name, text):
        try:
            rows = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield problem(name, f"{place} is not JSON: {error}", "mend or leave out the record")
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
        return problem(name, f"{place} has no text", 'each record needs a field "text"')
    text: str = row["text"]
    if len(text) > LONGEST:
        return problem(name, f"{place} is longer than {LONGEST:,} characters", "split it into pages")
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
