"""How names and texts are made findable: forms that people type alike, cut into pairs of characters.

SQLite's own tokenisers find no Chinese word inside a text (`unicode61`) or none of two characters
(`trigram`). Every pair of neighbouring characters as a token finds every part of a text, as a phrase.
"""

from __future__ import annotations

import re
import unicodedata

from kg import script

_LEFT_OUT = re.compile(r"[^\w]|_")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003fffd]")


def fold(text: str) -> str:
    """Text without what people leave out or write in several ways: script, case, accents, marks."""
    plain = unicodedata.normalize("NFKD", script.simplified(text)).casefold()
    return _LEFT_OUT.sub("", plain)  # accents, which stand alone now, are no letters either


def grams(text: str) -> str:
    """The pairs of characters of a text, and its last character, as tokens between spaces."""
    folded = fold(text)
    return " ".join(folded[i : i + 2] for i in range(len(folded)))


def phrase(text: str) -> str:
    """The full-text query that finds what `grams` made of texts holding `text`; nothing if it is empty."""
    folded = fold(text)
    if len(folded) == 1:
        return f'"{folded}" *'
    return '"' + " ".join(folded[i : i + 2] for i in range(len(folded) - 1)) + '"' if folded else ""


def phrases(text: str) -> str:
    """The full-text query for texts that hold every word of `text`, wherever."""
    return " AND ".join(filter(None, map(phrase, text.split())))


def initials(name: str) -> str:
    """The first letters of the syllables of a Chinese name, by which people type it: 忻州市 is xzs."""
    from kg.pinyin import letters  # not before a name is indexed: the words take time to load

    return fold(letters(name)) if _HAN.search(name) else ""
