"""The ontology is consistent, complete in its labels, and its derived files say what the tables say."""

from __future__ import annotations

import json
import shutil
from collections import Counter

import owlready2
import pyoxigraph as ox
import pytest
import rdflib

from kg import check, ontology
from kg.iris import FZ, PREFIXES, node, term
from kg.resources import folder
from kg.rules import table

CLASSES = """Place Country Province City County Township Village Zone Organization Enterprise Agency
Institution Project Policy Metric Observation Product Award Event Person Group Fact Page Article Unit"""
RELATIONS = """locatedIn exports imports exportsTo produces usesMaterial undertakes partnersWith suppliesTo
issuedBy appliesTo implements participatesIn organizes holds roleAt partOf"""
needs_java = pytest.mark.skipif(not shutil.which(owlready2.JAVA_EXE), reason="HermiT needs Java")


def triples(*pairs: tuple[str, str, str]) -> list[ox.Triple]:
    return [ox.Triple(term(s), term(p), term(o)) for s, p, o in pairs]


@pytest.fixture(scope="module")
def terms() -> set[ox.NamedNode]:
    """All classes, properties and individuals of our namespace."""
    return {
        t.subject
        for t in ontology.triples()
        if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(FZ)
    }


def test_all_classes_and_relations_are_there(terms: set[ox.NamedNode]) -> None:
    assert {term(f"fz:{name}") for name in (CLASSES + " " + RELATIONS).split()} <= terms
    assert {term(f"fz:{name}") for name in ontology.relations()} <= terms


def test_every_term_has_a_label_in_each_language_and_a_comment(terms: set[ox.NamedNode]) -> None:
    found = Counter(
        (t.subject, t.predicate.value.rpartition("#")[2], t.object.language)
        for t in ontology.triples()
        if isinstance(t.object, ox.Literal) and t.subject in terms
    )
    for this in terms:
        assert found[this, "label", "zh"] == 1, this
        assert found[this, "label", "en"] == 1, this
        assert found[this, "comment", "en"] == 1, this


def test_every_class_is_tied_to_a_standard(terms: set[ox.NamedNode]) -> None:
    above = {t.subject: set() for t in ontology.triples() if t.object == term("owl:Class")}
    for t in ontology.triples():
        if t.predicate in (term("rdfs:subClassOf"), term("skos:closeMatch")) and t.subject in above:
            above[t.subject].add(t.object)
    for name in CLASSES.split():
        ties, direct = set[object](), {term(f"fz:{name}")}
        while direct:
            direct = {higher for this in direct for higher in above.get(this, ())}
            ties |= direct
        assert any(not str(tie.value).startswith(FZ) for tie in ties), name


def test_known_metrics_are_a_hierarchy() -> None:
    rows = {row["name"]: row for row in table("metrics")["metric"]}
    for name in rows:
        seen, at = [name], rows[name].get("broader")
        while at:
            assert at in rows, f"{seen[-1]}: the broader metric {at} has no row"
            assert at not in seen, f"{name} is broader than itself"
            seen, at = [*seen, at], rows[at].get("broader")


def test_derived_files_are_fresh() -> None:
    assert ontology.stale() == [], "run kg ontology"


def test_derived_files_are_the_same_each_time() -> None:
    assert ontology.derived() == ontology.derived()


def test_every_file_is_read_by_other_libraries() -> None:
    for path in folder("ontology").glob("*.ttl"):
        assert len(rdflib.Graph().parse(path)) > 0, path


def test_every_prefix_in_use_is_ours() -> None:
    for path in folder("ontology").glob("*.ttl"):
        bound = {p: str(n) for p, n in rdflib.Graph(bind_namespaces="none").parse(path).namespaces()}
        assert bound.items() <= PREFIXES.items(), path


def test_context_makes_json_readable_as_rdf() -> None:
    context = json.loads(ontology.derived()["context.jsonld"])["@context"]
    firm = {"id": "ent/甲公司", "type": "Enterprise", "exports": "product/高岭土", "mentionedIn": "article/1"}
    figure = {"id": "observation/1", "periodStart": "2025-01-01"}
    text = {"@context": context, "@graph": [firm, figure]}
    read = {q.triple for q in ox.parse(json.dumps(text), format=ox.RdfFormat.JSON_LD)}
    day = ox.Literal("2025-01-01", datatype=term("xsd:date"))
    assert read == {
        ox.Triple(node("ent:甲公司"), term("rdf:type"), term("fz:Enterprise")),
        ox.Triple(node("ent:甲公司"), term("fz:exports"), node("product:高岭土")),
        ox.Triple(node("ent:甲公司"), term("fz:mentionedIn"), node("article:1")),
        ox.Triple(node("observation:1"), term("fz:periodStart"), day),
    }


@needs_java
def test_ontology_is_consistent() -> None:
    assert check.illogical(ontology.triples()) == []


@needs_java
def test_a_class_that_nothing_can_be_is_found() -> None:
    broken = triples(("fz:City", "rdfs:subClassOf", "fz:Enterprise"))
    assert [problem.message for problem in check.illogical(broken)] == ["nothing can be City"]


@needs_java
@pytest.mark.parametrize(
    "broken",
    [
        (("place:1", "rdf:type", "fz:City"), ("place:1", "rdf:type", "fz:Enterprise")),
        (("place:1", "rdf:type", "fz:Village"), ("place:1", "rdf:type", "fz:Township")),
        (("place:1", "rdf:type", "fz:City"), ("ent:1", "fz:exports", "place:1")),
        (("observation:1", "fz:kind", "fz:Actual"), ("observation:1", "fz:kind", "fz:Target")),
    ],
    ids=["place and firm", "two levels", "range", "two kinds"],
)
def test_a_broken_copy_is_inconsistent(broken: tuple[tuple[str, str, str], ...]) -> None:
    assert [problem.severity for problem in check.illogical(triples(*broken))] == ["error"]


def test_without_java_the_check_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "Java" in check.illogical([])[0].message
