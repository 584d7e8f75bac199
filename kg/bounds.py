"""What a printed number leaves open: 1455亿元 may be 1455.3亿元, 超100亿元 may be 103亿元."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kg.rules import table

_NUMBER = re.compile(r"\d[\d,，]*(?:[.．·]\d+)?")
_PLAIN = str.maketrans("．·", "..", ",，")
_ROUND = 2  # zeros at the end of a whole number, from which on it may be a rounded one
_ABOUT = Decimal("0.1")  # of the value, that 约 and 左右 leave open
_VAGUE: dict[str, str] = {word: way for way, words in table("conflicts")["vague"].items() for word in words}


@dataclass(frozen=True, slots=True)
class Told:
    """A number as a text tells it. `low` and `high` are None where it sets no bound on that side."""

    value: Decimal
    step: Decimal  # of its last printed digit
    low: Decimal | None
    high: Decimal | None
    vague: bool

    def agrees(self, other: Told) -> bool:
        """Whether both can be told of one number."""
        if self.vague or other.vague:
            lows = [n for n in (self.low, other.low) if n is not None]
            highs = [n for n in (self.high, other.high) if n is not None]
            return not lows or not highs or max(lows) <= min(highs)
        coarse = max(self.step, other.step)
        apart = abs(self.value - other.value)
        return apart < coarse if self.step != other.step else not apart


def told(value: str, text: str = "", qualifier: str = "") -> Told:
    """What `value` says, printed as `text` and hedged by `qualifier`."""
    number = Decimal(value)
    step = _step(number, text)
    way = _VAGUE.get(qualifier, "")
    spread = abs(number) * _ABOUT
    low = {"least": number, "about": number - spread, "nearly": number - 2 * spread, "most": None}
    high = {"most": number, "about": number + spread, "nearly": number, "least": None}
    return Told(number, step, low.get(way, number - step), high.get(way, number + step), bool(way))


def _step(number: Decimal, text: str) -> Decimal:
    """The weight of the last digit shown; of a whole number that ends in zeros, half that of those."""
    figures = _NUMBER.search(text)
    printed = figures.group().translate(_PLAIN) if figures else f"{abs(number):f}"
    scale = abs(number / Decimal(printed)) if Decimal(printed) else Decimal(1)
    zeros = 0 if "." in printed else len(printed) - len(printed.rstrip("0"))
    if zeros >= _ROUND:
        return Decimal(10) ** zeros * scale / 2
    return Decimal(1).scaleb(-len(printed.partition(".")[2])) * scale
