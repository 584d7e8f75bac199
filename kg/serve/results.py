"""The answer to a query as it is shown: a table, and a chart, a map or a drawing where it makes one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeGuard

import pyoxigraph as ox

from kg.iris import FZ, ID, PREFIXES, key
from kg.search import Edge, Hit, Index, named, titled
from kg.serve import maps, web
from kg.store.sparql import Cell, Table
from kg.workers import Reply

VIEWS = ("table", "chart", "map", "network")
SIZE = 100  # rows on a page
_NUMBERS = {f"{PREFIXES['xsd']}{kind}" for kind in ("integer", "decimal", "double", "float", "int", "long")}
_BARS, _LINES, _DOTS = 40, 60, 300  # that can be told apart
_NAMED = 400  # things named in one question to the index


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart: what it is about, and its number as a share of the room for it, from `start` on."""

    label: str
    value: str
    start: float
    share: float


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer. `truth` is that of ASK; `cut`: the endpoint left rows out; `hits`: the things it names."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    hits: dict[str, Hit]
    truth: bool | None = None
    cut: bool = False
    bars: Sequence[Bar] = ()
    map: maps.Map | None = None
    edges: Sequence[Edge] = ()

    @property
    def views(self) -> tuple[str, ...]:
        """The ways in which the answer can be seen."""
        fits = {"table": True, "chart": self.bars, "map": self.map, "network": self.edges}
        return tuple(view for view in VIEWS if fits[view])

    def web(self) -> web.Web:
        """The drawing of the things that stand together in rows."""
        drawn = self.edges[:_LINES]
        ends = Counter(end for edge in drawn for end in (edge.subject, edge.object))
        return web.web(min(ends, key=lambda end: (-ends[end], end)), drawn, self.hits)


def shown(index: Index, reply: Reply) -> Shown:
    """A reply of the workers in JSON or N-Triples."""
    table = _table(reply)
    if isinstance(table, bool):
        return Shown((), (), {}, truth=table)
    things = list(dict.fromkeys(cell.value for row in table.rows for cell in row if _thing(cell)))
    hits: dict[str, Hit] = {}
    articles: dict[str, Hit] = {}
    for at in range(0, len(things), _NAMED):
        hits |= named(index, things[at : at + _NAMED])
        articles |= titled(index, things[at : at + _NAMED])
    return Shown(
        table.columns,
        table.rows,
        hits | articles,
        cut=reply.cut,
        bars=_bars(table, hits),
        map=_map([hits[thing] for thing in things if thing in hits]),
        edges=list(_edges(table, hits, triples=reply.form in ("CONSTRUCT", "DESCRIBE"))),
    )


def _table(reply: Reply) -> Table | bool:
    if reply.form in ("CONSTRUCT", "DESCRIBE"):
        triples = ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)
        rows = tuple((t.subject, t.predicate, t.object) for t in triples)
        return Table(("subject", "predicate", "object"), rows)
    parsed = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
    if isinstance(parsed, ox.QueryBoolean):
        return bool(parsed)
    columns = tuple(variable.value for variable in parsed.variables)
    return Table(columns, tuple(tuple(row) for row in parsed))


def _thing(cell: Cell) -> TypeGuard[ox.NamedNode]:
    return isinstance(cell, ox.NamedNode) and cell.value.startswith(ID)


def said(cell: Cell, hits: dict[str, Hit]) -> str:
    """A cell in words."""
    if isinstance(cell, ox.NamedNode):
        return hits[cell.value].name if cell.value in hits else key(cell.value)
    return cell.value if isinstance(cell, ox.Literal | ox.BlankNode) else str(cell or "")


def number(cell: Cell) -> Decimal | None:
    """The number that a cell is, if it is one."""
    if not isinstance(cell, ox.Literal) or cell.datatype.value not in _NUMBERS:
        return None
    try:
        value = Decimal(cell.value)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _bars(table: Table, hits: dict[str, Hit]) -> list[Bar]:
    """A bar for each row, where there is a column of numbers and another that tells whose they are."""
    rows = table.rows[:_BARS]
    full = [all(number(row[n]) is not None for row in rows) for n in range(len(table.columns))]
    words = [n for n, numbers in enumerate(full) if not numbers]
    if len(rows) < 2 or True not in full or not words:
        return []
    column = full.index(True)
    values = [value for row in rows if (value := number(row[column])) is not None]
    low, high = min(Decimal(0), *values), max(Decimal(0), *values)
    room = float(high - low) or 1.0
    return [
        Bar(
            next(filter(None, (said(row[n], hits) for n in words)), ""),
            f"{said(row[column], hits)}{_unit(row)}",
            round(float(min(value, Decimal(0)) - low) / room, 4),
            round(float(abs(value)) / room, 4),
        )
        for row, value in zip(rows, values, strict=True)
    ]


def _unit(row: Sequence[Cell]) -> str:
    """The unit that stands in a row."""
    units = (key(cell.value) for cell in row if _thing(cell))
    return next((unit.removeprefix("unit:") for unit in units if unit.startswith("unit:")), "")


def _map(things: Iterable[Hit]) -> maps.Map | None:
    places = [(h.iri, h.name, h.lat, h.long) for h in things if h.lat is not None and h.long is not None]
    return maps.several(places[:_DOTS]) if places else None


def _edges(table: Table, hits: dict[str, Hit], triples: bool) -> Iterable[Edge]:
    """Things that stand in one row: the subject and object of triples, else the first two of the row."""
    seen = set()
    for row in table.rows:
        ends = [cell.value for cell in row if isinstance(cell, ox.NamedNode) and cell.value in hits][:2]
        if len(ends) < 2 or ends[0] == ends[1] or (*ends,) in seen:
            continue
        seen.add((*ends,))
        between = [cell.value for cell in row if isinstance(cell, ox.NamedNode) and cell.value.startswith(FZ)]
        relation = between[0].removeprefix(FZ) if between else ""
        if not triples or _thing(row[0]):
            yield Edge("", ends[0], relation, ends[1])
