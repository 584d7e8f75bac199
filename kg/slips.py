"""Slips of the press and of OCR in the names of counties, told by shape: 崞岚 on a page of 忻州 is 岢岚.

A slip is a form of two characters that no table knows, stands where the name of a county would, comes at
least twice on the page and shares one character, in its place, with just one county of the page's own
prefecture.
Pronunciation does not help, and other prefectures have too many names that differ by one character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from kg import gazetteer, rules
from kg.model import Page, Problem, Sentence

TIMES = 2
_PLACED = re.compile("(?P<form>[\u4e00-\u9fff]{2})(?:县|(?:经济(?:技术)?|高新(?:技术)?)开发区|经开区)")


def mend(
    page: Page, sentences: Iterable[Sentence], home: str | None
) -> tuple[tuple[Sentence, ...], list[Problem]]:
    """The sentences with slips read as what they mean (no offset moves), and a note on each slip."""
    sentences = tuple(sentences)
    meant = find("\n".join(s.text for s in sentences), home)
    if not meant:
        return sentences, []
    pattern = re.compile("|".join(map(re.escape, sorted(meant))))
    mended = (replace(s, text=pattern.sub(lambda m: meant[m[0]], s.text)) for s in sentences)
    notes = [
        Problem(
            page.name, f"{form} is read as {name}", "if it is right, add it to kg/lexicon", severity="note"
        )
        for form, name in sorted(meant.items())
    ]
    return tuple(mended), notes


def find(text: str, home: str | None) -> dict[str, str]:
    """The slips in a text from the division `home`, each with the short form meant."""
    prefecture = gazetteer.at_level(home, "City")
    if not prefecture:
        return {}
    forms = {m["form"] for m in _PLACED.finditer(text)} - _known()
    found: dict[str, str] = {}
    for form in forms:
        like = [c for c in _counties(prefecture) if (c[0] == form[0]) != (c[1] == form[1])]
        if len(like) == 1 and text.count(form) >= TIMES:
            found[form] = like[0]
    return found


@cache
def _counties(prefecture: str) -> tuple[str, ...]:
    """Short forms of two characters of the counties of a prefecture."""
    below = (d for d in gazetteer.divisions().values() if d.parent == prefecture and d.level == "County")
    return tuple(form for d in below for form in d.short if len(form) == 2)


@cache
def _known() -> frozenset[str]:
    """Forms of two characters that mean something as they are."""
    forms = {r["word"] for r in rules.lexicon("words")}
    for d in gazetteer.divisions().values():
        forms.update((*d.short, d.name[:2]))
    return frozenset(form for form in forms if len(form) == 2)
