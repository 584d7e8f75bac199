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
from conftest import extraction, figure, first_page, second_page
from hypothesis import given
from hypothesis import strategies as st

from kg import store
from kg.check import check, misshapen
from kg.check.arithmetic import Printed, adds_up, mended
from kg.check.plausible import doubtful
from kg.graph import quads
from kg.iris import node, term
from kg.model import Entity, Evidence, Extraction, Observation, Problem, Span
from kg.store import statements
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


def test_a_pair_far_apart_tells_of_no_series() -> None:
    assert not warnings(exports("5", 2024), exports("60000", 2025))


def test_a_place_beyond_its_field_is_doubtful() -> None:
    rank = exports("1", metric="出口额", rank=35)
    page = first_page().page
    city = replace(rank, evidence=(Evidence(page.name, 1, Span(0, 4), "居全省第35位", "figure/1"),))
    counted = replace(city, evidence=(Evidence(page.name, 1, Span(0, 4), "168个城市中排第35位", "figure/1"),))
    assert warnings(city)
    assert not warnings(replace(city, rank=3))
    assert not warnings(counted)


def grown(text: str, growth: str, before: str) -> list[str]:
    more = {"change": Decimal(growth), "change_unit": "%", "change_basis": "同比"}
    return warnings(exports(before, 2024), exports(text, 2025, **more))


def test_growth_that_does_not_fit_is_doubtful() -> None:
    assert not grown("110", "10", "100")
    assert not grown("110", "10.4", "100")  # 109.5 to 110.5 of 99.5 to 100.5
    assert grown("110", "-10", "100")
    assert grown("110", "18", "100")


def test_growth_in_units_and_points_has_to_fit_too() -> None:
    more = {"unit": "天", "change": Decimal(9), "change_unit": "天", "change_basis": "同比"}
    assert not warnings(exports("273", 2024, unit="天"), exports("282", 2025, **more))
    assert warnings(exports("273", 2024, unit="天"), exports("292", 2025, **more))


def test_growth_at_constant_prices_never_fits() -> None:
    real = {"metric": "生产总值", "change": Decimal(6), "change_unit": "%", "change_basis": "同比"}
    assert not warnings(exports("100", 2024, metric="生产总值"), exports("120", 2025, **real))


def printed(*figures: tuple[str, str]) -> list[Problem]:
    """What is said of the figures of one page, each its metric with what is printed."""
    text = "全年外贸收官\n" + "，".join(metric + told for metric, told in figures)
    page = extraction("printed.txt", text, "2026-01-08")
    made = [
        replace(figure(page.page, told, metric + told, (date(2025, 1, 1), date(2025, 12, 31))), metric=metric)
        for metric, told in figures
    ]
    found = opened(replace(page, observations=tuple(made)))
    return list(doubtful(statements.figures(found, counts(found))))


def test_a_total_that_is_not_its_parts_is_doubtful() -> None:
    assert not printed(("进出口总额", "1455.3亿元"), ("出口", "894.9亿元"), ("进口", "560.4亿元"))
    assert not printed(("进出口总额", "1455亿元"), ("出口额", "894.9亿元"), ("进口额", "560.4亿元"))
    (problem,) = printed(("进出口总额", "1455.3亿元"), ("出口额", "894.9亿元"), ("进口额", "580.4亿元"))
    assert "“进出口总额1455.3亿元”; “出口额894.9亿元”; “进口额580.4亿元”" in problem.message
    assert "580.4亿元 is 560.4亿元" in problem.remedy
    assert (problem.page, problem.severity) == ("printed.txt", "warning")


def test_parts_belong_to_the_total_before_them() -> None:
    services = ("服务进出口", "30亿元"), ("旅行服务进出口", "9亿元")
    assert not printed(services[0], ("出口", "18亿元"), ("进口", "12亿元"), services[1])
    assert printed(services[0], services[1], ("出口", "18亿元"), ("进口", "12亿元"))


def test_a_share_has_to_fit_its_part_and_whole() -> None:
    whole, part = exports("200", metric="进出口总值"), exports("70", metric="手机出口")
    share = replace(exports("35", metric="手机出口占进出口总值比重", unit="%"), value_text="35%")
    assert not warnings(share, whole, part)
    assert warnings(replace(share, value=Decimal(53), value_text="53%"), whole, part)
    elsewhere = replace(share, value=Decimal(53), value_text="53%", metric="手机出口占全国进出口总值比重")
    assert not warnings(elsewhere, whole, part)


def test_growth_from_the_number_before_has_to_fit() -> None:
    def told(growth: str) -> list[str]:
        page = extraction("risen.txt", "全年外贸收官\n出口额由100亿元增加到150亿元，增长50%。", "2026-01-08")
        year = (date(2025, 1, 1), date(2025, 12, 31))
        base = figure(page.page, "100亿元", "出口额由100亿元", year)
        risen = figure(page.page, "150亿元", "增加到150亿元，增长50%", year)
        both = (base, replace(risen, change=Decimal(growth), change_unit="%"))
        found = opened(replace(page, observations=both))
        return [problem.remedy for problem in doubtful(statements.figures(found, counts(found)))]

    assert not told("50")
    assert "150亿元 is 120亿元" in told("20")[0]


NUMBERS = st.decimals(min_value=Decimal("1.0"), max_value=Decimal("9999.9"), places=1)


@given(st.lists(NUMBERS, min_size=2, max_size=4), st.data())
def test_the_misread_digit_of_a_true_sum_is_named(parts: list[Decimal], data: st.DataObject) -> None:
    texts = [f"{sum(parts)}亿元", *(f"{part}亿元" for part in parts)]
    which = data.draw(st.integers(0, len(texts) - 1))
    places = [i for i, c in enumerate(texts[which]) if c.isdecimal()]
    at = data.draw(st.sampled_from(places))
    new = data.draw(st.sampled_from([d for d in "0123456789" if d != texts[which][at]]))
    damaged = texts[which][:at] + new + texts[which][at + 1 :]
    read = [Printed(t) for t in (*texts[:which], damaged, *texts[which + 1 :])]
    assert adds_up([Printed(t) for t in texts]) == 0
    if adds_up(read) > 1:  # a last place may hide in the rounding
        assert (Printed(damaged), Printed(texts[which])) in mended(adds_up, read)
