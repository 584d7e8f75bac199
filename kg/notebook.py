"""What a notebook needs: the names that `import kg` gives, typed, and pages that show their highlights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from hashlib import sha256
from html import escape
from itertools import pairwise
from pathlib import Path

from kg import builder, engines, pipeline, sources
from kg.merging import Report
from kg.model import Extraction, Page, Problem, Span


class Reading(Extraction):
    """An extraction that a notebook shows as the page with the proofs highlighted."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        said = list(_said(self))
        ends = (end for span, _ in said for end in (span.start, span.end))
        edges = sorted({0, len(self.page.text), *ends})
        pieces = (_piece(self.page.text, start, end, said) for start, end in pairwise(edges))
        return f"<div style='white-space:pre-wrap'>{''.join(pieces)}</div>"


def _said(reading: Extraction) -> Iterator[tuple[Span, str]]:
    """Where on the page a statement stands, and what it says."""
    names = {e.key: e.name for e in reading.entities}
    for fact in reading.facts:
        for proof in fact.evidence:
            yield proof.span, f"{names[fact.subject]} {fact.predicate} {names[fact.object]}"
    for o in reading.observations:
        figure = o.value_text or o.change or o.rank
        for proof in o.evidence:
            yield proof.span, f"{names[o.subject]} {o.metric} {figure}"


def _piece(text: str, start: int, end: int, said: Sequence[tuple[Span, str]]) -> str:
    over = dict.fromkeys(line for span, line in said if span.start <= start and end <= span.end)
    shown = escape(text[start:end])
    return f'<mark title="{escape("; ".join(over))}">{shown}</mark>' if over else shown


def read_page(page: Page | Path | str, published: str | None = None) -> Reading:
    """What a page says: a Page, the path of a file, or the text itself with its issue date if it has none.

    >>> page = read_page("2025年上半年，忻州市出口额13.67亿元，同比增长25.5%。")
    >>> [(o.metric, o.value_text, str(o.change)) for o in page.observations]
    [('出口额', '13.67亿元', '25.5')]
    >>> page.observations[0].evidence[0].quote in page.page.text
    True

    Raises ValueError where a file cannot be read as one page.
    """
    if isinstance(page, Path):
        page = _file(page)
    elif isinstance(page, str):
        page = Page("text", page, sha256(page.encode()).hexdigest(), published=published)
    read = pipeline.read_page(page)
    return Reading(*(getattr(read, f.name) for f in fields(read)))


def _file(path: Path) -> Page:
    match list(sources.read([path])):
        case [Page() as page]:
            return page
        case [Problem() as problem]:
            raise ValueError(f"{path}: {problem.message}; {problem.remedy}")
        case several:
            raise ValueError(f"{path}: {len(several)} pages; use kg.build for folders and archives")


def build(
    pages: Iterable[str | Path] | str | Path, out: str | Path = "build", jobs: int | None = None
) -> Report:
    """Read pages (files, folders, globs, archives) and leave their graph in the folder `out`.

    >>> from tempfile import mkdtemp
    >>> folder = Path(mkdtemp())
    >>> _ = (folder / "page.txt").write_text("2025年上半年，忻州市出口额13.67亿元，同比增长25.5%。", "utf-8")
    >>> report = build(folder / "page.txt", folder)
    >>> report.pages, report.counts["Observation"]
    (('page.txt',), 1)
    """
    inputs = [pages] if isinstance(pages, str | Path) else pages
    return builder.build(inputs, Path(out), engines.local(jobs))
