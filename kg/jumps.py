"""Articles on two pages: （下转第2版） here, （上接第1版） there; which two belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

from kg.model import Article, Extraction, Issue, Page, Problem, Span
from kg.rules import table

_ALIKE = 0.5  # share of its character pairs that the headline over a piece has in common with the first one
_RELATED = 0.1  # that it must have where no other piece fits
_NUMBER = re.compile(r"[A-D]?\d+(?=\D*$)")  # of the sheet, in the name of a file
_DIGITS = {digit: n for n, digit in enumerate("一二三四五六七八九十", 1)}


class Piece(NamedTuple):
    """An article of which a part stands on another page."""

    page: Page
    issue: Issue
    article: Article

    @property
    def title(self) -> str:
        """Its headline without white space."""
        return "".join(self._printed(self.article.title).split())

    @property
    def begins(self) -> int | None:
        """The sheet on which it begins, if on another."""
        return sheet_of("from", self._printed(self.article.back))

    @property
    def goes_on(self) -> int | None:
        """The sheet on which it goes on, if it does."""
        return sheet_of("to", self._printed(self.article.onward))

    def _printed(self, span: Span | None) -> str:
        return self.page.text[span.start : span.end] if span else ""


@cache
def marks(name: str) -> re.Pattern[str]:
    """The pattern of the marks that lead `to` another page, or `from` it."""
    return re.compile(table("pages")["jump"][name]["pattern"])


def number(sheet: str) -> int | None:
    """The number of a sheet as papers print it: 2, A02 or 二."""
    bare = sheet.lstrip("ABCD")
    return _DIGITS.get(bare) or (int(bare) if bare.isdecimal() else None)


def sheet_of(name: str, text: str) -> int | None:
    """The number of the sheet that a mark in a text names."""
    found = marks(name).search(text)
    return number(found["page"]) if found else None


def notes(page: Page, article: Article) -> Iterator[Problem]:
    """What is to be known of an article that lacks a part."""
    for mark, name, does in ((article.back, "from", "begins"), (article.onward, "to", "goes on")):
        if mark:
            sheet = sheet_of(name, page.text[mark.start : mark.end])
            message = f"an article {does} on page {sheet}, which is not part of this one"
            yield Problem(page.name, message, "", mark, "note")


def answered(pairs: Iterable[tuple[Piece, Piece]]) -> set[Problem]:
    """The notes that no longer hold, now that articles have been joined."""
    found = set[Problem]()
    for first, piece in pairs:
        found.update(notes(first.page, replace(first.article, back=None)))
        found.update(notes(piece.page, replace(piece.article, onward=None)))
    return found


def pieces(read: Extraction) -> Iterator[Piece]:
    """The articles of a page of which a part stands elsewhere."""
    return (Piece(read.page, read.issue, a) for a in read.articles if a.onward or a.back)


def joined(found: Iterable[Piece]) -> list[tuple[Piece, Piece]]:
    """Beginnings, each with the piece that carries it on: of one issue, and headed alike or alone."""
    ordered = sorted(found, key=lambda p: (p.page.sha256, p.article.number))
    carried = [piece for piece in ordered if piece.article.back]
    pairs = [(a, b) for a in ordered if a.article.onward for b in carried if _answers(a, b)]
    firsts, seconds = [a for a, _ in pairs], [b for _, b in pairs]
    result: list[tuple[Piece, Piece]] = []
    for a, b in sorted(pairs, key=lambda pair: -_likeness(*pair)):
        alone = firsts.count(a) == seconds.count(b) == 1
        wanted = _ALIKE if not alone else _RELATED if b.title else 0.0
        free = all(a is not first and b is not second for first, second in result)
        if free and _likeness(a, b) >= wanted:
            result.append((a, b))
    return result


def _answers(a: Piece, b: Piece) -> bool:
    """Whether the marks of two pieces name each other's sheets, as far as these are known, in one issue."""
    numbered = b.issue.sheet in (None, a.goes_on) and a.issue.sheet in (None, b.begins)
    return numbered and a.page.sha256 != b.page.sha256 and _one_issue(a, b)


def _one_issue(a: Piece, b: Piece) -> bool:
    """Whether two pages are of one paper and day, by masthead or metadata, else by the names of the files."""
    days = [piece.issue.published or "" for piece in (a, b)]
    papers = {piece.issue.paper for piece in (a, b)} - {None}
    if not (days[0].startswith(days[1]) or days[1].startswith(days[0])) or len(papers) > 1:
        return False
    stated = days[0] == days[1] and len(days[0]) == len("2025-08-02")
    both = a.issue.paper is not None and b.issue.paper is not None
    files = {_NUMBER.sub("", PurePosixPath(piece.page.name).stem) for piece in (a, b)}
    return (stated and both) or len(files) == 1


def _likeness(a: Piece, b: Piece) -> float:
    """The share of the second headline's character pairs that the first has."""
    pairs = [b.title[k : k + 2] for k in range(len(b.title) - 1)]
    return sum(pair in a.title for pair in pairs) / max(1, len(pairs))
