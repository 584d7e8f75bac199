"""Figures that can hardly be: shares over a whole, ranks beyond a field, outliers, sums that do not fit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import product
from statistics import median
from typing import Any

from kg.check.arithmetic import Law, Printed, adds_up, grows, is_share, mended, printed
from kg.iris import key
from kg.model import Problem, Span
from kg.rules import table
from kg.store.statements import Figure, Proof

_RULES: dict[str, Any] = table("plausible")
_REMEDY = "compare the figure with its quotation"
_ENDING = re.compile(_RULES["ending"])
_LEAD = re.compile(_RULES["lead"])
_SHARE = re.compile(r"(?P<part>.+)占(?P<whole>.+?)的?比[重例]")
_PART = re.compile("[，,]?其中")
_YEARLY = frozenset(_RULES["yearly"].split())
_ADJUSTED, _RISEN = re.compile(_RULES["adjusted"]), re.compile(_RULES["risen"])
_ELSEWHERE = re.compile(_RULES["elsewhere"])
_PLANNED = re.compile(_RULES["planned"])
_PLACE = re.compile(r"(?P<size>\d+)个[^，。；]{1,16}?第(?P<rank>\d+)")
_EXACT = frozenset({"", "累计"})  # qualifiers of a number that says how much, not about how much
_SHOWN = 4  # quotations of neighbours
_TRIES = 64  # of figures that may be meant, before a sum is let pass

Group = dict[str, list[Figure]]  # the figures of one thing, time, kind and unit by what they measure
Found = tuple[str, Law, list[tuple[Figure, Printed]]]  # numbers that do not fit


def doubtful(figures: Iterable[Figure]) -> Iterator[Problem]:
    """Warnings about figures that do not fit what they measure or one another."""
    known = list(figures)
    yield from (_problem(f, "a share beyond 0 to 100 %") for f in known if _beyond_whole(f))
    yield from (_problem(f, "a place beyond the last of its field") for f in known if _beyond_field(f))
    pages: defaultdict[str, list[Figure]] = defaultdict(list)
    series: defaultdict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for figure in (f for f in known if f.value and f.qualifier in _EXACT):
        series[figure.about, figure.metric, figure.unit].append(figure)
        for page in dict.fromkeys(proof.page for proof in figure.proofs):
            pages[page].append(figure)
    for row in series.values():
        yield from _outliers(row)
    for page, row in sorted(pages.items()):
        for found in (*_unequal(row), *_misgrown(row), *_misshared(row)):
            yield _conflict(page, *found)


def _beyond_whole(figure: Figure) -> bool:
    shares = tuple(_RULES["shares"].split())
    share = figure.unit == "%" and figure.metric.endswith(shares) and not _PLANNED.search(figure.metric)
    return share and not 0 <= Decimal(figure.value or 0) <= 100


def _beyond_field(figure: Figure) -> bool:
    """168个城市中列第170位; a province that is the 40th of the country."""
    quotes = [proof.quote for proof in figure.proofs]
    if not figure.rank or not quotes:
        return False
    rank, local = int(figure.rank), key(figure.about)
    stated = [int(m["size"]) for m in map(_PLACE.search, quotes) if m and int(m["rank"]) == rank]
    usual = [f["size"] for f in _RULES["field"] if re.match(f["of"], local) and f["word"] in quotes[0]]
    return any(rank > size for size in (*stated, *usual, int(figure.out_of or rank)))


def _outliers(row: Sequence[Figure]) -> Iterator[Problem]:
    """A figure a thousand times its neighbours, where these are much alike."""
    for figure in row:
        others = [abs(Decimal(f.value)) for f in row if f is not figure and f.value.strip("-0.")]
        usual, value = median(others) if len(others) > 1 else Decimal(0), abs(Decimal(figure.value))
        alike = bool(usual) and max(others) / min(others) < _RULES["alike_within"]
        if alike and value and max(value / usual, usual / value) >= _RULES["outlier"]:
            quotes = "; ".join(f"“{f.proofs[0].quote}”" for f in row[:_SHOWN] if f.proofs)
            yield _problem(figure, f"{_RULES['outlier']} times off the others of its kind: {quotes}")


def _groups(figures: Iterable[Figure]) -> Iterator[Group]:
    together: defaultdict[tuple[str, ...], Group] = defaultdict(lambda: defaultdict(list))
    for f in figures:
        together[f.about, f.first, f.last, f.kind, f.unit][_quantity(f.metric)].append(f)
    yield from together.values()


def _quantity(metric: str) -> str:
    """What a metric measures, however it is worded: 货物出口总值 and 出口额 are 出口."""
    return _ENDING.sub("", _LEAD.sub("", metric)) or metric


def _unequal(figures: Iterable[Figure]) -> Iterator[Found]:
    """Totals that are not the sum of their parts."""
    for group in _groups(figures):
        for rule in _RULES["sum"]:
            totals = [name for name in group if rule["total"] in name]
            for total in totals:
                named = [total.replace(rule["total"], part) for part in rule["parts"]]
                if not group.keys() >= set(named):
                    named = rule["parts"]
                bare = named == rule["parts"] and group.keys() >= set(named)
                if bare and total != _nearest(group, totals, group[named[0]][0]):
                    continue
                if group.keys() >= set(named):
                    what = f"not the sum of {' and '.join(named)}"
                    yield from _unfit(what, adds_up, [group[total], *(group[name] for name in named)])


def _nearest(group: Group, totals: Iterable[str], part: Figure) -> str:
    """The total that a part without a name of its own belongs to: the last before it, or else the next."""

    def far(total: str) -> tuple[bool, int]:
        by = part.proofs[0].start - group[total][0].proofs[0].start
        return by < 0, abs(by)

    return min(totals, key=far)


def _misgrown(figures: Sequence[Figure]) -> Iterator[Found]:
    """Figures whose growth is not the growth from the figure of a year before, or from that right before."""
    actual: defaultdict[tuple[str, ...], list[Figure]] = defaultdict(list)
    alike: defaultdict[tuple[str, ...], list[Figure]] = defaultdict(list)
    for f in figures:
        alike[f.about, f.metric, f.unit].append(f)
        if f.kind == "Actual" and f.last:
            actual[f.about, _quantity(f.metric), f.unit, f.first, f.last].append(f)
    for (*what, first, last), row in actual.items():
        before = actual.get((*what, _year_before(first), _year_before(last)), [])
        yield from (found for f in row if f.basis in _YEARLY for found in _grown(f, before))
    for row in alike.values():
        yield from (found for f in row for found in _grown(f, [g for g in row if _leads(g, f)]))


def _leads(base: Figure, figure: Figure) -> bool:
    """由[100亿元]增加到[150亿元]，增长50%."""
    before, after = base.proofs[0], figure.proofs[0]
    return before.page == after.page and 0 <= after.start - before.end < 3 and bool(_RISEN.match(after.quote))


def _grown(figure: Figure, before: Sequence[Figure]) -> Iterator[Found]:
    law, number = _growth(figure), printed(figure.text, Decimal(figure.value))
    if law and number and before:
        scale = Decimal(1) if figure.change_unit.startswith(("%", "个百分点")) else number.scale
        change = Printed(f"{Decimal(figure.change) / scale:f}", scale)
        what = f"not grown by {change.text} {figure.change_unit} from what it was"
        yield from _unfit(what, law, [[figure], before], change)


def _growth(figure: Figure) -> Law | None:
    """How a figure ought to follow from that of the year before, if it does at all."""
    real = figure.metric.endswith(tuple(_RULES["real"].split()))
    quotes = "".join(proof.quote for proof in figure.proofs)
    if not figure.change or figure.basis == "年均" or real or _ADJUSTED.search(quotes):
        return None
    if figure.change_unit == "%":
        return grows
    points = figure.change_unit == "个百分点" and figure.unit == "%"
    return adds_up if points or figure.change_unit == figure.unit else None


def _misshared(figures: Sequence[Figure]) -> Iterator[Found]:
    """出口占进出口总值的40%, where the page tells both nearby; of what other places have, it seldom does."""
    values: defaultdict[tuple[str, ...], list[Figure]] = defaultdict(list)
    for f in figures:
        values[f.about, f.first, f.last, _quantity(f.metric)].append(f)
    for figure in figures:
        words = _SHARE.fullmatch(figure.metric) if figure.unit == "%" else None
        if not words or _ELSEWHERE.match(words["whole"]):
            continue
        part, whole = _quantity(words["part"]), _quantity(words["whole"])
        where = figure.about, figure.first, figure.last
        parts, wholes = ([f for f in values[*where, name] if _near(f, figure)] for name in (part, whole))
        wholes = [f for f in wholes if not _PART.match(f.proofs[0].quote)]
        units = {f.unit for f in (*parts, *wholes)}
        alone = all(len({f.value for f in row}) == 1 for row in (parts, wholes))
        if part != whole and alone and len(units) == 1 and "%" not in units:
            yield from _unfit("not the share that it is said to be", is_share, [[figure], parts, wholes])


def _near(one: Figure, other: Figure) -> bool:
    return abs(one.proofs[0].start - other.proofs[0].start) < int(_RULES["near"])


def _unfit(what: str, law: Law, choices: Sequence[Sequence[Figure]], *more: Printed) -> Iterator[Found]:
    """The numbers in question where none of those that may be meant fit."""
    meant = [[(f, n) for f in row if (n := printed(f.text, Decimal(f.value)))] for row in choices]
    if not all(meant) or len(list(product(*meant))) > _TRIES:
        return
    if all(law([*(n for _, n in chosen), *more]) > 1 for chosen in product(*meant)):
        chosen = [row[0] for row in meant]
        yield what, law, [*chosen, *((chosen[0][0], number) for number in more)]


def _conflict(page: str, what: str, law: Law, numbers: list[tuple[Figure, Printed]]) -> Problem:
    proofs = [proof for f, _ in numbers for proof in f.proofs if proof.page == page]
    quotes = "; ".join(dict.fromkeys(f"“{proof.quote}”" for proof in proofs))
    ways = [f"{old.text} is {new.text}" for old, new in mended(law, [number for _, number in numbers])]
    remedy = f"see whether on the page {', or '.join(ways)}" if ways else _REMEDY
    figure, number = numbers[0]
    return Problem(page, f"{figure.metric} {number.text}: {what}: {quotes}", remedy, _span(proofs[0]))


def _year_before(day: str) -> str:
    return f"{int(day[:4]) - 1:04}{day[4:]}" if day else ""


def _problem(figure: Figure, what: str) -> Problem:
    proof = figure.proofs[0] if figure.proofs else None
    page, span = (proof.page, _span(proof)) if proof else ("", None)
    told = figure.text or figure.value or figure.rank
    return Problem(page, f"{figure.metric} {told}: {what}", _REMEDY, span)


def _span(proof: Proof) -> Span:
    return Span(proof.start, proof.end)
