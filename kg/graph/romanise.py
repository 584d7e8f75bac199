"""Chinese names in Latin letters: words of two syllables, places spelt as the map spells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import ahocorasick_rs as ac

from kg.rules import lexicon, table

_CHINESE = re.compile(r"([\u3400-\u9fff\U00020000-\U0003fffd]+)")
_GAPS = re.compile(r"(?<=[(（《“‘「『【])\s|\s(?=[)）》”’」』】，。、：；,.:;])")
_SPELT = ("Province", "City", "County")


def _join(syllables: Iterable[str]) -> str:
    """One word of syllables: `xi an` is Xi'an, `lv liang` Lüliang."""
    first, *rest = (s.replace("v", "ü") for s in syllables)
    return (first + "".join("'" * (s[:1] in "aoe") + s for s in rest)).capitalize()


def _read_aloud(run: str) -> tuple[str, ...]:
    """Its syllables."""
    from kg.pinyin import syllables  # not before a name is written: the words take time to load

    return syllables(run)


def _pairs(run: str) -> Iterator[str]:
    """Words of two characters; an odd one joins the last."""
    syllables = _read_aloud(run)
    ends = [*range(2, len(run) - 1, 2), len(run)] if run else []
    for start, end in zip([0, *ends], ends, strict=False):
        yield _join(syllables[start:end])


@cache
def _spellings() -> dict[str, str]:
    """Words with a spelling of their own: forms of companies, divisions, listed readings."""
    words = {word: " ".join(_pairs(word)) for word in table("romanise")["words"].split()}
    for row in lexicon("divisions"):
        if row["level"] in _SPELT:
            for form in filter(lambda f: len(f) > 1, row["short"].split("|")):
                words[form] = row["pinyin"]
                if row["name"].startswith(form):
                    spelling = " ".join([row["pinyin"], *_pairs(row["name"].removeprefix(form))])
                    words.setdefault(row["name"], spelling)
    return words | {r["phrase"]: r["label"] or _join(r["reading"].split()) for r in lexicon("pinyin")}


@cache
def _finder() -> ac.AhoCorasick:
    """Finds words with a spelling of their own and ordinary words, which tell where one ends."""
    ordinary = (row["word"] for row in lexicon("words") if 2 <= len(row["word"]) <= 3)
    return ac.AhoCorasick([*_spellings(), *ordinary], matchkind=ac.MatchKind.LeftmostLongest)


def _words(run: str) -> Iterator[str]:
    """The words of a run of Chinese characters."""
    at = 0
    for _, start, end in _finder().find_matches_as_indexes(run):
        yield from _pairs(run[at:start])
        yield _spellings().get(run[start:end]) or _join(_read_aloud(run[start:end]))
        at = end
    yield from _pairs(run[at:])


@cache
def romanise(name: str) -> str:
    """`山西金宇科林科技有限公司` is `Shanxi Jinyu Kelin Keji Youxian Gongsi`; what is not Chinese stays."""
    pieces = (" ".join(_words(p)) if _CHINESE.fullmatch(p) else p for p in _CHINESE.split(name))
    return _GAPS.sub("", " ".join(" ".join(pieces).split()))


@cache
def short_name(enterprise: str) -> str:
    """What people call a company: its name without division, line of business and form of company."""
    rules = table("romanise")
    name = re.sub(r"[(（][^()（）]*[)）]", "", enterprise)
    for kind in ("forms", "lines"):
        tail = "|".join(sorted(map(re.escape, rules[kind].split()), key=len, reverse=True))
        bare = re.sub(rf"(?<=..)(?:{tail})+$", "", name)
        if kind == "forms" and bare == name:
            return ""
        name = bare
    place = next(iter(_finder().find_matches_as_indexes(name)), (0, 0, 0))
    bare = name[place[2] :] if place[1] == 0 and name[: place[2]] in _spellings() else name
    return bare if 3 <= len(bare) < len(enterprise) else ""
