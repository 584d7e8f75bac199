"""How fast the explorer answers on a build folder: start, memory, and the pages that people open most.

python bench/explorer.py BUILD [--pages 200]
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import httpx

from kg.iris import ID

TEXTS = ("出口", "投资", "项目", "公司", "山", "增长", "旅游 文化", "煤矿", "gongsi", "sxs")


def addresses(build: Path, number: int) -> dict[str, list[str]]:
    """Addresses of each kind of page: things by how much is told of them, articles and searches at random."""
    db = sqlite3.connect(build / "store" / "search.sqlite")
    chance = random.Random(0)
    told = [
        iri for (iri,) in db.execute("SELECT iri FROM thing ORDER BY facts + figures DESC LIMIT ?", (number,))
    ]
    every = [iri for (iri,) in db.execute("SELECT iri FROM thing WHERE facts + figures > 0")]
    articles = [iri for (iri,) in db.execute("SELECT iri FROM article")]
    names = [name for (name,) in db.execute("SELECT name FROM thing WHERE facts > 0 LIMIT 5000")]
    searched = [f"/search?q={quote(text)}" for text in (*TEXTS, *chance.sample(names, number // 2))]
    return {
        "most told of": [f"/id/{iri.removeprefix(ID)}" for iri in told],
        "any thing": [f"/id/{iri.removeprefix(ID)}" for iri in chance.sample(every, min(number, len(every)))],
        "article": [
            f"/id/{iri.removeprefix(ID)}" for iri in chance.sample(articles, min(number, len(articles)))
        ],
        "search": [*searched, *(f"{address}&in=texts" for address in searched)],
        "suggest": [f"/suggest?q={quote(name[:2])}" for name in chance.sample(names, number)],
        "network, data": ["/network.json"],
        "network": ["/network", "/network?by=groups"],
    }


def main() -> None:
    """Print a line for each kind of page: median, 95 of a hundred, the slowest, the largest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("--pages", type=int, default=200)
    given = parser.parse_args()
    begun = time.perf_counter()
    port = 18437
    command = [sys.executable, "-m", "kg", "serve", str(given.build), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            while True:
                try:
                    client.get("/")
                    break
                except httpx.TransportError:
                    time.sleep(0.02)
            print(f"start {time.perf_counter() - begun:.2f} s")
            for kind, wanted in addresses(given.build, given.pages).items():
                measure(client, kind, wanted)
            status = Path(f"/proc/{server.pid}/status").read_text()
            print(
                "memory",
                next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1],
                "kB",
            )
    finally:
        server.terminate()


def measure(client: httpx.Client, kind: str, wanted: list[str]) -> None:
    """Ask for each address once."""
    times, largest = [], 0
    for address in wanted:
        begun = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - begun) * 1000)
        largest = max(largest, len(answer.content))
        assert answer.status_code == 200, address
    times.sort()
    middle, high = times[len(times) // 2], times[int(len(times) * 0.95)] if len(times) > 1 else times[0]
    print(
        f"{kind:14} p50 {middle:6.1f}  p95 {high:6.1f}  max {times[-1]:6.1f} ms  largest {largest // 1000} kB"
    )


if __name__ == "__main__":
    main()
