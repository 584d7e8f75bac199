"""What the endpoint offers, in RDF: SPARQL 1.1 Service Description, VoID and DCAT in one document."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kg.iris import FZ, ID, PREFIXES, term
from kg.serve.site import site
from kg.workers.formats import GRAPHS, chosen

_FORMATS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
)


def description(request: Request) -> Response:
    """The document in the format that the client likes best."""
    form = chosen(request.headers.get("accept", ""), GRAPHS)
    if not form:
        offers = ", ".join(offer.media for offer in GRAPHS)
        return PlainTextResponse(f"give a query; the description of this service is there as {offers}\n", 406)
    triples = [ox.Triple(*statement) for statement in _statements(request)]
    media = form.media if form.media.startswith("application/") else f"{form.media}; charset=utf-8"
    return Response(form.written(triples), media_type=media, headers={"Vary": "Accept"})


def _statements(request: Request) -> Iterator[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]]:
    address = f"{request.base_url}sparql"
    endpoint, graphs = ox.NamedNode(address), ox.NamedNode(f"{request.base_url}graphs")
    service, dataset, union = (ox.NamedNode(f"{address}#{name}") for name in ("service", "dataset", "union"))
    a = term("rdf:type")
    yield service, a, term("sd:Service")
    yield service, a, term("dcat:DataService")
    yield service, term("sd:endpoint"), endpoint
    yield service, term("dcat:endpointURL"), endpoint
    yield service, term("sd:supportedLanguage"), term("sd:SPARQL11Query")
    yield service, term("sd:feature"), term("sd:UnionDefaultGraph")
    for name in _FORMATS:
        yield service, term("sd:resultFormat"), term(f"formats:{name}")
    yield service, term("sd:defaultDataset"), dataset
    yield service, term("dcat:servesDataset"), dataset
    for kind in ("sd:Dataset", "void:Dataset", "dcat:Dataset"):
        yield dataset, a, term(kind)
    yield dataset, term("dcterms:title"), ox.Literal("方志", language="zh")
    yield dataset, term("dcterms:title"), ox.Literal("Fangzhi", language="en")
    yield dataset, term("sd:defaultGraph"), union
    yield union, a, term("sd:Graph")
    yield dataset, term("void:sparqlEndpoint"), endpoint
    yield dataset, term("void:uriSpace"), ox.Literal(ID)
    yield dataset, term("void:vocabulary"), ox.NamedNode(FZ)
    yield dataset, term("void:dataDump"), ox.NamedNode(f"{graphs.value}?default")
    yield from _classes(request, dataset)


def _classes(
    request: Request, dataset: ox.NamedNode
) -> Iterator[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]]:
    """How many things of each class there are."""
    told = site(request).index.told
    yield dataset, term("void:entities"), ox.Literal(sum(told["things"].values()))
    counts = told["things"] | {"Fact": told["facts"], "Observation": told["figures"]}
    for kind, count in sorted(counts.items()):
        part = ox.NamedNode(f"{request.base_url}sparql#{kind}")
        yield dataset, term("void:classPartition"), part
        yield part, term("void:class"), ox.NamedNode(f"{PREFIXES['fz']}{kind}")
        yield part, term("void:entities"), ox.Literal(count)


def _void(request: Request) -> Response:
    return description(request)


routes = (Route("/.well-known/void", _void),)
