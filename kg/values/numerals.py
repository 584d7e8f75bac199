"""Numerals as written, in figures or characters, to exact numbers: 1,455.3; １４．１３; 三亿五千万; 两百."""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = "〇零一二三四五六七八九"
_VALUES = {**{c: i for i, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2, "兩": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_PLAIN = str.maketrans("．，", ".,")
_FIGURES = re.compile(r"\d[\d,，]*(?:[.．]\d+)?")


def number(text: str) -> Decimal | None:
    """The number that `text` writes, or None: figures first, then numerals in characters."""
    if _FIGURES.fullmatch(text):
        return Decimal(text.translate(_PLAIN).replace(",", ""))
    whole, point, rest = text.partition("点")
    value = integer(whole)
    if value is None:
        return None
    if not point:
        return Decimal(value)
    if not rest or any(c not in _VALUES for c in rest):
        return None
    return Decimal(f"{value}." + "".join(str(_VALUES[c]) for c in rest))


def integer(text: str) -> int | None:
    """A whole number in figures or characters: 12, 十二, 二〇二五, 三亿五千万."""
    if text.isdecimal():
        return int(text)
    if not text:
        return None
    if len(text) > 1 and all(c in _VALUES for c in text):
        return int("".join(str(_VALUES[c]) for c in text))
    for mark in ("亿", "億", "万", "萬"):
        head, found, tail = text.rpartition(mark)
        if found:
            many, rest = integer(head) if head else 1, integer(tail) if tail else 0
            return None if many is None or rest is None else many * _MYRIADS[mark] + rest
    total = digit = 0
    for c in text:
        if c in _VALUES:
            digit = _VALUES[c]
        elif c in _TENS:
            total += (digit or 1) * _TENS[c]
            digit = 0
        else:
            return None
    return total + digit


def plain(value: Decimal) -> Decimal:
    """The same number with neither exponent nor idle zeros: 1.4E+3 and 1400.0 are 1400."""
    value = value.normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral() else value
