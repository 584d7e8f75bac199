"""Targets and what came of them: kept, missed, open, or silent past their date.

A target is a promise where it is dated and was told before its time was over. It is settled by actual figures
of the same series (thing and metric) for the same time. What day it is, the newest page of the graph says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from kg import lookup
from kg.answers import Named
from kg.bounds import told
from kg.graph.things import known_metrics
from kg.iris import FZ
from kg.rules import table
from kg.store import Store, statements
from kg.store.rows import batched, texts, within
from kg.store.statements import Figure

Status = Literal["kept", "missed", "open", "silent"]
STATUSES: tuple[Status, ...] = ("missed", "silent", "open", "kept")

_RULES: dict[str, Any] = table("promises")
_LESS, _MORE, _NEVER = (re.compile(_RULES[name]) for name in ("less", "more", "never"))
_BARE = re.compile(table("conflicts")["figures"]["bare"])
_ABOUT, _POINTS = Decimal(str(_RULES["about"])), Decimal(str(_RULES["points"]))
_WAYS: dict[str, list[str]] = table("conflicts")["vague"]
_FAR = 10
_YEARLY = frozenset(table("plausible")["yearly"].split()) | {""}


@dataclass(frozen=True, slots=True)
class Promise:
    """A target. `settled` are the actual figures that tell whether it was kept, the surest first."""

    about: Named
    what: str  # the metric
    due: str  # ISO day: the end of its period
    status: Status
    target: Figure
    settled: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A figure in short."""

    iri: str
    series: str
    metric: str
    kind: str
    value: str
    unit: str
    change: str
    change_unit: str
    basis: str
    qualifier: str
    first: str
    last: str


_FIGURES = """SELECT DISTINCT ?figure ?series ?metric ?kind ?value ?unit
      ?change ?changeUnit ?basis ?qualifier ?first ?last {
    %s
    ?figure fz:series ?series ; fz:metric/rdfs:label ?metric ; fz:kind ?kind ;
      fz:periodStart ?first ; fz:periodEnd ?last .
    OPTIONAL { ?figure fz:value ?value OPTIONAL { ?figure fz:unit ?unit } }
    OPTIONAL { ?figure fz:change ?change ; fz:changeUnit ?changeUnit
      OPTIONAL { ?figure fz:changeBasis ?basis } }
    OPTIONAL { ?figure fz:qualifier ?qualifier } }"""
_NEWEST = "SELECT (MAX(STR(?day)) AS ?last) { ?page a fz:Page ; fz:published ?day }"
_ANY = "{ SELECT DISTINCT ?series { ?target fz:kind fz:Target ; fz:series ?series ; fz:periodEnd ?due } }"
_OF = "VALUES ?thing { UNDEF } ?target fz:about ?thing ; fz:kind fz:Target ; fz:series ?series ."
_TOLD = """SELECT ?figure (MIN(STR(?day)) AS ?first) (MAX(STR(?day)) AS ?last) { VALUES ?figure { UNDEF }
    ?figure fz:evidence/oa:hasSource/fz:published ?day } GROUP BY ?figure"""


def find(
    store: Store, about: str | None = None, status: Status | None = None, limit: int | None = None
) -> list[Promise]:
    """Promises about the thing with the IRI `about` and what lies in it, or all; missed ones first.

    `status` keeps those of one outcome; `limit` is how many are read with their proofs.
    """
    things = None if about is None else within(store, about)
    judged = _judged(store, things)
    order = {name: place for place, name in enumerate(STATUSES)}
    kept = [row for row in judged if status is None or row[1] == status]
    kept.sort(key=lambda row: (order[row[1]], _backwards(row[0].last), row[0].iri))
    return _promises(store, kept[:limit])


def today(store: Store) -> str:
    """The day of the newest page, or nothing where no page has a date."""
    days = [
        day
        for (day,) in texts(store, "SELECT (MAX(STR(?day)) AS ?last) { ?page a fz:Page ; fz:published ?day }")
    ]
    return max(days, default="")


def _backwards(day: str) -> int:
    return -int(day.replace("-", "") or 0)


_Judged = tuple[_Row, Status, list[_Row]]


def _judged(store: Store, things: Sequence[str] | None) -> list[_Judged]:
    """Each promise with its outcome and the figures that settle it."""
    every = things is None
    found = texts(store, _FIGURES % _ANY) if every else batched(store, _FIGURES % _OF, "thing", things or ())
    series: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in sorted({_Row(*cells) for cells in found}, key=lambda r: r.iri):
        series[row.series].append(row)
    targets = list(_distinct(row for rows in series.values() for row in rows if _promises_sth(row)))
    settling = {t.iri: [row for row in series[t.series] if _settles(row, t)] for t in targets}
    figures = {row.iri for rows in settling.values() for row in rows} | settling.keys()
    days = {iri: (first, last) for iri, first, last in batched(store, _TOLD, "figure", figures)}
    now = today(store)
    judged: list[_Judged] = []
    for target in targets:
        said = days.get(target.iri, ("9", ""))[0]
        if said < target.last:
            later = [row for row in settling[target.iri] if days.get(row.iri, ("", ""))[1] > said]
            judged.append((target, _status(target, later, now), later))
    return judged


def _promises_sth(row: _Row) -> bool:
    return _is(row, "Target") and not _NEVER.search(row.metric)


def _is(row: _Row, kind: str) -> bool:
    """Whether a figure is of a kind, and no mere rank."""
    return row.kind == FZ + kind and bool(row.value or row.change)


def _distinct(targets: Iterable[_Row]) -> Iterator[_Row]:
    """Targets of one series and time that say the same, once."""
    seen: set[tuple[str, ...]] = set()
    for row in targets:
        said = row.series, row.first, row.last, row.value, row.unit, row.change
        if said not in seen:
            seen.add(said)
            yield row


def _settles(actual: _Row, target: _Row) -> bool:
    """Whether a figure tells if a promise was kept: for the same time, or earlier where it is enough."""
    kept = _kept(actual, target) if _is(actual, "Actual") else None
    coined = target.metric not in known_metrics()  # which may name several things: no proof of a failure
    if kept is None or (coined and (not kept or _BARE.match(target.metric))):
        return False
    if actual.last == target.last:
        return actual.first == target.first or actual.last in (actual.first, target.first)
    reached = actual.first == target.first and actual.last < target.last and kept
    return reached and bool(target.value) and target.unit != "%" and _least(target)


def _kept(actual: _Row, target: _Row) -> bool | None:
    """Whether what was reached is what was promised; None where the two cannot be compared, or not surely."""
    grown = not target.value
    number, unit = (actual.change, actual.change_unit) if grown else (actual.value, actual.unit)
    promised = Decimal(target.change if grown else target.value)
    yearly = {actual.basis, target.basis} <= _YEARLY
    if not number or unit != (target.change_unit if grown else target.unit) or (grown and not yearly):
        return None
    sign = 1 if _least(target) else -1
    slack = Decimal(0)
    if target.qualifier in _WAYS["about"]:
        slack = _POINTS if grown and unit == "%" else abs(promised) * _ABOUT
    if not grown and not Decimal(1) / _FAR <= abs(Decimal(number)) / (abs(promised) or 1) <= _FAR:
        return None  # of a part, or misread
    reached = told(number, "", "" if grown else actual.qualifier)
    ends = (reached.low, reached.high) if reached.vague else (reached.value, reached.value)
    enough = {end is not None and sign * end >= sign * promised - slack for end in ends}
    if None in ends:  # 超700亿元 is enough where 700 is
        known = next(end for end in ends if end is not None)
        outward = sign if ends[1] is None else -sign
        sure = sign * known >= sign * promised - slack
        return sure if sure == (outward > 0) else None
    return enough.pop() if len(enough) == 1 else None


def _least(target: _Row) -> bool:
    """Whether the target is to be reached or passed upwards; downwards else."""
    if target.qualifier in _WAYS["most"]:
        return False
    if target.qualifier in _WAYS["least"] and target.value:
        return True
    if not target.value and target.change.startswith("-"):  # a fall by so much, or more
        return False
    return not _LESS.search(target.metric) or bool(_MORE.search(target.metric))


def _status(target: _Row, settled: Sequence[_Row], now: str) -> Status:
    """What came of a promise by most of the figures that settle it."""
    if settled:
        kept = sum(bool(_kept(row, target)) for row in settled)
        return "kept" if 2 * kept >= len(settled) else "missed"
    return "open" if target.last > now else "silent"


def _promises(store: Store, judged: Sequence[_Judged]) -> list[Promise]:
    wanted = {row.iri for target, _, settled in judged for row in (target, *settled)}
    records = {figure.iri: figure for figure in statements.observations(store, wanted)}
    names = lookup.names(store, {figure.about for figure in records.values()})
    made = []
    for target, status, settled in judged:
        figure = records[target.iri]
        about = Named(names.get(figure.about, figure.about), figure.about)
        agree = sorted(settled, key=lambda r: (_kept(r, target) != (status == "kept"), r.last, r.iri))
        proofs = tuple(records[row.iri] for row in agree)
        made.append(Promise(about, figure.metric, target.last, status, figure, proofs))
    return made
