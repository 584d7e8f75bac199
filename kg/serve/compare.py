"""Two to four things side by side: their figures of one metric, period and kind, or what keeps them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.search import Index, named, saying
from kg.serve import looks
from kg.serve.network import meant
from kg.serve.site import site
from kg.store.statements import Figure

MOST = 4  # things
_FIGURES, _ROWS = 3000, 120


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of each thing, where it has one. `apart`: why they cannot be compared, if so."""

    metric: str
    cells: tuple[Figure | None, ...]
    apart: tuple[str, ...]


def compared(index: Index, iris: Sequence[str]) -> list[Row]:
    """The metrics that two of the things have, those with like figures first."""
    marks = ",".join("?" * len(iris))
    about = f"about IN (SELECT id FROM thing WHERE iri IN ({marks}))"
    shared = f"SELECT metric FROM figure WHERE {about} GROUP BY metric HAVING count(DISTINCT about) > 1"
    where = f"f.{about} AND f.metric IN ({shared}) ORDER BY f.id LIMIT ?"
    metrics: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in saying.figures(index, where, (*iris, *iris, _FIGURES)):
        metrics[figure.metric].append(figure)
    rows = [row for metric in sorted(metrics) for row in alike(metric, metrics[metric], iris)]
    return sorted(rows, key=lambda row: bool(row.apart))[:_ROWS]


def alike(metric: str, figures: Iterable[Figure], iris: Sequence[str]) -> list[Row]:
    """A row for each period and kind that two things share; else their latest, with what parts them."""
    same: defaultdict[tuple[str, str, str], dict[str, Figure]] = defaultdict(dict)
    latest: dict[str, Figure] = {}
    for figure in figures:
        same[figure.first, figure.last, figure.kind].setdefault(figure.about, figure)
        latest.setdefault(figure.about, figure)
    rows = [_row(metric, held, iris) for (first, _, _), held in same.items() if first and len(held) > 1]
    return rows or [_row(metric, latest, iris)]


def _row(metric: str, held: dict[str, Figure], iris: Sequence[str]) -> Row:
    cells = tuple(held.get(iri) for iri in iris)
    there = [cell for cell in cells if cell]
    sides: dict[str, set[object]] = {
        "periods": {(cell.first, cell.last) for cell in there},
        "kinds": {cell.kind for cell in there},
        "units": {cell.unit for cell in there if cell.value},
        "measures": {bool(cell.value) for cell in there},
    }
    return Row(metric, cells, tuple(name for name, values in sides.items() if len(values) > 1))


def _compare(request: Request) -> Response:
    index = site(request).index
    names = request.query_params.getlist("what")
    iris = list(dict.fromkeys(filter(None, (meant(index, name) for name in names if name.strip()))))[:MOST]
    hits = named(index, iris)
    return looks.page(
        request,
        "compare.html",
        hits=[hits[iri] for iri in iris],
        rows=compared(index, iris) if len(iris) > 1 else [],
        most=MOST,
        unknown=[name for name in names if name.strip() and not meant(index, name)],
    )


routes = (Route("/compare", _compare),)
