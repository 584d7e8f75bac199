"""Statements in sentences that a person can read, in Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import pyoxigraph as ox

from kg import lookup, ontology
from kg.diff.records import Change
from kg.iris import FZ, key, term
from kg.store import Store, statements
from kg.store.statements import Statement


class Sort(NamedTuple):
    """A sort of statements: its class, and the properties that say what it says."""

    name: str
    chinese: str
    kind: str
    ends: tuple[str, ...]
    rest: tuple[str, ...]
    show: Callable[[Store, Sequence[str]], Iterator[Change]]


def _facts(store: Store, iris: Sequence[str]) -> Iterator[Change]:
    return _said(store, statements.statements(store, iris), "")


def _denials(store: Store, iris: Sequence[str]) -> Iterator[Change]:
    return _said(store, statements.denials(store, iris), "并非 ")


def _said(store: Store, facts: Sequence[Statement], lead: str) -> Iterator[Change]:
    names = lookup.names(store, {end for f in facts for end in (f.subject, f.object)})
    for f in facts:
        ends = (names.get(end, key(end)) for end in (f.subject, f.object))
        said = lead + f" {chinese(f.predicate)} ".join(ends) + (f"（{f.role}）" if f.role else "")
        yield Change("", said, f.iri, f.proofs[0].quote, f.proofs[0].page)


def _figures(store: Store, iris: Sequence[str]) -> Iterator[Change]:
    figures = statements.observations(store, iris)
    names = lookup.names(store, {f.about for f in figures})
    for f in figures:
        change = f"{f.basis or '增减'}{f.change}{f.change_unit}" if f.change else ""
        days = "至".join(dict.fromkeys(filter(None, (f.first, f.last))))
        rank = f"第{f.rank}" if f.rank else ""
        kind = "" if f.kind == "Actual" else chinese(f.kind)
        parts = (names.get(f.about, key(f.about)), days, f.metric, f.text, change, rank, kind)
        yield Change("", " ".join(filter(None, parts)), f.iri, f.proofs[0].quote, f.proofs[0].page)


def _milestones(store: Store, iris: Sequence[str]) -> Iterator[Change]:
    pattern = """?x fz:milestoneOf ?p ; fz:stage ?stage ; fz:evidence ?e .
        ?e oa:hasSelector/oa:exact ?quote ; oa:hasSource/prov:wasDerivedFrom/rdfs:label ?page"""
    rows = {
        row[0].value: row for row in statements.rows_of(store, iris, pattern, "?x ?p ?stage ?quote ?page")
    }
    names = lookup.names(store, {row[1].value for row in rows.values()})
    for iri, (_, project, stage, quote, page) in sorted(rows.items()):
        said = f"{names.get(project.value, key(project.value))} {chinese(stage.value.removeprefix(FZ))}"
        yield Change("", said, iri, quote.value, page.value)


_PERIOD = ("fz:periodStart", "fz:periodEnd")
_CHANGE = ("fz:change", "fz:changeUnit", "fz:changeBasis", "fz:rank", "fz:rankOutOf")
_FIGURE = ("fz:metric", "fz:value", "fz:unit", "fz:qualifier", *_PERIOD, "fz:kind", *_CHANGE)
SORTS = (
    Sort("facts", "事实", "fz:Fact", ("rdf:subject", "rdf:object"), ("rdf:predicate", "fz:role"), _facts),
    Sort(
        "denials",
        "否定",
        "fz:Denial",
        ("fz:deniedSubject", "fz:deniedObject"),
        ("fz:deniedRelation", "fz:role"),
        _denials,
    ),
    Sort("figures", "数据", "fz:Observation", ("fz:about",), _FIGURE, _figures),
    Sort(
        "milestones",
        "进展",
        "fz:Milestone",
        ("fz:milestoneOf",),
        ("fz:stage", "fz:kind", *_PERIOD),
        _milestones,
    ),
)


@cache
def _labels() -> dict[str, str]:
    """The Chinese names of the terms of the ontology."""
    label = term("rdfs:label")
    return {
        t.subject.value: t.object.value
        for t in ontology.triples()
        if t.predicate == label
        and isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.Literal)
        and t.object.language == "zh"
    }


def chinese(name: str) -> str:
    """The Chinese name of a class, relation, stage or kind of figure."""
    return _labels().get(f"{FZ}{name}", name)
