"""How fast the explorer answers on a build folder: its start and memory, every kind of page, the drawing.

python bench/explorer.py BUILD [--pages 200] [--clients 8] [--port 18437]

Each page is asked for once, so that nothing is answered twice from a cache: by one client, and then others of
the same kind by several at once. Times are the client's, of whole answers over the loopback.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import httpx

from kg import queries
from kg.iris import ID

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.browser import chromium

_TEXTS = ("出口", "投资", "项目", "公司", "山", "增长", "旅游 文化", "煤矿", "gongsi", "sxs")
_FEW = 12  # of the pages that take longest
# Notes the first frame in which the network is drawn, in milliseconds from the beginning of the navigation.
_FRAME = """(() => {
  const look = () => {
    if (typeof network !== "undefined" && network && document.querySelector("#graph canvas"))
      requestAnimationFrame(() => { window.drawn = [performance.now(), nodes.length]; });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""


@dataclass(frozen=True)
class Served:
    """A server under measurement: seconds from its command to its first answer, and its work till then."""

    url: str
    process: int
    start: float
    work: float


@contextmanager
def served(build: Path, port: int) -> Iterator[Served]:
    """`kg serve` on a build folder, from its first answer on."""
    client = httpx.Client(timeout=60)  # made before the clock runs: it reads certificates
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", str(build), "--port", str(port)], stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                client.get(url).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.02)
        yield Served(url, server.pid, time.perf_counter() - begun, _worked(server.pid) / 1000)
    finally:
        server.terminate()
        server.wait()


def addresses(build: Path, number: int) -> dict[str, list[str]]:
    """Addresses of each kind of page, drawn by a seed: half are for one client, half for several."""
    db = sqlite3.connect(build / "store" / "search.sqlite")
    chance = random.Random(0)

    def drawn(query: str, most: int = 2 * number) -> list[str]:
        found = sorted(value for (value,) in db.execute(query))
        return chance.sample(found, min(most, len(found)))

    def pages(query: str) -> list[str]:
        return [f"/id/{iri.removeprefix(ID)}" for iri in drawn(query)]

    names = drawn("SELECT name FROM thing WHERE facts > 0")
    known = drawn("SELECT iri FROM thing WHERE facts > 2", 2 * _FEW)
    cities = "SELECT iri FROM thing WHERE type IN ('City', 'Province') ORDER BY figures DESC LIMIT 40"
    return {
        "home": ["/", "/?lang=en"] * _FEW,
        "entity: those most is told of": pages(
            f"SELECT iri FROM thing ORDER BY facts + figures DESC LIMIT {2 * number}"
        ),
        "entity: any": pages("SELECT iri FROM thing WHERE facts + figures > 0"),
        "article": pages("SELECT iri FROM article"),
        "search": [f"/search?q={quote(text)}" for text in (*_TEXTS, *names)],
        "search in texts": [f"/search?q={quote(text)}&in=texts" for text in (*_TEXTS, *names)],
        "suggestions": [f"/suggest?q={quote(name[:2])}" for name in names],
        "compare": [f"/compare?what={quote(a)}&what={quote(b)}" for a, b in pairwise(drawn(cities))],
        "network around a thing": [f"/network?centre={quote(iri)}" for iri in known],
        "its drawing": [f"/network.json?centre={quote(iri)}" for iri in known],
        "SPARQL: what is told of a thing": [f"/sparql?query={quote(_about(iri))}" for iri in known],
        "SPARQL: the questions of the first page": [
            f"/sparql?query={quote(queries.load(name).text)}" for name in ("exporters", "growth", "awards")
        ],
    }


def _about(iri: str) -> str:
    return f"SELECT ?p ?o {{ <{quote(iri, safe=':/')}> ?p ?o }} LIMIT 200"


def rows(server: Served, wanted: dict[str, list[str]], number: int, clients: int) -> Iterator[str]:
    """A table: for each kind of page, times in milliseconds by one client and by several, and the largest.

    Work is the processor time that the server and its workers take for one page.
    """
    yield f"| page | p50 | p95 | slowest | p50, {clients} clients | p95 | work, ms | largest, kB |"
    yield "|---" * 8 + "|"
    for kind, lot in wanted.items():
        half = min(number, (len(lot) + 1) // 2)
        before = _worked(server.process)
        with httpx.Client(base_url=server.url, timeout=60) as client, ThreadPoolExecutor(clients) as pool:
            alone, sizes = zip(*map(_asking(client), lot[:half]), strict=True)
            work = (_worked(server.process) - before) / half
            crowd = [took for took, _ in pool.map(_asking(client), lot[half:] or lot)]
        times = (*_spread(alone), max(alone), *_spread(crowd), work)
        yield f"| {kind} | {' | '.join(f'{time:.0f}' for time in times)} | {max(sizes)} |"


def _worked(process: int) -> float:
    """Milliseconds of the processor that a process and its children have taken."""
    ticks = 0
    for one in (process, *_children(process)):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _asking(client: httpx.Client) -> Callable[[str], tuple[float, int]]:
    def ask(address: str) -> tuple[float, int]:
        begun = time.perf_counter()
        answer = client.get(address)
        took = (time.perf_counter() - begun) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        return took, len(answer.content) // 1000

    return ask


def _spread(times: Sequence[float]) -> tuple[float, float]:
    """The middle, and what 95 of a hundred do not exceed."""
    order = sorted(times)
    return order[len(order) // 2], order[min(int(len(order) * 0.95), len(order) - 1)]


def drawing(server: Served, addresses: Sequence[str]) -> Iterator[str]:
    """From the navigation of a real browser to the first frame of the drawing: cold, then seen before."""
    yield "| network view in Chromium | things | ms to the first frame | ms, again |"
    yield "|---|---|---|---|"
    with chromium() as browser:
        for address in addresses:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            times = []
            for _ in ("cold", "again"):
                tab = context.new_page()
                tab.add_init_script(_FRAME)
                tab.goto(server.url + address)
                # Waiting within the page would need eval, which its policy forbids.
                while not (seen := tab.evaluate("window.drawn")):
                    tab.wait_for_timeout(20)
                took, things = seen
                times.append(f"{took:.0f}")
                tab.close()
            context.close()
            yield f"| {address[:40]} | {things} | {' | '.join(times)} |"


def memory(process: int) -> tuple[float, list[float]]:
    """Megabytes in use by a process, and by each of its children."""
    return _used(process), [_used(child) for child in _children(process)]


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _used(process: int) -> float:
    """What is this process's own and its share of what it maps with others (proportional set size)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=Path)
    parser.add_argument("--pages", type=int, default=200, help="of each kind, for one client")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--port", type=int, default=18437)
    given = parser.parse_args()
    wanted = addresses(given.build, given.pages)
    with served(given.build, given.port) as server:
        print(f"Start to the first answer: {server.start:.2f} s; processor seconds {server.work:.2f}\n")
        first = ["/network", "/network?by=groups", *wanted["network around a thing"][-2:]]
        for line in drawing(server, first):
            print(line, flush=True)
        print()
        for line in rows(server, wanted, given.pages, given.clients):
            print(line, flush=True)
        own, workers = memory(server.process)
        print(f"\nMemory at the end: {own:.0f} MB, its workers {' + '.join(f'{w:.0f}' for w in workers)} MB")


if __name__ == "__main__":
    main()
