"""Graphs are brought to real servers: whole, again, changed, cut off in between, to a server that is late."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import first_page, second_page
from servers import free_port, oxigraph, virtuoso
from test_cli import kg

from kg import export, graph, queries, store
from kg.iris import node
from kg.store import endpoint, server
from kg.store.sparql import StoreError


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a real server takes updates."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "virtuoso":
        with virtuoso(folder) as url:
            yield f"{url}/sparql-auth"
    else:
        with oxigraph(folder, writable=True) as url:
            yield f"{url}/update"


def embedded(*quads: ox.Quad) -> store.Embedded:
    """A store in memory, its default graph the union of its page graphs."""
    engine = ox.Store()
    engine.extend(quads)
    engine.extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    return store.Embedded(engine)


def same(url: str, expected: store.Store) -> bool:
    """Whether the union and every page graph on a server are those of a store."""
    asked = store.open_store(url)
    return all(export.FORMATS[form](asked) == export.FORMATS[form](expected) for form in ("nt", "nq"))


def hostile() -> list[ox.Quad]:
    """Texts that end a literal or an update early where a server or we are careless."""
    texts = [
        '"} ; DROP ALL ; #',
        "\\",
        '"""',
        "\n\r\t",
        "' OR 1=1",
        "𠮷\u200b忻",
        "<http://x>",
        "?s $s {}",
        "",
    ]
    page, about = node("page:hostile"), node("ent:甲")
    literals = [
        literal for text in texts for literal in (ox.Literal(text), ox.Literal(text, language="zh-Latn"))
    ]
    return [ox.Quad(about, node(f"ent:{n}"), literal, page) for n, literal in enumerate(literals)]


def test_a_graph_is_sent_once_and_followed(address: str) -> None:
    first, second = graph.quads(first_page()), graph.quads(second_page())
    both = embedded(*first, *second, *hostile())
    pushed = server.push(both, address)
    assert (pushed.sent, pushed.unchanged, pushed.removed) == (3, 0, 0)
    assert same(pushed.ask, both)
    again = server.push(both, address)
    assert (again.sent, again.unchanged, again.removed) == (0, 3, 0)
    changed = embedded(*first[:-5], *hostile())
    pushed = server.push(changed, address)
    assert (pushed.sent, pushed.unchanged, pushed.removed) == (1, 1, 1)
    assert same(pushed.ask, changed)


def test_a_page_of_many_requests(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LOT", 7)
    whole = embedded(*graph.quads(first_page()))
    assert same(server.push(whole, address).ask, whole)


@pytest.mark.parametrize("cut", [1, 3, 6])
def test_what_was_cut_off_is_taken_up(address: str, cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LOT", 20)
    wanted = embedded(*graph.quads(first_page()), *graph.quads(second_page())[: -3 * cut])
    with monkeypatch.context() as broken:
        update, left = store.Endpoint.update, iter(range(cut))

        def failing(self: store.Endpoint, text: str) -> None:
            if next(left, None) is None:
                raise StoreError("the line is dead")
            update(self, text)

        broken.setattr(store.Endpoint, "update", failing)
        with pytest.raises(StoreError, match="the line is dead"):
            server.push(wanted, address)
    assert same(server.push(wanted, address).ask, wanted)


def test_a_server_that_is_late_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "PAUSES", (0.2,) * 50)
    port, done = free_port(), threading.Event()
    sent: list[server.Pushed] = []
    whole = embedded(*graph.quads(first_page()))

    def push() -> None:
        sent.append(server.push(whole, f"http://127.0.0.1:{port}/update"))
        done.set()

    threading.Thread(target=push, daemon=True).start()
    assert not done.wait(0.5)
    with oxigraph(tmp_path, writable=True, port=port):
        assert done.wait(30)
        assert same(sent[0].ask, whole)


def test_a_server_that_refuses_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "PAUSES", ())
    with virtuoso(tmp_path) as url:
        wrong = url.replace("dba:dba", "dba:secret") + "/sparql-auth"
        with pytest.raises(StoreError, match=r"127\.0\.0\.1") as caught:
            server.push(embedded(), wrong)
    assert "secret" not in str(caught.value)
    with pytest.raises(StoreError, match="check the address"):
        server.push(embedded(), "http://u:secret@127.0.0.1:1/update")


@pytest.mark.parametrize(
    ("update", "query"),
    [
        ("http://h/update", "http://h/query"),
        ("http://h/ds/update", "http://h/ds/query"),
        ("http://h/repositories/r/statements", "http://h/repositories/r"),
        ("http://u:p@h/sparql-auth", "http://u:p@h/sparql"),
        ("http://h/sparql", "http://h/sparql"),
    ],
)
def test_the_address_of_answers(update: str, query: str) -> None:
    assert server.query_address(update) == query


def test_a_build_is_brought_along(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("忻州日报 2025年8月2日\n\n2025年上半年，忻州市出口额13.67亿元。", "utf-8")
    (tmp_path / "b.txt").write_text("忻州日报 2025年8月3日\n\n2025年上半年，忻州市进口额3.5亿元。", "utf-8")
    with oxigraph(tmp_path / "server", writable=True) as url:
        built = kg("build", "a.txt", "--store", f"{url}/update", cwd=tmp_path)
        assert f"ask with: --endpoint '{url}/query'" in built.stderr
        assert "13.67亿元" in kg("show", "忻州市", "--endpoint", f"{url}/query", cwd=tmp_path).stdout
        for verb, page in (("add", "b.txt"), ("remove", "a.txt")):
            kg(verb, page, "--store", f"{url}/update", cwd=tmp_path)
            assert same(f"{url}/query", store.open_store(tmp_path / "build"))
    gone = kg("build", "a.txt", "--store", f"{url}/update", cwd=tmp_path)
    assert gone.returncode == 2
    assert "check the address" in gone.stderr


@pytest.mark.parametrize("name", sorted({*queries.names()} - {"links"}))  # where Virtuoso makes IRIs texts
def test_virtuoso_answers_examples_alike(name: str, built: Path, seeds_in_virtuoso: store.Store) -> None:
    query = queries.load(name)
    ours, theirs = (
        queries.run(asked, query, query.example) for asked in (store.open_store(built), seeds_in_virtuoso)
    )
    assert sorted(map(str, theirs)) == sorted(map(str, ours))


@pytest.fixture(scope="module")
def seeds_in_virtuoso(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.Store]:
    """A Virtuoso server to which the graph of the seeds was sent."""
    with virtuoso(tmp_path_factory.mktemp("seeds")) as url:
        yield store.open_store(server.push(store.open_store(built), f"{url}/sparql-auth").ask)
