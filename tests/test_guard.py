"""What may be asked of a store: never another server, however that is hidden, and nothing that breaks it."""

from __future__ import annotations

import socket
import threading
from functools import cache

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import queries, store
from kg.iris import PREFIXES
from kg.store.guard import DEPTH, checked
from kg.store.sparql import BadQuery

# Each asks another server when the engine gets it.
HIDDEN = (
    "SERVICE <{u}> {{ ?a ?b ?c }}",
    "service<{u}>{{?a ?b ?c}}",
    "SERVICE SILENT <{u}> {{ ?a ?b ?c }}",
    "sErViCe ?x {{ ?a ?b ?c }}",
    "OPTIONAL {{ SERVICE <{u}> {{ ?a ?b ?c }} }}",
    "FILTER EXISTS {{ SERVICE <{u}> {{ ?a ?b ?c }} }}",
    "{{ SELECT * {{ SERVICE <{u}> {{ ?a ?b ?c }} }} }}",
    "FILTER(?o<5)SERVICE#>\n?x {{ ?a ?b ?c }}",  # the longest token after ?o is an IRI
    "FILTER(?o<5)SERVICE#x>\n<{u}> {{ ?a ?b ?c }}",
    "SERVICE:x{{ ?a ?b ?c }}",  # a prefix to us, the word and a name to the engine
    "OPTIONAL {{}}SERVICE:x{{ ?a ?b ?c }}",
    "FILTER(?o < 5)SERVICE:x{{ ?a ?b ?c }}",
    "# hidden\nSERVICE <{u}> {{ ?a ?b ?c }}",
    "BIND('#' AS ?y) SERVICE <{u}> {{ ?a ?b ?c }}",
    "BIND('''it's \\\\''' AS ?y) SERVICE <{u}> {{ ?a ?b ?c }}",
)
PIECES = (
    *(
        "SERVICE",
        "service",
        "SILENT",
        "?x",
        "<{u}>",
        ":x",
        "{{ ?a ?b ?c }}",
        "{{",
        "}}",
        "?s ?p ?o",
        " ",
        "\n",
    ),
    *(
        ".",
        "#",
        ">",
        "<",
        "<5)",
        "FILTER(?o<5)",
        "FILTER(?o",
        ")",
        "(",
        "'",
        '"',
        "'''",
        '"""',
        "\\",
        "\\u0053",
    ),
    *(
        "true",
        "5",
        "a",
        "@en",
        "_:",
        "ex:",
        "BIND(<{u}> AS ?y)",
        "'a#b'",
        "<a#b>",
        "OPTIONAL",
        "UNION",
        "/",
        "^",
    ),
)


class Trap:
    """A server that notes who comes."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"
        self.visits = 0
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self) -> None:
        while True:
            caller, _ = self._listening.accept()
            self.visits += 1
            caller.close()


@cache
def trap() -> Trap:
    """Another server."""
    return Trap()


@cache
def engine() -> ox.Store:
    """A store of one triple."""
    one = ox.Store()
    one.add(ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal(1)))
    return one


def asks(query: str) -> bool:
    """Whether the engine itself asks another server for this query."""
    before = trap().visits
    try:
        found = engine().query(query)
        bool(found) if isinstance(found, ox.QueryBoolean) else list(found)
    except SyntaxError:
        return False
    except (OSError, RuntimeError) as error:
        return trap().visits > before or "service" in str(error)
    return trap().visits > before


def whole(part: str) -> str:
    """A query with that part."""
    url = trap().url
    return f"PREFIX : <{url}> SELECT * {{ BIND(<{url}> AS ?x) ?s ?p ?o . {part.format(u=url)} }}"


@pytest.mark.parametrize("part", HIDDEN)
def test_no_other_server_is_asked(part: str) -> None:
    assert asks(whole(part)), "the engine alone would ask: else this proves nothing"
    before = trap().visits
    with pytest.raises(BadQuery, match="not a query that can be asked here: line"):
        store.Embedded(engine()).query(whole(part))
    assert trap().visits == before


@settings(max_examples=500, deadline=None)
@given(
    before=st.lists(st.sampled_from(PIECES), max_size=4),
    word=st.sampled_from(("SERVICE", "sErvice", "SERVICE SILENT")),
    after=st.lists(st.sampled_from(PIECES), max_size=3),
    end=st.sampled_from(("?x {{ ?a ?b ?c }}", "<{u}>{{ ?a ?b ?c }}", ":x{{ ?a ?b ?c }}", "}}", "")),
)
def test_what_is_allowed_asks_no_other_server(
    before: list[str], word: str, after: list[str], end: str
) -> None:
    query = whole("".join((*before, word, *after, end)))
    try:
        text = checked(query).text
    except BadQuery:
        return
    assert not asks(text)


@pytest.mark.parametrize("name", queries.names())
def test_our_own_questions_are_allowed(name: str) -> None:
    assert checked(queries.load(name).text).graphs == ()


@pytest.mark.parametrize(
    "query",
    [
        "select(count(*)as?n){?s?p?o}",
        'ASK { ?s ?p "SERVICE <x> { }" , \'service\' , """SERVICE "x" """ }',
        "ASK { ?s <http://service.example/SERVICE> ?serviceType }  # SERVICE",
        "PREFIX schema: <https://schema.org/> ASK { ?s a schema:Service ; schema:provider\\/service ?p }",
        "ASK { ?s ?p 1.5e-3 , -2 , true , 'x'@zh-Hans , '1'^^xsd:integer ; ^fz:exports/fz:locatedIn*|a ?o }",
        "ASK { ent:山西焦煤 rdfs:label ?名称 . [] ?p _:b . FILTER(!(?名称 < 3 && 5>?x || ?x<=2)) }",
        "ASK { VALUES (?a ?b) { (UNDEF 'it\\'s') } FILTER NOT EXISTS { ?a ?b (1 2) } }",
    ],
)
def test_what_is_harmless_is_allowed(query: str) -> None:
    assert store.Embedded(ox.Store()).query(query) is not None


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("LOAD <http://x/>", "line 1, column 1: no word"),
        ("ASK {}\n; DROP ALL", "line 2, column 3: no word"),
        ("ASK { LATERAL { ?s ?p ?o } }", "line 1, column 7: no word"),
        ("ASK { ?s ?p \\u0053 }", "line 1, column 13: this is not SPARQL"),
        ("ASK { ?s ?p 'open }", "this is not SPARQL"),
        ("ASK {}\0", "this is not SPARQL"),
        ("", "there is no SELECT"),
        (f"ASK {'{' * 10_000}", f"more than {DEPTH} deep"),
        (f"ASK {{ FILTER{'(' * 10_000} }}", f"more than {DEPTH} deep"),
    ],
)
def test_what_is_no_query_is_told_with_its_place(query: str, reason: str) -> None:
    with pytest.raises(BadQuery, match=reason):
        checked(query)


def test_a_function_that_is_not_there_is_told() -> None:
    with pytest.raises(BadQuery, match="cannot be answered"):
        store.Embedded(engine()).query("SELECT * { ?s ?p ?o FILTER(<http://e/f>(?o)) }")


def test_names_the_graphs_that_are_asked() -> None:
    query = "PREFIX p: <http://e/> ASK FROM <http://a/> FROM p:b FROM #x\n NAMED <http://c/> FROM page:d {}"
    assert checked(query).graphs == ("http://a/", "http://e/b", "http://c/", f"{PREFIXES['page']}d")
