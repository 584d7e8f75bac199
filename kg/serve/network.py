"""The network: what lies around things, the way between two, and the whole by city, kind and relation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg import search, view
from kg.iris import ID
from kg.search import Choice, Edge, Hit, Index, named, saying, ways
from kg.serve import looks, static
from kg.serve.site import site
from kg.store.statements import Statement, Thing

LIMITS = (60, 150, 300)
ROWS = 100  # of the table
SCRIPTS = ("vis-network.min", "words", "dom", "data", "labels", "graph", "panel", "legend", "explore")
_ARTICLES = 6  # that mention both ends of a way
_QUOTE = 140  # characters of a quotation in the drawing
_PROOFS = 2  # of a fact in the drawing
_FLOWS = 240  # rows of the overview


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: things in the middle, or a way, narrowed by a choice. Names or IRIs."""

    centres: tuple[str, ...]
    start: str
    end: str
    choice: Choice
    limit: int
    grouped: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn: things, the facts between them, and how many things are left out."""

    hits: dict[str, Hit]
    facts: Sequence[Statement]
    edges: Sequence[Edge]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """So many facts of one relation from things of a kind in one city to those of another."""

    city: str
    kind: str
    relation: str
    other_city: str
    other_kind: str
    count: int


def asked(index: Index, request: Request) -> Asked:
    """What an address asks for; what is no known value of a filter is left out."""
    given = request.query_params
    limit, by = looks.number(request, "limit"), given.get("by")
    choice = Choice(
        relations=tuple(given.getlist("relation")),
        classes=tuple(given.getlist("kind")),
        sure=min(looks.number(request, "sure"), 100) / 100,
        since=given.get("since", "")[:4],
        until=given.get("until", "")[:4],
    )
    start, end = (meant(index, given.get(name, "")) for name in ("from", "to"))
    centres = tuple(filter(None, (meant(index, name) for name in given.getlist("centre")[:20])))
    return Asked(centres, start, end, choice, limit if limit in LIMITS else LIMITS[-1], by == "groups")


def meant(index: Index, name: str) -> str:
    """The thing that a name or IRI most likely stands for, or nothing."""
    if name.startswith(ID):
        return name if named(index, [name]) else ""
    return next((hit.iri for hit in search.suggest(index, name[:200], 1)), "")


def around(index: Index, want: Asked) -> Drawn:
    """Things and their neighbours, those that most is told of first; without centres the foremost of all."""
    if not want.centres:
        chosen = ways.foremost(index, want.choice, want.limit)
        return _drawn(index, chosen, want.choice, ways.count(index, want.choice) - len(chosen))
    share = want.limit  # each centre may fill the drawing; what comes first stays
    ends = dict.fromkeys(want.centres)
    for centre in want.centres:
        for edge in ways.around(index, centre, want.choice, 4 * share):
            ends.update(dict.fromkeys((edge.subject, edge.object)))
    kept = list(ends)[: want.limit]
    return _drawn(index, kept, want.choice, len(ends) - len(kept))


def between(index: Index, want: Asked) -> Drawn:
    """The things along the way between two, with the facts that join them."""
    edges = ways.way(index, want.start, want.end, want.choice)
    facts = saying.statements(index, [edge.fact for edge in edges if edge.fact])
    hits = named(
        index, {want.start, want.end, *(end for edge in edges for end in (edge.subject, edge.object))}
    )
    if not edges:
        return _together(index, want, hits)
    return Drawn(hits, [facts[edge.fact] for edge in edges if edge.fact], edges)


def _together(index: Index, want: Asked, hits: dict[str, Hit]) -> Drawn:
    """The articles that mention both ends, where no facts join them."""
    articles = ways.together(index, want.start, want.end)[:_ARTICLES]
    says = [
        Statement(f"mention:{n}", end, "mentionedIn", article, "", "", ())
        for n, (article, end) in enumerate(product(articles, (want.start, want.end)))
    ]
    edges = [Edge(fact.iri, fact.subject, fact.predicate, fact.object) for fact in says]
    return Drawn(hits | search.titled(index, articles), says, edges)


def _drawn(index: Index, iris: Sequence[str], choice: Choice, left_out: int) -> Drawn:
    edges = ways.among(index, iris, choice)
    facts = saying.statements(index, [edge.fact for edge in edges])
    inside = ways.divisions(index, iris)
    return Drawn(
        named(index, iris), [facts[edge.fact] for edge in edges], [*edges, *inside], max(left_out, 0)
    )


def content(drawn: Drawn, centres: Sequence[str]) -> dict[str, Any]:
    """The data of the drawing, as the scripts of `kg view` take them."""
    graph = view.Graph()
    graph.add_nodes_from(drawn.hits)
    for edge in drawn.edges:
        if edge.fact:
            graph.add_edge(edge.subject, edge.object, edge.fact, says=edge.relation)
    about = {iri: _thing(hit) for iri, hit in drawn.hits.items()}
    inside = [(edge.subject, edge.object) for edge in drawn.edges if not edge.fact]
    size = {"things": len(drawn.hits), "facts": len(drawn.facts), "figures": 0}
    return {
        "name": "",
        "centres": list(centres),
        "depth": 1,
        "shown": size,
        "whole": size | {"things": len(drawn.hits) + drawn.left_out},
        "classes": view.classes() | {"Article": view.plain() | view.labels()["Article"]},
        "plain": view.plain(),
        "relations": {term: names for term, names in view.labels().items() if term[0].islower()},
        **view.drawing(graph, about, inside),
        "things": {iri: asdict(thing) for iri, thing in about.items()},
        "facts": [asdict(_short(fact)) for fact in drawn.facts],
        "figures": [],
    }


def _thing(hit: Hit) -> Thing:
    return Thing(hit.iri, hit.type, hit.name, hit.english, hit.latin, (), ())


def _short(fact: Statement) -> Statement:
    """With no more quotation than a tooltip shows: the page of the thing has it all."""
    proofs = (replace(proof, quote=proof.quote[:_QUOTE]) for proof in fact.proofs[:_PROOFS])
    return replace(fact, proofs=tuple(proofs))


def flows(index: Index, choice: Choice) -> list[Flow]:
    """The whole graph by city, kind and relation, the most facts first."""
    tests, values = choice.where()
    rows = index.rows(
        f"""SELECT s.city, s.type, f.relation, o.city, o.type, count(*) AS n FROM fact f
        JOIN thing s ON s.id = f.subject JOIN thing o ON o.id = f.object WHERE {tests}
        GROUP BY 1, 2, 3, 4, 5 ORDER BY n DESC, 1, 2, 3, 4, 5 LIMIT {_FLOWS}""",
        values,
    )
    return [Flow(*row) for row in rows]


def overview(index: Index, found: Iterable[Flow], tongue: str) -> dict[str, Any]:
    """The drawing of the whole: a node for the things of a kind in a city, a line for a relation."""
    cities = looks.places(index, [code for flow in found for code in (flow.city, flow.other_city)])

    def group(code: str, kind: str) -> Hit:
        where = looks.name_of(tongue, cities[code]) if code in cities else ""
        name = f"{where} {looks.label(tongue, kind)}".strip()
        return Hit("", f"group:{code} {kind}", kind, name, name, name, code, 0, 0, 0, "", None, None)

    hits: dict[str, Hit] = {}
    facts, edges = [], []
    for n, flow in enumerate(found):
        ends = group(flow.city, flow.kind), group(flow.other_city, flow.other_kind)
        hits |= {end.iri: end for end in ends}
        says = Statement(f"flow:{n}", ends[0].iri, flow.relation, ends[1].iri, f"× {flow.count}", "", ())
        facts.append(says)
        edges.append(Edge(says.iri, says.subject, says.predicate, says.object))
    return content(Drawn(hits, facts, edges), ())


def _network(request: Request) -> Response:
    """The page: a way, what lies around things, or the whole."""
    index = site(request).index
    want = asked(index, request)
    rows = flows(index, want.choice) if want.grouped else []
    drawn = found(index, want)
    named_too = [iri for iri in (want.start, want.end, *want.centres) if iri]
    return looks.page(
        request,
        "network.html",
        want=want,
        drawn=drawn,
        hits=named(index, named_too) | drawn.hits,
        path=bool(want.start and want.end),
        together=[hit for hit in drawn.hits.values() if hit.type == "Article"],
        grouped=want.grouped,
        flows=rows,
        cities=looks.places(index, [code for flow in rows for code in (flow.city, flow.other_city)]),
        kinds=[kind for kind in view.classes() if kind in index.told["things"]],
        relations=index.told["relations"],
        limits=LIMITS,
        at=looks.number(request, "at"),
        size=ROWS,
        scripts=SCRIPTS,
    )


@lru_cache(maxsize=32)
def found(index: Index, want: Asked) -> Drawn:
    """What an address asks to draw, the overview apart."""
    if want.grouped:
        return Drawn({}, [], [])
    if want.start and want.end:
        return between(index, want)
    end = want.start or want.end
    return around(index, replace(want, centres=(end,)) if end else want)


@lru_cache(maxsize=32)
def drawing(index: Index, want: Asked, tongue: str) -> bytes:
    """The drawing that an address asks for, as JSON. Laying it out takes a second."""
    if want.grouped:
        made = overview(index, flows(index, want.choice), tongue)
    else:
        made = content(found(index, want), want.centres)
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def _data(request: Request) -> Response:
    """What the page draws; also what it adds when somebody opens a thing."""
    index = site(request).index
    made = drawing(index, asked(index, request), looks.language(request))
    return static.packed(request, made, "application/json", {"Cache-Control": "no-cache"})


routes = (Route("/network", _network), Route("/network.json", _data))
