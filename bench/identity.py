"""How well names over many pages are told to be one thing, and how fast.

    python bench/identity.py [--errors]                  precision and recall on the judged pairs
    python bench/identity.py --speed CORPUS.jsonl …      time of resolving against time of reading, and memory
    python bench/identity.py --names 1000000             made-up names: does it stay near linear?

All pairs are resolved together, so that each name has to be told from all the others. Each part but `tune`
was drawn and judged before any rule was changed for it; docs/identity.md tells what the rules then reached.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from kg import identity, pipeline, sources
from kg.identity import Identity, Profile
from kg.model import Page
from kg.resolve import key

PAIRS = Path(__file__).parent / "identity_pairs.tsv"
MONTHS = 10  # how often a corpus is repeated, under other names, to be as large as a real one


def rows() -> list[dict[str, str]]:
    """The judged pairs."""
    lines = [line for line in PAIRS.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def profile(row: dict[str, str], side: str, page: str) -> Profile:
    """One side of a pair, as a page of its own would tell it."""
    kind, name = row["type"], row[side]
    told: dict[str, list[str]] = {"in": [], "alias": [], "was": [], "post": []}
    for fact in filter(None, row[f"{side}_facts"].split(" ")):
        what, _, value = fact.partition(":")
        told[what].append(value)
    posts = tuple((org, role) for org, _, role in (post.partition("/") for post in told["post"]))
    return Profile(
        key(kind, name, None), kind, name, page, names=tuple(told["alias"]), within=tuple(told["in"]),
        posts=posts, former=tuple(told["was"]),
    )  # fmt: skip


class Tally(NamedTuple):
    """How many pairs are the same, how many were joined, and how many rightly."""

    same: int
    joined: int
    right: int

    @property
    def precision(self) -> float:
        """The share of what was joined that is the same."""
        return self.right / max(self.joined, 1)

    @property
    def recall(self) -> float:
        """The share of what is the same that was joined."""
        return self.right / max(self.same, 1)


def told() -> list[tuple[dict[str, str], bool]]:
    """Each judged pair, and whether it is joined where all of them are resolved together."""
    judged = [(row, profile(row, "a", f"{n}a"), profile(row, "b", f"{n}b")) for n, row in enumerate(rows())]
    found = identity.resolve(side for _, a, b in judged for side in (a, b))
    return [(row, _one(found, a, b)) for row, a, b in judged]


def tally(pairs: Iterable[tuple[dict[str, str], bool]]) -> Tally:
    """The pairs counted."""
    counted = [(row["same"] == "1", joined) for row, joined in pairs]
    return Tally(
        sum(same for same, _ in counted), sum(joined for _, joined in counted),
        sum(same and joined for same, joined in counted),
    )  # fmt: skip


def measure(errors: bool) -> None:
    """Print pairwise precision and recall of each part."""
    every = told()
    for part in ("tune", "measure", "fourth", "fifth"):
        pairs = [(row, joined) for row, joined in every if row["part"] == part]
        t = tally(pairs)
        print(f"{part}: {len(pairs)} pairs, {t.same} the same; precision {t.precision:.3f}", end=" ")
        print(f"recall {t.recall:.3f} ({t.joined} joined, {t.joined - t.right} of them wrong)")
        for row, joined in pairs if errors else ():
            if joined != (row["same"] == "1"):
                sides = " | ".join((row["a"], row["a_facts"], row["b"], row["b_facts"]))
                print(f"  {'wrong' if joined else 'missed'} {row['type']} {sides}")


def _one(found: Identity, a: Profile, b: Profile) -> bool:
    return found.of(a.key, a.context) == found.of(b.key, b.context)


def speed(paths: list[str]) -> None:
    """Print what resolving costs, as a share of reading, where a corpus is as large as ten of this one."""
    start = time.process_time()
    read = [pipeline.read_page(item) for item in sources.read(paths) if isinstance(item, Page)]
    reading = time.process_time() - start
    before, start = _memory(), time.process_time()
    found = identity.resolve(_repeated(p for x in read for p in identity.profiles(x)))
    resolving = (time.process_time() - start) / MONTHS
    print(
        f"{len(read)} pages, {MONTHS} times; resolving takes {resolving / reading:.1%} of the time of reading"
    )
    print(f"{len(found.links)} links; {_memory() - before} MB more in use than after reading")
    start = time.process_time()
    for extraction in read:
        identity.identified(extraction, found)
    print(f"giving a page its keys takes {(time.process_time() - start) / reading:.1%} of reading it")


def _repeated(profiles: Iterable[Profile]) -> Iterator[Profile]:
    """Profiles again and again: of known names on other pages, of the others under names like them."""
    for p in profiles:
        yield p
        for n in range(1, MONTHS):
            name = p.name if p.code or n % 2 else f"{p.name[:-2]}{chr(0x4E00 + n)}{p.name[-2:]}"
            own = p.key if p.code else key(p.type, name, None)
            yield replace(p, key=own, name=name, page=f"{p.page}/{n}")


def names(number: int) -> None:
    """Print the time for made-up firms, each under two names, for a tenth of the number and for all."""
    for size in (number // 10, number):
        start = time.process_time()
        found = identity.resolve(_firms(size))
        taken = time.process_time() - start
        print(
            f"{size} names: {taken:.0f} s, {1e6 * taken / size:.0f} µs each, {len(found.links)} links,",
            end=" ",
        )
        print(f"{_memory()} MB at most")


def _firms(number: int) -> Iterator[Profile]:
    draw = random.Random(number)
    places, trades = ("山西", "忻州市", "湖南省", "长沙", "江苏"), ("科技", "新能源", "化工", "机械")
    for n in range(number // 2):
        brand = "".join(chr(0x4E00 + draw.randrange(6000)) for _ in range(3))
        place, trade = draw.choice(places), draw.choice(trades)
        for name in (f"{place}{brand}{trade}有限公司", f"{brand}{trade}"):
            yield Profile(key("Enterprise", name, None), "Enterprise", name, f"{n}.txt")


def _memory() -> int:
    """The most that this process has had in use, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--speed", nargs="+", metavar="CORPUS")
    parser.add_argument("--names", type=int)
    given = parser.parse_args()
    if given.speed:
        speed(given.speed)
    elif given.names:
        names(given.names)
    else:
        measure(given.errors)


if __name__ == "__main__":
    main()
