"""Traditional script: its pages are read as simplified, one character for one, so no offset moves."""

from __future__ import annotations

from functools import cache

from kg import rules

SHARE = 0.05  # of a page; simplified pages have a stray 於 or 著
FEWEST = 5
SAMPLE = 5000  # characters looked at


@cache
def _table() -> dict[int, str]:
    return {ord(r["traditional"]): r["simplified"] for r in rules.lexicon("traditional")}


def is_traditional(text: str) -> bool:
    """Whether a page is printed in traditional script."""
    sample = text[:SAMPLE]
    table = _table()
    return sum(ord(c) in table for c in sample) > max(SHARE * len(sample), FEWEST)


def simplified(text: str) -> str:
    """The text in simplified script, of the same length."""
    return text.translate(_table())
