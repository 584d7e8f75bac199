"""PDF files → sheets: by their text layer, or by OCR where a sheet has none that can be read."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.model import Box, Page, Problem
from kg.sources import images
from kg.sources.found import Found, Missing, problem, sheet
from kg.sources.glyphs import Piece, pieces
from kg.sources.jumps import joined
from kg.sources.sheet import compose

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_RADICALS = range(0x2E80, 0x2FE0)  # what some printers write for the characters that look the same
_PRIVATE = ("Co", "Cn")  # characters of a font that does not tell what they are
_FEWEST = 30  # characters of a text layer; a scan may bear a stamp or a number
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
    found = list(glyphs(page)) if page.get_rotation() == 0 else []  # a turned sheet is read as it looks
    legible = [glyph for glyph in found if unicodedata.category(glyph.text[-1]) not in _PRIVATE]
    if len(legible) >= _FEWEST and len(legible) > 0.8 * len(found):
        text, lines = compose(pieces(legible))
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


def glyphs(page: PdfPage) -> Iterator[Piece]:
    """The characters of a sheet with their boxes, in the order of the file."""
    import pypdfium2.raw as pdfium

    text = page.get_textpage()
    left, _, _, top = page.get_bbox()
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
        size = pdfium.FPDFText_GetFontSize(text, i) * max(abs(matrix.d), abs(matrix.b)) or 1.0
        start, _, end, _ = text.get_charbox(i, loose=True)
        if _is_wide(character):  # as wide as high, which some fonts do not tell
            start, end = x.value, x.value + size
        base = top - y.value + 0.12 * size  # Chinese characters reach a little under the base line
        yield Piece(space + character, Box(start - left, base - size, end - left, base), size)
        space = ""


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _character(code: int) -> str:
    """A printed character, a space for any white space, or "" for controls."""
    if code in _RADICALS:
        return unicodedata.normalize("NFKC", chr(code))
    character = chr(code)
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cs") else character
