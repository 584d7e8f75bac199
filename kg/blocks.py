"""Page → blocks: lines told apart by kind and joined where the printer or a PDF reader broke them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any

from kg import text
from kg.model import Span
from kg.rules import table

_LINE = re.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_MARKDOWN = re.compile(r"(#{1,6})[ \t\u3000]+|(?:>|\*\*)[ \t]*")
_CLOSED = re.compile(r"[。！？!?；;…][”’」』）)]*$|[）)]$")
_OPEN = re.compile(r"[，、,（(《“‘「]$|\d$")
_CREDITED = re.compile(r"(?:(?<![拍开播航])摄|供图|资料图片)[）)]?$|——$")
_TWO_PART = re.compile(r"([\u4e00-\u9fff“”「」\w]{4,14})[ \u3000]([\u4e00-\u9fff“”「」\w]{4,14})$")
_TITLE_TAIL = re.compile(r"\s*[-_|—–].{2,24}")
_STOP = re.compile(r"[。！？；]")
_LONGEST_FURNITURE = 120
_LONGEST_HEADING = 45
_LONGEST_CAPTION = 150


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line that is not blank."""

    span: Span  # without outer space and Markdown marks
    text: str
    level: int = 0  # of a Markdown heading; 0 is none
    kind: str = ""  # furniture, or "" when not yet known
    gap: int = 1  # line ends before it: 2 or more where blank lines stand

    @property
    def cells(self) -> int:
        """Width in half-width characters."""
        return len(self.text.encode("gbk", "replace")) - sum(map(self.text.count, "“”‘’"))


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together."""

    kind: str  # "text", "heading", "caption", or a kind of furniture
    lines: tuple[Line, ...]
    text: str  # repaired

    @property
    def spans(self) -> tuple[Span, ...]:
        return (Span(self.lines[0].span.start, self.lines[-1].span.end),)

    @property
    def level(self) -> int:
        return self.lines[0].level

    @property
    def finished(self) -> bool:
        """Whether the sentence ends with the block."""
        return self.kind != "text" or bool(_CLOSED.search(self.text)) or self.text.endswith(("：", ":"))


@cache
def pattern(*path: str) -> re.Pattern[str]:
    """A pattern of pages.toml, compiled."""
    found: Any = table("pages")
    for key in path:
        found = found[key]
    return re.compile(found)


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


def lines(page: str) -> list[Line]:
    """The lines of a page that are not blank."""
    found: list[Line] = []
    end = 0
    for match in _LINE.finditer(page):
        if match.group().isspace():
            continue
        whole = match.group()
        start = match.start() + len(whole) - len(whole.lstrip())
        stop = match.start() + len(whole.rstrip())
        mark = _MARKDOWN.match(page, start, stop)
        level = len(mark.group(1) or "") if mark else 0
        if mark and mark.end() < stop:
            start = mark.end()
        content = page[start:stop]
        gap = page.count("\n", end, match.start()) if found else 2
        found.append(Line(Span(start, stop), content, level, furniture(content), gap))
        end = match.end()
    return _related(_columns_of_characters(found))


def blocks(page: str) -> list[Block]:
    """The blocks of a page in printed order."""
    found = lines(page)
    stray = text.spaced(page)
    groups = list(_wrapped(found) if _is_wrapped(found) else ([line] for line in found))
    result = [_block(page, group, stray) for group in groups]
    if not any(block.kind == "text" for block in result):
        return [Block("text", b.lines, b.text) if b.kind == "heading" and not b.level else b for b in result]
    return _captions(_window_titles(_long_title(result)))


def _long_title(found: list[Block]) -> list[Block]:
    """A first line without a stop is the page's title, however long."""
    i = next(i for i, block in enumerate(found) if block.kind in ("text", "heading"))
    first = found[i]
    if first.kind == "text" and not first.finished and len(first.text) <= 100 and not _STOP.search(first.text):
        return [*found[:i], Block("heading", first.lines, first.text), *found[i + 1 :]]
    return found


def _window_titles(found: list[Block]) -> list[Block]:
    """Marks as web furniture the titles of a saved page's window, which its headline repeats below."""
    result = list(found)
    for i, block in enumerate(found[:12]):
        below = [b.text for b in found[i + 1 : i + 13] if b.kind == "heading"]
        again = below[:1] == [block.text]
        if block.kind == "heading" and (again or any(_TITLE_TAIL.fullmatch(block.text, len(t)) for t in below if block.text.startswith(t))):
            result[i] = Block("web", block.lines, block.text)
    return result


def _block(page: str, group: Sequence[Line], stray: bool) -> Block:
    kind = group[0].kind
    span = Span(group[0].span.start, group[-1].span.end)
    repaired, _ = text.clean(page, [span], spaced=stray)
    if not kind:
        kind = _kind(repaired, group[0].level)
    if kind in ("heading", "vertical"):
        kind, (repaired, _) = "heading", text.clean(page, [span], kind == "heading", stray)
    return Block(kind, tuple(group), repaired)


def _kind(repaired: str, level: int) -> str:
    opens = pattern("article", "opens").match(repaired)
    if len(repaired) <= _LONGEST_CAPTION and not opens and not level:
        if pattern("caption", "credit").fullmatch(repaired):
            return "credit"
        signed = _ends(pattern("article", "closes"), repaired)
        if pattern("caption", "starts").match(repaired) or _ends(pattern("caption", "ends"), repaired) and not signed:
            return "caption"
    if level or (len(repaired) <= _LONGEST_HEADING and not opens and not _STOP.search(repaired)):
        return "heading"
    return "text"


def _ends(rule: re.Pattern[str], repaired: str) -> bool:
    return any(m.end() == len(repaired) for m in rule.finditer(repaired, max(0, len(repaired) - 40)))


def _captions(found: list[Block]) -> list[Block]:
    """Finds the captions that bear no credit: they stand over a credit's own line, or where an image was left out."""
    result = list(found)
    images = median(block.lines[0].gap for block in found) < 3
    for i, block in enumerate(found):
        credited = i + 1 < len(found) and found[i + 1].kind == "credit"
        left_out = images and block.lines[0].gap > 2 and len(block.text) <= 60 and i > 0
        opens = pattern("article", "opens").match(block.text)
        if block.kind == "text" and block.finished and not opens and len(block.text) <= _LONGEST_CAPTION:
            if credited or left_out:
                result[i] = Block("caption", block.lines, block.text)
    return result


def _related(found: list[Line]) -> list[Line]:
    """Lists of other stories: from their label to the next paragraph."""
    result: list[Line] = []
    inside = False
    for line in found:
        if line.kind == "related":
            inside = True
        elif inside and (line.level or _CLOSED.search(line.text) and not line.text[:1] in "·•●◆▪*-"):
            inside = False
        elif inside and not line.kind:
            line = Line(line.span, line.text, line.level, "related", line.gap)
        result.append(line)
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
                result[j] = Line(found[j].span, found[j].text, 0, "vertical", 1)
        start = i + 1
    return result


def _is_wrapped(found: Sequence[Line]) -> bool:
    """Whether lines end where the column was full, not where a paragraph ended."""
    body = [line for line in found if not line.kind and not line.level and len(line.text) >= 8]
    ragged = sum(not _CLOSED.search(line.text) for line in body)
    if len(body) < 8 or ragged < len(body) * 0.5 or median(len(line.text) for line in body) > 60:
        return False
    even = sum(abs(a.cells - b.cells) <= 4 for a, b in zip(body, body[1:], strict=False))
    return even >= len(body) * 0.5


def _wrapped(found: Sequence[Line]) -> Iterator[list[Line]]:
    """Joins lines to paragraphs."""
    flat = sum(line.gap > 1 for line in found) > len(found) * 0.8  # blank lines between all lines mean nothing
    group: list[Line] = []
    for i, line in enumerate(found):
        if group and not _goes_on(found, i, group, flat):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _goes_on(found: Sequence[Line], i: int, group: Sequence[Line], flat: bool) -> bool:
    """Whether line `i` continues the paragraph `group`, whose last line is the one before."""
    before, line = found[i - 1], found[i]
    if before.kind == line.kind == "vertical":
        return True
    if before.kind or line.kind or before.level or line.level or pattern("article", "opens").match(line.text):
        return False
    if _CREDITED.search(before.text) or _is_two_part(before.text):
        return False
    apart = line.gap > 1 and not flat
    after = found[i + 1] if apart and i + 1 < len(found) and found[i + 1].gap == 1 else line
    indent = 4 if len(group) == 1 else 0  # the first line of a paragraph is two characters shorter
    full = before.cells + indent >= after.cells - 4
    if _CLOSED.search(before.text) or before.text[-1] in "：:":
        near = median(other.cells for other in found[max(0, i - 4) : i + 3])
        return full and not apart and near - 4 <= before.cells
    marked = any(_STOP.search(other.text) or "，" in other.text or "," in other.text for other in group)
    return bool(_OPEN.search(before.text)) or full and (marked or not apart)


def _is_two_part(line: str) -> bool:
    """Whether a line is a headline of two parallel phrases: 投资打好头阵 消费挖掘潜能."""
    parts = _TWO_PART.match(line)
    return parts is not None and abs(len(parts[1]) - len(parts[2])) <= 1
