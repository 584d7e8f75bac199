"""Every format is read back by a library, and says what the store says."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
import rdflib
from conftest import FIRM, entities, extraction, proof
from rdflib.compare import isomorphic

from kg import graph, store
from kg.export import FORMATS, UnknownFormat, export
from kg.iris import iri
from kg.model import Fact

KAOLIN, FIRM_IRI = iri("product:高岭土"), iri(f"ent:{FIRM}")
SINGLE = [name for name in FORMATS if name != "csv"]
UNIONS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld"}
QUADS = {"nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG}


@pytest.fixture(scope="module")
def written(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Exports the sample graph in a format."""
    folder, opened = tmp_path_factory.mktemp("export"), store.open_store(sample)

    def write(to: str) -> Path:
        export(opened, to, folder / f"graph.{to}")
        return folder / f"graph.{to}"

    return write


@pytest.mark.parametrize("to", UNIONS)
def test_union_is_read_back_by_rdflib(to: str, written: Callable[[str], Path], quads: list[ox.Quad]) -> None:
    union = {f"{q.subject} {q.predicate} {q.object} ." for q in quads}
    expected = rdflib.Graph().parse(data="\n".join(sorted(union)), format="nt")
    assert isomorphic(rdflib.Graph().parse(written(to), format=UNIONS[to]), expected)


@pytest.mark.parametrize("to", QUADS)
def test_graphs_of_pages_are_kept(to: str, written: Callable[[str], Path], quads: list[ox.Quad]) -> None:
    assert set(ox.parse(path=written(to), format=QUADS[to])) == set(quads)


@pytest.mark.parametrize(("to", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_networks_are_read_back(
    to: str, read: Callable[[Path], nx.Graph], written: Callable[[str], Path]
) -> None:
    graph = read(written(to))
    assert graph.is_directed()
    assert graph.nodes[KAOLIN]["label"] == "高岭土"
    assert graph.nodes[iri("place:140900")]["figures"] == 3
    exports = next(
        d for s, o, d in graph.edges(data=True) if (s, o) == (FIRM_IRI, KAOLIN) and d["label"] == "exports"
    )
    assert exports["quote"] in ("高岭土,远销日本", "高岭土产品远销海外")
    assert exports["proofs"] == 2


def test_tables_hold_names_figures_and_quotations(written: Callable[[str], Path]) -> None:
    folder = written("csv")
    facts, figures, entities = (
        list(csv.DictReader((folder / f"{name}.csv").open(encoding="utf-8-sig", newline="")))
        for name in ("facts", "observations", "entities")
    )
    said = {(row["subjectName"], row["predicate"], row["objectName"], row["quote"]) for row in facts}
    assert (FIRM, "exports", "高岭土", "高岭土产品远销海外") in said
    half = next(row for row in figures if row["value"] == "1367000000")
    assert (half["metric"], half["unit"], half["change"], half["changeUnit"]) == ("出口额", "元", "25.5", "%")
    assert (half["periodStart"], half["periodEnd"], half["kind"]) == ("2025-01-01", "2025-06-30", "Actual")
    assert half["quote"] == "出口额13.67亿元,同比增长25.5%"
    assert {row["name"]: row["type"] for row in entities}["忻州市"] == "City"


@pytest.mark.parametrize("to", FORMATS)
def test_same_graph_same_bytes(to: str, quads: list[ox.Quad], tmp_path: Path) -> None:
    for name, order in (("one", quads), ("two", quads[::-1])):
        graph = tmp_path / name
        store.build(graph, order)
        export(store.open_store(graph), to, tmp_path / f"{name}.out")
    one, two = (sorted((tmp_path / f"{n}.out").rglob("*")) or [tmp_path / f"{n}.out"] for n in ("one", "two"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


@pytest.mark.parametrize("to", sorted(set(FORMATS) - {"parquet"}))
def test_control_characters_break_no_format(to: str, tmp_path: Path) -> None:
    base = extraction("odd.txt", "标题\n金宇\x0c科林的高岭土\x01远销日本。\n", "2025-08-02")
    firm, kaolin, japan = entities("firm", "kaolin", "japan")
    fact = Fact(
        firm.key, "exports", kaolin.key, (proof(base.page, "\x0c科林的高岭土\x01", "exports/1"),), 0.9
    )
    store.build(tmp_path / "odd", graph.quads(replace(base, entities=(firm, kaolin, japan), facts=(fact,))))
    export(store.open_store(tmp_path / "odd"), to, tmp_path / "out")
    readers: dict[str, Callable[[Path], object]] = {
        "graphml": nx.read_graphml,
        "gexf": nx.read_gexf,
        "jsonld": lambda path: rdflib.Graph().parse(path, format="json-ld"),
        "csv": lambda path: list(csv.reader((path / "facts.csv").open(encoding="utf-8-sig", newline=""))),
    }
    rdf = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES} | QUADS
    assert (
        readers[to](tmp_path / "out")
        if to in readers
        else list(ox.parse(path=tmp_path / "out", format=rdf[to]))
    )


def test_unknown_format_names_those_there_are(sample: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat, match="ttl, nt"):
        export(store.open_store(sample), "docx", tmp_path / "graph.docx")
