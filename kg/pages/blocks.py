"""Page → blocks: lines told apart by kind and joined where the printer or a PDF reader broke them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from statistics import median
from typing import Any

from kg import text
from kg.model import Page, Span
from kg.rules import table

_MARKDOWN = re.compile(r"(#{1,6})[ \t\u3000]+|(?:>|\*\*)[ \t]*")
_CLOSED = re.compile(r"[。！？!?；;…][”’」』）)]*$|[）)]$")
_OPEN = re.compile(r"[，、,（(《“‘「]$|\d$")
_CREDITED = re.compile(r"(?:(?<![拍开播航])摄|供图|资料图片)[）)]?$|——$")
_TWO_PART = re.compile(r"([\u4e00-\u9fff“”「」\w]{4,14})[ \u3000]([\u4e00-\u9fff“”「」\w]{4,14})$")
_TITLE_TAIL = re.compile(r"\s*[-_|—–].{2,24}")
_STOP = re.compile(r"[。！？；]")
_SENTENCE = re.compile(r"[。！？；]|^(?=.{24})(?=.*\d).*[，,](?!\d{3})")  # what a headline does not hold
_LONGEST_CLOSE = 8
_FEWEST_LINES = 4  # that show how a page is broken
_LONGEST_FURNITURE = 120
_LONGEST_HEADING = 45
_LONGEST_TITLE = 100
_LONGEST_CAPTION = 150


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line that is not blank."""

    start: int  # of the whole line
    span: Span  # without outer space and Markdown marks
    text: str
    level: int = 0  # of a heading that Markdown or the layout marks; 0 is none
    kind: str = ""  # furniture, or "" when not yet known
    gap: int = 1  # line ends before it: 2 or more where blank lines stand

    @property
    def indent(self) -> int:
        """White space before the text."""
        return self.span.start - self.start

    @property
    def cells(self) -> int:
        """Width in half-width characters."""
        return _cells(self.text)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together."""

    kind: str  # "text", "heading", "caption", or a kind of furniture
    lines: tuple[Line, ...]
    text: str  # repaired
    offsets: Sequence[int]  # where each of its characters stands on the page
    opens: bool  # begins with a dateline, as an article does

    @property
    def span(self) -> Span:
        return Span(self.lines[0].span.start, self.lines[-1].span.end)

    @property
    def level(self) -> int:
        return self.lines[0].level

    @property
    def finished(self) -> bool:
        """Whether the sentence ends with the block."""
        return self.kind != "text" or closed(self.text) or self.text.endswith(("：", ":"))


@lru_cache(1000)  # each line is compared with many
def _cells(line: str) -> int:
    return len(line.encode("gbk", "replace")) - sum(map(line.count, "“”‘’"))


@cache
def pattern(*path: str | int) -> re.Pattern[str]:
    """A pattern of pages.toml, compiled, by the path to it or to the rule that holds it."""
    found: Any = table("pages")
    for key in path:
        found = found[key]
    return re.compile(found if isinstance(found, str) else found["pattern"])


@cache
def _furniture() -> re.Pattern[str]:
    rules = table("pages")["line"]
    return re.compile("|".join(f"(?P<{rule['kind']}>{rule['pattern']})" for rule in rules))


def furniture(line: str) -> str:
    """The kind of furniture a line is, or ""."""
    if len(line) > _LONGEST_FURNITURE or (len(line) > 30 and line[-1] in "。！？；"):
        return ""
    found = _furniture().fullmatch(line)
    return (found.lastgroup or "") if found else ""


def closed(line: str) -> bool:
    """Whether a line ends as a sentence does."""
    return _CLOSED.search(line, max(0, len(line) - _LONGEST_CLOSE)) is not None


def ends_with(rule: re.Pattern[str], line: str, reach: int) -> bool:
    """Whether a match of a pattern, begun among the last `reach` characters, ends the line."""
    return any(m.end() == len(line) for m in rule.finditer(line, max(0, len(line) - reach)))


def lines(page: str, levels: Mapping[int, int]) -> list[Line]:
    """The lines of a page that are not blank; `levels` of the headings that its layout tells, by start."""
    found: list[Line] = []
    end, gap = 0, 2
    for whole in page.splitlines(keepends=True):
        begin, end = end, end + len(whole)
        content = whole.strip()
        if content:
            start = begin + whole.index(content)
            mark = _MARKDOWN.match(content)
            if mark and mark.end() < len(content):
                start += mark.end()
                content = content[mark.end() :]
            level = levels.get(start) or (len(mark.group(1) or "") if mark else 0)
            span = Span(start, start + len(content))
            found.append(Line(begin, span, content, level, furniture(content), gap))
            gap = 0
        gap += 1
    return _related(_columns_of_characters(found))


def blocks(page: Page) -> list[Block]:
    """The blocks of a page in printed order."""
    found = lines(page.text, {line.span.start: line.level for line in page.lines})
    stray = text.spaced(page.text)
    result = [_block(page.text, group, stray) for group in _groups(found)]
    if any(block.kind == "text" for block in result):
        return _captions(_window_titles(_long_title(result)))
    return [replace(block, kind="text") if block.kind == "heading" else block for block in result]


def _long_title(found: list[Block]) -> list[Block]:
    """A first line without a stop is the page's title, however long."""
    i = next(i for i, block in enumerate(found) if block.kind in ("text", "heading"))
    first = found[i]
    short = len(first.text) <= _LONGEST_TITLE and not _STOP.search(first.text)
    if first.kind == "text" and not first.finished and short:
        return [*found[:i], replace(first, kind="heading"), *found[i + 1 :]]
    return found


def _window_titles(found: list[Block]) -> list[Block]:
    """Marks as web furniture the titles of a saved page's window, which its headline repeats below."""
    result = list(found)
    for i, block in enumerate(found[:12]):
        below = [b.text for b in found[i + 1 : i + 13] if b.kind == "heading"]
        if block.kind == "heading" and _is_window_title(block.text, below):
            result[i] = replace(block, kind="web")
    return result


def _is_window_title(title: str, headings: Sequence[str]) -> bool:
    repeated = (h for h in headings if title.startswith(h))
    return title in headings[:1] or any(_TITLE_TAIL.fullmatch(title, len(h)) for h in repeated)


def _block(page: str, group: Sequence[Line], stray: bool) -> Block:
    span = Span(group[0].span.start, group[-1].span.end)
    repaired, offsets = text.clean(page, span, spaced=stray)
    opens = pattern("article", "opens").match(repaired) is not None
    kind = (group[0].kind or _kind(repaired, group[0].level, opens)) if repaired else "residue"
    if kind == "heading":
        repaired, offsets = text.clean(page, span, heading=True, spaced=stray)
    return Block("heading" if kind == "vertical" else kind, tuple(group), repaired, offsets, opens)


def _kind(repaired: str, level: int, opens: bool) -> str:
    if len(repaired) <= _LONGEST_CAPTION and not opens and not level:
        if pattern("caption", "credit").fullmatch(repaired):
            return "credit"
        credited = ends_with(pattern("caption", "ends"), repaired, 40)
        signed = credited and ends_with(pattern("article", "closes"), repaired, 60)
        if (credited and not signed) or pattern("caption", "starts").match(repaired):
            return "caption"
    if level or (len(repaired) <= _LONGEST_HEADING and not opens and not _SENTENCE.search(repaired)):
        return "heading"
    return "text"


def _captions(found: list[Block]) -> list[Block]:
    """Finds captions without a credit: over a credit's own line, or where an image was left out."""
    result = list(found)
    images = median(block.lines[0].gap for block in found) < 3
    for i, block in enumerate(found):
        if block.kind != "text" or not block.finished or len(block.text) > _LONGEST_CAPTION:
            continue
        credited = i + 1 < len(found) and found[i + 1].kind == "credit"
        left_out = images and block.lines[0].gap > 2 and len(block.text) <= 60 and i > 0
        if (credited or left_out) and not block.opens:
            result[i] = replace(block, kind="caption")
    return result


def _related(found: list[Line]) -> list[Line]:
    """Lists of other stories: from their label to the next paragraph."""
    result: list[Line] = []
    inside = False
    for line in found:
        if line.kind == "related":
            inside = True
        elif inside and (line.level or (closed(line.text) and line.text[0] not in "·•●◆▪*-")):
            inside = False
        result.append(replace(line, kind="related") if inside and not line.kind else line)
    return result


def _columns_of_characters(found: list[Line]) -> list[Line]:
    """Marks headlines set vertically: three lines or more of one character each."""
    result = list(found)
    start = 0
    for i in range(len(found) + 1):
        if i < len(found) and len(found[i].text) == 1:
            continue
        if i - start >= 3:
            for j in range(start, i):
                result[j] = replace(found[j], level=0, kind="vertical", gap=1)
        start = i + 1
    return result


def _is_wrapped(found: Sequence[Line]) -> bool:
    """Whether lines end where the column was full, not where a paragraph ended."""
    body = [line for line in found if not line.kind and not line.level and len(line.text) >= 8]
    ragged = sum(not closed(line.text) for line in body)
    if len(body) < _FEWEST_LINES or ragged < len(body) * 0.5:
        return False
    usual = median(len(line.text) for line in body)
    if usual > 60 or (len(body) < 8 and usual < 16):  # a few short lines may all be headlines
        return False
    even = sum(abs(a.cells - b.cells) <= 4 for a, b in pairwise(body))
    return even >= (len(body) - 1) * 0.5


def _groups(found: Sequence[Line]) -> Iterator[list[Line]]:
    """Joins lines to paragraphs, and the characters of vertical headlines."""
    wrapped = _is_wrapped(found)
    flat = sum(line.gap > 1 for line in found) > len(found) * 0.8  # blank lines everywhere mean nothing
    group: list[Line] = []
    for i, line in enumerate(found):
        vertical = bool(group) and group[-1].kind == line.kind == "vertical"
        if group and not vertical and not (wrapped and _goes_on(found, i, group, flat)):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _goes_on(found: Sequence[Line], i: int, group: Sequence[Line], flat: bool) -> bool:
    """Whether line `i` continues the paragraph `group`, whose last line is the one before."""
    before, line = found[i - 1], found[i]
    if before.kind or line.kind or before.level or line.level or pattern("article", "opens").match(line.text):
        return False
    if _CREDITED.search(before.text) or _is_two_part(before.text):
        return False
    apart = line.gap > 1 and not flat
    after = found[i + 1] if apart and i + 1 < len(found) and found[i + 1].gap == 1 else line
    if closed(before.text) and line.indent > before.indent + 1:
        return False
    indent = 4 if len(group) == 1 else 0  # the first line of a paragraph is two characters shorter
    full = before.cells + indent >= after.cells - 4
    if closed(before.text) or before.text[-1] in "：:":
        near = median(other.cells for other in found[max(0, i - 4) : i + 3])
        return full and not apart and near - 4 <= before.cells
    marked = any(_STOP.search(other.text) or "，" in other.text or "," in other.text for other in group[-4:])
    return _OPEN.search(before.text) is not None or (full and (marked or not apart))


def _is_two_part(line: str) -> bool:
    """Whether a line is a headline of two parallel phrases: 投资打好头阵 消费挖掘潜能."""
    parts = _TWO_PART.match(line)
    return parts is not None and abs(len(parts[1]) - len(parts[2])) <= 1
