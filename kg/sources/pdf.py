"""PDF files → sheets: by their text layer, or by OCR where a sheet has none that can be read."""

from __future__ import annotations

import ctypes
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

from kg.model import Box, Page, Problem
from kg.sources import images
from kg.sources.found import Found, Missing, problem, sheet
from kg.sources.glyphs import Piece
from kg.sources.jumps import joined
from kg.sources.sheet import compose
from kg.sources.vertical import pieces

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_RADICALS = range(0x2E80, 0x2FE0)  # what some printers write for the characters that look the same
_VERTICAL = range(0xFE10, 0xFE49)  # marks as a vertical text has them
_PRIVATE = ("Co", "Cn")  # characters of a font that does not tell what they are
_FEWEST = 30  # characters of a text layer; a scan may bear a stamp or a number
_SIDES = 4  # of a box, at least
_FRAME = 60  # points that the sides of a box round an article have
_MOST_FRAMES = 200  # of a sheet: more are a drawing's
_DPI = 300  # in which a sheet without text is drawn
_LARGEST_SIDE = 9000  # pixels of it


def read(name: str, data: bytes) -> Found:
    """The sheets of a PDF."""
    try:
        import pypdfium2
    except ImportError as error:
        raise Missing("pip install 'fangzhi[pdf]'") from error
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        message = "the PDF is locked with a password" if locked else "the PDF is damaged or cut off"
        yield problem(
            name, message, "save it without a password" if locked else "fetch or save the file anew"
        )
        return
    found: list[Page | Problem] = []
    for number in range(1, len(document) + 1):
        where = f"{name}#{number}" if len(document) > 1 else name
        try:
            found += _sheet(where, name, data, document, number)
        except pypdfium2.PdfiumError as error:
            found.append(problem(where, f"the sheet is damaged: {error}", "fetch or save the file anew"))
    document.close()
    yield from joined([item for item in found if isinstance(item, Page)])
    yield from (item for item in found if isinstance(item, Problem))


def _sheet(where: str, name: str, data: bytes, document: PdfDocument, number: int) -> Found:
    page = document[number - 1]
    found = list(_characters(page))
    legible = [c for c in found if unicodedata.category(c.text[-1]) not in _PRIVATE]
    if len(legible) >= _FEWEST and len(legible) > 0.8 * len(found):
        turn = _upright(page, legible)
        text, lines = compose(pieces([_glyph(c, turn) for c in legible]), _frames(page, turn))
        yield sheet(name, data, number, len(document), "pdf", text, lines)
        return
    yield from _drawn(where, name, data, document, number)


def _drawn(where: str, name: str, data: bytes, document: PdfDocument, number: int) -> Found:
    """A sheet read from its image."""
    page = document[number - 1]
    scale = min(_DPI / 72, _LARGEST_SIDE / max(*page.get_size(), 1))
    try:
        grey = images.shrunk(page.render(scale=scale, grayscale=True).to_pil())
        read = images.recognised(grey)
    except Missing as missing:
        yield problem(where, "the sheet has no text that can be read, only an image", f"{missing}")
        return
    if read is None:
        yield problem(where, "no text found on the sheet", "leave it out")
        return
    yield sheet(name, data, number, len(document), "ocr", *read)
    yield from images.doubts(where, *read)


class _Upright(NamedTuple):
    """How a sheet is turned so that most of its text is upright, and where it then begins."""

    cos: int
    sin: int
    left: float
    top: float

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        """Where a point of the file stands, from the upper left."""
        x, y = point
        return self.cos * x + self.sin * y - self.left, self.sin * x - self.cos * y - self.top

    def box(self, corner: tuple[float, float], opposite: tuple[float, float]) -> Box:
        """The box between two corners."""
        xs, ys = zip(self.at(corner), self.at(opposite), strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))


def _upright(page: PdfPage, characters: Iterable[_Character]) -> _Upright:
    cos, sin = Counter(c.along for c in characters).most_common(1)[0][0]
    left, bottom, right, top = page.get_bbox()
    sheet = _Upright(cos, sin, 0, 0).box((left, bottom), (right, top))
    return _Upright(cos, sin, sheet.left, sheet.top)


def _glyph(character: _Character, turn: _Upright) -> Piece:
    box = turn.box(*character.corners)
    size = character.size
    if character.along == (turn.cos, turn.sin):  # else it is Latin, laid down in a vertical text
        x, y = turn.at(character.origin)
        base = y + 0.12 * size  # Chinese characters reach a little under the base line
        wide = _is_wide(character.text[-1])  # as wide as high, which some fonts do not tell
        box = Box(x if wide else box.left, base - size, x + size if wide else box.right, base)
    return Piece(character.text, box, size)


def _frames(page: PdfPage, turn: _Upright) -> list[Box]:
    """The boxes drawn on a sheet."""
    import pypdfium2.raw as pdfium
    from pypdfium2 import PdfiumError

    found = set()
    for path in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=1):
        with suppress(PdfiumError):  # of a path without extent
            left, bottom, right, top = path.get_bounds()
            if pdfium.FPDFPath_CountSegments(path) >= _SIDES and min(right - left, top - bottom) >= _FRAME:
                found.add(turn.box((left, bottom), (right, top)))
    return sorted(found) if len(found) < _MOST_FRAMES else []


class _Character(NamedTuple):
    """A character as the file places it: from the lower left, however its text or the sheet is turned."""

    text: str  # after the space before it, if any
    size: float
    origin: tuple[float, float]
    along: tuple[int, int]  # the direction of its line
    corners: tuple[tuple[float, float], tuple[float, float]]


def _characters(page: PdfPage) -> Iterator[_Character]:
    import pypdfium2.raw as pdfium

    text = page.get_textpage()
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_MATRIX()
    space = ""
    for i in range(text.count_chars()):
        if pdfium.FPDFText_IsGenerated(text, i) == 1:
            continue
        character = _character(pdfium.FPDFText_GetUnicode(text, i))
        if not character.strip():
            space = character
            continue
        pdfium.FPDFText_GetCharOrigin(text, i, x, y)
        pdfium.FPDFText_GetMatrix(text, i, matrix)
        scale = hypot(matrix.a, matrix.b) or 1.0
        along = round(matrix.a / scale), round(matrix.b / scale)
        size = pdfium.FPDFText_GetFontSize(text, i) * max(abs(matrix.d), abs(matrix.b)) or 1.0
        start, low, end, high = text.get_charbox(i, loose=True)
        yield _Character(space + character, size, (x.value, y.value), along, ((start, low), (end, high)))
        space = ""


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _character(code: int) -> str:
    """A printed character, a space for any white space, or "" for controls."""
    if code in _RADICALS or code in _VERTICAL:
        return unicodedata.normalize("NFKC", chr(code))
    character = chr(code)
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cs") else character
