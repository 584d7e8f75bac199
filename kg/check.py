"""Is a graph sound? Its shapes (SHACL), its logic (OWL), and whether its figures can be."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Iterator
from functools import cache

import owlready2
import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import RDF, SH

from kg import ontology, statements
from kg.iris import FZ, key, term
from kg.model import Problem
from kg.plausible import doubtful
from kg.resources import folder
from kg.store import Store

_PAGES = "SELECT ?page (MIN(?file) AS ?name) { GRAPH ?page { ?page fz:fileName ?file } } GROUP BY ?page"
_MISSING_JAVA = Problem(
    "ontology", "the logic was not checked: no Java here", "install a Java runtime", severity="note"
)
_CONTRADICTION = Problem(
    "ontology",
    "the graph contradicts the ontology",
    "look for things of two classes that exclude each other",
    severity="error",
)


def check(store: Store) -> list[Problem]:
    """All that is wrong with a graph: its shapes a page at a time, then its logic, then doubtful figures."""
    found = [problem for name, graph in _pages(store) for problem in misshapen(graph, name)]
    found += illogical(_logic(store))
    return [*found, *doubtful(statements.figures(store, statements.counts(store)))]


def misshapen(graph: Iterable[ox.Triple], page: str = "graph") -> list[Problem]:
    """What breaks the shapes in the graph of one page."""
    _, report, text = pyshacl.validate(_rdflib(graph), shacl_graph=_shapes(), ont_graph=_classes())
    if not isinstance(report, rdflib.Graph):
        raise ValueError(f"ontology/shapes.ttl: {text}")
    results = report.subjects(RDF.type, SH.ValidationResult)
    return sorted((_result(report, result, page) for result in results), key=lambda problem: problem.message)


def illogical(facts: Iterable[ox.Triple]) -> list[Problem]:
    """Whether facts contradict the ontology: HermiT tells that they do, not which of them."""
    if not shutil.which(owlready2.JAVA_EXE):
        return [_MISSING_JAVA]
    text = io.BytesIO()
    ox.serialize([*ontology.axioms(), *facts], text, format=ox.RdfFormat.N_TRIPLES)
    text.seek(0)
    world = owlready2.World()
    world.get_ontology(FZ).load(fileobj=text)
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return [_CONTRADICTION]
    empty = sorted(c.name for c in world.inconsistent_classes() if c is not owlready2.Nothing)
    return [
        Problem("ontology", f"nothing can be {name}", "mend its axioms", severity="error") for name in empty
    ]


def _pages(store: Store) -> Iterator[tuple[str, Iterable[ox.Triple]]]:
    """The graph of each page with the name of its file; a graph that keeps no pages apart, whole."""
    pages = sorted(
        (name.value, str(page)) for page, name in store.select(_PAGES).rows if isinstance(name, ox.Literal)
    )
    for name, page in pages:
        yield name, store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {page} {{ ?s ?p ?o }} }}")
    if not pages:
        yield "graph", store.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")


def _logic(store: Store) -> Iterator[ox.Triple]:
    """What the ontology has axioms about. Dates are left out: HermiT knows none."""
    properties = " ".join(f"fz:{name}" for name in (*ontology.relations(), "about", "metric", "unit", "kind"))
    yield from store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?p {{ {properties} }} ?s ?p ?o }}")
    ours = "FILTER(STRSTARTS(STR(?class), STR(fz:)))"
    yield from store.construct(f"CONSTRUCT {{ ?s a ?class }} WHERE {{ ?s a ?class {ours} }}")


def _result(report: rdflib.Graph, result: rdflib.term.Node, page: str) -> Problem:
    parts = [report.value(result, part) for part in (SH.focusNode, SH.resultPath, SH.value)]
    where = " ".join(dict.fromkeys(key(str(part)) for part in parts if part is not None))
    message = f"{where}: {report.value(result, SH.resultMessage)}"
    broken = report.value(result, SH.resultSeverity) == SH.Violation
    return Problem(page, message, "compare it with its quotation", severity="error" if broken else "warning")


def _rdflib(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for triple in triples:
        graph.add((_term(triple.subject), _term(triple.predicate), _term(triple.object)))
    return graph


def _term(this: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> rdflib.term.Identifier:
    if isinstance(this, ox.Literal):
        datatype = None if this.language else rdflib.URIRef(this.datatype.value)
        return rdflib.Literal(this.value, lang=this.language, datatype=datatype, normalize=False)
    if isinstance(this, ox.NamedNode):
        return rdflib.URIRef(this.value)
    return rdflib.BNode(this.value if isinstance(this, ox.BlankNode) else str(this))


@cache
def _shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(folder("ontology") / "shapes.ttl")


@cache
def _classes() -> rdflib.Graph:
    """The class hierarchy, all that the shapes need of the ontology."""
    return _rdflib(t for t in ontology.axioms() if t.predicate == term("rdfs:subClassOf"))
