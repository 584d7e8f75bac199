"""A sound graph passes; every kind of damage is found."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import owlready2
import pyoxigraph as ox
import pytest
from conftest import figure, first_page, second_page

from kg import store
from kg.check import check, misshapen
from kg.check.plausible import doubtful
from kg.graph import quads
from kg.iris import node, term
from kg.model import Entity, Extraction, Observation
from kg.store.statements import counts, figures

PROPERTIES = """fz:evidence rdf:subject rdf:predicate rdf:object fz:confidence fz:about fz:metric fz:kind
fz:unit fz:changeUnit fz:periodStart fz:periodEnd oa:exact oa:start oa:end oa:hasSource oa:hasSelector fz:rule
rdfs:label skos:notation fz:partOfPage fz:fileName fz:sha256 prov:wasDerivedFrom prov:wasGeneratedBy"""


def opened(*pages: Extraction) -> store.Store:
    engine = ox.Store()
    for page in pages:
        for quad in quads(page):
            engine.extend([quad, ox.Quad(*quad.triple)])
    return store.Embedded(engine)


def triples(page: Extraction) -> set[ox.Triple]:
    return {quad.triple for quad in quads(page)}


def without(graph: Iterable[ox.Triple], predicate: str) -> set[ox.Triple]:
    return {t for t in graph if t.predicate != term(predicate)}


def warnings(*observations: Observation) -> list[str]:
    page = replace(first_page(), observations=observations)
    found = opened(page)
    return [problem.message for problem in doubtful(figures(found, counts(found)))]


def exports(value: str, year: int = 2025, **more: object) -> Observation:
    base = figure(first_page().page, "1亿元", "忻州市出口额13.67亿元", (date(year, 1, 1), date(year, 12, 31)))
    return replace(base, value=Decimal(value), value_text=value, **more)


def test_sound_pages_pass() -> None:
    assert [
        problem for problem in check(opened(first_page(), second_page())) if problem.severity != "note"
    ] == []


@pytest.mark.parametrize("predicate", PROPERTIES.split())
def test_what_is_missing_is_found(predicate: str) -> None:
    assert misshapen(without(triples(first_page()), predicate))


def test_a_figure_without_any_number_is_found() -> None:
    graph = triples(first_page())
    for predicate in ("fz:value", "fz:change", "fz:rank"):
        graph = without(graph, predicate)
    assert any("needs fz:value or" in problem.message for problem in misshapen(graph))


@pytest.mark.parametrize(
    ("subject", "predicate", "value"),
    [
        ("fact", "fz:confidence", ox.Literal("1.5", datatype=term("xsd:decimal"))),
        ("fact", "rdf:predicate", term("fz:likes")),
        ("observation", "fz:value", ox.Literal("many")),
        ("observation", "fz:periodStart", ox.Literal("2025-07-01", datatype=term("xsd:date"))),
        ("observation", "fz:kind", term("fz:Guess")),
        ("observation", "fz:unit", node("place:140900")),
        ("ent", "fz:exports", node("place:140900")),
        ("product", "fz:exports", node("product:煤矸石")),
        ("ent", "rdfs:label", ox.Literal("Firm", language="en")),
        ("place", "fz:code", ox.Literal("14")),
        ("place", "wgs:lat", ox.Literal("91", datatype=term("xsd:integer"))),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(subject: str, predicate: str, value: ox.Literal | ox.NamedNode) -> None:
    graph = triples(first_page())
    these = sorted({t.subject for t in graph if f"/id/{subject}/" in t.subject.value}, key=str)
    changed = {t for t in graph if (t.subject, t.predicate) != (these[0], term(predicate))}
    assert misshapen(graph) == []
    assert misshapen({*changed, ox.Triple(these[0], term(predicate), value)})


def test_a_value_without_unit_is_doubtful_unless_it_is_an_index() -> None:
    page = first_page()
    bare = replace(page.observations[1], unit=None)
    index = replace(bare, metric="空气质量综合指数")
    assert [p.severity for p in misshapen(triples(replace(page, observations=(bare,))))] == ["warning"]
    assert misshapen(triples(replace(page, observations=(index,)))) == []


def test_an_end_before_its_start_is_found() -> None:
    graph = triples(first_page())
    ends = {t for t in graph if t.predicate == term("oa:end")}
    moved = {ox.Triple(t.subject, t.predicate, ox.Literal("0", datatype=term("xsd:integer"))) for t in ends}
    assert misshapen((graph - ends) | moved)


def test_a_problem_names_page_and_place() -> None:
    damaged = ox.Store()
    damaged.extend(quad for quad in quads(first_page()) if quad.predicate != term("fz:kind"))
    problem = check(store.Embedded(damaged))[0]
    assert (problem.page, problem.severity) == ("first.txt", "error")
    assert "observation:" in problem.message
    assert "fz:kind" in problem.message


@pytest.mark.skipif(not shutil.which(owlready2.JAVA_EXE), reason="HermiT needs Java")
def test_pages_that_disagree_on_what_a_thing_is_are_found() -> None:
    def place(kind: str) -> Entity:
        return Entity("place:河湾", kind, "河湾", articles=(1,))

    one, other = replace(first_page(), facts=(), entities=(place("Village"),)), second_page()
    found = check(opened(one, replace(other, entities=(*other.entities, place("Township")))))
    assert "place:河湾 is fz:Township and fz:Village" in found[-1].message


def test_a_share_over_the_whole_is_doubtful() -> None:
    assert warnings(exports("101", metric="新能源占比", unit="%"))
    assert not warnings(
        exports("101", metric="任务完成率", unit="%"), exports("99", metric="新能源占比", unit="%")
    )


def test_a_figure_far_off_its_neighbours_is_doubtful() -> None:
    assert warnings(exports("5", 2023), exports("6", 2024), exports("60000", 2025))
    assert not warnings(exports("5", 2023), exports("6", 2024), exports("600", 2025))


def test_growth_that_does_not_fit_is_doubtful() -> None:
    grown = exports("110", 2025, change=Decimal("10.1"), change_unit="%", change_basis="同比")
    assert not warnings(exports("100", 2024), grown)
    assert warnings(exports("100", 2024), replace(grown, change=Decimal(-10)))


def test_a_total_that_is_not_its_parts_is_doubtful() -> None:
    parts = exports("40"), exports("60", metric="进口额")
    assert not warnings(*parts, exports("100", metric="进出口总额"))
    assert warnings(*parts, exports("120", metric="进出口总额"))
