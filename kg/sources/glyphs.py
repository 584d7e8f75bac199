"""Characters with boxes → pieces: lines of one column, or characters one below another in a headline."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from kg.model import Box

_GUTTER = 0.6  # widths of a character that part two columns
_GAP = 2.5  # that stand within a line at most
_HEAD_GAP = 1.2  # within a headline: two phrases are parted by a character's width
_SPACE = 0.18  # that are a space between two words, beyond what stands between the others of the line
LARGE = 1.3  # times the body's size: set as a headline
_MOST_LARGE = 3000  # characters of all headlines of a sheet
_SHORTEST_STACK = 3  # characters one below another that are a vertical headline


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters in a row. `size` is the height of a Chinese character; `base` is where its line stands."""

    text: str
    box: Box
    size: float
    confidence: float = 1.0
    upright: bool = False  # one below another
    printed: Box | None = None  # where it lies on a sheet that is askew

    @property
    def width(self) -> float:
        return self.box.right - self.box.left


def body_size(pieces: Iterable[Piece]) -> float:
    """The size in which most of a sheet is set."""
    sizes: Counter[float] = Counter()
    for piece in pieces:
        sizes[round(piece.size * 2) / 2] += len(piece.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def pieces(glyphs: Sequence[Piece], body: float | None = None) -> list[Piece]:
    """Single characters joined to pieces, whatever the order in which the file holds them.

    `body` is the size of the text, if they are not all of the sheet's.
    """
    large = LARGE * (body or body_size(glyphs))
    heads = [g for g in glyphs if g.size >= large]
    stacks, rest = _stacks(heads) if len(heads) < _MOST_LARGE else ([], heads)
    return [*stacks, *rows([*rest, *(g for g in glyphs if g.size < large)])]


def rows(glyphs: Sequence[Piece]) -> list[Piece]:
    """Lines: what stands side by side in one column, with the gaps that lines above or below bridge."""
    body = body_size(glyphs)
    lines = sorted(_rows(glyphs), key=lambda p: p.box.bottom)
    result: defaultdict[int, list[Piece]] = defaultdict(list)  # by height on the sheet
    for piece in sorted(lines, key=lambda p: (p.box.left, p.box.bottom)):
        slot, reach = int(piece.box.bottom // body), int(0.25 * piece.size // body) + 1
        beside = (p for k in range(slot - reach, slot + reach + 1) for p in result[k])
        left = next((p for p in beside if _one_line(p, piece, lines, LARGE * body)), None)
        if left is not None:
            result[int(left.box.bottom // body)].remove(left)
            piece = _joined([left, piece])
        result[int(piece.box.bottom // body)].append(piece)
    return [piece for k in sorted(result) for piece in result[k]]


def _one_line(left: Piece, right: Piece, lines: Sequence[Piece], large: float) -> bool:
    """Whether two pieces belong to one line, though they stand as far apart as columns do."""
    size = max(left.size, right.size)
    gap = right.box.left - left.box.right
    level = abs(left.box.bottom - right.box.bottom) < 0.25 * size and min(left.size, right.size) > 0.8 * size
    if not level or not 0 < gap < _GAP * size:
        return False
    if size >= large:
        return gap < _HEAD_GAP * size
    first = bisect_left(lines, right.box.bottom - 2.2 * size, key=lambda p: p.box.bottom)
    stop = bisect_left(lines, right.box.bottom + 2.2 * size, key=lambda p: p.box.bottom)
    return any(
        abs(p.box.bottom - right.box.bottom) > 0.5 * size
        and abs(p.box.left - left.box.left) < 2.6 * size
        and p.box.right > right.box.left + size
        and p.size < 1.2 * size
        for p in lines[first:stop]
    )


def _rows(glyphs: Sequence[Piece]) -> list[Piece]:
    """What stands closely side by side, joined. A character printed twice for boldness counts once."""
    open_rows: defaultdict[int, list[list[Piece]]] = defaultdict(list)  # by height on the sheet
    unit = body_size(glyphs) / 2
    found: list[list[Piece]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.box.left, g.box.bottom)):
        slot, reach = int(glyph.box.bottom // unit), int(0.25 * glyph.size // unit) + 1
        heights = range(slot - reach, slot + reach + 1)
        near = [row for k in heights for row in open_rows[k] if _continues(row[-1], glyph)]
        if not near:
            row = [glyph]
            found.append(row)
            open_rows[slot].append(row)
            continue
        row = min(near, key=lambda r: abs(glyph.box.left - r[-1].box.right))
        if (
            row[-1].text.strip() != glyph.text.strip()
            or glyph.box.left - row[-1].box.left > 0.3 * row[-1].width
        ):
            row.append(glyph)
    return [_joined(row) for row in found]


def _continues(last: Piece, glyph: Piece) -> bool:
    size = max(last.size, glyph.size)
    level = abs(last.box.bottom - glyph.box.bottom) < 0.25 * size and min(last.size, glyph.size) > 0.6 * size
    return level and -1.1 * size < glyph.box.left - last.box.right < _GUTTER * size


def _joined(row: Sequence[Piece]) -> Piece:
    text = row[0].text.lstrip()
    gaps = [after.box.left - before.box.right for before, after in pairwise(row)]
    usual = max(0.0, median(gaps)) if gaps else 0.0
    for gap, glyph in zip(gaps, row[1:], strict=True):
        apart = gap - usual > _SPACE * glyph.size
        text += " " + glyph.text.lstrip() if apart else glyph.text
    lying = [g.printed for g in row if g.printed]
    printed = _around(lying) if lying else None
    return Piece(text, around(row), max(g.size for g in row), min(g.confidence for g in row), printed=printed)


def around(parts: Iterable[Piece]) -> Box:
    """The smallest box that holds all parts."""
    return _around(part.box for part in parts)


def _around(boxes: Iterable[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def _stacks(glyphs: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Vertical headlines, and the characters that are in none."""
    below = {i: j for i, g in enumerate(glyphs) if (j := _next_below(glyphs, g)) is not None}
    found, used = [], set[int]()
    for start in sorted(set(below) - set(below.values())):
        chain = [start]
        while (following := below.get(chain[-1])) is not None and following not in chain:
            chain.append(following)
        if len(chain) >= _SHORTEST_STACK and used.isdisjoint(chain):
            used.update(chain)
            parts = [glyphs[i] for i in chain]
            found.append(
                Piece("".join(p.text.strip() for p in parts), around(parts), parts[0].size, upright=True)
            )
    return found, [g for i, g in enumerate(glyphs) if i not in used]


def _next_below(glyphs: Sequence[Piece], glyph: Piece) -> int | None:
    """The character that follows in a vertical headline: nearer than any beside it."""
    size, middle = glyph.size, (glyph.box.left + glyph.box.right) / 2
    best, nearest = None, 0.6 * size
    for i, other in enumerate(glyphs):
        if other is glyph or abs(other.size - size) > 0.1 * size:
            continue
        apart = abs((other.box.left + other.box.right) / 2 - middle)
        gap = other.box.top - glyph.box.bottom
        if apart < 0.6 * size and -0.5 * size < gap < nearest and other.box.top > glyph.box.top + 0.3 * size:
            best, nearest = i, gap
    if best is None:
        return None
    beside = min((_gap_beside(glyph, other) for other in glyphs if other is not glyph), default=size)
    return best if max(nearest, 0) < beside - 0.05 * size else None


def _gap_beside(glyph: Piece, other: Piece) -> float:
    """White space between two characters of one row, or a wide gap where they are in none."""
    if abs(glyph.box.bottom - other.box.bottom) > 0.5 * glyph.size:
        return 9 * glyph.size
    return max(other.box.left - glyph.box.right, glyph.box.left - other.box.right)
