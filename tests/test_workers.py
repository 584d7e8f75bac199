"""Costly queries cost only those who ask them; nothing outlives the server; readers see whole graphs."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from servers import explorer

from kg import store

ANY = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(5))
STEP = "(fz:exports|!fz:exports|^fz:exports|^(!fz:exports))"
COSTLY = {
    "the count of a product": f"SELECT (COUNT(*) AS ?n) {{ {ANY} }}",
    "an ordered product": f"SELECT * {{ {ANY} }} ORDER BY ?c0 ?c1 ?c2 ?c3",
    "deep paths": "SELECT (COUNT(*) AS ?n) {" + " . ".join(f"?a{n} {STEP}+ ?b{n}" for n in range(4)) + "}",
    "a text that grows": "SELECT ?x { BIND('0123456789' AS ?x0) "
    + " ".join(f"BIND(CONCAT({', '.join([f'?x{n}'] * 10)}) AS ?x{n + 1})" for n in range(9))
    + " BIND(STRLEN(?x9) AS ?x) }",
    "a pattern that counts": f"SELECT * {{ {ANY} FILTER(REGEX(CONCAT(?c0, ?c1), '(.{{1,99}}){{1,99}}$')) }}",
}
ENDED = ("stopped; ask for less", "too many parts")
QUICK = "SELECT ?s { ?s fz:exports ?o }"
DEADLINE = 3


@pytest.fixture(scope="module")
def server(sample: Path) -> Iterator[tuple[str, int]]:
    """A server with a short deadline, and its process."""
    with explorer(sample, seconds=DEADLINE, memory=192 * 2**20, workers=4, queue=6) as running:
        yield running


def client(url: str, host: str) -> httpx.AsyncClient:
    """A client that comes from its own address."""
    return httpx.AsyncClient(base_url=url, timeout=60, transport=httpx.AsyncHTTPTransport(local_address=host))


@pytest.mark.parametrize("cost", COSTLY)
def test_a_costly_query_is_stopped_and_others_are_answered_meanwhile(
    server: tuple[str, int], cost: str
) -> None:
    async def both() -> list[httpx.Response]:
        async with client(server[0], "127.0.0.1") as hostile, client(server[0], "127.0.0.2") as other:
            attacks = [
                asyncio.create_task(hostile.post("/sparql", data={"query": COSTLY[cost]})) for _ in range(4)
            ]
            await asyncio.sleep(0.2)
            for _ in range(5):
                answer = await other.get("/sparql", params={"query": QUICK})
                assert len(answer.json()["results"]["bindings"]) == 1
                assert not all(attack.done() for attack in attacks), "they cost nothing"
            done, left = await asyncio.wait(attacks, return_when=asyncio.FIRST_COMPLETED)
            for attack in left:
                attack.cancel()
            return [attack.result() for attack in done]

    for answer in asyncio.run(both()):
        assert answer.status_code in (422, 504)
        assert any(reason in answer.text for reason in ENDED)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"ASK {'{' * 10_000}{'}' * 10_000}", 400),
        (f"ASK {{ {'{} UNION ' * 20_000} {{}} }}", 422),
        (f"ASK {{ FILTER({'+'.join('1' * 30_000)} > 1) }}", 422),
        (f"ASK {{ VALUES ?x {{ '{'1' * 999_900}' }} }}", 200),
        (f"ASK {{}} #{'x' * 1_000_000}", 413),
        ("SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '((a+)+)+$')) }", 200),
        ("SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '(x{1000}){1000}')) }", 200),
    ],
)
def test_an_odd_query_is_answered_or_told(server: tuple[str, int], query: str, status: int) -> None:
    for _ in range(3):
        answer = httpx.post(f"{server[0]}/sparql", data={"query": query}, timeout=60)
        assert answer.status_code == status, answer.text[:200]
    assert httpx.get(f"{server[0]}/sparql", params={"query": QUICK}, timeout=60).status_code == 200


def test_who_asks_too_much_is_told_when_to_come_again(server: tuple[str, int]) -> None:
    query = {"query": COSTLY["the count of a product"]}

    async def many() -> list[httpx.Response]:
        async with client(server[0], "127.0.0.3") as one:
            asked = [asyncio.create_task(one.post("/sparql", data=query)) for _ in range(12)]
            refused = [await answer for answer in islice(asyncio.as_completed(asked), 4)]
            for waiting in asked:
                waiting.cancel()
            return refused

    for answer in asyncio.run(many()):  # two are worked on and six wait
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) == DEADLINE


def test_who_goes_away_takes_the_query_along(sample: Path) -> None:
    with explorer(sample, seconds=300, workers=2) as (url, process):
        _until(lambda: len(_children(process)) == 2)
        before = set(_children(process))
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{url}/sparql", params={"query": COSTLY["deep paths"]}, timeout=1)
        _until(lambda: set(_children(process)) != before)


def test_nothing_outlives_the_server(sample: Path) -> None:
    with explorer(sample, seconds=300, workers=3) as (url, process):
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{url}/sparql", params={"query": COSTLY["deep paths"]}, timeout=1)
        asked = httpx.get(f"{url}/sparql", params={"query": QUICK})
        assert asked.status_code == 200
        workers = _children(process)
        assert len(workers) == 3
        os.kill(process, signal.SIGKILL)
        _until(lambda: not any(map(_runs, workers)))


def test_readers_see_whole_graphs_while_others_are_written(tmp_path: Path, quads: list[ox.Quad]) -> None:
    """Two hundred readers at once; each sees one of the two graphs that take turns, and never a mixture."""
    query = "SELECT (COUNT(*) AS ?n) (SUM(STRLEN(STR(?o))) AS ?m) { ?s ?p ?o }"
    graphs = [quads, quads[: len(quads) // 2]]
    expected = set()
    for number, graph in enumerate(graphs):
        store.build(tmp_path / str(number), graph)
        expected.add(store.open_store(tmp_path / str(number)).select(query).rows[0])
    store.build(tmp_path, graphs[0])
    seen: set[tuple[object, ...]] = set()

    async def read(url: str) -> None:
        limits, read = httpx.Limits(max_connections=200), threading.Event()
        async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as readers:
            written = asyncio.create_task(asyncio.to_thread(_write, tmp_path, graphs, read))

            async def reader() -> None:
                for _ in range(3):
                    answer = await readers.get("/sparql", params={"query": query, "format": "json"})
                    assert answer.status_code == 200, answer.text
                    found = ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.JSON)
                    seen.update(tuple(row) for row in found)

            try:
                await asyncio.gather(*(reader() for _ in range(200)))
            finally:
                read.set()
            await written

    with explorer(tmp_path) as (url, process):
        httpx.get(f"{url}/sparql", params={"query": query})
        asyncio.run(read(url))
        files = {len(os.listdir(f"/proc/{worker}/fd")) for worker in _children(process)}
    assert seen == expected
    assert max(files) < 100, "earlier generations are still open"


def _write(folder: Path, graphs: list[list[ox.Quad]], read: threading.Event) -> None:
    """Let the graphs take turns until all has been read."""
    for graph in cycle(graphs):
        store.build(folder, graph)
        if read.is_set():
            return


def _children(process: int) -> list[int]:
    """The processes that it started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process and fields[0] != "Z":
            found.append(int(entry.parent.name))
    return found


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it does not happen")
