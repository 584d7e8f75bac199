"""Repairs printed text, remembering where every character stood, and cuts it into sentences.

A repaired character is the printed one, at most folded from full to half width, or one space for a run of
white space; all others are dropped, never added. So the offsets rise strictly within a span.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from kg.model import Span

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007"
INVISIBLE = (  # controls, soft hyphen, zero widths, direction marks: printed as nothing
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
_GAP = re.compile(rf"[\s{INVISIBLE}]+")
_SPACED = re.compile(rf"[ \u3000](?:(?<=[{HAN}].)[、，。；：！？,;\d]|(?<=[\d.，。、；].)[{HAN}])")
_DOUBLED = re.compile(r"(?<!\S)(?:(\S{1,20})\1(?:[ \u3000]+|(?!\S)))+")
_LONGEST_DOUBLED = 150  # characters of a headline, byline or caption: those are what is printed twice
_LONGEST_SENTENCE = 2000
_TOKEN = re.compile(r"\S+")
_FOLDABLE = "[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a％＋－．／＆]"
_HAS_FOLDABLE = re.compile(_FOLDABLE)
_FOLD = {
    n: unicodedata.normalize("NFKC", chr(n)) for n in range(0xFF01, 0xFF5F) if _HAS_FOLDABLE.match(chr(n))
}

ENDS = "。！？!?；;"
_CLOSERS = "”’」』）)"
_SAID = "说|道|称|表示|介绍|指出|强调|告诉|坦言|感慨|认为|透露|解释|回忆|要求"
_SENTENCE = re.compile(
    rf"(?:[^{ENDS}“「《]++"
    r"|《[^《》]{0,100}+》"
    # A whole quotation stays with the words that say who spoke; without them it ends with its last sentence.
    rf"|[“「][^“”「」]{{0,160}}[。！？!?][”」](?=[^{ENDS}]{{0,25}}(?:{_SAID}))"
    rf"|[“「][^“”「」]{{0,160}}(?<![{ENDS}…])[”」]"
    rf"|[“「《])*+[{ENDS}]*[{_CLOSERS}]*"
)


def spaced(text: str) -> bool:
    """Whether a page has the stray spaces that OCR and PDF readers put between characters."""
    found = _SPACED.findall(text)
    return len(found) > 4 and len(found) > len(text) / 1000


def clean(page: str, span: Span, heading: bool = False, spaced: bool = False) -> tuple[str, Sequence[int]]:
    """The repaired text of a span, and where each of its characters stands on `page`.

    In headings, and on pages that are not `spaced`, a space between Chinese words was meant and stays.
    """
    printed = page[span.start : span.end]
    doubles = _second_prints(page, span) if len(span) < _LONGEST_DOUBLED else ()
    if not doubles and " " not in printed and printed.isprintable():
        return _folded(printed), range(span.start, span.end)
    kept = list(_kept(page, span, doubles, heading, spaced))
    offsets = tuple(chain.from_iterable(range(start, end) for start, end, _ in kept))
    return _folded("".join(piece for _, _, piece in kept)), offsets


def _folded(text: str) -> str:
    return text.translate(_FOLD) if _HAS_FOLDABLE.search(text) else text


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence of a repaired paragraph; what lies between them is white space."""
    for found in _SENTENCE.finditer(text):
        for first, last in _pieces(text, *found.span()):
            if kept := text[first:last].strip():
                start = text.index(kept[0], first)
                yield start, start + len(kept)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, cut at commas where it is too long for one: a list without a stop, or no prose."""
    while end - start > _LONGEST_SENTENCE:
        bound = start + _LONGEST_SENTENCE
        cut = max(text.rfind(mark, start, bound) + 1 for mark in "，、, ") or bound
        yield start, cut
        start = cut
    yield start, end


def _kept(
    page: str, span: Span, doubles: tuple[tuple[int, int], ...], heading: bool, spaced: bool
) -> Iterator[tuple[int, int, str]]:
    """The runs of `span` that stay: start, end and text of each."""
    at = span.start
    for gap in (*_GAP.finditer(page, span.start, span.end), None):
        stop = gap.start() if gap else span.end
        for start, end in _without(at, stop, doubles):
            yield start, end, page[start:end]
        if gap is None:
            return
        at = gap.end()
        if (
            span.start < gap.start()
            and at < span.end
            and _space_stays(page[gap.start() - 1], gap.group(), page[at], heading, spaced)
        ):
            space = gap.end() - len(gap.group().lstrip(INVISIBLE_CHARACTERS))
            yield space, space + 1, " "


def _space_stays(before: str, gap: str, after: str, heading: bool, spaced: bool) -> bool:
    """Whether white space between two characters parts words."""
    if not gap.strip(INVISIBLE_CHARACTERS):
        return False
    left, right = _script(before), _script(after)
    if left == right == "latin":
        return "\n" not in gap or (before.isalpha() and after.isalpha())
    if "\n" in gap:
        return False
    if left == "mark" or right == "mark":
        parted = not spaced and before in "”」』》)）" and right != "mark"
        return parted or (heading and after in "“「『《")
    if left == right:
        return heading or not spaced
    return heading and not spaced and left == "han"


def _script(character: str) -> str:
    if character.isascii() and (character.isalnum() or character in "%+-./&"):
        return "latin"
    return "han" if character.isalpha() else "mark"


INVISIBLE_CHARACTERS = "".join(chr(c) for c in range(0x10000) if re.match(f"[{INVISIBLE}]", chr(c)))


def _second_prints(page: str, span: Span) -> tuple[tuple[int, int], ...]:
    """Words that the file holds twice in a row because the press printed them bold by printing them twice."""
    found: list[tuple[int, int]] = []
    for match in _DOUBLED.finditer(page, span.start, span.end):
        words = list(_TOKEN.finditer(page, match.start(), match.end()))
        longest = max(len(w.group()) for w in words) // 2
        if longest >= (3 if len(words) > 1 else 4):
            found += [((w.start() + w.end()) // 2, w.end()) for w in words]
    return tuple(found)


def _without(start: int, end: int, holes: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for first, last in holes:
        if start <= first and last <= end:
            if start < first:
                yield start, first
            start = last
    if start < end:
        yield start, end
