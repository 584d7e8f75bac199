"""JSON lines, or a JSON list or object: every record that holds a text is a page."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from kg.model import Page, Problem
from kg.sources.decoding import decode
from kg.sources.found import LONGEST, Found, problem

_FIELDS = {  # what a record tells, and the names that corpora give it
    "text": ("text", "content", "body", "正文", "内容"),
    "title": ("title", "headline", "标题", "题名"),
    "date": ("date", "published", "publish_date", "publish_time", "pub_date", "日期", "发布日期", "发布时间"),
    "source": ("source", "paper", "newspaper", "来源", "报纸", "媒体"),
}
_DATE = re.compile(
    r"(?:([12]\d{3})(?:\s?[-/.年]\s?(\d{1,2})(?:\s?[-/.月]\s?(\d{1,2}))?)?|([12]\d{3})(\d\d)(\d\d))(?!\d)"
)


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
    known: dict[str, object] = row if isinstance(row, dict) else {}
    fields = {key: _field(known, names) for key, names in _FIELDS.items()}
    text = fields["text"]
    if not text:
        return problem(name, f"{place} has no text", 'each record needs a field "text"')
    if len(text) > LONGEST:
        return problem(name, f"{place} is longer than {LONGEST:,} characters", "split it into pages")
    own = str(known.get("id") or place.removeprefix("line ").replace(" ", ""))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Page(
        f"{name}#{own}", text, digest, encoding, fields["title"], _date(fields["date"]), fields["source"]
    )


def _field(row: Mapping[str, object], names: Iterable[str]) -> str | None:
    """The first text that a record holds under one of the names."""
    texts = (row.get(name) for name in names)
    return next((text for text in texts if isinstance(text, str) and text.strip()), None)


def _date(stated: str | None) -> str | None:
    """The ISO date of a record's field, or None where it is not one."""
    found = _DATE.match((stated or "").strip())
    if found is None:
        return None
    parts = [part for part in found.groups() if part]
    year, month, day = (int(part) for part in [*parts, "1", "1"][:3])
    try:
        date(year, month, day)
    except ValueError:
        return None
    return "-".join([parts[0], *(part.zfill(2) for part in parts[1:])])
