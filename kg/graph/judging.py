"""Judgements of people as quads, each in a graph of its own: what was judged, by whom, when and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg.graph.things import Edge, chinese
from kg.iris import ENTITIES, node, term
from kg.verdicts import RULE, Judgement


def judged(judgements: Iterable[Judgement]) -> list[Quad]:
    """The judgements that a graph rests on, those by which something is not in it any more among them."""
    made = {j: node(f"judgement:{j.id}") for j in judgements}
    return sorted(
        (Quad(s, term(p), o, this) for j, this in made.items() for s, p, o in _edges(this, j)), key=str
    )


def rests_on(statement: NamedNode, rule: str) -> Iterator[Edge]:
    """The tie of a statement to the judgement that made it what it is, if its rule says so."""
    if rule.startswith(RULE):
        yield statement, "fz:judgement", node(f"judgement:{rule.removeprefix(RULE)}")


def _edges(this: NamedNode, j: Judgement) -> Iterator[Edge]:
    yield this, "rdf:type", term("fz:Judgement")
    yield (
        this,
        "rdfs:label",
        chinese(" ".join(filter(None, (j.verdict, j.subject, j.predicate, j.object, j.value)))),
    )
    yield this, "fz:verdict", Literal(j.verdict)
    yield this, "fz:line", Literal("\t".join(j.cells))
    for thing in (j.subject, j.object, j.value):
        if thing.partition(":")[0] in ENTITIES:
            yield this, "fz:concerns", node(thing)
    if j.why:
        yield this, "rdfs:comment", chinese(j.why)
    if j.when:
        yield this, "dcterms:date", Literal(j.when, datatype=term("xsd:date"))
    if j.who:
        judge = node(f"judge:{j.who}")
        yield this, "prov:wasAttributedTo", judge
        yield judge, "rdf:type", term("prov:Agent")
        yield judge, "rdfs:label", chinese(j.who)
