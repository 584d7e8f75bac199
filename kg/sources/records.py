"""JSON lines, or a JSON list or object: every record that holds a text is a page."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from kg.model import Page, Problem
from kg.sources.decoding import LOST, decode
from kg.sources.found import LONGEST, Found, problem

_FIELDS = {  # what a record tells, and the names that corpora give it, in small letters
    "text": ("text", "content", "body", "article", "fulltext", "full_text", "正文", "内容", "全文", "文本"),
    "title": ("title", "headline", "标题", "题名", "篇名"),
    "date": ("date", "published", "publish_date", "publish_time", "pub_date", "pubdate", "datetime", "time",
             "日期", "发布日期", "发布时间", "时间"),
    "source": ("source", "paper", "newspaper", "media", "来源", "报纸", "报刊", "媒体"),
}  # fmt: skip
_DATE = re.compile(
    r"(?:([12]\d{3})(?:\s?[-/.年]\s?(\d{1,2})(?:\s?[-/.月]\s?(\d{1,2}))?)?|([12]\d{3})(\d\d)(\d\d))(?!\d)"
)
_HALF = re.compile("[\ud800-\udfff]")  # of a character: JSON can write what no text can hold
_LINES = re.compile(r"\s*\{[^\n]*\}\s*\n\s*\{")  # in a file called .json
_TOLD = 8  # names of fields that a message tells


def read(name: str, data: bytes) -> Found:
    """The pages of a file of records, and one problem for all the records that fail alike."""
    text, encoding = decode(data)
    failed: defaultdict[str, list[str]] = defaultdict(list)  # what is wrong, by what helps
    for place, line in _texts(name, text):
        try:
            rows = _rows(json.loads(line))
        except (ValueError, RecursionError) as error:
            failed["mend or leave out the record"].append(f"{place} is not JSON: {error}")
            continue
        for n, row in enumerate(rows, 1):
            found = _page(name, f"{place}, record {n}" if len(rows) > 1 else place, row, encoding)
            if isinstance(found, Page):
                yield found
            else:
                failed[found.remedy].append(found.message)
    for remedy, messages in failed.items():
        more = f", and {len(messages) - 1} more such" if len(messages) > 1 else ""
        yield problem(name, f"{messages[0]}{more}", remedy)


def _texts(name: str, text: str) -> Iterator[tuple[str, str]]:
    if name.lower().endswith(".json") and not _LINES.match(text):
        yield "the file", text
        return
    for n, line in enumerate(re.finditer(r"[^\n]*\n?", text), 1):
        if not line.group().isspace() and line.group():
            yield f"line {n}", line.group()


def _rows(value: object) -> Sequence[object]:
    """The records of a value: a list, an object that holds a list of them under some name, or itself one."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and not _field(value, "text"):
        lists = (held for held in value.values() if isinstance(held, list) and held)
        return next((held for held in lists if isinstance(held[0], dict)), [value])
    return [value]


def _page(name: str, place: str, row: object, encoding: str) -> Page | Problem:
    known = {key.lower(): value for key, value in row.items()} if isinstance(row, dict) else {}
    text = _field(known, "text")
    if not text:
        has = f"; it has {' '.join(list(known)[:_TOLD])}" if known else ""
        return problem(name, f"{place} has no text{has}", 'each record needs a field "text"')
    if len(text) > LONGEST:
        return problem(name, f"{place} is longer than {LONGEST:,} characters", "split it into pages")
    own = str(known.get("id") or place.removeprefix("line ").replace(" ", ""))
    dated = _date(_field(known, "date"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Page(
        f"{name}#{own}", text, digest, encoding, _field(known, "title"), dated, _field(known, "source")
    )


def _field(row: Mapping[str, object], told: str) -> str | None:
    """The first text that a record holds under one of the names of what it tells."""
    texts = (_text(row.get(name)) for name in _FIELDS[told])
    return next(filter(None, texts), None)


def _text(value: object) -> str | None:
    """A value as text: paragraphs as lines, a day such as 20250802 in digits."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = "\n".join(value)
    text = str(value) if isinstance(value, str | int) else ""
    return _HALF.sub(LOST, text) if text.strip() else None


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
