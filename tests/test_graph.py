"""The graph of a page: its contract, the same bytes in any order, and names that mean harm."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from conftest import FIRM, first_page, second_page
from hypothesis import given
from hypothesis import strategies as st

from kg.graph import article_node, edges, page_node, quads, things
from kg.graph.romanise import romanise, short_name
from kg.graph.turtle import Shortener, Words, lines, rows, turtle
from kg.iris import iri, key, node, term
from kg.model import Extraction
from kg.rules import lexicon, table

HOSTILE = [
    "<script>alert(1)</script>",
    '"} INSERT DATA {',
    "a\nb\tc\r",
    "\x00\x01\x7f",
    "“引号”",
    "a b",
    "../..",
    "%",
    "%zz",
]
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(HOSTILE)


def objects(graph: Iterable[ox.Quad], subject: str, predicate: str) -> set[str]:
    return {q.object.value for q in graph if q.subject.value == subject and q.predicate == term(predicate)}


def named(name: str) -> Extraction:
    """A page on which every name is `name`."""
    page = first_page()
    entities = [
        replace(e, key=f"ent:{name}", name=name, type="Enterprise", aliases=(name,), raw=(name,))
        for e in page.entities[:1]
    ]
    facts = [replace(f, subject=f"ent:{name}", object=f"product:{name}", role=name) for f in page.facts]
    figures = [
        replace(o, subject=f"ent:{name}", metric=name, unit=name, value_text=name) for o in page.observations
    ]
    return replace(page, entities=tuple(entities), facts=tuple(facts), observations=tuple(figures))


# --- the contract -------------------------------------------------------------------------------------------


def test_a_page_is_one_graph_without_blank_nodes() -> None:
    page = first_page()
    found = quads(page)
    assert {q.graph_name for q in found} == {node(f"page:{page.page.sha256}")}
    assert not any(isinstance(part, ox.BlankNode) for q in found for part in (q.subject, q.object))


def test_a_fact_stands_beside_its_plain_edge() -> None:
    found = quads(first_page())
    firm, kaolin = iri(f"ent:{FIRM}"), iri("product:高岭土")
    assert objects(found, firm, "fz:exports") == {kaolin}
    (fact,) = {
        q.subject.value
        for q in found
        if q.predicate == term("rdf:predicate") and q.object == term("fz:exports")
    }
    assert objects(found, fact, "rdf:subject") == {firm}
    assert objects(found, fact, "rdf:object") == {kaolin}
    assert objects(found, fact, "fz:confidence") == {"0.9"}


def test_evidence_quotes_the_page_as_printed() -> None:
    page = first_page()
    found = quads(page)
    quotes = {
        q.subject.value.removesuffix("#quote"): q.object.value
        for q in found
        if q.predicate == term("oa:exact")
    }
    assert len(quotes) == 6
    for evidence, quote in quotes.items():
        (start,) = objects(found, f"{evidence}#position", "oa:start")
        (end,) = objects(found, f"{evidence}#position", "oa:end")
        assert page.page.text[int(start) : int(end)] == quote
        assert objects(found, evidence, "oa:hasSource") == {article_node(page.page, 1).value}


def test_only_what_the_page_names_is_mentioned() -> None:
    found = quads(first_page())
    mentioned = {q.subject.value for q in found if q.predicate == term("fz:mentionedIn")}
    assert mentioned == {iri(e.key) for e in first_page().entities}
    assert objects(found, iri("place:140900"), "fz:locatedIn") == {iri("place:140000")}
    assert objects(found, iri("place:140000"), "rdf:type") == {term("fz:Province").value}


def test_the_same_statement_on_two_pages_is_one_node() -> None:
    def facts(page: Extraction) -> set[str]:
        return {q.subject.value for q in quads(page) if q.object == term("fz:Fact")}

    assert len(facts(first_page()) & facts(second_page())) == 1


def test_a_statement_made_twice_keeps_the_better_confidence_and_all_proof() -> None:
    page = first_page()
    fact = page.facts[0]
    other = replace(fact, confidence=0.95, evidence=page.facts[1].evidence)
    found = quads(replace(page, facts=(fact, other)))
    (this,) = {q.subject.value for q in found if q.object == term("fz:Fact")}
    assert objects(found, this, "fz:confidence") == {"0.95"}
    assert len(objects(found, this, "fz:evidence")) == 2


@pytest.mark.parametrize(
    ("value", "text", "datatype"),
    [
        ("1367000000", "1367000000", "integer"),
        ("14.30", "14.3", "decimal"),
        ("1E+9", "1000000000", "integer"),
        ("-0.0", "0", "integer"),
    ],
)
def test_numbers_have_one_form(value: str, text: str, datatype: str) -> None:
    literal = things.number(Decimal(value))
    assert (literal.value, literal.datatype) == (text, term(f"xsd:{datatype}"))


def test_a_metric_is_tied_to_the_known_one() -> None:
    def ties(metric: str) -> set[tuple[str, str]]:
        return {
            (p, o.value)
            for s, p, o in things.metric_edges(metric)
            if s == node(f"metric:{metric}") and p.startswith("skos")
        }

    assert ("skos:exactMatch", iri("metric:地区生产总值")) in ties("GDP")
    assert ("skos:broader", iri("metric:出口额")) in ties("高新技术产品出口额")
    assert {p for p, _ in ties("甲乙丙")} == set()


# --- names in Latin letters ---------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table("romanise")["proof"], ids=lambda row: row["text"])
def test_romanised_names(row: dict[str, str]) -> None:
    assert romanise(row["text"]) == row["full"]
    assert romanise(short_name(row["text"])) == row["short"]


def test_places_are_spelt_as_the_map_spells_them() -> None:
    spelt = {row["name"]: row["pinyin"] for row in lexicon("divisions") if row["pinyin"]}
    assert (spelt["忻州市"], spelt["隰县"]) == ("Xinzhou", "Xixian")
    assert romanise("忻州海关") == "Xinzhou Haiguan"


def test_an_enterprise_is_found_by_its_short_name_in_latin_letters() -> None:
    assert "Jinyu Kelin" in objects(quads(first_page()), iri(f"ent:{FIRM}"), "skos:altLabel")


# --- the same bytes, whatever the order ---------------------------------------------------------------------


@given(st.randoms(use_true_random=False))
def test_order_of_records_changes_nothing(shuffler: random.Random) -> None:
    page = first_page()
    shuffled = replace(
        page,
        **{
            name: tuple(shuffler.sample(getattr(page, name), len(getattr(page, name))))
            for name in ("articles", "entities", "facts", "observations")
        },
    )
    assert quads(shuffled) == quads(page)


@given(st.permutations([*quads(first_page()), *quads(second_page())]))
def test_turtle_is_the_same_bytes_in_any_order(shuffled: list[ox.Quad]) -> None:
    assert turtle(shuffled) == turtle([*quads(first_page()), *quads(second_page())])


def test_turtle_reads_back_as_the_same_graph() -> None:
    found = quads(first_page())
    text = turtle(found)
    back = {q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    assert back == {q.triple for q in found}
    assert len(rdflib.Graph().parse(data=text, format="turtle")) == len(back)
    store = ox.Store()
    store.extend(found)
    assert turtle(store) == text


def test_turtle_reads_well() -> None:
    text = turtle(quads(first_page())).decode()
    assert f'\nent:{FIRM} a fz:Enterprise ;\n    rdfs:label "{FIRM}"@zh ;' in text
    assert "    fz:changeUnit unit:%25 ;" in text
    assert "    fz:value 1367000000 ;" in text


# --- names that mean harm -----------------------------------------------------------------------------------


@given(names)
def test_any_name_has_an_iri_that_reads_back(name: str) -> None:
    assert key(iri(f"ent:{name}")) == f"ent:{name}"
    assert rdflib.URIRef(iri(f"ent:{name}")).n3()
    assert not re.search(r"[\s\x00-\x20\x7f<>\"{}|\\^`\ufeff]", iri(f"ent:{name}"))


@given(names, names)
def test_different_names_have_different_iris(one: str, other: str) -> None:
    assert (iri(f"ent:{one}") == iri(f"ent:{other}")) == (one == other)


@given(names)
def test_any_name_survives_turtle(name: str) -> None:
    found = quads(named(name))
    back = {q.triple for q in ox.parse(turtle(found), format=ox.RdfFormat.TURTLE)}
    assert back == {q.triple for q in found}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_read_by_other_libraries(name: str) -> None:
    found = quads(named(name))
    back = rdflib.Graph().parse(data=turtle(found), format="turtle")
    assert len(back) == len({q.triple for q in found})


# --- the shared scorer --------------------------------------------------------------------------------------


def test_the_scorer_reads_the_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Path(__file__).parents[2] / "shared" / "score"
    if not (scorer / "score.py").is_file():
        pytest.skip("the scorer stands beside the project, not in it")
    monkeypatch.syspath_prepend(scorer)
    score = pytest.importorskip("score")
    path = tmp_path / "graph.ttl"
    path.write_bytes(turtle(quads(first_page())))
    graph = score.Graph(path)
    assert graph.types[iri(f"ent:{FIRM}")] == {"Enterprise"}
    assert set(graph.types) == {iri(e.key) for e in first_page().entities}
    assert (iri(f"ent:{FIRM}"), "exports", iri("product:高岭土")) in graph.relations
    assert not any(o == iri("place:140000") for _, _, o in graph.relations)
    figure = next(o for o in graph.observations if o["kind"] == "actual")
    assert (figure["metric"], figure["value"], figure["unit"]) == ("出口额", Decimal(1367000000), "元")
    assert (figure["from"], figure["to"], figure["change"], figure["change_unit"]) == (
        "2025-01-01",
        "2025-06-30",
        Decimal("25.5"),
        "%",
    )
    assert len(graph.observations) == 2


def test_lines_say_what_the_quads_say() -> None:
    words, short = Words(), Shortener()
    for page in (first_page(), second_page()):
        said = quads(page)
        written, sorted_later = zip(*lines(edges(page), page_node(page.page), words), strict=True)
        assert sorted(written) == [f"{quad} .\n" for quad in said]
        assert set(sorted_later) == rows(said, short)
    assert words.short.used == short.used
