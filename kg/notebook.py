"""What a notebook needs: the names that `import kg` gives, typed, and pages that show their highlights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from hashlib import sha256
from html import escape
from itertools import pairwise
from pathlib import Path

from kg import builder, pipeline, sources
from kg.model import Evidence, Extraction, Page, Problem


class Reading(Extraction):
    """An extraction that a notebook shows as the page with the proofs highlighted."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        said = dict(_said(self))
        edges = sorted({0, len(self.page.text), *(i for e in said for i in (e.span.start, e.span.end))})
        return f"<div style='white-space:pre-wrap'>{''.join(_piece(self.page.text, a, b, said) for a, b in pairwise(edges))}</div>"


def _said(reading: Extraction) -> Iterator[tuple[Evidence, str]]:
    names = {e.key: e.name for e in reading.entities}
    for fact in reading.facts:
        for proof in fact.evidence:
            yield proof, f"{names[fact.subject]} {fact.predicate} {names[fact.object]}"
    for figure in reading.observations:
        for proof in figure.evidence:
            yield proof, f"{names[figure.subject]} {figure.metric} {figure.value_text or figure.change or figure.rank}"


def _piece(text: str, start: int, end: int, said: dict[Evidence, str]) -> str:
    over = [line for proof, line in said.items() if proof.span.start <= start and end <= proof.span.end]
    shown = escape(text[start:end])
    return f'<mark title="{escape(chr(10).join(over))}">{shown}</mark>' if over else shown


def read_page(page: Page | Path | str, published: str | None = None) -> Reading:
    """What a page says: a Page, the path of a file, or the text itself with its issue date if it has none.

    >>> page = read_page("2025年上半年，忻州市出口额13.67亿元，同比增长25.5%。")
    >>> [(o.metric, o.value_text, str(o.change)) for o in page.observations]
    [('出口额', '13.67亿元', '25.5')]

    Raises ValueError where a file cannot be read as one page.
    """
    if isinstance(page, Path):
        found = list(sources.read([page]))
        if len(found) != 1 or isinstance(found[0], Problem):
            told = found[0].message if found and isinstance(found[0], Problem) else f"{len(found)} pages"
            raise ValueError(f"{page}: not one page: {told}; use kg.build for folders and archives")
        page = found[0]
    elif isinstance(page, str):
        page = Page("text", page, sha256(page.encode()).hexdigest(), published=published)
    read = pipeline.read_page(page)
    return Reading(*(getattr(read, f.name) for f in fields(read)))


def build(pages: Iterable[str | Path] | str | Path, out: str | Path = "build", jobs: int = 1) -> builder.Report:
    """Read pages (files, folders, globs, archives) and leave their graph in the folder `out`."""
    inputs = [pages] if isinstance(pages, str | Path) else pages
    return builder.build(inputs, Path(out), jobs)
