"""Charts of figures as plain coordinates, which templates draw as SVG: no script, no library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from math import floor, log10

from kg.store.statements import Figure

WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 14, 26
_FEWEST = 2  # bars that make a chart
_SCALES = ((10**8, "亿"), (10**4, "万"), (1, ""))
_MOST = 40  # bars that can be told apart


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure as a bar: its middle, its top and bottom, and what it shows."""

    x: float
    y: float
    height: float
    width: float
    figure: Figure
    label: str  # of the period, under the axis; nothing where it would not fit


@dataclass(frozen=True, slots=True)
class Chart:
    """The figures of one metric, unit and length of period over time. `ticks`: heights and their labels."""

    metric: str
    unit: str
    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, str]]
    zero: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def charts(figures: Iterable[Figure], limit: int = 6) -> list[Chart]:
    """A chart for each series of two periods, or of target and actual; those with most bars first."""
    series: defaultdict[tuple[str, str, int], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.first and figure.last and _number(figure.value) is not None:
            series[figure.metric, figure.unit, _months(figure)].append(figure)
    long = [s for s in series.values() if _bars(s) >= _FEWEST]
    long.sort(key=lambda s: (-_bars(s), s[0].metric, s[0].unit))
    return [_chart(s) for s in long[:limit]]


def _bars(series: Sequence[Figure]) -> int:
    return len({(figure.first, figure.last, figure.kind) for figure in series})


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _months(figure: Figure) -> int:
    """How long the period is: a month is not drawn beside a year."""
    days = (date.fromisoformat(figure.last) - date.fromisoformat(figure.first)).days + 1
    return round(days / 30.44)


def _chart(series: Sequence[Figure]) -> Chart:
    drawn = sorted(series, key=lambda f: (f.last, f.first, f.kind, f.iri))[-_MOST:]
    values = [float(f.value) for f in drawn]
    low, high, step = _axis(min(0.0, *values), max(0.0, *values))
    scale, name = next((n, s) for n, s in _SCALES if max(abs(low), abs(high)) >= n or n == 1)

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    periods = sorted({(f.last, f.first) for f in drawn})
    slot = (WIDTH - LEFT - RIGHT) / len(periods)
    every = -(-len(periods) * 52 // (WIDTH - LEFT - RIGHT))  # labels are about 52 wide
    places: defaultdict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in drawn:
        places[figure.last, figure.first].append(figure)
    bars = []
    for n, when in enumerate(periods):
        width = min(slot * 0.7 / len(places[when]), 36)
        for k, figure in enumerate(places[when]):
            x = LEFT + slot * (n + 0.5) + width * (k - (len(places[when]) - 1) / 2)
            top, end = sorted((y(float(figure.value)), y(0)))
            label = when[0] if k == 0 and n % every == 0 else ""
            bars.append(Bar(round(x, 1), top, max(end - top, 1), round(width * 0.9, 1), figure, label))
    count = round((high - low) / step)
    ticks = [(y(low + step * i), _tick((low + step * i) / scale)) for i in range(count + 1)]
    return Chart(drawn[0].metric, name + drawn[0].unit, bars, ticks, y(0))


def _axis(low: float, high: float) -> tuple[float, float, float]:
    """Round ends of an axis that holds both, and the step between its three to six marks."""
    span = high - low or 1.0
    power = 10.0 ** floor(log10(span / 4))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if span / (power * n) <= 5)
    return floor(low / step) * step, -floor(-high / step) * step or step, step


def _tick(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")
