"""The running texts of articles: what is searched, and what stands beside the page as printed."""

from __future__ import annotations

from collections.abc import Iterator

from kg import text
from kg.extractions import load
from kg.graph import article_node
from kg.model import Article, Page, Role
from kg.shelf import Shelf


def texts(shelf: Shelf) -> Iterator[tuple[str, str]]:
    """The text of each article on a shelf, after its IRI."""
    for item in shelf.items():
        if item.sha256:
            read = load(item.body)
            for article in read.articles:
                lines = (line for role, line in running(read.page, article) if role != "title")
                yield article_node(read.page, article.number).value, "\n".join(lines)


def running(page: Page, article: Article) -> Iterator[tuple[Role, str]]:
    """The parts of an article as repaired: lines joined, what was printed twice or by mistake left out."""
    spaced = text.spaced(page.text)
    for role, span in article.parts:
        line, _ = text.clean(page.text, span, heading=role != "body", spaced=spaced)
        yield role, line
