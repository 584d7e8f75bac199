"""Articles on two pages: （下转第2版） here, （上接第1版） there; which two belong together."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

from kg.model import Article, Extraction, Issue, Page, Problem, Span
from kg.rules import table

_ALIKE = 0.5  # share of its character pairs that the headline over a piece has in common with the first one
_RELATED = 0.1  # that it must have where no other piece fits
_NUMBER = re.compile(r"[A-D]?\d+(?=\D*$)")  # of the sheet, in the name of a file
_Order = tuple[str, int, str]  # what tells pieces apart
_Issue = tuple[str, str, str]
_DIGITS = {digit: n for n, digit in enumerate("一二三四五六七八九十", 1)}


class Piece(NamedTuple):
    """An article of which a part stands on another page: what is to be known of it, without its text."""

    page: str
    sha256: str
    issue: Issue
    article: Article
    title: str  # its headline without white space
    begins: int | None  # the sheet on which it begins, if on another
    goes_on: int | None  # the sheet on which it goes on, if it does


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
    piece = _piece(page, Issue(), article)
    if article.back:
        yield _note(page.name, article.back, "begins", piece.begins)
    if article.onward:
        yield _note(page.name, article.onward, "goes on", piece.goes_on)


def _note(page: str, mark: Span, does: str, sheet: int | None) -> Problem:
    message = f"an article {does} on page {sheet}, which is not part of this one"
    return Problem(page, message, "", mark, "note")


def answered(pairs: Iterable[tuple[Piece, Piece]]) -> Iterator[Problem]:
    """The notes that no longer hold, now that articles have been joined."""
    for first, piece in pairs:
        if first.article.onward and piece.article.back:
            yield _note(first.page, first.article.onward, "goes on", first.goes_on)
            yield _note(piece.page, piece.article.back, "begins", piece.begins)


def pieces(read: Extraction) -> Iterator[Piece]:
    """The articles of a page of which a part stands elsewhere."""
    return (_piece(read.page, read.issue, a) for a in read.articles if a.onward or a.back)


def _piece(page: Page, issue: Issue, article: Article) -> Piece:
    title, back, onward = (
        page.text[span.start : span.end] if span else ""
        for span in (article.title, article.back, article.onward)
    )
    begins, goes_on = sheet_of("from", back), sheet_of("to", onward)
    return Piece(page.name, page.sha256, issue, article, "".join(title.split()), begins, goes_on)


def joined(found: Iterable[Piece]) -> list[tuple[Piece, Piece]]:
    """Beginnings, each with the piece that carries it on: of one issue, and headed alike or alone."""
    pairs = sorted(_pairs(found), key=lambda pair: (-_likeness(*pair), _order(pair[0]), _order(pair[1])))
    firsts, seconds = Counter(_order(a) for a, _ in pairs), Counter(_order(b) for _, b in pairs)
    taken: set[tuple[str, _Order]] = set()
    result = []
    for a, b in pairs:
        alone = firsts[_order(a)] == seconds[_order(b)] == 1
        wanted = _ALIKE if not alone else _RELATED if b.title else 0.0
        ends = {("goes on", _order(a)), ("begins", _order(b))}
        if not ends & taken and _likeness(a, b) >= wanted:
            result.append((a, b))
            taken |= ends
    return result


def _order(piece: Piece) -> _Order:
    return piece.sha256, piece.article.number, piece.page


def _pairs(found: Iterable[Piece]) -> set[tuple[Piece, Piece]]:
    """Pieces of which one may carry on the other. Only those are compared that may be of one issue."""
    torn = list(found)
    offered = defaultdict[_Issue, list[Piece]](list)
    for b in torn:
        for issue in _issues(b, "within") if b.article.back else ():
            offered[issue].append(b)
    return {
        (a, b)
        for a in torn
        if a.article.onward
        for issue in (*_issues(a, "of"), ("within", _file(a), a.issue.published or ""))
        for b in offered.get(issue, ())
        if _answers(a, b)
    }


def _issues(piece: Piece, larger: str) -> Iterator[_Issue]:
    """What an issue may be known by: paper and day, or file and day, or file and month or year `larger`."""
    day = piece.issue.published or ""
    if piece.issue.paper:
        yield "paper", piece.issue.paper, day
    yield "of", _file(piece), day
    yield from ((larger, _file(piece), day[:end]) for end in (0, 4, 7) if end < len(day))


def _answers(a: Piece, b: Piece) -> bool:
    """Whether the marks of two pieces name each other's sheets, as far as these are known, in one issue."""
    numbered = b.issue.sheet in (None, a.goes_on) and a.issue.sheet in (None, b.begins)
    return numbered and a.sha256 != b.sha256 and _one_issue(a, b)


def _one_issue(a: Piece, b: Piece) -> bool:
    """Whether two pages are of one paper and day, by masthead or metadata, else by the names of the files."""
    days = [piece.issue.published or "" for piece in (a, b)]
    papers = {piece.issue.paper for piece in (a, b)} - {None}
    if not (days[0].startswith(days[1]) or days[1].startswith(days[0])) or len(papers) > 1:
        return False
    stated = days[0] == days[1] and len(days[0]) == len("2025-08-02")
    both = a.issue.paper is not None and b.issue.paper is not None
    return (stated and both) or _file(a) == _file(b)


def _file(piece: Piece) -> str:
    """The name of its file, without the number of the sheet."""
    return _NUMBER.sub("", PurePosixPath(piece.page).stem)


def _likeness(a: Piece, b: Piece) -> float:
    """The share of the second headline's character pairs that the first has."""
    pairs = [b.title[k : k + 2] for k in range(len(b.title) - 1)]
    return sum(pair in a.title for pair in pairs) / max(1, len(pairs))
