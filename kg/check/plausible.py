"""Figures that can hardly be: shares over a whole, outliers, growth and sums that do not fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from statistics import median

from kg.model import Problem, Span
from kg.rules import table
from kg.store.statements import Figure

_REMEDY = "compare the figure with its quotation"


def doubtful(figures: Iterable[Figure]) -> Iterator[Problem]:
    """Warnings about figures that do not fit what they measure or one another."""
    known = [figure for figure in figures if figure.value]
    series: defaultdict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for figure in known:
        series[figure.about, figure.metric, figure.unit].append(figure)
    yield from (_problem(f, "a share beyond 0 to 100 %") for f in known if _beyond_whole(f))
    for row in series.values():
        yield from _outliers(row)
        yield from _misgrown(row)
    yield from _unequal(known)


def _beyond_whole(figure: Figure) -> bool:
    shares = tuple(table("plausible")["shares"].split())
    return figure.unit == "%" and figure.metric.endswith(shares) and not 0 <= Decimal(figure.value) <= 100


def _outliers(row: Sequence[Figure]) -> Iterator[Problem]:
    limit = table("plausible")["outlier"]
    for figure in row:
        others = [abs(Decimal(f.value)) for f in row if f is not figure]
        usual, value = median(others) if others else Decimal(0), abs(Decimal(figure.value))
        if usual and value and (value / usual >= limit or usual / value >= limit):
            yield _problem(figure, f"{limit} times off the other figures of its kind")


def _misgrown(row: Sequence[Figure]) -> Iterator[Problem]:
    """Figures whose growth over a year is not the growth from the figure of a year before."""
    rules = table("plausible")
    actual = {(f.first, f.last): f for f in row if f.kind == "Actual" and f.last}
    for figure in actual.values():
        before = actual.get((_year_before(figure.first), _year_before(figure.last)))
        yearly = figure.change and figure.change_unit == "%" and figure.basis in rules["yearly"].split()
        if not before or not yearly or figure.metric.endswith(tuple(rules["real"].split())):
            continue
        base = Decimal(before.value)
        growth = (Decimal(figure.value) - base) / base * 100 if base else Decimal(figure.change)
        if abs(growth - Decimal(figure.change)) > Decimal(str(rules["growth"])):
            yield _problem(figure, f"grew by {growth:.1f} % from {before.text}, not by {figure.change} %")


def _unequal(figures: Iterable[Figure]) -> Iterator[Problem]:
    """Totals that are not the sum of their parts."""
    rules = table("plausible")
    together: defaultdict[tuple[str, ...], dict[str, Figure]] = defaultdict(dict)
    for f in figures:
        together[f.about, f.first, f.last, f.kind, f.unit].setdefault(f.metric, f)
    for group in together.values():
        for rule in rules["sum"]:
            if rule["total"] in group and group.keys() >= set(rule["parts"]):
                total = group[rule["total"]]
                value, parts = Decimal(total.value), sum(Decimal(group[part].value) for part in rule["parts"])
                if abs(value - parts) > abs(value) * Decimal(str(rules["tolerance"])):
                    yield _problem(total, f"not the sum of {' and '.join(rule['parts'])}, which is {parts}")


def _year_before(day: str) -> str:
    return f"{int(day[:4]) - 1:04}{day[4:]}" if day else ""


def _problem(figure: Figure, what: str) -> Problem:
    proof = figure.proofs[0] if figure.proofs else None
    page, span = (proof.page, Span(proof.start, proof.end)) if proof else ("", None)
    return Problem(page, f"{figure.metric} {figure.text or figure.value}: {what}", _REMEDY, span)
