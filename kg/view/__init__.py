"""One self-contained HTML page that shows a graph, or what lies around one thing, and the proof of each line.

networkx chooses what to show, pyvis holds the drawing, the page in `viz/` shows it. pyvis' own template would
fetch files from the network and run what an article says as markup, so only its data are taken.
"""

from __future__ import annotations

import json
import tomllib
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib.resources import files
from math import sqrt
from typing import Any, TypeAlias

import networkx as nx
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import Literal

from kg import harmless, lookup, ontology
from kg.iris import FZ
from kg.known import UnknownName
from kg.resources import folder
from kg.store import Store
from kg.store.statements import Thing, counts, divisions, figures, statements, things, triples
from kg.view.layout import Box, positions

# Each may use those before it.
SCRIPTS = ("words", "dom", "data", "labels", "graph", "panel", "legend", "search", "table", "page")
VIS = "lib/vis-9.1.2/vis-network.min.js"  # inside pyvis
_OTHER = {"shape": "dot", "color": "#868e96"}  # of a class that the ontology does not know
LINE, LINES = 9, 3  # characters on a line of a label, and lines of it

Graph: TypeAlias = nx.MultiDiGraph  # of IRIs; an edge has its fact as key, its predicate as `says`


def view(store: Store, name: str | None = None, depth: int = 1, limit: int = 300) -> str:
    """The page, as HTML. Raises UnknownName where nothing in the graph bears it.

    With `name`, what is at most `depth` facts away from the thing of that name; else the whole graph.
    At most `limit` things are drawn, the most connected first; the page says what it left out.
    """
    known = counts(store)
    whole = _graph(store)
    whole.add_nodes_from(known)
    centres = _named(store, name) if name else []
    far = _distances(whole, centres, depth)
    near = whole.subgraph(far) if centres else whole
    drawn = near.subgraph(_foremost(near, known, far, limit))
    about = things(store, drawn)
    content = {
        "name": name,
        "centres": [centre for centre in centres if centre in drawn],
        "depth": depth,
        "shown": _size(drawn, known),
        "whole": _size(near, known),
        "classes": classes(),
        "plain": plain(),
        "relations": {term: names for term, names in labels().items() if term[0].islower()},
        **drawing(drawn, about, divisions(store, drawn)),
        "things": {iri: asdict(thing) for iri, thing in about.items()},
        "facts": [asdict(fact) for fact in statements(store, (fact for _, _, fact in drawn.edges))],
        "figures": [asdict(figure) for figure in figures(store, drawn)],
    }
    return page(content)


def page(content: Mapping[str, Any]) -> str:
    """The page around its data. What comes from articles is in the data alone, where no markup can be."""
    viz = folder("viz")
    style = "\n".join((viz / f"{name}.css").read_text("utf-8") for name in ("colours", "network", "page"))
    library = (files("pyvis") / VIS).read_text("utf-8")
    script = "\n".join((viz / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    environment = Environment(loader=FileSystemLoader(viz), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html").render(
        style=style,
        library=library,
        script=script,
        data=harmless.script(json.dumps(content, ensure_ascii=False, separators=(",", ":"))),
        # Hashes rather than a nonce: the file is fixed, so nothing but these very texts need ever run.
        scripts=f"{_digest(library)} {_digest(script)}",
        styles=_digest(style),
    )


@cache
def classes() -> dict[str, dict[str, str]]:
    """Shape, its outline, colour and names of each class, in the order of the legend."""
    return {
        name: look | {"path": _outlines()[look["shape"]]} | labels().get(name, {"zh": name, "en": name})
        for name, look in _table("classes").items()
    }


@cache
def plain() -> dict[str, str]:
    """How a thing of any other class looks."""
    return _OTHER | {"path": _outlines()[_OTHER["shape"]]}


def _outlines() -> dict[str, str]:
    return _table("shapes")


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((folder("viz") / f"{name}.toml").read_text("utf-8"))


@cache
def labels() -> dict[str, dict[str, str]]:
    """The names of the ontology's terms by language."""
    found: dict[str, dict[str, str]] = {}
    for triple in ontology.axioms():
        subject, label = getattr(triple.subject, "value", ""), triple.object
        named = triple.predicate.value.endswith("#label") and subject.startswith(FZ)
        if named and isinstance(label, Literal):
            found.setdefault(subject.removeprefix(FZ), {})[label.language or "en"] = label.value
    return found


def _graph(store: Store) -> Graph:
    graph: Graph = nx.MultiDiGraph()
    for fact, subject, predicate, value in triples(store):
        graph.add_edge(subject, value, fact, says=predicate)
    return graph


def _named(store: Store, name: str) -> list[str]:
    """All that bears the name: a part of a name may stand for several things."""
    found = [named.iri for named in lookup.find(store, name)]
    if not found:
        raise UnknownName(f"nothing here is called {name!r}; try a part of the name")
    return found


def _distances(graph: Graph, centres: Iterable[str], depth: int) -> dict[str, int]:
    """How many facts each thing is away from the nearest centre, up to `depth`."""
    far = dict.fromkeys(centres, 0)
    undirected = graph.to_undirected(as_view=True)
    edge = [centre for centre in far if centre in graph]
    for step in range(1, depth + 1):
        edge = [node for known in edge for node in undirected[known] if node not in far]
        far |= dict.fromkeys(edge, step)
    return far


def _foremost(graph: Graph, known: Counter[str], far: Mapping[str, int], limit: int) -> list[str]:
    """The nearest to a centre, among them those with most facts, then with most figures."""
    return sorted(graph, key=lambda node: (far.get(node, 0), -graph.degree(node), -known[node], node))[:limit]


def _size(graph: Graph, known: Counter[str]) -> dict[str, int]:
    figured = sum(known[node] for node in graph)
    return {"things": graph.number_of_nodes(), "facts": graph.number_of_edges(), "figures": figured}


def drawing(graph: Graph, about: Mapping[str, Thing], inside: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nodes and edges as vis-network wants them, laid out beforehand."""
    from pyvis.network import Network  # which loads IPython: no other verb shall wait for that

    net = Network(directed=True)
    lines = nx.Graph(graph.edges())
    lines.add_nodes_from(graph)
    lines.add_edges_from(inside)
    lines.remove_edges_from(list(nx.selfloop_edges(lines)))
    sizes = {node: _sizes(graph.degree(node)) for node in sorted(graph)}
    spots = positions(lines, {node: _box(about[node].name, *pair) for node, pair in sizes.items()})
    for node, (size, font) in sizes.items():
        x, y = spots[node]
        top = (
            y - _box(about[node].name, size, font)[1] / 2 + size
        )  # a box holds the shape, and the label below
        thing = about[node]
        look = classes().get(thing.type, plain())
        net.add_node(
            node,
            thing.name,
            look["shape"],
            look["color"],
            x=round(x),
            y=round(top),
            size=size,
            lettering=font,
        )
    drawn: Counter[frozenset[str]] = Counter()
    for subject, value, fact in sorted(graph.edges(keys=True), key=lambda edge: edge[2]):
        between = frozenset((subject, value))
        says = graph.edges[subject, value, fact]["says"]
        net.add_edge(subject, value, id=fact, says=says, nth=drawn[between])
        drawn[between] += 1
    for part, place in inside:
        if frozenset((part, place)) not in drawn:
            net.add_edge(part, place, id=f"{part} {place}", says="", nth=0)
    return {"nodes": net.nodes, "edges": net.edges}


def _sizes(degree: int) -> tuple[float, float]:
    """Of a node and of its label."""
    return round(10 + 2.4 * sqrt(degree), 1), round(13 + 1.6 * sqrt(degree), 1)


def _box(name: str, size: float, font: float) -> Box:
    """The room a node takes with its label, which the page breaks into lines alike."""
    lines = min(-(-len(name) // LINE), LINES)
    width = min(-(-len(name) // lines), LINE) * font
    return max(width, 2 * size) + 14, 2 * size + lines * font * 1.2 + 16


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
