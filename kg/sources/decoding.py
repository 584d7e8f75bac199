"""Bytes → text, by mark, by what the file declares, or by trial."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = frozenset(range(32)) - {7, 8, 9, 10, 11, 12, 13, 26, 27}
_STRAY = 8  # NUL bytes that a text may have caught
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": None, "latin-1": None}  # what is meant by them


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text of bytes and the encoding found: by mark, UTF-8, as declared, GB18030, Big5, or the likeliest.

    A declaration that the bytes belie is passed over. Raises ValueError where they are no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding), encoding
    if b"\x00" in data[:4096]:
        if wide := _utf16(data):
            return data.decode(wide), wide
        if data[:4096].count(0) > _STRAY:
            raise ValueError("binary, not text")
    if len(_CONTROLS.intersection(data[:4096])) > 2:
        raise ValueError("binary, not text")
    declared = _WIDER.get((declared or "").lower(), declared)
    for encoding in filter(None, ("utf-8", declared, "gb18030", "big5")):
        try:
            return data.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            continue
    best = from_bytes(data[:100_000]).best()
    if best is None:
        raise ValueError("in no known encoding")
    try:
        return data.decode(best.encoding), best.encoding
    except UnicodeDecodeError as error:
        raise ValueError(f"in no known encoding (not {best.encoding} at byte {error.start})") from error


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: NUL bytes stand on one side only, beside line ends and digits."""
    even, odd = data[0:4096:2].count(0), data[1:4096:2].count(0)
    if len(data) % 2 or min(even, odd) or max(even, odd) < 2:
        return None
    return "utf-16-le" if odd else "utf-16-be"
