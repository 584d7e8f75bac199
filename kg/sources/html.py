"""Saved pages of newspaper sites → headline, text, date and paper, without what stands around them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from kg.model import Page
from kg.sources.decoding import decode
from kg.sources.found import LONGEST, Found, Missing, problem

_Tree = Any  # trafilatura gives elements of lxml, which has no types
_PROLOGUE = re.compile(r"\s*<\?xml[^>]*\?>")  # lxml refuses text that declares an encoding
_DATE = re.compile(r"\D{0,12}(20\d\d|19\d\d)[-年/.](1[0-2]|0?[1-9])[-月/.](3[01]|[12]\d|0?[1-9])(?!\d)")
_DATE_LINE = 60  # characters that a line which tells the date has at most
_CELLS = ("table", "tbody", "tr", "td", "th")
_PROSE = 60  # characters in a cell of a table that is there for the layout
_TAGS = {
    "founder-title": "h1",
    "founder-content": "div",
}  # of the program most digital editions are made with
_PAPER = ("contentsource", "source", "og:site_name")  # meta elements that name the paper


def read(name: str, data: bytes) -> Found:
    """The article of a saved page, its headline first."""
    try:
        from trafilatura import load_html
    except ImportError as error:
        raise Missing("pip install 'fangzhi[html]'") from error
    source, encoding = decode(data)
    if len(source) > LONGEST:
        yield problem(name, f"longer than {LONGEST:,} characters", "save the article alone")
        return
    tree = load_html(_PROLOGUE.sub("", source))
    dated = _date(tree) if tree is not None else None  # before the extractor cuts the tree
    article = _article(tree) if tree is not None else None
    body = (article.text or "").strip() if article else ""
    if article is None or not body:
        yield problem(name, "no article found", "save the page of one article")
        return
    title = article.title or None
    text = "\n".join(_lines(title, body))
    paper = _paper(tree) or article.sitename or None
    date = article.date or dated
    yield Page(name, text, hashlib.sha256(data).hexdigest(), encoding, title, date, paper)


def _article(tree: _Tree) -> Any:  # noqa: ANN401 -- trafilatura's document
    from trafilatura import bare_extraction
    from trafilatura.settings import use_config

    _without_layout(tree)
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "60")  # its default is meant for words of letters
    config.set("DEFAULT", "MIN_OUTPUT_SIZE", "1")
    dates = {"original_date": True, "extensive_search": False}
    return bare_extraction(
        tree,
        favor_recall=True,
        include_comments=False,
        with_metadata=True,
        config=config,
        date_extraction_params=dates,
    )


def _without_layout(tree: _Tree) -> None:
    """Turns tables that only lay text out, and the tags of digital editions, into plain divisions."""
    for element in tree.iter(*_TAGS):
        element.tag = _TAGS[element.tag]
    for table in list(tree.iter("table")):
        cells = list(table.iter("td"))
        if any(len((cell.text_content() or "").strip()) > _PROSE for cell in cells):
            for element in table.iter(*_CELLS):
                element.tag = "div"


def _paper(tree: _Tree) -> str | None:
    """The paper that a meta element names."""
    named = {(m.get("name") or m.get("property") or "").lower(): m.get("content") for m in tree.iter("meta")}
    return next((named[key] for key in _PAPER if named.get(key)), None)


def _date(tree: _Tree) -> str | None:
    """The first date that stands for itself, where no metadata tell it."""
    for text in tree.itertext():
        if len(text) < _DATE_LINE and (found := _DATE.match(text)):
            return "-".join(part.zfill(2) for part in found.groups())
    return None


def _lines(title: str | None, body: str) -> Iterator[str]:
    first = body.partition("\n")[0]
    if title and title not in first:
        yield title
    yield body
