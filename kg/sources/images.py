"""Scans → text, by OCR that runs without a network: lines with boxes, turned upright, in reading order."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
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
_MOST_PIXELS = 125_000_000  # beyond, an image is refused; a broadsheet at 600 dpi has 95 million
_SHRUNK = 25_000_000  # pixels to which larger images are shrunk: small print stays 40 pixels high
_SMALLEST = 40  # pixels of a side
_DETECTED = 2560  # pixels of the longer side on which lines are looked for; they are read in full size
_BAND = 384  # rows of them looked at in one go: the memory that the detector takes grows with these
_MARGIN = 128  # rows above and below a band that are looked at with it, so that no line is cut
_INK = 0.5  # how much darker than the paper the ink is at least, of 2 from black to white
_ASKEW = 0.5  # of the lines are doubtful: the sheet is not upright
_FEW = 4  # characters of a line whose size its box does not tell
_TOO_LARGE = 1.6  # times the body's size, up to which such a line is none of a headline
_FILLED = 0.85  # of the height of a line's box is a character's
_GUESSED = 0.5  # confidence below which a line is left out
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
            yield from _frame(name, data, number, frames)
    except UnidentifiedImageError:  # whose message is about objects in memory
        yield problem(name, "the image is damaged or none", "scan or save it anew")
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        yield problem(name, f"the image is damaged: {error}", "scan or save it anew")


def _frame(name: str, data: bytes, number: int, frames: int) -> Found:
    where = f"{name}#{number}" if frames > 1 else name
    with closing(_opened(data, number)) as image:  # its pixels are given up before recognition takes memory
        width, height = image.size
        if width * height > _MOST_PIXELS:
            size = f"{width:,}×{height:,}"
            yield problem(where, f"the image is too large: {size} pixels", "scale it down to 300 dpi")
            return
        if min(width, height) < _SMALLEST:
            size = f"{width}×{height}"
            yield problem(where, f"the image is too small: {size} pixels", "scan the page at 300 dpi")
            return
        grey = shrunk(image)
    if (found := recognised(grey, width / grey.width)) is None:
        yield problem(where, "no text found on the image", "leave it out, or scan the page at 300 dpi")
    else:
        yield sheet(name, data, number, frames, "ocr", *found)
        yield from doubts(where, *found)


def _opened(data: bytes, number: int) -> Image:
    from PIL import Image

    image = Image.open(io.BytesIO(data))
    image.seek(number - 1)
    return image


def shrunk(image: Image) -> Image:
    """The image in grey, dark on light, and no larger than recognition has use for."""
    from PIL import Image as images
    from PIL import ImageOps

    scale = max(1.0, (image.width * image.height / _SHRUNK) ** 0.5)
    size = int(image.width / scale), int(image.height / scale)
    image.draft("L", size)  # a JPEG need not be decoded in full
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256)
    if image.mode in ("1", "P"):  # whose values are not to be mixed
        image = image.convert("RGBA" if "transparency" in image.info else "L")
    if scale >= 2:
        image = image.reduce(int(scale))  # before a copy is made in grey: a large one would take memory
    if image.mode in ("RGBA", "LA"):
        image = images.alpha_composite(images.new("RGBA", image.size, "white"), image.convert("RGBA"))
    grey = (image if image.mode == "L" else image.convert("L")).resize(size)
    dark = sum(grey.histogram()[:128]) > size[0] * size[1] / 2
    return ImageOps.invert(grey) if dark else grey  # a negative, as microfilms are


def doubts(where: str, text: str, lines: Sequence[PrintedLine]) -> Iterator[Problem]:
    """A note where many lines of a sheet were hard to recognise."""
    weak = sum(line.confidence < _DOUBTFUL for line in lines)
    if weak > 0.1 * len(lines):
        yield note(where, f"{weak} of {len(lines)} lines are hard to read")


def recognised(grey: Image, scale: float = 1.0) -> tuple[str, tuple[PrintedLine, ...]] | None:
    """The text of an image and its lines, or None where there is none.

    Their boxes are on the upright image, enlarged by `scale`.
    """
    found = _lines(grey, scale)
    if found and _share_doubtful(found) > _ASKEW:  # it may lie on its side or on its head
        turned = (_lines(grey.rotate(angle, expand=True), scale) for angle in (90, 180, 270))
        found = max((found, *turned), key=_legible)
    found = [line for line in found if line.confidence >= _GUESSED]
    joined = [*rows([line for line in found if not line.upright]), *(line for line in found if line.upright)]
    return compose(joined) if found else None


def _legible(lines: Sequence[Piece]) -> float:
    return sum(len(line.text) * line.confidence for line in lines if line.confidence >= _DOUBTFUL)


def _share_doubtful(lines: Sequence[Piece]) -> float:
    return sum(line.confidence < _DOUBTFUL for line in lines) / len(lines)


@cache
def engine() -> Any:  # noqa: ANN401 -- rapidocr has no types
    try:
        import numpy
        from rapidocr import RapidOCR
    except ImportError as error:
        raise Missing("pip install 'fangzhi[ocr]'") from error
    ocr: Any = RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.max_side_len": 100_000,  # its default shrinks a sheet until lines are lost
            "Global.use_cls": False,
            "Global.text_score": 0.0,  # what cannot be read tells that a sheet is not upright
            "Det.limit_type": "max",
            "Det.limit_side_len": _DETECTED,
            "Det.max_candidates": 20_000,
            "Rec.rec_batch_num": 2,  # lines read in one go: the memory that it takes grows with these
        }
    )
    ocr(numpy.zeros((_SMALLEST, _SMALLEST), numpy.uint8))  # only now does it load its detector
    ocr.text_det.session = _in_bands(ocr.text_det.session)
    ocr.text_det.mean, ocr.text_det.std = numpy.float32(ocr.text_det.mean), numpy.float32(ocr.text_det.std)
    return ocr


def _in_bands(whole: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A detector that looks at a sheet band by band: its maps of where text stands, put together again."""
    import numpy

    def detect(sheet: Any) -> Any:  # noqa: ANN401 -- arrays: sheet, colour, row, column
        maps = []
        for top in range(0, sheet.shape[2], _BAND):
            above = min(top, _MARGIN)
            band = sheet[:, :, top - above : top + _BAND + _MARGIN]
            blank = band.min() > numpy.median(band) - _INK  # where there is only grain, it is taken for text
            seen = numpy.zeros_like(band[:, :1]) if blank else whole(band)
            maps.append(seen[:, :, above : above + _BAND])
        return numpy.concatenate(maps, axis=2)

    return detect


def _lines(grey: Image, scale: float) -> list[Piece]:
    """The lines of text on an image."""
    import numpy

    found = engine()(numpy.asarray(grey))
    if found.boxes is None:
        return []
    shapes = [[(scale * float(x), scale * float(y)) for x, y in corners] for corners in found.boxes]
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
