"""Characters a second of `read_page` on one core, beside jieba's part-of-speech tagger in the same run.

    python bench/reading.py [CORPUS.jsonl ...] [--seconds 20] [--want 3]

Without a corpus it reads the five pages of seeds/. The two take turns, text by text, and only their own
processor time counts, so that other work on the machine changes little. With --want, exits 1 where the ratio
falls short of it.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import cycle
from pathlib import Path
from random import Random
from time import process_time

import jieba
import jieba.posseg

from kg.model import Page
from kg.pipeline import read_page

SEEDS = Path(__file__).parent.parent / "seeds"


def texts(files: Sequence[Path]) -> Iterator[str]:
    """The texts of JSON-lines corpora, or of the seeds where none is given."""
    if not files:
        yield from (path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt")))
    for file in files:
        with file.open(encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for line in lines)


def ours(text: str) -> None:
    """All that a page says."""
    read_page(Page("page", text, "0" * 64))


def theirs(text: str) -> None:
    """Its words with their parts of speech."""
    for _ in jieba.posseg.cut(text):
        pass


def measure(readers: Sequence[Callable[[str], None]], sample: Iterable[str], seconds: float) -> list[float]:
    """Characters a second of each reader, on as much of the sample as they read in so many seconds."""
    spent, done = [0.0] * len(readers), 0
    for text in sample:
        for number, read in enumerate(readers):
            start = process_time()
            read(text)
            spent[number] += process_time() - start
        done += len(text)
        if sum(spent) > seconds:
            break
    return [done / time for time in spent]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, nargs="*")
    parser.add_argument("--seconds", type=float, default=20, help="of work, both together")
    parser.add_argument("--want", type=float, default=0, help="the least ratio that will do")
    args = parser.parse_args()
    jieba.setLogLevel(logging.WARNING)
    sample = list(texts(args.corpus))
    Random(0).shuffle(sample)  # so that a short run sees all kinds of texts
    measure((ours, theirs), sample[:1], 1)  # both load their tables
    us, them = measure((ours, theirs), cycle(sample), args.seconds)
    print(f"read_page            {us:>10,.0f} characters/s")
    print(f"jieba.posseg         {them:>10,.0f} characters/s")
    print(f"ratio                {us / them:>10.1f}")
    return int(us / them < args.want)


if __name__ == "__main__":
    sys.exit(main())
