"""Pieces of a sheet → blocks in reading order, by the white space between them, as a reader's eye takes them.

A block is a column of lines of one size or a headline. The sheet is cut along white space again and
again: between articles first, then between the columns of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from kg.model import Box
from kg.sources.glyphs import Piece, around, body_size

_HEAD = 1.25  # times the body's size: a headline
_SMALL = 0.9  # a caption
_MOST = 1500  # blocks of a sheet that is a newspaper's
_UNDER = 4  # sizes under a frame in which the text of its headline would go on
_LEADING = 0.7  # white space between two lines of a block, in sizes, where the sheet does not tell

STOPPED = re.compile(r"[。！？!?；;：:…][”’」』）)]*$")  # the end of a text, not of a column


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one column, from top to bottom, or of one headline."""

    lines: tuple[Piece, ...]
    head: bool
    box: Box

    @property
    def size(self) -> float:
        return max(line.size for line in self.lines)

    @property
    def standing(self) -> bool:
        """Whether this is a headline set vertically."""
        return self.head and self.lines[0].upright


def read(pieces: Sequence[Piece], frames: Sequence[Box] = ()) -> list[Block]:
    """The blocks of a sheet in reading order; what stands in a frame of its own comes last."""
    body = body_size(p for p in pieces if not p.upright)
    framed: list[Block] = []
    for frame in sorted(frames, key=lambda f: (f.right - f.left) * (f.bottom - f.top)):
        inside = [p for p in pieces if _holds(frame, p.box)]
        rest = [p for p in pieces if not _holds(frame, p.box)]
        blocks = _ordered(_blocks(inside, body)) if rest else []
        if _is_whole(blocks, rest, frame, body):
            framed += blocks
            pieces = rest
    blocks = _blocks(pieces, body)
    return [*(_ordered(blocks) if len(blocks) < _MOST else _untangled(blocks)), *framed]


def _holds(frame: Box, box: Box) -> bool:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return frame.left < x < frame.right and frame.top < y < frame.bottom


def _is_whole(blocks: Sequence[Block], rest: Iterable[Piece], frame: Box, body: float) -> bool:
    """Whether a frame holds a whole article: it begins with a headline, and no text goes on under it."""
    under = Box(frame.left, frame.bottom, frame.right, frame.bottom + _UNDER * body)
    goes_on = any(_holds(under, p.box) and p.size < _HEAD * body for p in rest)
    return bool(blocks) and blocks[0].head and not all(b.head for b in blocks) and not goes_on


# --- lines → blocks


def _blocks(pieces: Sequence[Piece], body: float) -> list[Block]:
    standing = [p for p in pieces if p.upright]
    heads = [p for p in pieces if not p.upright and p.size >= _HEAD * body]
    rest = [p for p in pieces if not p.upright and p.size < _HEAD * body]
    found = [
        (True, _side_by_side(standing)),
        (True, _chains(heads, True, body)),
        (False, _chains(rest, False, body)),
    ]
    return [Block(tuple(lines), head, around(lines)) for head, chains in found for lines in chains]


def _side_by_side(standing: Sequence[Piece]) -> list[list[Piece]]:
    """Vertical headlines, each of one line or of several, which are read from right to left."""
    found: list[list[Piece]] = []
    for piece in sorted(standing, key=lambda p: -p.box.right):
        last = found[-1][-1] if found else piece
        near = (
            abs(last.box.left - piece.box.right) < piece.size
            and abs(last.size - piece.size) < 0.2 * piece.size
        )
        level = min(last.box.bottom, piece.box.bottom) - max(last.box.top, piece.box.top) > piece.size
        if last is not piece and near and level:
            found[-1].append(piece)
        else:
            found.append([piece])
    return found


def _chains(pieces: Sequence[Piece], head: bool, body: float) -> list[list[Piece]]:
    """Lines that stand closely one below another."""
    ordered = sorted(pieces, key=lambda p: (p.box.top, p.box.left))
    below = {i: j for i, piece in enumerate(ordered) if (j := _below(ordered, i)) is not None}
    gaps = [ordered[j].box.top - ordered[i].box.bottom for i, j in below.items()]
    reach = (median(gaps) + 0.5 * body) if gaps and not head else _LEADING * body
    owner: dict[int, list[Piece]] = {}
    chains = []
    for i, piece in enumerate(ordered):
        chain = owner.get(i)
        if chain is None:
            chain = []
            chains.append(chain)
        chain.append(piece)
        j = below.get(i)
        if j is not None and j not in owner:
            following = ordered[j]
            near = following.box.top - piece.box.bottom <= (0.6 * piece.size if head else reach)
            if near and _alike(piece, following, body):
                owner[j] = chain
    return chains


def _alike(piece: Piece, other: Piece, body: float) -> bool:
    """Whether two lines can belong to one block: of one size, neither a caption under a text."""
    if piece.upright or other.upright:
        return False
    small = (piece.size < _SMALL * body, other.size < _SMALL * body)
    return small[0] == small[1] and max(piece.size, other.size) < 1.2 * min(piece.size, other.size)


def _below(ordered: Sequence[Piece], i: int) -> int | None:
    """The nearest line below, if it stands under this one."""
    piece = ordered[i]
    best, nearest = None, 3 * piece.size
    for j in range(i + 1, len(ordered)):
        other = ordered[j]
        gap = other.box.top - piece.box.bottom
        if gap >= nearest:
            break
        if gap > -0.4 * piece.size and _in_one_column(piece, other):
            best, nearest = j, gap
    return best


def _in_one_column(piece: Piece, other: Piece) -> bool:
    """Whether two lines overlap in width or begin alike, up to the indent of a paragraph."""
    shared = overlap(piece.box, other.box) > 0.5 * min(piece.width, other.width)
    return shared or abs(piece.box.left - other.box.left) < 2.6 * piece.size


# --- blocks → reading order


def _ordered(blocks: Sequence[Block]) -> list[Block]:
    """Blocks as they are read: cut into articles across or downwards, then into columns."""
    if len(blocks) < 2:
        return list(blocks)
    rows = _parted(blocks, lambda b: (b.box.top, b.box.bottom))
    sides = _parted(blocks, lambda b: (b.box.left, b.box.right))
    if len(rows) > 1 and (cut := _article_cut(rows)):
        parts = [[b for row in rows[:cut] for b in row], [b for row in rows[cut:] for b in row]]
    elif len(sides) > 1:
        parts = _heads_first(sides)
    elif len(rows) > 1 and sum(block.head for block in rows[0]) < 2:
        parts = rows
    else:
        return _untangled(blocks)
    return [block for part in parts for block in _ordered(part)]


def _parted(blocks: Iterable[Block], ends: Callable[[Block], tuple[float, float]]) -> list[list[Block]]:
    """Groups of blocks with white space between them in one direction."""
    groups: list[list[Block]] = []
    reach = 0.0
    for block in sorted(blocks, key=ends):
        start, end = ends(block)
        if not groups or start > reach:
            groups.append([block])
            reach = end
        else:
            groups[-1].append(block)
            reach = max(reach, end)
    return groups


def _article_cut(rows: Sequence[Sequence[Block]]) -> int | None:
    """The row before which an article begins under all above, or after which only its columns follow."""
    for cut in range(1, len(rows)):
        if all(block.head for block in rows[cut - 1]):  # which what follows belongs to
            continue
        rest = [block for row in rows[cut:] for block in row]
        first = _heads_first(_parted(rest, lambda b: (b.box.left, b.box.right)))[0]
        if _first(first).head or all(block.head for block in rows[cut]):
            return cut
    top = _parted(rows[0], lambda b: (b.box.left, b.box.right))
    return 1 if len(top) == 1 and rows[0][0].head and not rows[0][0].standing else None


def _first(side: Iterable[Block]) -> Block:
    return min(side, key=lambda b: (b.box.top, not b.head))


def _heads_first(sides: list[list[Block]]) -> list[list[Block]]:
    """Columns from left to right, after the headline that stands over one of them or at their right end."""
    result: list[list[Block]] = []
    start = 0  # of the columns that have no headline yet
    for side in sides:
        head = _first(side)
        if len(side) == 1 and head.standing:
            result.insert(_beginning(result, start), side)
            start = len(result)
        elif head.head:
            rest = [block for block in side if block is not head]
            if len(result) > start and rest and _heads_both(head, rest, result[-1]):
                result[-1:] = [[head], result[-1], rest]
            else:
                result.append(side)
            start = len(result)
        else:
            result.append(side)
    return result


def _heads_both(head: Block, under: Sequence[Block], left: Sequence[Block]) -> bool:
    """Whether a headline centred over the middle one of three columns heads the one to the left too."""
    column = around(line for block in under for line in block.lines)
    margins = head.box.left - column.left, column.right - head.box.right
    centred = abs(margins[0] - margins[1]) < head.size and margins[0] > 0.5 * head.size
    return centred and _first(left).box.top > head.box.bottom - 0.3 * head.size


def _beginning(sides: Sequence[Sequence[Block]], start: int) -> int:
    """The first of the columns from `start` on that begins a text and does not go on from the one before."""
    for n in range(start, len(sides)) if start else ():
        texts = [block for block in sides[n - 1] if not block.head]
        last = max(texts, key=lambda b: (b.box.right, b.box.bottom), default=None)
        first = _first(sides[n])
        indented = first.lines[0].box.left > first.box.left + first.size
        if indented and (last is None or STOPPED.search(last.lines[-1].text)):
            return n
    return start


def _untangled(blocks: Sequence[Block]) -> list[Block]:
    """Blocks that no white space parts, as where articles lie round a middle: each under its headline."""
    heads = sorted((b for b in blocks if b.head), key=lambda b: (b.box.top, b.box.left))
    under: dict[int, list[Block]] = {id(b): [b] for b in heads}
    loose: list[Block] = []
    for block in sorted((b for b in blocks if not b.head), key=lambda b: (b.box.left, b.box.top)):
        above = [h for h in heads if h.box.top < block.box.top and overlap(h.box, block.box) > 0]
        (under[id(max(above, key=lambda h: h.box.top))] if above else loose).append(block)
    return [*loose, *(block for head in heads for block in under[id(head)])]


def overlap(a: Box, b: Box) -> float:
    """The width that two boxes share; below 0 what parts them."""
    return min(a.right, b.right) - max(a.left, b.left)
