"""Sums, growth and shares between the figures of a page, each number good to its last printed place.

Where they do not fit, the single digits that would mend them if misread are named; nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg.rules import table

_FIGURES = re.compile(r"\d[\d,，]*(?:[.．]\d+)?")
_ZEROS = re.compile(r"(?<![\d.,，．])0[\d,，]|(?<![\d.,，．])0(?![.．\d])")  # no number begins with 0 but 0.5
_PLAIN = str.maketrans("，．", ",.")
_ALIKE = {frozenset(pair) for pair in table("plausible")["alike"].split()}
_SHOWN = 6  # readings that would mend a sum


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed, `text` with its unit, and what its figures are multiplied by."""

    text: str
    scale: Decimal = Decimal(1)

    @property
    def figures(self) -> str:
        found = _FIGURES.search(self.text.translate(_PLAIN))
        return found.group() if found else ""

    @property
    def value(self) -> Decimal:
        sign = -1 if self.text.startswith(("-", "－", "−")) else 1
        return sign * Decimal(self.figures.replace(",", "") or 0) * self.scale

    @property
    def slack(self) -> Decimal:
        """Half a unit of the last place: 894.9 may stand for anything from 894.85 to 894.95."""
        places = len(self.figures.partition(".")[2])
        return Decimal(1).scaleb(-places) / 2 * abs(self.scale)

    def readings(self) -> Iterator[tuple[bool, Printed]]:
        """The number with one of its digits read otherwise, and whether the two digits look unlike."""
        for digit in re.finditer(r"\d", self.text):
            for new in "0123456789":
                if new != digit.group():
                    unlike = frozenset((digit.group(), new)) not in _ALIKE
                    text = self.text[: digit.start()] + new + self.text[digit.end() :]
                    if not _ZEROS.search(text):
                        yield unlike, Printed(text, self.scale)


# How far numbers miss one another, in parts of what rounding explains: up to 1 they fit.
Law = Callable[[Sequence[Printed]], Decimal]


def printed(text: str, value: Decimal) -> Printed | None:
    """The number that `text` prints and that is worth `value`; none where no figures are printed."""
    plain = Printed(text)
    return Printed(text, abs(value / plain.value)) if plain.figures and plain.value and value else None


def adds_up(numbers: Sequence[Printed]) -> Decimal:
    """The first number is the sum of the others."""
    total, *parts = numbers
    return abs(total.value - sum(p.value for p in parts)) / sum(n.slack for n in numbers)


def grows(numbers: Sequence[Printed]) -> Decimal:
    """The first number is the second grown by the third, in per cent."""
    value, base, growth = numbers
    least, most = _ratio(value, base)
    return _gap(growth, least - 100, most - 100)


def is_share(numbers: Sequence[Printed]) -> Decimal:
    """The first number is what the second is of the third, in per cent."""
    share, part, whole = numbers
    return _gap(share, *_ratio(part, whole))


def _ratio(part: Printed, whole: Printed) -> tuple[Decimal, Decimal]:
    """The least and the most that one number may be of another, in per cent; of none, anything."""
    if whole.value <= whole.slack:
        return Decimal(-(10**9)), Decimal(10**9)
    least = (part.value - part.slack) / (whole.value + whole.slack)
    return least * 100, (part.value + part.slack) / (whole.value - whole.slack) * 100


def _gap(percent: Printed, least: Decimal, most: Decimal) -> Decimal:
    """How far a percentage, rounded or cut off, is from the middle, in parts of what may just be."""
    return abs(percent.value - (least + most) / 2) / ((most - least) / 2 + 2 * percent.slack)


def mended(law: Law, numbers: Sequence[Printed]) -> list[tuple[Printed, Printed]]:
    """The single misreadings that would make numbers fit, the best first: what stands, and what might."""
    found = (
        (law([*numbers[:i], reading, *numbers[i + 1 :]]), unlike, i, reading)
        for i, number in enumerate(numbers)
        for unlike, reading in number.readings()
    )
    best = sorted(((gap, unlike, i, r) for gap, unlike, i, r in found if gap <= 1), key=lambda way: way[:3])
    return [(numbers[i], reading) for _, _, i, reading in best[:_SHOWN]]
