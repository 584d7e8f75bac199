"""Rebuild words.tsv: the words that tell where a name begins, classed by their part of speech and by hand.

    python kg/lexicon/rebuild_words.py CORPUS.jsonl...

Words are those of jieba's dictionary that stand at least four times in the corpora (a JSON object with a
`text` a line). A `stop` cannot stand inside a name, a `verb` can but does not begin one, a `part` can do
both. What words_byhand.tsv says of a word (a class, or `drop`) goes before its part of speech.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

HERE = Path(__file__).parent
STOPS = frozenset(["v", "d", "p", "c", "r", "t", "ad", "vd", "df", "u", "y", "f", "m", "mq", "i", "z"])
DROPPED = frozenset(["ns", "nt", "nr", "nrt", "nrfg", "q"])  # names, which other tables know, and measures
WORD = re.compile("[\u4e00-\u9fff]{2,4}")
NUMERALS = frozenset("一二三四五六七八九十百千万亿两零〇")
LEAST = 4
HEADER = """# origin: words of jieba's dictionary (MIT) frequent in a news corpus, classed by tags and by hand
# licence: MIT
word\tclass
"""


def tags() -> dict[str, str]:
    """The part of speech of each word of jieba's dictionary."""
    lines = (files("jieba") / "dict.txt").read_text("utf-8").splitlines()
    entries = (line.split() for line in lines)
    return {word: tag for word, _, tag in entries if WORD.fullmatch(word)}


def counted(words: list[str], corpora: Iterable[Path]) -> Counter[str]:
    """How often each word stands in the corpora, the longest word taken at each place."""
    automaton = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)
    counts: Counter[str] = Counter()
    for path in corpora:
        for line in path.read_text("utf-8").splitlines():
            found = automaton.find_matches_as_indexes(json.loads(line)["text"])
            counts.update(words[i] for i, _, _ in found)
    return counts


def classed(tagged: dict[str, str], counts: Counter[str]) -> Iterator[tuple[str, str]]:
    """Frequent words with the class that their part of speech gives."""
    for word, tag in tagged.items():
        if counts[word] < LEAST or tag in DROPPED or NUMERALS.issuperset(word):
            continue
        yield word, "stop" if tag in STOPS else "verb" if tag == "vn" else "part"


def by_hand() -> dict[str, str]:
    """The table kept by hand."""
    lines = (HERE / "words_byhand.tsv").read_text("utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return {row["word"]: row["class"] for row in rows}


def main() -> None:
    """Write words.tsv."""
    parser = argparse.ArgumentParser(description="Rebuild words.tsv.")
    parser.add_argument("corpora", nargs="+", type=Path)
    tagged = tags()
    words = dict(classed(tagged, counted(list(tagged), parser.parse_args().corpora))) | by_hand()
    rows = "".join(f"{word}\t{kind}\n" for word, kind in sorted(words.items()) if kind != "drop")
    (HERE / "words.tsv").write_text(HEADER + rows, "utf-8")


if __name__ == "__main__":
    main()
