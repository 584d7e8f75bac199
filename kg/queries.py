"""Questions kept as files, one SPARQL query each, and how they are asked.

The head of a `queries/*.rq` file is TOML in lines that begin with `#+`: title, question, parameters, example.
A parameter fills the block `VALUES ?name { UNDEF }` of its query; where it is not given, UNDEF asks for all.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pyoxigraph as ox

from kg import lookup, ontology
from kg.answers import Answer
from kg.harmless import one_line
from kg.iris import FZ, ID, PREFIXES
from kg.resources import folder
from kg.store import Store
from kg.store.sparql import Cell, Table, Term, bind

_XSD = PREFIXES["xsd"]
_SHOWN = 8  # candidates named in an error


class QueryError(ValueError):
    """A question that cannot be asked: says what is missing or wrong, with an example."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question may be asked about. `type`: entity, metric, relation, text, date, year or number."""

    name: str
    type: str
    about: Mapping[str, str]  # by language, zh and en
    required: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question. `title` and `question` by language, zh and en; `example`: parameters that get an answer."""

    name: str
    text: str
    title: Mapping[str, str] = field(default_factory=dict)
    question: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    example: Mapping[str, str] = field(default_factory=dict)
    then: str | None = None  # a step after SPARQL: path

    def usage(self) -> str:
        """The command that asks the example."""
        return " ".join(["kg query", self.name, *(f"--param {k}={v}" for k, v in self.example.items())])


def names() -> tuple[str, ...]:
    """The names of the questions that come with the program."""
    return tuple(sorted(path.stem for path in folder("queries").glob("*.rq")))


def load(query: str | Path) -> Query:
    """The question of that name, in that file, or written out in SPARQL."""
    text = str(query)
    if isinstance(query, str) and re.search(r"[{\n]", text):
        return _parsed("", text)
    if text.endswith(".rq") or "/" in text:
        return _file(Path(text))
    if text in names():
        return _file(folder("queries") / f"{text}.rq")
    near = difflib.get_close_matches(text, names(), n=3, cutoff=0.4) or names()
    raise QueryError(f"no query named {text!r}; there are: {', '.join(near)}")


def _file(path: Path) -> Query:
    try:
        return _parsed(path.stem, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path}: cannot be read: {one_line(error)}") from error


def _parsed(name: str, text: str) -> Query:
    lines = [line[2:] for line in text.splitlines() if line.startswith("#+")]
    try:
        head = tomllib.loads("\n".join(lines))
        parameters = tuple(Parameter(key, **value) for key, value in head.pop("parameters", {}).items())
        return Query(name, text, parameters=parameters, **head)
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise QueryError(f"{name or 'the query'}: its #+ lines are not as they should be: {error}") from error


def run(store: Store, query: str | Path | Query, params: Mapping[str, object] | None = None) -> Answer:
    """Ask a question: by name, file or in SPARQL, or as loaded."""
    query = query if isinstance(query, Query) else load(query)
    terms = _terms(store, query, params or {})
    title = query.title.get("zh", "")
    if query.then == "path":
        return _answer(store, _path(store.select(query.text), terms["from"], terms["to"]), title)
    return _answer(store, store.query(query.text, terms), title)


def filled(store: Store, query: Query, params: Mapping[str, object]) -> str:
    """The question in SPARQL with its parameters in it, without its `#+` lines: for any endpoint."""
    text = bind(query.text, _terms(store, query, params))
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip() + "\n"


def ask(store: Store, query: str | Path, **params: object) -> Answer:
    """Ask a question, its parameters as keywords: `ask(store, "exports-by-city", city="忻州")`."""
    return run(store, query, params)


def _answer(store: Store, found: Table | bool | tuple[ox.Triple, ...], title: str) -> Answer:
    if isinstance(found, bool):
        text = Table(("answer",), ((ox.Literal(found),),))
        return Answer(text, truth=found, title=title)
    triples = None
    if not isinstance(found, Table):
        triples, rows = found, tuple((t.subject, t.predicate, t.object) for t in found)
        found = Table(("subject", "predicate", "object"), rows)
    cells = (cell for row in found.rows for cell in row)
    iris = {cell.value for cell in cells if isinstance(cell, ox.NamedNode) and cell.value.startswith(ID)}
    return Answer(found, lookup.names(store, iris), triples, title=title)


# --- parameters ---------------------------------------------------------------------------------------------


def _terms(store: Store, query: Query, params: Mapping[str, object]) -> dict[str, list[Term]]:
    """The terms that fill the blocks of the query."""
    if not query.parameters:
        return {name: [_plain(value)] for name, value in params.items()}
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in params:
        if name not in known:
            raise QueryError(f"{query.name} has no parameter {name!r}; it has: {', '.join(known)}")
    terms = {}
    for parameter in query.parameters:
        value = params.get(parameter.name, parameter.default)
        if value is None or value == "":
            if parameter.required:
                raise QueryError(f"{query.name} needs {parameter.name}; for example: {query.usage()}")
            continue
        terms[parameter.name] = _typed(store, parameter, value)
    return terms


def _plain(value: object) -> Term:
    """The term for a value of which no type was declared: what looks like an IRI is one."""
    if isinstance(value, str) and re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value):
        return ox.NamedNode(value)
    if isinstance(value, Decimal | int | date):
        return _literal(value)
    return ox.Literal(str(value))


def _typed(store: Store, parameter: Parameter, value: object) -> list[Term]:
    if parameter.type in ("entity", "metric"):
        found = lookup.find(store, str(value), "metric" if parameter.type == "metric" else "entity")
        if not found:
            raise QueryError(
                f"{parameter.name}: nothing here is called {str(value)!r}{_near(store, str(value))}"
            )
        return [ox.NamedNode(thing.iri) for thing in found]
    if parameter.type == "relation":
        return [ox.NamedNode(FZ + _relation(str(value)))]
    reader, example = _READERS[parameter.type]
    try:
        return [_literal(reader(str(value)))]
    except (ValueError, InvalidOperation) as error:
        example = f"for example: {parameter.name}={example}"
        raise QueryError(f"{parameter.name}: {str(value)!r} is no {parameter.type}; {example}") from error


def _near(store: Store, name: str) -> str:
    """The things whose names share their first two characters with `name`."""
    near = lookup.find(store, name[:2]) if len(name) > 2 else ()
    return f"; perhaps {', '.join(thing.name for thing in near[:_SHOWN])}" if near else ""


def _relation(said: str) -> str:
    """The relation of that name, Chinese or English."""
    known = ontology.relations()
    for name, row in known.items():
        if said in (name, row["zh"], row["en"]):
            return name
    there = ", ".join(f"{name} {row['zh']}" for name, row in known.items())
    raise QueryError(f"no relation {said!r}; there are: {there}")


def _year(text: str) -> int:
    if not re.fullmatch(r"[12]\d{3}", text):
        raise ValueError(text)
    return int(text)


_READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "text": (str, "外贸"),
    "year": (_year, "2025"),
    "date": (date.fromisoformat, "2025-06-30"),
    "number": (Decimal, "5.5"),
}


def _literal(value: object) -> ox.Literal:
    """A literal as the graph writes them."""
    if isinstance(value, Decimal):
        return ox.Literal(format(value, "f"), datatype=ox.NamedNode(f"{_XSD}decimal"))
    if isinstance(value, date):
        return ox.Literal(value.isoformat(), datatype=ox.NamedNode(f"{_XSD}date"))
    return ox.Literal(value) if isinstance(value, int) else ox.Literal(str(value))


# --- what SPARQL cannot ask ---------------------------------------------------------------------------------


def _path(edges: Table, starts: Iterable[Term], ends: Iterable[Term]) -> Table:
    """The rows (from, relation, to) along the shortest way between two things, whichever way edges point."""
    graph = nx.Graph()
    rows: dict[frozenset[Cell], tuple[Cell, ...]] = {}
    for row in sorted(edges.rows, key=str):
        graph.add_edge(row[0], row[2])
        rows.setdefault(frozenset((row[0], row[2])), row)
    ways = [
        nx.shortest_path(graph, a, b)
        for a in starts
        for b in ends
        if a in graph and b in graph and nx.has_path(graph, a, b)
    ]
    way: list[Cell] = min(ways, key=lambda nodes: (len(nodes), str(nodes)), default=[])
    return Table(edges.columns, tuple(rows[frozenset(pair)] for pair in pairwise(way)))
