"""Characters a second of `read_page` on one core, beside jieba's part-of-speech tagger in the same run.

    python bench/reading.py [CORPUS.jsonl ...] [--seconds 20]

Without a corpus it reads the five pages of seeds/. Both read the same texts once, the first pass untimed.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import perf_counter

from kg.model import Page
from kg.pipeline import read_page

SEEDS = Path(__file__).parent.parent / "seeds"


def texts(files: Iterable[Path]) -> Iterator[str]:
    """The texts of JSON-lines corpora, or of the seeds where none is given."""
    if not (files := list(files)):
        yield from (path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt")))
    for file in files:
        with file.open(encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for line in lines)


def speed(work: Callable[[str], object], sample: list[str], seconds: float) -> float:
    """Characters a second over as much of the sample as fits into the time, at least one text."""
    work(sample[0])
    done, start = 0, perf_counter()
    for text in sample:
        work(text)
        done += len(text)
        if perf_counter() - start > seconds:
            break
    return done / (perf_counter() - start)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="*")
    parser.add_argument("--seconds", type=float, default=20, help="for each reader")
    args = parser.parse_args()
    import jieba
    import jieba.posseg

    jieba.setLogLevel(logging.WARNING)
    sample = sorted(texts(args.corpus), key=hash_order)
    ours = speed(lambda text: read_page(Page("page", text, "0" * 64)), sample, args.seconds)
    theirs = speed(lambda text: list(jieba.posseg.cut(text)), sample, args.seconds)
    print(f"read_page            {ours:>10,.0f} characters/s")
    print(f"jieba.posseg         {theirs:>10,.0f} characters/s")
    print(f"ratio                {ours / theirs:>10.1f}")


def hash_order(text: str) -> int:
    """A fixed shuffle, so that a short run sees all kinds of texts."""
    return sum(map(ord, text[:50])) * 2654435761 % 2**32


if __name__ == "__main__":
    main()
