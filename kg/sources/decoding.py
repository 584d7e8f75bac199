"""Bytes → text, by mark or by trial. What a file declares of itself is not asked: it is often wrong."""

from __future__ import annotations

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TRIED = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_SAMPLE = 100_000  # bytes by which they are told apart
_COMMON = "，。、：（）的一在有年人不是和市"  # in any Chinese text, in both scripts
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\a\b\t\n\v\f\r\x1a\x1b")
_STRAY = 8  # of them, that a text may have caught in its first characters
_DAMAGED = 0.01  # of the characters of a text, at most
LOST = "\ufffd"


class Undecodable(ValueError):
    """Bytes that are no text."""


def decode(data: bytes) -> tuple[str, str]:
    """The text of bytes and its encoding; bytes that are damaged become U+FFFD.

    Raises Undecodable where they are no text.
    """
    encoding = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None) or _likeliest(data)
    text = data.decode(encoding, "replace")
    controls = sum(character in _CONTROLS for character in text[:4096])
    if controls > _STRAY or text.count(LOST) > 1 + _DAMAGED * len(text):
        raise Undecodable("binary, or in no known encoding")
    return text, encoding


def _likeliest(data: bytes) -> str:
    """UTF-8 where it fits, else what reads best: bytes in Big5 are valid GB18030, but make no sense."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        texts = {encoding: data[:_SAMPLE].decode(encoding, "replace") for encoding in _TRIED}
        return max(texts, key=lambda e: sum(map(texts[e].count, _COMMON)) - texts[e].count(LOST))
    return "utf-8"


def legible(name: str, encoding: str = "utf-8") -> str:
    """The name of a file, whose bytes were read in an encoding that may not be theirs."""
    data = name.encode(encoding, "surrogateescape")
    return data.decode(_likeliest(data), "replace")
