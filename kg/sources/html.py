"""Saved pages of newspaper sites → headline, text, date and paper, without what stands around them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from kg.model import Page
from kg.sources.decoding import decode
from kg.sources.found import LONGEST, Found, Missing, problem

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,20})|<\?xml[^>]{0,80}encoding=["']([\w-]+)""", re.I)


def read(name: str, data: bytes) -> Found:
    """The article of a saved page, its headline first."""
    try:
        from trafilatura import bare_extraction
    except ImportError as error:
        raise Missing("pip install 'fangzhi[html]'") from error
    declared = _DECLARED.search(data[:4096])
    try:
        source, encoding = decode(data, next(filter(None, declared.groups())).decode() if declared else None)
    except ValueError as error:
        yield problem(name, f"cannot be decoded: {error}", "save it as UTF-8")
        return
    if len(source) > LONGEST:
        yield problem(name, f"longer than {LONGEST:,} characters", "save the article alone")
        return
    found: Any = bare_extraction(source, favor_recall=True, include_comments=False, with_metadata=True)
    body = (found.text or "").strip() if found else ""
    if not body:
        yield problem(name, "no article found", "save the page of one article")
        return
    yield Page(name, "\n".join(_lines(found.title, body)), hashlib.sha256(data).hexdigest(), encoding,
               found.title or None, found.date or None, found.sitename or None)  # fmt: skip


def _lines(title: str | None, body: str) -> Iterator[str]:
    first = body.partition("\n")[0]
    if title and title not in first:
        yield title
    yield body
