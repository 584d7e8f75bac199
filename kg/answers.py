"""An answer to a question: typed rows, and the forms in which people and programs take it away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg import harmless
from kg.iris import FZ, ID, PREFIXES, key
from kg.store.sparql import Cell, StoreError, Table, cell_json

if TYPE_CHECKING:
    import pandas

_XSD = PREFIXES["xsd"]


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A thing in an answer, under the name people know it by."""

    name: str
    iri: str

    def __str__(self) -> str:
        return self.name


Value = Named | Decimal | int | bool | date | str | None


@dataclass(frozen=True)
class Answer:
    """What a query found. Iterate for rows of values; `records` gives them with their columns."""

    table: Table
    names: Mapping[str, str] = field(default_factory=dict)  # of the IRIs in the table
    triples: tuple[ox.Triple, ...] | None = None  # of a CONSTRUCT query
    truth: bool | None = None  # of an ASK query
    title: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.table.columns

    @property
    def rows(self) -> tuple[tuple[Value, ...], ...]:
        """Rows of typed values."""
        return tuple(tuple(self._value(cell) for cell in row) for row in self.table.rows)

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.table.rows)

    def records(self) -> list[dict[str, Value]]:
        """Rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def strings(self) -> list[tuple[str, ...]]:
        """Rows as a person reads them: names for things, nothing for what is not known."""
        return [tuple("" if value is None else str(value) for value in row) for row in self.rows]

    def csv(self) -> str:
        """Comma-separated values: a thing has its IRI in its column and its name in another, `…Label`."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        table = self._labelled()
        writer.writerow(table.columns)
        writer.writerows([_plain(cell) for cell in row] for row in table.rows)
        return out.getvalue()

    def json(self) -> str:
        """SPARQL 1.1 Query Results JSON, with columns `…Label` for the names of things."""
        if self.truth is not None:
            return json.dumps({"head": {}, "boolean": self.truth})
        table = self._labelled()
        bindings = [
            {name: cell_json(cell) for name, cell in zip(table.columns, row, strict=True) if cell is not None}
            for row in table.rows
        ]
        content = {"head": {"vars": table.columns}, "results": {"bindings": bindings}}
        return json.dumps(content, ensure_ascii=False, indent=1)

    def turtle(self) -> str:
        """The triples of a CONSTRUCT query."""
        if self.triples is None:
            raise StoreError("only the answer of a CONSTRUCT query is a graph; take it as table, csv or json")
        return str(ox.serialize(self.triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"", "utf-8")

    def dataframe(self) -> pandas.DataFrame:
        """The answer for pandas, which must be installed; things as in `csv`."""
        import pandas

        table = self._labelled()
        rows = [[str(v) if isinstance(v := _value(cell), Named) else v for cell in row] for row in table.rows]
        return pandas.DataFrame(rows, columns=list(table.columns))

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in self.strings()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _value(self, cell: Cell) -> Value:
        value = _value(cell)
        return Named(self.names.get(value.iri, value.name), value.iri) if isinstance(value, Named) else value

    def _labelled(self) -> Table:
        """The table with a further column `…Label` after each that holds named things."""
        named = [
            any(isinstance(row[i], ox.NamedNode) for row in self.table.rows) for i in range(len(self.columns))
        ]
        columns = [
            name for column, n in zip(self.columns, named, strict=True) for name in _columns(column, n)
        ]
        rows = [tuple(self._cells(row, named)) for row in self.table.rows]
        return Table(tuple(columns), tuple(rows))

    def _cells(self, row: tuple[Cell, ...], named: list[bool]) -> Iterator[Cell]:
        for cell, n in zip(row, named, strict=True):
            yield cell
            if n:
                value = self._value(cell)
                yield None if value is None else ox.Literal(str(value))


def _columns(column: str, named: bool) -> tuple[str, ...]:
    return (column, f"{column}Label") if named else (column,)


def _value(cell: Cell) -> Value:
    """A term as a Python value."""
    if cell is None:
        return None
    if isinstance(cell, ox.NamedNode):
        local = key(cell.value)
        return Named(local.partition(":")[2] if cell.value.startswith((FZ, ID)) else local, cell.value)
    if not isinstance(cell, ox.Literal):
        return str(cell)
    reader = _READERS.get(cell.datatype.value.removeprefix(_XSD))
    try:
        return reader(cell.value) if reader else cell.value
    except (ValueError, ArithmeticError):  # an ill-typed literal, which RDF allows
        return cell.value


_READERS: dict[str, Any] = {
    "integer": int,
    "decimal": Decimal,
    "double": Decimal,
    "boolean": lambda text: text in ("true", "1"),
    "date": date.fromisoformat,
}


def _plain(cell: Cell) -> str:
    """A cell for a spreadsheet."""
    if cell is None:
        return ""
    if isinstance(cell, ox.NamedNode):
        return cell.value
    return harmless.cell(cell.value if isinstance(cell, ox.Literal) else str(cell))
