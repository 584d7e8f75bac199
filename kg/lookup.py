"""From the names people type to the things in a graph."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Literal

import pyoxigraph as ox

from kg.answers import Named
from kg.iris import ENTITIES, ID, node
from kg.store import Store
from kg.store.sparql import Cell

Sort = Literal["entity", "metric"]

_NAMES = "VALUES ?p { rdfs:label skos:prefLabel skos:altLabel skos:hiddenLabel fz:code }"
_SORTS: dict[Sort, str] = {
    "entity": "FILTER NOT EXISTS { ?thing a ?other VALUES ?other { fz:Metric fz:Unit fz:Article fz:Page } }",
    "metric": "?thing a fz:Metric .",
}
_LANGUAGES = ("zh", "en", "zh-Latn", None)
_MARKS = "[\\s“”\"'‘’「」『』《》〈〉()（）·・\\-]"  # the same to Python and to SPARQL
_KEY = re.compile(f"(?:{'|'.join(ENTITIES)}):.+")
_IRI = re.compile(re.escape(ID) + r"[^\s<>\"{}|\\^`]+")
BATCH = 500  # things named in one query


def fold(name: str) -> str:
    """A name without what people leave out or write in several ways: case, width, spaces, quotation marks."""
    return re.sub(_MARKS, "", unicodedata.normalize("NFKC", name).casefold())


def find(store: Store, name: str, sort: Sort = "entity") -> tuple[Named, ...]:
    """What `name` stands for: an IRI, a key such as `place:140900`, a code, a name or part of one.

    The nearest sense wins: a name outright, before another form of one, before a part of one. All things of
    that sense come back, those with the shortest names first.
    """
    if _IRI.fullmatch(name) or _KEY.fullmatch(name):
        this = ox.NamedNode(name) if _IRI.fullmatch(name) else node(name)
        known = store.ask("ASK { VALUES ?thing { UNDEF } ?thing ?p ?o }", {"thing": [this]})
        iris = _present(store, this) if known else set()
    else:
        iris = _written(store, name, sort) or _folded(store, fold(name), sort)
    labels = names(store, iris)
    return tuple(
        sorted((Named(labels.get(i, i), i) for i in iris), key=lambda n: (len(n.name), n.name, n.iri))
    )


def _present(store: Store, this: ox.NamedNode) -> set[str]:
    """What an old address leads to, or the address itself."""
    query = "SELECT ?new { VALUES ?thing { UNDEF } ?thing dcterms:isReplacedBy+ ?new }"
    rows = store.select(query, {"thing": [this]}).rows
    return {new.value for (new,) in rows if isinstance(new, ox.NamedNode)} or {this.value}


def _written(store: Store, name: str, sort: Sort) -> set[str]:
    """The things with exactly this name, which an index finds."""
    texts = [ox.Literal(name, language=language) for language in _LANGUAGES]
    query = (
        f"SELECT ?thing ?p ?label {{ VALUES ?label {{ UNDEF }} {_NAMES} ?thing ?p ?label . {_SORTS[sort]} }}"
    )
    return _nearest(_rows(store, query, {"label": texts}), lambda label: True)


def _folded(store: Store, name: str, sort: Sort) -> set[str]:
    """The things whose name is this when both are folded, or else holds it."""
    if not name:
        return set()
    # The marks are a constant of the query, not a parameter: engines compile a constant pattern once.
    query = f"""SELECT ?thing ?p ?label {{ {{ SELECT ?thing ?p ?label {{ VALUES ?part {{ UNDEF }}
        {_NAMES} ?thing ?p ?label .
        FILTER(CONTAINS(REPLACE(LCASE(STR(?label)), {ox.Literal(_MARKS)}, ""), ?part)) }} }}
        {_SORTS[sort]} }}"""
    rows = list(_rows(store, query, {"part": [ox.Literal(name)]}))
    return _nearest(rows, lambda label: fold(label) == name) or {thing for thing, _, _ in rows}


def _rows(store: Store, query: str, bindings: dict[str, list[ox.Literal]]) -> Iterable[tuple[str, str, str]]:
    for thing, predicate, label in store.select(query, bindings).rows:
        if (
            isinstance(thing, ox.NamedNode)
            and isinstance(predicate, ox.NamedNode)
            and isinstance(label, ox.Literal)
        ):
            yield thing.value, predicate.value, label.value


def _nearest(rows: Iterable[tuple[str, str, str]], same: Callable[[str], bool]) -> set[str]:
    """The things of that name, or else of that other form of a name."""
    kept = [(thing, predicate) for thing, predicate, label in rows if same(label)]
    named = {thing for thing, predicate in kept if predicate.endswith(("#label", "#prefLabel"))}
    return named or {thing for thing, _ in kept}


def names(store: Store, iris: Iterable[str]) -> dict[str, str]:
    """The Chinese name of each thing, or whatever name there is."""
    wanted, found = sorted(set(iris)), dict[str, str]()
    query = "SELECT ?thing ?label { VALUES ?thing { UNDEF } ?thing rdfs:label|skos:notation ?label }"
    for at in range(0, len(wanted), BATCH):
        rows = store.select(query, {"thing": [ox.NamedNode(iri) for iri in wanted[at : at + BATCH]]}).rows
        for thing, label in sorted(rows, key=_foreign):
            if isinstance(thing, ox.NamedNode) and isinstance(label, ox.Literal):
                found.setdefault(thing.value, label.value)
    return found


def _foreign(row: tuple[Cell, ...]) -> tuple[bool, str]:
    label = row[1]
    return not (isinstance(label, ox.Literal) and label.language == "zh"), str(label)
