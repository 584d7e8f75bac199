"""What the endpoint costs and bears: python bench/endpoint.py BUILD [--seconds 60] [--readers 200]

1. each question of queries/ in the store itself and through the endpoint, medians in milliseconds;
2. how soon a second client is answered while another asks what never ends;
3. readers who ask without a pause while generations are written beside them: errors, times, memory.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles

import httpx
import pyoxigraph as ox

from kg import queries, store

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
QUICK = "SELECT ?firm ?product { ?firm fz:exports ?product } LIMIT 20"


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """The address of `kg serve` over a build folder, and its process."""
    command = [sys.executable, "-m", "kg", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            url = server.stdout.readline().split("/ ")[0]
            with httpx.Client(transport=httpx.HTTPTransport(retries=9)) as client:
                client.get(url)  # the address is told before it is answered at
            yield url, server.pid
        finally:
            server.terminate()


def timed(done: Callable[[], object], times: int) -> float:
    """The median of so many times, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        done()
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken)


def overhead(folder: Path, url: str) -> None:
    """Each question in the store itself and through the endpoint."""
    asked = store.open_store(folder)
    with httpx.Client(base_url=url, timeout=60) as client:
        client.get("/sparql", params={"query": QUICK})
        costs = []
        for name in queries.names():
            question = queries.load(name)
            if question.then:
                continue
            text = queries.filled(asked, question, question.example)
            own = timed(partial(asked.query, text), 15)
            whole = timed(partial(client.post, "/sparql", data={"query": text}), 15)
            costs.append(whole - own)
            print(f"{name:24} {own:8.1f} ms in the store, {whole - own:+6.1f} ms more through the endpoint")
    print(f"more through the endpoint: median {median(costs):.1f} ms, at most {max(costs):.1f} ms")


async def fairness(url: str) -> None:
    """How soon others are answered while one client asks eight times what never ends."""
    near, far = (httpx.AsyncHTTPTransport(local_address=host) for host in ("127.0.0.1", "127.0.0.2"))
    async with (
        httpx.AsyncClient(base_url=url, transport=near, timeout=90) as hostile,
        httpx.AsyncClient(base_url=url, transport=far, timeout=60) as other,
    ):
        attack = [asyncio.create_task(hostile.post("/sparql", data={"query": ENDLESS})) for _ in range(8)]
        await asyncio.sleep(0.5)
        taken = []
        for _ in range(50):
            start = time.perf_counter()
            (await other.get("/sparql", params={"query": QUICK})).raise_for_status()
            taken.append((time.perf_counter() - start) * 1000)
        for task in attack:
            task.cancel()
    print(f"another client meanwhile: median {median(taken):.0f} ms, slowest of 50 {max(taken):.0f} ms")


async def reading(folder: Path, url: str, process: int, seconds: float, readers: int) -> None:
    """Readers without a pause, a writer beside them."""
    ends, answers, taken = time.perf_counter() + seconds, Counter[int](), list[float]()
    sizes = [_held(process)]

    async def read(client: httpx.AsyncClient) -> None:
        while time.perf_counter() < ends:
            start = time.perf_counter()
            answer = await client.get("/sparql", params={"query": QUICK})
            taken.append((time.perf_counter() - start) * 1000)
            answers[answer.status_code] += 1

    turns = 0

    async def write() -> None:
        nonlocal turns
        source = ox.Store.read_only(str((folder / "store").resolve()))
        quads = list(source.quads_for_pattern(None, None, None, None))
        named = [quad for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph)]
        while time.perf_counter() < ends:
            await asyncio.to_thread(store.build, folder, named)
            sizes.append(_held(process))
            turns += 1

    limits = httpx.Limits(max_connections=readers)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
        await asyncio.gather(write(), *(read(client) for _ in range(readers)))
    p95 = quantiles(taken, n=20)[-1]
    print(
        f"{readers} readers for {seconds:g} s beside {turns} new generations: answers {dict(answers)}, "
        f"median {median(taken):.0f} ms, p95 {p95:.0f} ms; server and workers hold {sizes[0]} MB at first, "
        f"{max(sizes)} MB at most, {sizes[-1]} MB at last"
    )


def _held(process: int) -> int:
    """Megabytes that a process and its children hold."""
    every = [process, *_children(process)]
    return sum(_status(one, "VmRSS") for one in every) // 1024


def _children(process: int) -> Iterator[int]:
    for entry in os.listdir("/proc"):
        if entry.isdigit() and _status(int(entry), "PPid") == process:
            yield int(entry)


def _status(process: int, field: str) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)


def main() -> None:
    """Measure a copy of a build folder, since the writer works on it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--readers", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "build"
        shutil.copytree(given.build, folder, symlinks=True)
        with serving(folder) as (url, process):
            overhead(folder, url)
            asyncio.run(fairness(url))
            asyncio.run(reading(folder, url, process, given.seconds, given.readers))


if __name__ == "__main__":
    main()
