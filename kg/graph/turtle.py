"""Turtle that reads well and comes out the same, byte for byte: sorted, prefixed, one block a subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from kg.iris import LOCAL, PREFIXES, term

Term = NamedNode | BlankNode | Literal | Triple

_FIRST = ("rdf:type", "rdfs:label", "skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "rdfs:comment")
_CLASS = f"\t{_FIRST.index('rdf:type')}rdf:type\tfz:"  # what stands in a row before a class of ours
_BARE = {"integer": re.compile(r"[+-]?\d+"), "decimal": re.compile(r"[+-]?\d*\.\d+")}


def turtle(graph: Iterable[Quad | Triple]) -> bytes:
    """The union of the graphs in `graph` (quads, triples or a store) as Turtle."""
    short = Shortener()
    ordered = sorted(rows(graph, short))
    return "".join(document(ordered, short.used)).encode()


def rows(graph: Iterable[Quad | Triple], short: Shortener) -> set[str]:
    """The triples as lines, whose order is that of the document. `short` remembers the prefixes used."""
    return {f"{short(t.subject)}\t{_predicate(short(t.predicate))}\t{short(t.object)}\n" for t in graph}


def document(ordered: Iterable[str], prefixes: Iterable[str]) -> Iterator[str]:
    """A Turtle document of rows in their order, each there once, which need not be in memory all."""
    yield from (f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in sorted(prefixes))
    end, subject, predicate = "", "", ""
    for row in ordered:
        of, verb, value = row[:-1].split("\t", 2)
        if of != subject:
            yield f"{end}\n{of} {_verb(verb)} {value}"
        elif verb != predicate:
            yield f" ;\n    {_verb(verb)} {value}"
        else:
            yield f", {value}"
        end, subject, predicate = " .\n", of, verb
    yield end


def is_class(row: str) -> str | None:
    """The class of ours that a row says its subject is of."""
    _, _, name = row.partition(_CLASS)
    return name[:-1] or None


@cache
def _predicate(name: str) -> str:
    """Behind its rank."""
    return f"{_rank(name)}{name}"


def _rank(predicate: str) -> int:
    return _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)


@cache
def _verb(predicate: str) -> str:
    """A predicate behind its rank, as the document has it."""
    return "a" if predicate[1:] == "rdf:type" else predicate[1:]


class Words(dict[Term | str, tuple[str, str]]):
    """Terms, and names such as `rdf:type` of predicates, as N-Quads have them and as rows do."""

    def __init__(self) -> None:
        super().__init__()
        self.short = Shortener()

    def __missing__(self, key: Term | str) -> tuple[str, str]:
        node = term(key) if isinstance(key, str) else key
        short = self.short(node)
        self[key] = str(node), _predicate(short) if isinstance(key, str) else short
        return self[key]


def lines(
    edges: Iterable[tuple[Term, str, Term]], graph: NamedNode | BlankNode | DefaultGraph, words: Words
) -> Iterator[tuple[str, str]]:
    """Each edge as a line of N-Quads in a graph, and as a row: many times faster than by quads."""
    end = f" {graph} .\n"
    for s, p, o in edges:
        (subject, short), (predicate, ranked), (value, brief) = words[s], words[p], words[o]
        yield f"{subject} {predicate} {value}{end}", f"{short}\t{ranked}\t{brief}\n"


class Shortener:
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
