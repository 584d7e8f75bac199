"""One contract for the embedded store and a real endpoint; and stores survive writers that are killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pyoxigraph as ox
import pytest
from conftest import FIRM, first_page, second_page
from hypothesis import given
from hypothesis import strategies as st
from servers import oxigraph, virtuoso

from kg import graph, queries, store
from kg.iris import node
from kg.known import show
from kg.store import server, writing
from kg.store.sparql import BadQuery, StoreError, Table, bind

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
EXPORTS = "SELECT ?firm { VALUES ?product { UNDEF } ?firm fz:exports ?product }"


@pytest.fixture(scope="module")
def endpoint(sample: Path) -> Iterator[str]:
    """The address of an Oxigraph server over the sample."""
    with oxigraph((sample / "store").resolve()) as address:
        yield f"{address}/query"


@pytest.fixture(scope="module")
def virtuoso_endpoint(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Virtuoso server to which the sample was sent."""
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as address:
        yield server.push(store.open_store(sample), f"{address}/sparql-auth").ask


@pytest.fixture(params=["embedded", "endpoint", "virtuoso_endpoint"])
def asked(request: pytest.FixtureRequest, sample: Path) -> store.Store:
    """The sample, once in each kind of store."""
    if request.param == "embedded":
        return store.open_store(sample)
    return store.open_store(request.getfixturevalue(request.param))


# --- the contract -------------------------------------------------------------------------------------------


def test_selects_with_terms_bound(asked: store.Store) -> None:
    found = asked.select(EXPORTS, {"product": [node("product:高岭土")]})
    assert found == Table(("firm",), ((node(f"ent:{FIRM}"),),))
    assert asked.select(EXPORTS, {"product": [node("product:煤矸石")]}).rows == ()
    assert len(asked.select(EXPORTS).rows) == 1


def test_asks_and_constructs(asked: store.Store) -> None:
    assert asked.ask("ASK { ?s fz:exportsTo ?country }") is True
    assert asked.ask("ASK { ?s fz:imports ?country }") is False
    triples = asked.construct("CONSTRUCT { ?s fz:exports ?o } WHERE { ?s fz:exports ?o }")
    assert [t.object for t in triples] == [node("product:高岭土")]


def test_keeps_terms_as_they_are(asked: store.Store) -> None:
    found = asked.select("SELECT ?v ?l { ?o fz:value ?v ; fz:metric/rdfs:label ?l } ORDER BY ?v LIMIT 1")
    integer = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    assert found.rows == ((ox.Literal("1367000000", datatype=integer), ox.Literal("出口额", language="zh")),)
    assert asked.select("SELECT ?x { OPTIONAL { ?x a fz:Nothing } }").rows == ((None,),)


def test_what_two_pages_say_is_there_once(asked: store.Store) -> None:
    assert len(asked.select("SELECT ?l { ?p fz:code '140900' ; rdfs:label ?l }").rows) == 1
    assert len(asked.select("SELECT ?g { GRAPH ?g { ?p fz:code '140900' } ?g a fz:Page }").rows) == 2


def test_says_where_a_query_is_wrong(asked: store.Store) -> None:
    with pytest.raises(BadQuery, match=r"line 2, column 9"):
        asked.query("SELECT ?s WHERE {\n ?s ?p }")
    with pytest.raises(BadQuery, match=r"line 1, column 22.*prefix not declared"):
        asked.query("SELECT ?s { ?s nope:p ?o }")


def test_refuses_what_is_not_a_question(asked: store.Store) -> None:
    with pytest.raises(BadQuery, match="not a query"):
        asked.query("INSERT DATA { <http://a> <http://b> <http://c> }")
    with pytest.raises(BadQuery, match="does not SELECT"):
        asked.select("ASK { ?s ?p ?o }")
    with pytest.raises(BadQuery, match="no block VALUES"):
        asked.query("ASK { ?s ?p ?o }", {"x": [ox.Literal("y")]})


def test_a_long_question_is_answered(asked: store.Store) -> None:
    many = [node(f"product:{i}") for i in range(3000)]
    assert len(asked.select(EXPORTS, {"product": [*many, node("product:高岭土")]}).rows) == 1


def test_show_is_the_same_everywhere(asked: store.Store, sample: Path) -> None:
    assert show(asked, FIRM) == show(store.open_store(sample), FIRM)


@pytest.mark.parametrize("name", queries.names())
def test_questions_are_answered_the_same_everywhere(asked: store.Store, sample: Path, name: str) -> None:
    known = {
        "from": "煤矸石",
        "to": "山西省",
        "about": "忻州",
        "subject": FIRM,
        "title": "外贸",
        "metric": "出口额",
        "relation": "exports",
        "year": "2025",
    }
    given = (p for p in queries.load(name).parameters if p.required or p.name == "year")
    needed = {p.name: known[p.name] for p in given}
    assert queries.run(asked, name, needed) == queries.run(store.open_store(sample), name, needed)


# --- parameters are terms -----------------------------------------------------------------------------------


@given(st.text())
def test_no_text_leaves_its_literal(text: str) -> None:
    if any("\ud800" <= c <= "\udfff" for c in text):
        return
    engine = store.Embedded(ox.Store())
    found = engine.select("SELECT ?x { VALUES ?x { UNDEF } }", {"x": [ox.Literal(text)]})
    assert found.rows == ((ox.Literal(text),),)


def test_blocks_in_strings_and_comments_are_left_alone() -> None:
    query = """# VALUES ?x { 1 }
    SELECT ("VALUES ?x { 2 }" AS ?s) { VALUES ?x { "}" 'é' <http://a/#b> UNDEF } VALUES ?y { 3 } }"""
    bound = bind(query, {"x": [ox.Literal("$")]})
    assert bound.splitlines()[0] == "# VALUES ?x { 1 }"
    assert '"VALUES ?x { 2 }"' in bound
    assert 'VALUES ?x { "$" } VALUES ?y { 3 }' in bound


# --- errors -------------------------------------------------------------------------------------------------


def test_a_folder_without_a_graph_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="kg build PAGES"):
        store.open_store(tmp_path)


def test_files_are_read_into_memory(tmp_path: Path) -> None:
    file = tmp_path / "graph.ttl"
    file.write_text("<http://a> <http://b> <http://c> .", "utf-8")
    assert store.open_store(file).ask("ASK { ?s <http://b> ?o }")
    file.write_text("<http://a> <http://b>", "utf-8")
    with pytest.raises(StoreError, match="not a graph"):
        store.open_store(file)


def test_an_endpoint_that_is_not_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/query"
        with pytest.raises(StoreError, match=r"check the address") as caught:
            store.open_store(url).query(COUNT)
    assert "\n" not in str(caught.value)


def test_an_endpoint_that_never_answers() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/query"
        with pytest.raises(StoreError, match="no answer in 1 s"):
            store.Endpoint(url, timeout=1).query(COUNT)


# --- writing ------------------------------------------------------------------------------------------------


def everything(folder: Path) -> list[str]:
    """All triples, as lines."""
    found = store.open_store(folder).select("SELECT ?s ?p ?o { ?s ?p ?o }")
    return sorted(" ".join(map(str, row)) for row in found.rows)


def test_a_reader_keeps_what_it_opened(tmp_path: Path) -> None:
    store.build(tmp_path, graph.quads(first_page()))
    reader = store.open_store(tmp_path)
    before = reader.select(COUNT)
    store.build(tmp_path, [])
    assert reader.select(COUNT) == before
    assert everything(tmp_path) == []


def test_files_beside_the_store_come_with_it_or_not_at_all(tmp_path: Path) -> None:
    with writing.generation(tmp_path) as fresh:
        fresh.file("report.json").write_bytes(b"{}")
        fresh.commit()
    with writing.generation(tmp_path) as fresh:
        fresh.file("report.json").write_bytes(b"[]")
        fresh.scratch("runs").mkdir()
    assert (tmp_path / "report.json").read_bytes() == b"{}"
    assert everything(tmp_path) == []
    (link,) = (path.name for path in tmp_path.glob(".store-*"))
    assert sorted(p.name for p in tmp_path.iterdir()) == [".lock", link, "report.json", "store"]


def test_a_folder_named_from_here_keeps_its_graph_until_the_next_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = Path("out")
    store.build(out, graph.quads(first_page()))
    before = everything(out)
    with writing.generation(out):
        assert everything(out) == before
    assert everything(out) == before


@pytest.mark.parametrize("files", ["*.sst", "MANIFEST*", "CURRENT"])
def test_a_damaged_store_is_told_in_one_line(tmp_path: Path, files: str) -> None:
    store.build(tmp_path, graph.quads(first_page()))
    for path in (tmp_path / "store").glob(files):
        path.write_bytes(b"garbage")
    with pytest.raises(StoreError, match="build it again"):
        store.open_store(tmp_path).ask("ASK { ?s ?p ?o }")


def test_a_damaged_lock_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_bytes(b"garbage" * 999)
    with pytest.raises(StoreError, match="cannot be written: file is not a database"):
        store.build(tmp_path, [])


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    def quads() -> Iterator[ox.Quad]:
        with pytest.raises(StoreError, match="another build is writing here"):
            store.build(tmp_path, [])
        yield from ()

    store.build(tmp_path, quads())


# Each point at which the writer kills itself: before it, the earlier graph stands; after it, the new one.
KILLS = {
    "reading": ("quads", False),
    "loaded": ("optimize", False),
    "before the link": ("symlink_to", False),
    "before the swap": ("replace", False),
    "after the swap": ("after", True),
}
WRITER = """
    import os, signal, sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[3])
    from conftest import first_page, second_page
    from kg import graph, store
    from kg.store import writing

    point, folder = sys.argv[1], Path(sys.argv[2])

    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    def quads():
        for number, quad in enumerate(graph.quads(second_page())):
            if point == "quads" and number == 20:
                die()
            yield quad

    if point == "optimize":
        class Dying:
            def __init__(self, engine):
                self.bulk_extend, self.optimize = engine.bulk_extend, die
        opened = writing._opened
        writing._opened = lambda folder: Dying(opened(folder))
    elif point == "after":
        replace = Path.replace
        Path.replace = lambda self, target: (replace(self, target), die())
    elif point != "quads":
        setattr(Path, point, die)
    store.build(folder, quads())
"""


@pytest.mark.parametrize("kill", KILLS)
def test_a_killed_build_leaves_a_whole_graph(tmp_path: Path, kill: str) -> None:
    point, swapped = KILLS[kill]
    store.build(tmp_path / "out", graph.quads(first_page()))
    old = everything(tmp_path / "out")
    store.build(tmp_path / "new", graph.quads(second_page()))
    new = everything(tmp_path / "new")
    command = [sys.executable, "-c", dedent(WRITER), point, str(tmp_path / "out"), str(Path(__file__).parent)]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert everything(tmp_path / "out") == (new if swapped else old)
    store.build(tmp_path / "out", graph.quads(second_page()))
    assert everything(tmp_path / "out") == new
    assert len(list((tmp_path / "out").glob(".store-*"))) == 2, "killed builds leave nothing behind for long"


def test_killed_at_any_moment(tmp_path: Path) -> None:
    store.build(tmp_path, graph.quads(first_page()))
    whole = {tuple(everything(tmp_path))}
    store.build(tmp_path / "new", graph.quads(second_page()))
    whole.add(tuple(everything(tmp_path / "new")))
    command = [sys.executable, "-c", dedent(WRITER), "never", str(tmp_path), str(Path(__file__).parent)]
    started = time.monotonic()
    subprocess.run(command, check=False, capture_output=True)
    took = time.monotonic() - started
    for step in range(4):
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as writer:
            time.sleep(took * (0.85 + 0.05 * step))
            writer.kill()
        assert tuple(everything(tmp_path)) in whole
