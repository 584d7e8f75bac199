"""How figures, periods and changes read, in Chinese and English, as the network view tells them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from kg.store.statements import Figure

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_BASES = {"同比": "year on year", "环比": "on the period before", "年均": "a year on average"}


def period(tongue: str, first: str, last: str) -> str:
    """`2025-01-01`, `2025-06-30` is 2025年1—6月: whole years, months and days are told by their ends."""
    if not first or not last:
        return ""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    whole = start.day == 1 and end.day == monthrange(end.year, end.month)[1]
    if whole and (start.month, end.month) == (1, 12):
        years = dict.fromkeys((start.year, end.year))
        return ("—" if tongue == "zh" else "–").join(map(str, years)) + ("年" if tongue == "zh" else "")
    if start == end:
        return f"{start.year}年{start.month}月{start.day}日" if tongue == "zh" else first
    if not whole:
        return f"{first} – {last}"
    return _chinese_months(start, end) if tongue == "zh" else _english_months(start, end)


def _chinese_months(start: date, end: date) -> str:
    if start.year != end.year:
        return f"{start.year}年{start.month}月—{end.year}年{end.month}月"
    if start.month == end.month:
        return f"{start.year}年{start.month}月"
    return f"{start.year}年{start.month}—{end.month}月"


def _english_months(start: date, end: date) -> str:
    first, last = _MONTHS[start.month - 1], f"{_MONTHS[end.month - 1]} {end.year}"
    if (start.year, start.month) == (end.year, end.month):
        return last
    return f"{first}{'' if start.year == end.year else f' {start.year}'}–{last}"


def change(tongue: str, figure: Figure) -> str:
    """同比 +25.5%, or nothing."""
    if not figure.change:
        return ""
    sign = "" if figure.change.startswith("-") or figure.change == "0" else "+"
    basis = figure.basis if tongue == "zh" else _BASES.get(figure.basis, figure.basis)
    return f"{basis} {sign}{figure.change.replace('-', '−')}{figure.change_unit}".lstrip()


def value(tongue: str, figure: Figure) -> str:
    """How a figure reads: as the page puts it, else from its parts; its rank beside it."""
    said = figure.text or (f"{figure.value}{figure.unit}" if figure.value else "")
    return " · ".join(filter(None, (said, rank(tongue, figure))))


def rank(tongue: str, figure: Figure) -> str:
    """第 3 位, or nothing."""
    if not figure.rank:
        return ""
    if tongue == "zh":
        return f"{figure.out_of} 个中第 {figure.rank} 位" if figure.out_of else f"第 {figure.rank} 位"
    return f"No. {figure.rank} of {figure.out_of}" if figure.out_of else f"No. {figure.rank}"


def printed(text: str) -> str:
    """A page as printed, without the empty lines that files of texts have between the printed ones."""
    return re.sub(r"\n\s*\n", "\n", text)


def flowing(text: str) -> str:
    """A quotation on one line: breaks of the printed column part no words but those in Latin letters."""
    lines = [line.strip() for line in text.splitlines()]
    joined = ""
    for line in filter(None, lines):
        joined += (" " if joined and joined[-1].isascii() and line[0].isascii() else "") + line
    return joined
