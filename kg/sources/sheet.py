"""Pieces of a sheet → its text in reading order, a paragraph a line, and where each printed line stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from kg.model import Box, PrintedLine, Span
from kg.sources.columns import STOPPED, Block, overlap, read
from kg.sources.glyphs import Piece, body_size

_HEADLINE = 1.45  # times the body's size: begins an article, though it be one column wide
_MANY = 500  # blocks of an article
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(slots=True)
class _Text:
    """The text while it is set."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    lines: list[PrintedLine] = field(default_factory=list)

    def line(self, piece: Piece, level: int, between: str) -> None:
        """Adds a printed line after what parts it from the last."""
        between = between if self.length else ""
        start = self.length + len(between)
        self.parts += [between, piece.text]
        self.length = start + len(piece.text)
        box = Box(*(round(side, 1) for side in piece.printed or piece.box))
        self.lines.append(PrintedLine(Span(start, self.length), box, round(piece.confidence, 3), level))


def compose(pieces: Sequence[Piece], frames: Sequence[Box] = ()) -> tuple[str, tuple[PrintedLine, ...]]:
    """The text of a sheet as it is read, and its lines; `frames` are the boxes drawn on it."""
    blocks = read(pieces, frames)
    body = body_size(p for p in pieces if not p.upright)
    text = _Text()
    before: list[Block] = []  # the text blocks of the article so far
    for head, group in groupby(blocks, key=lambda b: b.head):
        if head:
            stack = list(group)
            _headlines(text, stack, _begins(stack, before, body))
        else:
            before = list(group)
            _columns(text, before)
    return "".join([*text.parts, "\n"]), tuple(text.lines)


def _begins(stack: Sequence[Block], before: Sequence[Block], body: float) -> bool:
    """Whether headlines begin an article: a small one in the midst of a column is a subhead."""
    largest = max(stack, key=lambda b: b.size)
    if largest.size >= _HEADLINE * body or not before or largest.standing:
        return True
    column = before[-1].box
    return (
        largest.box.right > column.right or largest.box.left < column.left or largest.box.top < column.bottom
    )


def _headlines(text: _Text, stack: Sequence[Block], begins: bool) -> None:
    largest = max(block.size for block in stack)
    for block in stack:
        level = 1 if begins and block.size == largest else 2
        for n, piece in enumerate(block.lines):
            text.line(piece, level, "\n\n" if n == 0 else _within(block.lines[n - 1], piece))


def _within(before: Piece, piece: Piece) -> str:
    """What parts two lines of a headline: parallel phrases of one length are parted, a broken one is not."""
    return " " if len(before.text) == len(piece.text) and before.width < 14 * before.size else ""


def _columns(text: _Text, blocks: Sequence[Block]) -> None:
    """Sets the columns of an article: paragraphs are told by indents and short last lines."""
    last: tuple[Piece, Box, Block] | None = None
    for block in blocks:
        column = _column(block, blocks if len(blocks) < _MANY else [block])
        for piece in block.lines:
            between = (
                "\n\n" if last is None or _parted(*last, piece, column, block) else _joint(last[0], piece)
            )
            text.line(piece, 0, between)
            last = piece, column, block


def _column(block: Block, blocks: Sequence[Block]) -> Box:
    """The column in which a block stands, as wide as the widest block there."""
    same = [b.box for b in blocks if overlap(b.box, block.box) > 0.7 * min(_width(b.box), _width(block.box))]
    same = [box for box in same if _width(box) < 1.6 * _width(block.box)] or [block.box]
    return Box(min(b.left for b in same), block.box.top, max(b.right for b in same), block.box.bottom)


def _width(box: Box) -> float:
    return box.right - box.left


def _parted(before: Piece, left: Box, above: Block, piece: Piece, right: Box, block: Block) -> bool:
    """Whether a line begins a paragraph: it is indented, or the one before is short or of another size."""
    if abs(above.size - block.size) > 0.15 * block.size:
        return True
    if piece.box.left > right.left + 1.2 * piece.size:
        return True
    missing = left.right - before.box.right
    ended = STOPPED.search(before.text) or missing > 0.5 * _width(left)  # else the column is set ragged
    return bool(ended) and missing > 1.7 * piece.size


def _joint(before: Piece, piece: Piece) -> str:
    """Nothing between the halves of a broken sentence, a space between Latin words."""
    return " " if _LATIN.match(before.text[-1]) and _LATIN.match(piece.text[0]) else ""
