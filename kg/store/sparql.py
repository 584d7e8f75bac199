"""What a store answers, and SPARQL as text: parameters bound as terms, errors with their place."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.harmless import one_line
from kg.iris import PREFIXES

Term = ox.NamedNode | ox.Literal
Cell = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None
Bindings = Mapping[str, Sequence[Term]]

_BLOCK = re.compile(
    r"""(?P<skip>\#[^\n]*|<[^<>"{}|^`\\\s]*>|\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      |\bVALUES\s*[?$](?P<name>\w+)\s*\{(?:[^{}"'<]|<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')*\}""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class StoreError(ValueError):
    """A store that cannot be read, written or reached, in one line with the remedy."""


class BadQuery(StoreError):
    """A query that is not SPARQL, with line and column where they are known."""


@dataclass(frozen=True, slots=True)
class Table:
    """The answer of a SELECT query."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


Result = Table | bool | tuple[ox.Triple, ...]


class Store(ABC):
    """A graph to ask. The default graph is the union of all pages; queries know the prefixes of `kg.iris`."""

    @abstractmethod
    def query(self, text: str, bindings: Bindings | None = None) -> Result:
        """Ask `text`; `bindings` fill its blocks `VALUES ?name { … }` with terms."""

    def select(self, text: str, bindings: Bindings | None = None) -> Table:
        """The rows of a SELECT query."""
        found = self.query(text, bindings)
        if not isinstance(found, Table):
            raise BadQuery("the query does not SELECT")
        return found

    def ask(self, text: str, bindings: Bindings | None = None) -> bool:
        """The answer to an ASK query."""
        found = self.query(text, bindings)
        if not isinstance(found, bool):
            raise BadQuery("the query does not ASK")
        return found

    def construct(self, text: str, bindings: Bindings | None = None) -> tuple[ox.Triple, ...]:
        """The triples of a CONSTRUCT or DESCRIBE query, sorted."""
        found = self.query(text, bindings)
        if not isinstance(found, tuple):
            raise BadQuery("the query does not CONSTRUCT")
        return found


def bind(text: str, bindings: Bindings) -> str:
    """`text` with the data of its blocks `VALUES ?name { … }` replaced by the terms of `bindings`.

    Terms are serialised, never pasted: no value can change the query. Engines agree on this form alone.
    """
    left = set(bindings)

    def fill(found: re.Match[str]) -> str:
        name = found["name"]
        if found["skip"] or name not in bindings:
            return found[0]
        left.discard(name)
        terms = " ".join(str(term) for term in bindings[name])
        return f"VALUES ?{name} {{ {terms} }}" + "\n" * found[0].count("\n")

    filled = _BLOCK.sub(fill, text) if left else text
    if left:
        raise BadQuery(f"the query has no block VALUES ?{min(left)} {{ UNDEF }} to fill")
    return filled


def prepared(text: str, bindings: Bindings | None) -> str:
    """One line of prefixes, then the query: error messages count lines from there."""
    declared = {name.lower() for name in re.findall(r"\bPREFIX\s+([\w-]*):", text, re.IGNORECASE)}
    head = " ".join(f"PREFIX {k}: <{v}>" for k, v in PREFIXES.items() if k not in declared)
    return f"{head}\n{bind(text, bindings or {})}"


def bad_query(text: str, message: str) -> BadQuery:
    """The error for a prepared query that an engine refused with `message`."""
    found = _PLACE.search(message)
    if not found:
        return BadQuery(f"not a query: {one_line(message)}")
    row, column = int(found[1]), int(found[2])
    rest = text.split("\n")[row - 1][column - 1 :].strip()
    what = f"at {rest[:30]!r}" if rest else "at the end of the line"
    hint = ": prefix not declared" if "Prefix not found" in message else ""
    return BadQuery(f"not a query: line {max(row - 1, 1)}, column {column}, {what}{hint}")


def unreadable(error: OSError | RuntimeError) -> bool:
    """Whether an engine's error is about its files; a missing one is corruption to it, and no OSError."""
    return isinstance(error, OSError) or str(error).startswith("Corruption")


def as_result(found: object) -> Result:
    """What pyoxigraph answered or parsed, read to its end; triples come sorted."""
    if isinstance(found, ox.QuerySolutions):
        columns = tuple(variable.value for variable in found.variables)
        return Table(columns, tuple(tuple(row) for row in found))
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    assert isinstance(found, Iterable)
    triples = (ox.Triple(q.subject, q.predicate, q.object) for q in found)
    return tuple(sorted(triples, key=str))


def cell_json(cell: Cell) -> dict[str, str]:
    """A term in SPARQL 1.1 Query Results JSON."""
    if isinstance(cell, ox.NamedNode):
        return {"type": "uri", "value": cell.value}
    if isinstance(cell, ox.BlankNode):
        return {"type": "bnode", "value": cell.value}
    if not isinstance(cell, ox.Literal):
        raise StoreError("triple terms have no form in SPARQL 1.1 JSON; select their parts")
    if cell.language:
        return {"type": "literal", "value": cell.value, "xml:lang": cell.language}
    if cell.datatype.value == f"{PREFIXES['xsd']}string":
        return {"type": "literal", "value": cell.value}
    return {"type": "literal", "value": cell.value, "datatype": cell.datatype.value}
