"""Names of persons: a family name and one or two characters, shown by a title, a verb of saying or a list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.mentions.grower import BREAKS, NUMERALS, OWNERS, Grower
from kg.mentions.namerules import Found, names

FOREIGN = re.compile(r"(?<![“])[\u4e00-\u9fff]{1,6}(?:[·•][\u4e00-\u9fff]{1,7})+(?!”)")
LATIN = re.compile(r"[A-Z][a-z]+(?:[ .]?[A-Z][a-z]+){1,3}")
ROW = re.compile("(?:、[\u4e00-\u9fff]{2,3}){2,}、")
MEMBER = re.compile("、([\u4e00-\u9fff]{2,3})(?=、)")
TITLED = 0.97  # surer than a firm of the same name: 董事长武钢
NEVER = frozenset("给这那的了在是和与及等为对向到从被将把也都就表说市县区省镇乡村局厅部院会，。、")
HAN = re.compile("[\u4e00-\u9fff]")


def people(text: str, grower: Grower) -> Iterator[Found]:
    """The persons that a text names."""
    table = names().persons
    for _, _, end in table.titles.find_matches_as_indexes(text):
        yield from _series(text, grower, end, "Person/title")
        if foreign := LATIN.match(text, end) or table.transcribed.match(text, end):
            yield Found(end, foreign.end(), "Person", foreign[0], None, "Person/foreign", 0.8)
    for pattern in (table.honorifics, table.offices):
        for match in pattern.finditer(text):
            if not grower.splits(match.start()):  # no 说 of 来说
                yield from _before(text, grower, match.start())
    yield from _rows(text, grower)
    for match in FOREIGN.finditer(text):
        start, end = _foreign_span(text, grower, match.start(), match.end())
        if 2 * sum(c in table.sounds for c in text[start:end]) >= end - start:
            yield Found(start, end, "Person", text[start:end], None, "Person/foreign", 0.8)


def _series(text: str, grower: Grower, at: int, rule: str) -> Iterator[Found]:
    """张三、李四 after a title that stands before `at`."""
    while end := _name_end(text, grower, at, titled=True):
        yield Found(at, end, "Person", text[at:end], None, rule, TITLED)
        if text[end : end + 1] not in ("、", "和"):
            return
        at = end + 1


def _rows(text: str, grower: Grower) -> Iterator[Found]:
    """Four and more names in a row: 张三、李四五、王六七、赵八."""
    for match in ROW.finditer(text):
        names_in = [(m.start(1), m.end(1)) for m in MEMBER.finditer(text, *match.span())]
        if any(_name_end(text, grower, start) != end for start, end in names_in):
            continue
        for start, end in names_in:
            yield Found(start, end, "Person", text[start:end], None, "Person/row", 0.85)
        yield from _before(text, grower, match.start())
        yield from _series(text, grower, match.end(), "Person/row")


def _before(text: str, grower: Grower, end: int) -> Iterator[Found]:
    """A name that ends at `end`, where a word that only follows persons begins."""
    for start in (end - 3, end - 2, end - 4):
        if start >= 0 and _open_left(text, grower, start) and _name_end(text, grower, start) == end:
            yield Found(start, end, "Person", text[start:end], None, "Person/said", 0.85)
            return


def _open_left(text: str, grower: Grower, start: int) -> bool:
    """Whether a name may begin here: after a mark, a word that stops names, or a title."""
    if start == 0 or text[start - 1] in BREAKS:
        return True
    before = grower.piece_at(start - 1)
    if before is None or before.end != start:
        return False
    low = max(0, start - 8)
    titles = names().persons.titles.find_matches_as_indexes(text[low:start])
    owned = any(e.type in OWNERS for e in before.entries)
    return owned or before.kind == "stop" or any(low + end == start for _, _, end in titles)


def _name_end(text: str, grower: Grower, at: int, titled: bool = False) -> int:
    """Where the person's name that begins at `at`, after a title or not, ends; 0 where none does."""
    surnames = names().persons.surnames
    family = 2 if text[at : at + 2] in surnames else 1 if text[at : at + 1] in surnames else 0
    if not family:
        return 0
    for given in (2, 1):
        end = at + family + given
        name = text[at + family : end]
        if names().persons.honorifics.fullmatch(name) or _is_words(grower, at, at + family, end, titled):
            continue  # 曾指出, 向媒体
        if len(name) < given or not all(HAN.match(c) and c not in NEVER for c in name):
            continue
        if NUMERALS.issuperset(name) if titled else not NUMERALS.isdisjoint(name):
            continue  # 万余, though 鲁广余 is a person
        said = names().persons.honorifics.match(text, end) and not grower.is_word(at, end)
        if said or _ends(text, grower, at, end, titled):
            return end
    return 0


def _is_words(grower: Grower, at: int, given: int, end: int, titled: bool) -> bool:
    """Whether words stand here that begin like a family name: 计划+中, 向+媒体; not 林中+坚 after a title."""
    first = grower.piece_at(at)
    if first is None or first.start != at or (titled and first.kind == "part" and end - at == 3):
        return False
    return (1 < first.end - at < end - at) or (first.kind == "stop" and grower.is_word(given, end))


def _ends(text: str, grower: Grower, at: int, end: int, titled: bool) -> bool:
    """Whether a name may end here: no known word is cut, none that stops is inside, another follows."""
    if grower.is_word(at, end):
        return False  # 经验, 文件: a word, though its first character is a family name
    for index in range(at, end):
        piece = grower.piece_at(index)
        if piece is None:
            continue
        stops = (
            piece.kind == "stop"
            and piece.end - piece.start > 1
            and not (piece.end == end and _marked(text, end))
        )
        if stops or piece.end > end or (piece.start < at and not titled):
            return False
    if end >= len(text) or not HAN.match(text[end]):
        return True
    piece = grower.piece_at(end)
    return piece is not None and piece.start == end and (piece.kind in ("stop", "verb") or end - at > 2)


def _marked(text: str, end: int) -> bool:
    """Whether a mark follows: 赵启明、 is a name though 启明 is a word."""
    return text[end : end + 1] in BREAKS


def _foreign_span(text: str, grower: Grower, start: int, end: int) -> tuple[int, int]:
    """A transcribed name without the words that run into it on either side."""
    dots = [i for i in range(start, end) if text[i] in "·•"]
    for index in range(dots[0] - 1, start - 1, -1):
        piece = grower.piece_at(index)
        unsounded = text[index] not in names().persons.sounds and piece is not None and piece.kind == "stop"
        if piece and (piece.end - piece.start > 1 or unsounded) and piece.end <= dots[0]:
            start = piece.end
            break
    for index in range(dots[-1] + 1, end):
        piece = grower.piece_at(index)
        if piece is None or piece.start <= dots[-1] + 1:
            continue
        if piece.kind in ("stop", "verb") or piece.end - piece.start > 1:
            end = piece.start
            break
    return start, end
