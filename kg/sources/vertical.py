"""Sheets set in columns from top to bottom, right to left: turned, so that their columns lie as lines do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from kg.model import Box
from kg.sources import glyphs
from kg.sources.glyphs import LARGE, Piece, body_size, rows

_SAMPLE = 300  # characters that tell how a sheet is set
_LONGEST_CELL = 3  # characters side by side in a column, such as 12


def pieces(characters: Sequence[Piece]) -> list[Piece]:
    """The pieces of a sheet, of one set from top to bottom turned by a quarter."""
    body = body_size(characters)
    small = [c for c in characters if c.size < LARGE * body]
    sample = small[:: len(small) // _SAMPLE + 1]
    if sum(_stands(sample, small, body)) * 2 <= len(sample):
        return glyphs.pieces(characters)
    stands = {id(c) for c, it_does in zip(small, _stands(small, small, body), strict=True) if it_does}
    across = glyphs.pieces([c for c in characters if id(c) not in stands], body)
    cells = {id(p) for p in across if p.size < LARGE * body and len(p.text) <= _LONGEST_CELL}
    columns = [_turned(p, False) for p in (*small, *across) if id(p) in stands | cells]
    return [*(_turned(p, not p.upright) for p in across if id(p) not in cells), *rows(columns)]


def _stands(some: Sequence[Piece], characters: Sequence[Piece], size: float) -> list[bool]:
    """For some of the characters, whether their next neighbour is above or below, not beside."""
    places: defaultdict[tuple[int, int], list[Piece]] = defaultdict(list)
    for c in characters:
        places[int(c.box.left // size), int(c.box.top // size)].append(c)
    found = []
    for c in some:
        x, y = int(c.box.left // size), int(c.box.top // size)
        around = [places.get((x + i, y + j), ()) for i in range(-2, 3) for j in range(-2, 3)]
        shifts = [(abs(p.box.left - c.box.left), abs(p.box.top - c.box.top)) for near in around for p in near]
        below = min((down for aside, down in shifts if aside < 0.3 * size < down), default=3 * size)
        beside = min((aside for aside, down in shifts if down < 0.3 * size < aside), default=3 * size)
        found.append(below < beside)
    return found


def _turned(piece: Piece, upright: bool) -> Piece:
    """A piece of a sheet turned so that what ran down runs right, and what ran left runs down."""
    left, top, right, bottom = piece.box
    if not upright:  # narrow marks stand in the middle of a column
        middle = (left + right) / 2
        left, right = middle - piece.size / 2, middle + piece.size / 2
    return replace(piece, box=Box(top, -right, bottom, -left), upright=upright, printed=piece.box)
