"""The endpoint keeps to SPARQL 1.1 Protocol: the cases of the W3C suite, and clients that others wrote."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from conftest import FIRM
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from servers import explorer
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

from kg import store
from kg.iris import PREFIXES, iri, node

ASK, SELECT = "ASK { ?s ?p ?o }", "SELECT ?s { ?s fz:exports ?o }"
CONSTRUCT, DESCRIBE = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 5", f"DESCRIBE <{iri('ent:' + FIRM)}>"
RESULTS = {"json": "application/sparql-results+json", "xml": "application/sparql-results+xml"}
TABLES = {"csv": "text/csv", "tsv": "text/tab-separated-values"}
TRIPLES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"


@pytest.fixture(scope="module")
def site(sample: Path) -> Iterator[str]:
    """The address of a server over the sample."""
    with explorer(sample, rows=12, triples=200) as (url, _):
        yield url


@pytest.fixture(scope="module")
def client(site: str) -> Iterator[httpx.Client]:
    """A client of that server."""
    with httpx.Client(base_url=site, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def pages(sample: Path) -> list[str]:
    """The page graphs of the sample."""
    engine = ox.Store.read_only(str((sample / "store").resolve()))
    return sorted(graph.value for graph in engine.named_graphs() if isinstance(graph, ox.NamedNode))


def post(client: httpx.Client, content: str | bytes, media: str, **params: str) -> httpx.Response:
    """A POST with that body."""
    return client.post("/sparql", content=content, headers={"Content-Type": media}, params=params)


def media(answer: httpx.Response) -> str:
    """The media type of an answer."""
    return str(answer.headers["content-type"]).partition(";")[0]


# --- the query cases of the W3C protocol suite, by their names there ----------------------------------------


def test_query_get(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": ASK}, headers={"Accept": RESULTS["json"]})
    assert (answer.status_code, answer.json()["boolean"]) == (200, True)


def test_query_post_form(client: httpx.Client) -> None:
    answer = client.post("/sparql", data={"query": SELECT})
    assert [row["s"]["value"] for row in answer.json()["results"]["bindings"]] == [iri(f"ent:{FIRM}")]


def test_query_post_direct(client: httpx.Client) -> None:
    for media_type in (QUERY, f"{QUERY}; charset=UTF-8"):
        assert post(client, ASK, media_type).json()["boolean"] is True


@pytest.mark.parametrize("way", ["get", "post_form", "post_direct"])
def test_query_dataset_default_graph(client: httpx.Client, pages: list[str], way: str) -> None:
    """One page alone is asked, or two, and nothing of the union is seen."""
    query = "SELECT (COUNT(*) AS ?n) { ?f a fz:Observation }"
    for graphs, expected in ((pages[:1], "2"), (pages[1:], "1"), (pages, "3")):
        given = {"query": query, "default-graph-uri": graphs}
        if way == "get":
            answer = client.get("/sparql", params=given)
        elif way == "post_form":
            answer = client.post("/sparql", data=given)
        else:
            answer = client.post(
                "/sparql",
                content=query,
                params={"default-graph-uri": graphs},
                headers={"Content-Type": QUERY},
            )
        assert answer.json()["results"]["bindings"][0]["n"]["value"] == expected


def test_query_dataset_named_graphs(client: httpx.Client, pages: list[str]) -> None:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    answer = client.get("/sparql", params={"query": query, "named-graph-uri": pages[:1]})
    assert [row["g"]["value"] for row in answer.json()["results"]["bindings"]] == pages[:1]
    answer = client.get("/sparql", params={"query": ASK, "named-graph-uri": pages[:1]})
    assert answer.json()["boolean"] is False


def test_query_dataset_full(client: httpx.Client, pages: list[str]) -> None:
    given = {"default-graph-uri": pages[:1], "named-graph-uri": pages[1:]}
    query = "ASK { ?s a fz:Observation GRAPH ?g { ?t a fz:Observation } FILTER NOT EXISTS { ?t ?p ?q } }"
    assert client.get("/sparql", params={"query": query, **given}).json()["boolean"] is True


def test_query_multiple_dataset(client: httpx.Client, pages: list[str]) -> None:
    """The dataset of the protocol goes before the one that the query names."""
    query = f"SELECT DISTINCT ?g FROM NAMED <{pages[0]}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    answer = client.get("/sparql", params={"query": query, "named-graph-uri": pages[1]})
    assert [row["g"]["value"] for row in answer.json()["results"]["bindings"]] == [pages[1]]


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        *((query, form, form) for query in (SELECT, ASK) for form in RESULTS.values()),
        *((SELECT, form, form) for form in TABLES.values()),
        *((query, form, form) for query in (CONSTRUCT, DESCRIBE) for form in TRIPLES.values()),
        (SELECT, "*/*", RESULTS["json"]),
        (SELECT, "application/*;q=0.1, text/*", "text/csv"),
        (SELECT, "text/csv;q=0.5, application/sparql-results+xml;q=0.9, */*;q=0.1", RESULTS["xml"]),
        (ASK, "text/csv, application/json;q=0.1", RESULTS["json"]),
        (CONSTRUCT, "*/*", "text/turtle"),
        (CONSTRUCT, "application/sparql-results+json, application/rdf+xml;q=0.2", "application/rdf+xml"),
        (DESCRIBE, "text/turtle;q=0, */*;q=0.1", "application/n-triples"),
    ],
)
def test_query_content_type(client: httpx.Client, query: str, accept: str, expected: str) -> None:
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert (answer.status_code, media(answer)) == (200, expected)
    assert "Accept" in answer.headers["vary"]
    if expected in TRIPLES.values():
        assert list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(expected)))
    elif expected != "text/csv":
        assert ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.from_media_type(expected))


BAD = {
    "bad_query_method": ("PUT", {"params": {"query": ASK}}, 405),
    "bad_delete_method": ("DELETE", {"params": {"query": ASK}}, 405),
    "bad_multiple_queries": ("GET", {"params": {"query": [ASK, SELECT]}}, 400),
    "bad_multiple_queries_in_a_form": ("POST", {"data": {"query": [ASK, SELECT]}}, 400),
    "bad_query_wrong_media_type": ("POST", {"content": ASK, "headers": {"Content-Type": "text/plain"}}, 415),
    "bad_query_missing_form_type": ("POST", {"content": f"query={ASK}"}, 415),
    "bad_query_missing_direct_type": ("POST", {"content": ASK}, 415),
    "bad_query_non_utf8": (
        "POST",
        {"content": ASK.encode("utf-16"), "headers": {"Content-Type": f"{QUERY}; charset=UTF-16"}},
        415,
    ),
    "bad_bytes": ("POST", {"content": b"ASK { ?s ?p '\xff' }", "headers": {"Content-Type": QUERY}}, 400),
    "bad_bytes_in_a_form": ("POST", {"content": b"query=ASK+%7B%FF", "headers": {"Content-Type": FORM}}, 400),
    "bad_query_syntax": ("GET", {"params": {"query": "ASK { ?s ?p }"}}, 400),
    "no_query": ("POST", {"data": {"other": "1"}}, 400),
    "not_acceptable": ("GET", {"params": {"query": ASK}, "headers": {"Accept": "image/png"}}, 406),
    "update": ("POST", {"data": {"update": "CLEAR ALL"}}, 403),
    "update_as_query": ("POST", {"data": {"query": "CLEAR ALL"}}, 400),
    "update_direct": (
        "POST",
        {"content": "CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}},
        415,
    ),
    "unknown_default_graph": (
        "GET",
        {"params": {"query": ASK, "default-graph-uri": "file:///etc/passwd"}},
        400,
    ),
    "unknown_named_graph": ("GET", {"params": {"query": ASK, "named-graph-uri": "no address"}}, 400),
    "unknown_from": ("GET", {"params": {"query": "ASK FROM <http://127.0.0.1/> {}"}}, 400),
    "too_long": ("POST", {"data": {"query": f"ASK {{}} #{'x' * 1_000_000}"}}, 413),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_requests(client: httpx.Client, case: str) -> None:
    method, how, status = BAD[case]
    answer = client.request(method, "/sparql", **how)
    assert answer.status_code == status
    if status != 405:
        assert media(answer) == "text/plain"
        assert len(answer.text.splitlines()) == 1
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_says_where_a_query_is_wrong(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": "SELECT *\n{ ?s ?p <script>alert(1)</script> }"})
    assert answer.status_code == 400
    assert "line 2, column" in answer.text


# --- beyond the suite ---------------------------------------------------------------------------------------


def test_head_has_no_body_but_all_else(client: httpx.Client) -> None:
    answer = client.head("/sparql", params={"query": SELECT})
    assert (answer.status_code, answer.content, media(answer)) == (200, b"", RESULTS["json"])


def test_pages_of_other_sites_may_read(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": ASK}, headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/sparql", headers={**asked, "Access-Control-Request-Headers": "content-type"})
    assert answer.status_code == 200
    assert "POST" in answer.headers["access-control-allow-methods"]


def test_what_is_left_out_is_said(client: httpx.Client) -> None:
    query, product = "SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?q ?r } { ?s ?p ?o . ?x ?q ?r }"
    for name in (*RESULTS, *TABLES):
        answer = client.get("/sparql", params={"query": query, "format": name})
        assert answer.headers["fangzhi-rows-left-out"] == "true"
    assert len(client.get("/sparql", params={"query": query}).json()["results"]["bindings"]) == 12
    assert client.get("/sparql", params={"query": query}).json()["head"]["link"]
    assert '<link href="' in client.get("/sparql", params={"query": query, "format": "xml"}).text
    answer = client.get("/sparql", params={"query": product, "format": "nt"})
    assert answer.text.startswith("# There is more than these 200 triples")
    assert len(list(ox.parse(answer.content, format=ox.RdfFormat.N_TRIPLES))) == 200
    assert "fangzhi-rows-left-out" not in client.get("/sparql", params={"query": f"{query} LIMIT 12"}).headers


def test_the_graph_store_is_read(client: httpx.Client, pages: list[str], sample: Path) -> None:
    engine = ox.Store.read_only(str((sample / "store").resolve()))
    held = {
        (q.subject, q.predicate, q.object)
        for q in engine.quads_for_pattern(None, None, None, ox.NamedNode(pages[0]))
    }
    for form in TRIPLES.values():
        answer = client.get("/graphs", params={"graph": pages[0]}, headers={"Accept": form})
        found = ox.parse(answer.content, format=ox.RdfFormat.from_media_type(form))
        assert {(t.subject, t.predicate, t.object) for t in found} == held
    assert client.head("/graphs", params={"graph": pages[0]}).status_code == 200
    assert client.get("/graphs?default").status_code == 413  # more than this server gives at once
    assert client.get("/graphs", params={"graph": "http://nowhere.example/"}).status_code == 404
    assert client.get("/graphs").status_code == 400
    assert client.get("/graphs?default&graph=x").status_code == 400
    assert client.put("/graphs?default", content="").status_code == 405


# --- clients that others wrote ------------------------------------------------------------------------------


def test_sparqlwrapper(site: str) -> None:
    wrapper = SPARQLWrapper(f"{site}/sparql")
    for method in ("GET", POST):
        wrapper.setMethod(method)
        wrapper.setQuery(SELECT)
        wrapper.setReturnFormat(JSON)
        assert len(wrapper.queryAndConvert()["results"]["bindings"]) == 1
        wrapper.setReturnFormat(XML)
        assert len(wrapper.queryAndConvert().getElementsByTagName("result")) == 1
        wrapper.setReturnFormat(CSV)
        assert wrapper.queryAndConvert().decode().splitlines() == ["s", iri(f"ent:{FIRM}")]
        wrapper.setQuery(CONSTRUCT)
        wrapper.setReturnFormat(TURTLE)
        assert list(ox.parse(wrapper.queryAndConvert(), format=ox.RdfFormat.TURTLE))


def test_rdflib(site: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{site}/sparql"))
    exports = rdflib.URIRef(f"{PREFIXES['fz']}exports")
    assert list(graph.objects(rdflib.URIRef(iri(f"ent:{FIRM}")), exports)) == [
        rdflib.URIRef(iri("product:高岭土"))
    ]
    assert bool(graph.query("ASK { ?s ?p ?o }"))


def test_curl(site: str) -> None:
    command = ["curl", "-sS", "--fail", f"{site}/sparql", "--data-urlencode", f"query={SELECT}"]
    found = subprocess.run([*command, "-H", "Accept: text/csv"], capture_output=True, check=True, text=True)
    assert found.stdout.splitlines() == ["s", iri(f"ent:{FIRM}")]
    found = subprocess.run([*command, "--get"], capture_output=True, check=True, text=True)
    assert json.loads(found.stdout)["head"]["vars"] == ["s"]


def test_our_own_client(site: str) -> None:
    asked = store.open_store(f"{site}/sparql")
    assert asked.select(SELECT).rows == ((node(f"ent:{FIRM}"),),)
