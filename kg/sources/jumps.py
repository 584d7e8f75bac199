"""Articles that go on on another sheet of a file: what follows （上接第1版） put behind （下转第2版）."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.jumps import marks, sheet_of
from kg.model import Page, PrintedLine, Span
from kg.sources.columns import STOPPED


@dataclass(frozen=True, slots=True)
class _Set:
    """A printed line, or a part of one, with what stands before it."""

    between: str
    text: str
    line: PrintedLine


def joined(sheets: Sequence[Page]) -> list[Page]:
    """The sheets of a file, each piece of an article that stands elsewhere moved behind its beginning."""
    lines = {page.number: list(_parts(page)) for page in sheets}
    for page in sheets:
        number = page.number
        for i in reversed(range(len(lines[number]))):
            target = sheet_of("to", lines[number][i].text)
            there = lines.get(target, []) if target != number else []
            if piece := _piece(there, number):
                mark = replace(lines[number][i], between="\n\n")
                lines[number][i : i + 1] = [*_moved(lines[number], i, there[piece], target), mark]
                lines[target] = [*there[: piece.start], *there[piece.stop :]]
    return [_put_together(page, lines[page.number]) for page in sheets]


def _piece(lines: Sequence[_Set], origin: int | None) -> slice | None:
    """The lines that go on from a sheet: from their mark to the next headline."""
    for start, printed in enumerate(lines):
        if origin and sheet_of("from", printed.text) == origin:
            stop = next((n for n in range(start + 1, len(lines)) if lines[n].line.level == 1), len(lines))
            return slice(start, stop)
    return None


def _moved(lines: Sequence[_Set], i: int, piece: Sequence[_Set], sheet: int | None) -> Iterator[_Set]:
    """A piece on its new place, before the mark in line `i`; its own mark comes last."""
    broken = i > 0 and not STOPPED.search(lines[i - 1].text)
    for n, part in enumerate(piece[1:]):
        between = part.between if n else "" if broken else "\n\n"
        yield _Set(between, part.text, replace(part.line, sheet=sheet))
    yield _Set("\n\n", piece[0].text, replace(piece[0].line, sheet=sheet))


def _parts(page: Page) -> Iterator[_Set]:
    """The lines of a page, the marks apart from the text that they follow or precede."""
    end = 0
    for line in page.lines:
        text = page.text[line.span.start : line.span.end]
        between = page.text[end : line.span.start]
        end = line.span.end
        cuts = sorted(
            {0, len(text)}
            | {at for name in ("to", "from") for m in marks(name).finditer(text) for at in m.span()}
        )
        for start, stop in pairwise(cuts):
            yield _Set(between, text[start:stop], line)
            between = ""


def _put_together(page: Page, lines: Sequence[_Set]) -> Page:
    """A page of these lines."""
    parts: list[str] = []
    placed = []
    length = 0
    for printed in lines:
        between = printed.between if length else ""
        start = length + len(between)
        parts += [between, printed.text]
        length = start + len(printed.text)
        placed.append(replace(printed.line, span=Span(start, length)))
    return replace(page, text="".join([*parts, "\n"]), lines=tuple(placed))
