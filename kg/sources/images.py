"""Scans → text, by OCR that runs without a network: lines with boxes, turned upright, in reading order."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from kg.model import Box, PrintedLine, Problem
from kg.sources.found import Found, Missing, note, problem, sheet
from kg.sources.glyphs import Piece, rows
from kg.sources.sheet import compose

if TYPE_CHECKING:
    from PIL.Image import Image

_Shape = Sequence[tuple[float, float]]  # the corners of a line, from the upper left clockwise
_MOST_PIXELS = 150_000_000  # beyond, an image is refused; a broadsheet at 400 dpi has 55 million
_SHRUNK = 40_000_000  # pixels to which larger images are shrunk
_SMALLEST = 40  # pixels of a side
_DETECTED = 2560  # pixels of the longer side on which lines are looked for; they are read in full size
_ASKEW = 0.5  # of the lines are doubtful: the sheet is not upright
_FEW = 4  # characters of a line whose size its box does not tell
_TOO_LARGE = 1.6  # times the body's size, up to which such a line is none of a headline
_FILLED = 0.85  # of the height of a line's box is a character's
_DOUBTFUL = 0.8  # confidence below which a line is told to be doubtful


def read(name: str, data: bytes) -> Found:
    """The sheets of an image file: one, or several in a TIFF."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise Missing("pip install 'fangzhi[ocr]'") from error
    Image.MAX_IMAGE_PIXELS = None  # the limit here is our own
    try:
        with Image.open(io.BytesIO(data)) as image:
            frames = getattr(image, "n_frames", 1)
            for number in range(1, frames + 1):
                image.seek(number - 1)
                yield from _frame(name, data, number, frames, image)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        yield problem(name, f"the image is damaged: {error}", "scan or save it anew")


def _frame(name: str, data: bytes, number: int, frames: int, image: Image) -> Found:
    where = f"{name}#{number}" if frames > 1 else name
    width, height = image.size
    if width * height > _MOST_PIXELS:
        yield problem(
            where, f"the image is too large: {width:,}×{height:,} pixels", "scale it down to 300 dpi"
        )
    elif min(width, height) < _SMALLEST:
        yield problem(where, f"the image is too small: {width}×{height} pixels", "scan the page at 300 dpi")
    elif (found := recognised(image)) is None:
        yield problem(where, "no text found on the image", "leave it out, or scan the page at 300 dpi")
    else:
        yield sheet(name, data, number, frames, "ocr", *found)
        yield from doubts(where, *found)


def doubts(where: str, text: str, lines: Sequence[PrintedLine]) -> Iterator[Problem]:
    """A note where many lines of a sheet were hard to recognise."""
    weak = sum(line.confidence < _DOUBTFUL for line in lines)
    if weak > 0.1 * len(lines):
        yield note(where, f"{weak} of {len(lines)} lines are hard to read")


def recognised(image: Image) -> tuple[str, tuple[PrintedLine, ...]] | None:
    """The text of an image and its lines, their boxes on the upright image, or None where there is none."""
    found = _lines(image)
    if found and _share_doubtful(found) > _ASKEW:  # it may lie on its side or on its head
        turned = (_lines(image.rotate(angle, expand=True)) for angle in (90, 180, 270))
        found = max((found, *turned), key=_legible)
    joined = [*rows([line for line in found if not line.upright]), *(line for line in found if line.upright)]
    return compose(joined) if found else None


def _legible(lines: Sequence[Piece]) -> float:
    return sum(len(line.text) * line.confidence for line in lines if line.confidence >= _DOUBTFUL)


def _share_doubtful(lines: Sequence[Piece]) -> float:
    return sum(line.confidence < _DOUBTFUL for line in lines) / len(lines)


@cache
def engine() -> Any:  # noqa: ANN401 -- rapidocr has no types
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise Missing("pip install 'fangzhi[ocr]'") from error
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.max_side_len": 100_000,  # its default shrinks a sheet until lines are lost
            "Global.use_cls": False,
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTED,
            "Det.max_candidates": 20_000,
        }
    )


def _lines(image: Image) -> list[Piece]:
    """The lines of text on an image."""
    import numpy

    grey = (image.point(lambda value: value / 256) if image.mode.startswith("I;16") else image).convert("L")
    shrink = (_SHRUNK / (grey.width * grey.height)) ** 0.5
    if shrink < 1:
        grey = grey.resize((int(grey.width * shrink), int(grey.height * shrink)))
    pixels = numpy.asarray(grey)
    found = engine()(pixels)
    if found.boxes is None:
        return []
    shapes = [[(float(x), float(y)) for x, y in corners] for corners in found.boxes]
    turn = _skew(shapes)
    results = zip(shapes, found.txts, found.scores, strict=True)
    return _settled([_piece(shape, turn, text, float(score)) for shape, text, score in results])


def _settled(lines: Sequence[Piece]) -> list[Piece]:
    """The lines; the last words of a paragraph, whose boxes are drawn too large, in the size of the text."""
    body = median(size for line in lines for size in [line.size] * len(line.text))
    return [
        replace(line, size=body) if len(line.text) <= _FEW and body < line.size < _TOO_LARGE * body else line
        for line in lines
    ]


def _skew(shapes: Sequence[_Shape]) -> float:
    """The slope of the lines of a sheet that lay askew on the glass."""
    slopes = []
    for (x0, y0), (x1, y1), (_, y2), _ in shapes:
        if x1 - x0 > 5 * abs(y2 - y1):
            slopes.append((y1 - y0) / (x1 - x0))
    return median(slopes) if slopes else 0.0


def _piece(shape: _Shape, turn: float, text: str, score: float) -> Piece:
    """A line, its box turned upright for the layout and kept as it lies for the record."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = ((x + turn * y, y - turn * x) for x, y in shape)
    upright = Box((x0 + x3) / 2, (y0 + y1) / 2, (x1 + x2) / 2, (y2 + y3) / 2)
    width, height = upright.right - upright.left, upright.bottom - upright.top
    standing = len(text) > 1 and height > 1.5 * width
    xs, ys = zip(*shape, strict=True)
    size = _FILLED * (width if standing else height)
    return Piece(text, upright, size, score, standing, Box(min(xs), min(ys), max(xs), max(ys)))
