"""Taking a graph away: one function a format, from a store to bytes.

The same graph gives the same bytes. A new format is one more function and its line in FORMATS.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import networkx as nx
import rdflib
from pyoxigraph import Quad, RdfFormat, Triple, parse, serialize

from kg import columns, harmless
from kg.graph.turtle import turtle
from kg.iris import ID
from kg.resources import folder
from kg.store import Store
from kg.store.server import SENT, UNION
from kg.store.statements import (
    Figure,
    Proof,
    Statement,
    counts,
    figures,
    mentioned,
    statements,
    things,
    triples,
)

Files = Mapping[str, bytes]  # names in a folder


class UnknownFormat(ValueError):
    """A format that nothing here writes."""


def export(store: Store, to: str, target: Path) -> None:
    """Writes the graph in the format `to`: a file, or a folder of tables with csv and parquet."""
    if to not in FORMATS:
        raise UnknownFormat(f"no format {to!r}; there are {', '.join(FORMATS)}")
    content = FORMATS[to](store)
    files = {target: content} if isinstance(content, bytes) else {target / n: b for n, b in content.items()}
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


# --- RDF ----------------------------------------------------------------------------------------------------


def rdf(triples: Iterable[Triple], to: str) -> bytes:
    """Triples as `ttl`, `nt` or `jsonld`, the same bytes in any order of them."""
    return _RDF[to](sorted(set(triples), key=str))


def _whole(to: str) -> Callable[[Store], bytes]:
    return lambda store: rdf(store.construct("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"), to)


def _nt(triples: Iterable[Triple]) -> bytes:
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def _nq(store: Store) -> bytes:
    rows = store.select("SELECT DISTINCT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }").rows
    ours = (row for row in rows if row[-1] not in (UNION, SENT) and str(row[-1]).startswith(f"<{ID}"))
    return "".join(sorted(f"{' '.join(map(str, row))} .\n" for row in ours)).encode()


def _trig(store: Store) -> bytes:
    """Turtle, one block a page."""
    graphs: dict[str, list[Quad]] = {}
    for quad in parse(_nq(store), format=RdfFormat.N_QUADS):
        graphs.setdefault(str(quad.graph_name), []).append(quad)
    prefixes, blocks = set[str](), []
    for name, quads in sorted(graphs.items()):
        head, _, body = turtle(quads).decode().partition("\n\n")
        prefixes.update(head.splitlines())
        blocks.append(f"\n{name} {{\n{body}}}\n")
    return "".join([*(f"{line}\n" for line in sorted(prefixes)), *blocks]).encode()


def _jsonld(triples: Iterable[Triple]) -> bytes:
    """In the words of the ontology's own context, which stands at the head: nothing is fetched to read it."""
    context = json.loads((folder("ontology") / "context.jsonld").read_text("utf-8"))["@context"]
    graph = rdflib.Graph().parse(data=_nt(triples), format="nt")
    content = json.loads(graph.serialize(format="json-ld", context=context))
    nodes = content.get("@graph", [content])  # a thing alone stands at the top
    head = {"@context": context}
    content = head | {"@graph": sorted((_ordered(node) for node in nodes), key=lambda node: str(node["id"]))}
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _ordered(node: Mapping[str, Any]) -> dict[str, Any]:
    """With the values of each property in order, of which RDF knows none."""
    return {
        name: sorted(value, key=lambda item: json.dumps(item, sort_keys=True))
        if isinstance(value, list)
        else value
        for name, value in node.items()
    }


_RDF: dict[str, Callable[[Iterable[Triple]], bytes]] = {"ttl": turtle, "nt": _nt, "jsonld": _jsonld}


# --- tables -------------------------------------------------------------------------------------------------


PROOF = ("quote", "article", "page", "published", "start", "end", "rule")
FACT = ("subject", "subjectName", "predicate", "object", "objectName", "role", "confidence", *PROOF, "fact")
ENTITY = ("entity", "type", "name", "english", "latin", "otherNames")
FIGURE = {
    "metric": "metric",
    "value": "value",
    "unit": "unit",
    "valueText": "text",
    "qualifier": "qualifier",
    "periodStart": "first",
    "periodEnd": "last",
    "kind": "kind",
    "change": "change",
    "changeUnit": "change_unit",
    "changeBasis": "basis",
    "rank": "rank",
    "rankOutOf": "out_of",
    "confidence": "confidence",
}  # what the ontology calls it, and the record


def _csv(store: Store) -> Files:
    """One row a proof. Texts that a spreadsheet would compute begin with an apostrophe."""
    facts, iris = _facts(store), mentioned(store)
    about, known = things(store, iris), figures(store, iris)
    names = {iri: thing.name for iri, thing in about.items()}
    named = ((t.iri, t.type, t.name, t.english, t.latin, " | ".join(t.names)) for t in about.values())
    return {
        "facts.csv": facts_table(facts, names),
        "observations.csv": figures_table(known, names),
        "entities.csv": table(ENTITY, named),
    }


def facts_table(facts: Iterable[Statement], names: Mapping[str, str]) -> bytes:
    """Facts as CSV, one row a proof; `names` by IRI of what they are about."""
    return table(FACT, (
        (f.subject, names[f.subject], f.predicate, f.object, names[f.object], f.role, f.confidence, *p, f.iri)
        for f in facts
        for p in proofs(f.proofs)
    ))  # fmt: skip


def figures_table(figures: Iterable[Figure], names: Mapping[str, str]) -> bytes:
    """Figures as CSV, one row a proof; `names` by IRI of what they are about."""
    return table(("about", "aboutName", *FIGURE, *PROOF, "observation"), (
        (o.about, names[o.about], *(getattr(o, name) for name in FIGURE.values()), *p, o.iri)
        for o in figures
        for p in proofs(o.proofs)
    ))  # fmt: skip


def _facts(store: Store) -> list[Statement]:
    found = statements(store, (fact for fact, *_ in triples(store)))
    return sorted(found, key=lambda fact: (fact.subject, fact.predicate, fact.object, fact.role))


def proofs(proofs: Iterable[Proof]) -> Iterator[tuple[str, ...]]:
    """The cells of each proof, as PROOF names them."""
    for p in proofs:
        yield p.quote, p.title, p.page, p.published, str(p.start), str(p.end), p.rule


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """CSV without formulas. Without the byte order mark spreadsheets take the Chinese for something else."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(map(harmless.cell, row) for row in rows)
    return out.getvalue().encode("utf-8-sig")


# --- networks -----------------------------------------------------------------------------------------------


def _graphml(store: Store) -> bytes:
    out = BytesIO()
    nx.write_graphml_xml(_network(store), out, prettyprint=True)
    return out.getvalue()


def _gexf(store: Store) -> bytes:
    writer = nx.readwrite.gexf.GEXFWriter(prettyprint=True, version="1.2draft")
    writer.add_graph(_network(store))
    writer.xml.remove(writer.xml.find("meta"))  # it holds the day
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _network(store: Store) -> nx.MultiDiGraph:
    """Things and the facts between them, each with its first proof."""
    graph, known = nx.MultiDiGraph(), counts(store)
    for iri, thing in things(store, mentioned(store)).items():
        about = {"label": thing.name, "type": thing.type, "english": thing.english, "latin": thing.latin}
        graph.add_node(iri, **_xml(about), figures=known[iri])
    for fact in _facts(store):
        about = {"label": fact.predicate, "role": fact.role}
        for proof in fact.proofs[:1]:
            about |= {"quote": proof.quote, "article": proof.title, "page": proof.page, "rule": proof.rule}
            about |= {"characters": f"{proof.start}-{proof.end}"}  # `start` and `end` mean time in GEXF
        weight = {"confidence": float(fact.confidence), "proofs": len(fact.proofs)}
        graph.add_edge(fact.subject, fact.object, fact.iri, **_xml(about), **weight)
    return graph


def _xml(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: harmless.xml(text) for name, text in texts.items()}


FORMATS: dict[str, Callable[[Store], bytes | Files]] = {
    "ttl": _whole("ttl"),
    "nt": _whole("nt"),
    "nq": _nq,
    "trig": _trig,
    "jsonld": _whole("jsonld"),
    "csv": _csv,
    "parquet": columns.tables,
    "graphml": _graphml,
    "gexf": _gexf,
}
