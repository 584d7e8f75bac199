"""Is a graph sound? Its shapes (SHACL), its logic (OWL), and whether its figures can be."""

from __future__ import annotations

import io
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cache

import owlready2
import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF, SH

from kg import conflicts, ontology
from kg.check.plausible import doubtful
from kg.conflicts import Conflict
from kg.iris import FZ, key, term
from kg.model import Problem, Span
from kg.store import Store, statements

_PAGES = "SELECT ?page (MIN(?file) AS ?name) { GRAPH ?page { ?page fz:fileName ?file } } GROUP BY ?page"
_MISSING_JAVA = Problem(
    "ontology", "the logic was not checked: no Java here", "install a Java runtime", severity="note"
)


def check(store: Store) -> list[Problem]:
    """All that is wrong with a graph: its shapes a page at a time, its logic, doubtful figures, conflicts."""
    found = [problem for name, graph in _pages(store) for problem in misshapen(graph, name)]
    found += illogical(list(_logic(store)))
    found += doubtful(statements.figures(store, statements.counts(store)))
    told = (c for c in conflicts.find(store) if not c.revision and c.kind != "outcome")
    return [*found, *(_disagreement(conflict) for conflict in told)]


def _disagreement(conflict: Conflict) -> Problem:
    """A warning at what fewer witnesses say."""
    says = "; ".join(
        f"{side.says}: “{side.proofs[0].quote}” ({side.proofs[0].page})" for side in conflict.sides
    )
    proof = conflict.sides[-1].proofs[0]
    message = f"{conflict.about.name} {conflict.what}: sources disagree: {says}"
    return Problem(proof.page, message, "compare the quotations", Span(proof.start, proof.end))


def misshapen(graph: Iterable[ox.Triple], page: str = "graph") -> list[Problem]:
    """What breaks the shapes in the graph of one page."""
    import pyshacl  # a fifth of a second, which no other verb shall wait for

    _, report, text = pyshacl.validate(
        _rdflib(graph), shacl_graph=_shapes(), ont_graph=_classes(), inplace=True
    )
    if not isinstance(report, rdflib.Graph):
        raise ValueError(f"shapes.ttl: {text}")
    results = report.subjects(RDF.type, SH.ValidationResult)
    return sorted((_result(report, result, page) for result in results), key=lambda problem: problem.message)


def illogical(facts: Collection[ox.Triple]) -> list[Problem]:
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
        message = f"the graph contradicts the ontology: {_torn(facts) or 'where, is not known'}"
        return [Problem("ontology", message, "compare the pages that name it", severity="error")]
    empty = sorted(c.name for c in world.inconsistent_classes() if c is not owlready2.Nothing)
    return [
        Problem("ontology", f"nothing can be {name}", "mend its axioms", severity="error") for name in empty
    ]


def _torn(facts: Iterable[ox.Triple]) -> str:
    """The likely cause of a contradiction: things that pages put in several classes."""
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for fact in facts:
        if fact.predicate == term("rdf:type"):
            classes[str(fact.subject)].add(str(fact.object))
    torn = ((this, sorted(kinds)) for this, kinds in sorted(classes.items()) if len(kinds) > 1)
    return "; ".join(f"{_name(this)} is {' and '.join(map(_name, kinds))}" for this, kinds in torn)


def _name(node: str) -> str:
    return key(node.strip("<>"))


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
    """What the ontology has axioms about: things and how they are related. The shapes see to figures."""
    relations = " ".join(f"fz:{name}" for name in ontology.relations())
    yield from store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?p {{ {relations} }} ?s ?p ?o }}")
    yield from store.construct("CONSTRUCT { ?s a ?class } WHERE { ?s fz:mentionedIn ?article ; a ?class }")


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
    return rdflib.Graph().parse(data=ontology.derived()["shapes.ttl"], format="turtle")


@cache
def _classes() -> rdflib.Graph:
    """The class hierarchy, all that the shapes need of the ontology."""
    return _rdflib(t for t in ontology.axioms() if t.predicate == term("rdfs:subClassOf"))
