"""Turtle that reads well and comes out the same, byte for byte: sorted, prefixed, one block a subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.iris import LOCAL, PREFIXES

Term = NamedNode | BlankNode | Literal | Triple

_FIRST = ("rdf:type", "rdfs:label", "skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "rdfs:comment")
_BARE = {"integer": re.compile(r"[+-]?\d+"), "decimal": re.compile(r"[+-]?\d*\.\d+")}


def turtle(graph: Iterable[Quad | Triple]) -> bytes:
    """The union of the graphs in `graph` (quads, triples or a store) as Turtle."""
    short = _Shortener()
    rows = sorted(
        {(short(t.subject), _rank(short(t.predicate)), short(t.predicate), short(t.object)) for t in graph}
    )
    body = [_block(subject, list(group)) for subject, group in groupby(rows, key=lambda row: row[0])]
    head = [f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in sorted(short.used)]
    return "".join([*head, *body]).encode()


def _rank(predicate: str) -> int:
    return _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)


def _block(subject: str, rows: list[tuple[str, int, str, str]]) -> str:
    """All that is said of one subject."""
    lines: Iterator[str] = (
        f"{'a' if predicate == 'rdf:type' else predicate} {', '.join(row[3] for row in group)}"
        for predicate, group in groupby(rows, key=lambda row: row[2])
    )
    return f"\n{subject} " + " ;\n    ".join(lines) + " .\n"


class _Shortener:
    """Writes terms with the prefixes of the project, and remembers which it used."""

    def __init__(self) -> None:
        self.used: set[str] = set()
        self._spaces = {space: prefix for prefix, space in PREFIXES.items()}
        self._known: dict[Term, str] = {}

    def __call__(self, term: Term) -> str:
        if term not in self._known:
            self._known[term] = self._literal(term) if isinstance(term, Literal) else self._name(term)
        return self._known[term]

    def _name(self, term: Term) -> str:
        if not isinstance(term, NamedNode):
            return str(term)
        space = term.value.partition("#")[0] + "#"
        cut = len(space) if space in self._spaces else term.value.rfind("/") + 1
        prefix, local = self._spaces.get(term.value[:cut]), term.value[cut:]
        main, _, fragment = local.partition("#")
        if prefix is None or not LOCAL.fullmatch(main) or (fragment and not fragment.isalpha()):
            return str(term)
        self.used.add(prefix)
        return f"{prefix}:{local.replace('#', chr(92) + '#')}"

    def _literal(self, term: Literal) -> str:
        kind = term.datatype.value.removeprefix(PREFIXES["xsd"])
        if kind in _BARE and _BARE[kind].fullmatch(term.value):
            return term.value
        text = str(term)
        if term.language or kind == "string":
            return text
        return text[: text.rindex("^^") + 2] + self._name(term.datatype)
