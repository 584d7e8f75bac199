"""A page or an article as printed: the very characters that prove something, and what they prove."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.graph import article_node
from kg.iris import iri
from kg.model import Article, Extraction, Page, Role, Span
from kg.search import Hit, Index, named, running, saying
from kg.serve import forms, looks
from kg.serve.site import site
from kg.store.statements import Figure, Statement


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that the same notes cover. `note`: of the shortest proof that does; `lit`: asked for."""

    start: int
    text: str
    note: str = ""
    lit: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an article as printed, and as repaired."""

    role: Role
    pieces: Sequence[Piece]
    repaired: str


@dataclass(frozen=True, slots=True)
class Note:
    """What the characters `start` to `end` prove."""

    start: int
    end: int
    facts: Sequence[Statement]
    figures: Sequence[Figure]

    @property
    def id(self) -> str:
        """Its anchor on the page."""
        return f"n-{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Story:
    """An article on its page: `number` from 1."""

    iri: str
    number: int
    title: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet whose layout is known, in the points or pixels of the sheet."""

    left: float
    top: float
    width: float
    height: float
    text: str
    note: str


def _article(request: Request) -> Response:
    """One article."""
    index, this = site(request).index, iri(f"article:{request.path_params['local']}")
    rows = index.rows("SELECT page, number FROM article WHERE iri = ?", (this,))
    if not rows:
        raise HTTPException(404)
    return _shown(request, this, rows[0][0], rows[0][1])


def _page(request: Request) -> Response:
    """A whole page, article by article."""
    this = iri(f"page:{request.path_params['local']}")
    if not site(request).index.rows("SELECT 1 FROM article WHERE page = ?", (this,)):
        raise HTTPException(404)
    return _shown(request, this, this, 0)


def _shown(request: Request, this: str, page: str, number: int) -> Response:
    here = site(request)
    if (form := forms.wanted(request)) in forms.RDF:
        return forms.answer(here, this, form)
    index, sha256 = here.index, page.rsplit("/", 1)[1]
    found = notes(index, sha256, this if number else "")
    read = here.extraction(sha256)
    lit = _asked(request.query_params.get("mark", ""))
    articles = index.rows(
        """SELECT iri, number, title, published, place, paper, file FROM article WHERE page = ?
        ORDER BY number""",
        (page,),
    )
    return looks.page(
        request,
        "article.html",
        number=number,
        page=page,
        articles=articles,
        about=next((row for row in articles if row[1] == number), articles[0]),
        place=named(index, [iri(f"place:{articles[0][4]}")]).get(iri(f"place:{articles[0][4]}")),
        stories=[*stories(read, found, number, lit)] if read else [],
        sheet=sheet(read.page, found) if read else [],
        notes=found,
        names=_names(index, found),
        repaired=request.query_params.get("beside") == "repaired",
    )


def notes(index: Index, sha256: str, article: str = "") -> list[Note]:
    """What a page proves, or one article of it, in the order of the text."""
    spans: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for statement, proof in saying.of_page(index, sha256):
        if article in ("", proof.article):
            spans[proof.start, proof.end].append(statement)
    wanted = list(dict.fromkeys(statement for lot in spans.values() for statement in lot))
    facts = saying.statements(index, wanted)
    figures = {f.iri: f for f in saying.figures(index, f"f.iri IN ({','.join('?' * len(wanted))})", wanted)}
    return [
        Note(*span, [facts[s] for s in lot if s in facts], [figures[s] for s in lot if s in figures])
        for span, lot in sorted(spans.items())
    ]


def stories(
    read: Extraction, found: Sequence[Note], number: int, lit: Span | None
) -> Iterator[Story]:  # fmt: skip
    """The articles of a page, or one of them, cut into pieces at the bounds of proofs."""
    for article in read.articles:
        if number in (0, article.number):
            yield Story(
                article_node(read.page, article.number).value,
                article.number,
                article.headline or "",
                [*_parts(read.page, article, found, lit)],
            )


def _parts(page: Page, article: Article, found: Sequence[Note], lit: Span | None) -> Iterator[Part]:
    for (role, span), (_, repaired) in zip(article.parts, running(page, article), strict=True):
        yield Part(role, pieces(page.text, span, found, lit), repaired)


def pieces(text: str, span: Span, found: Sequence[Note], lit: Span | None = None) -> list[Piece]:
    """The characters of a span, cut wherever a proof begins or ends: spans of proofs may overlap."""
    over = [note for note in found if note.start < span.end and note.end > span.start]
    bounds = {span.start, span.end, *(b for note in over for b in (note.start, note.end))}
    bounds |= {lit.start, lit.end} if lit else set()
    cuts = sorted(bound for bound in bounds if span.start <= bound <= span.end)
    made = []
    for start, end in pairwise(cuts):
        covering = [note for note in over if note.start <= start and note.end >= end]
        shortest = min(covering, key=lambda note: note.end - note.start, default=None)
        asked = lit is not None and lit.start <= start and end <= lit.end
        made.append(Piece(start, text[start:end], shortest.id if shortest else "", asked))
    return made


def sheet(page: Page, found: Sequence[Note]) -> list[Line]:
    """The lines of a sheet whose layout is known, each with what it proves."""
    return [
        Line(
            line.box.left,
            line.box.top,
            line.box.right - line.box.left,
            line.box.bottom - line.box.top,
            page.text[line.span.start : line.span.end],
            next((n.id for n in found if n.start < line.span.end and n.end > line.span.start), ""),
        )
        for line in page.lines
        if line.sheet is None
    ]


def _asked(mark: str) -> Span | None:
    """The characters that the address asks to light up: `1013-1059`."""
    found = re.fullmatch(r"(\d{1,9})-(\d{1,9})", mark, re.ASCII)
    return Span(int(found[1]), int(found[2])) if found and int(found[1]) < int(found[2]) else None


def _names(index: Index, found: Iterable[Note]) -> Mapping[str, Hit]:
    facts = (end for note in found for fact in note.facts for end in (fact.subject, fact.object))
    return named(index, {*facts, *(figure.about for note in found for figure in note.figures)})


routes = (Route("/id/article/{local}", _article), Route("/id/page/{local}", _page))
