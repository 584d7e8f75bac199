"""One figure with several values.

Figures of one cell (thing, metric, kind and period: `fz:cell`) ought to agree, to the digits shown. An
article that gives several figures for one cell speaks of things that its reader could not tell apart: it is
no witness.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kg import lookup
from kg.answers import Named
from kg.bounds import Told, told
from kg.conflicts.sides import Conflict, Kind, Side, Voices, when
from kg.conflicts.trust import Subject, trust, yearly
from kg.store import Store, statements
from kg.store.rows import batched, texts
from kg.store.statements import Figure

_SEVERAL = "{ SELECT ?cell { ?any fz:cell ?cell } GROUP BY ?cell HAVING (COUNT(DISTINCT ?any) > 1) }"
_OF = "VALUES ?thing { UNDEF } ?any fz:about ?thing ; fz:cell ?cell ."
_READINGS = """SELECT DISTINCT ?cell ?figure ?value ?unit ?change ?changeUnit ?article {
    %s ?figure fz:cell ?cell ; fz:evidence/oa:hasSource ?article .
    OPTIONAL { ?figure fz:value ?value OPTIONAL { ?figure fz:unit ?unit } }
    OPTIONAL { ?figure fz:change ?change ; fz:changeUnit ?changeUnit } }"""
_ALIASES = "SELECT ?thing ?name { VALUES ?thing { UNDEF } ?thing skos:altLabel|skos:hiddenLabel ?name }"
_LONGEST = 366  # days of a period that a figure of one time can have
_CLOSE = Decimal("1.001")  # how much values may differ whose changes are compared


@dataclass(frozen=True, slots=True)
class _Reading:
    """That an article gives a value to a cell."""

    figure: str
    value: str
    article: str


def disagreeing(store: Store, things: Sequence[str] | None) -> Iterator[Conflict]:
    """Cells with several values, of these things or of all."""
    groups = [(kind, rows) for kind, rows in _readings(store, things) if len({r.value for r in rows}) > 1]
    records = {
        f.iri: f for f in statements.observations(store, (r.figure for _, rows in groups for r in rows))
    }
    subjects = _subjects(store, {f.about for f in records.values()})
    voices = Voices(store, (proof.article for f in records.values() for proof in f.proofs))
    for kind, rows in groups:
        clear = {row.article for row in rows}
        figures = [_only(records[iri], clear) for iri in sorted({row.figure for row in rows})]
        figures = [figure for figure in figures if _tells(figure, kind)]
        if len(figures) > 1 and (kind == "value" or _alike(figures)):
            sides = _sides(kind, figures, voices)
            if len(sides) > 1:
                subject = subjects[figures[0].about]
                sure = trust([_number(kind, f) for f in figures], figures, subject)
                yield _conflict(kind, figures[0], subject, sides, voices.revised(sides), sure)


def _subjects(store: Store, iris: Iterable[str]) -> dict[str, Subject]:
    found = {iri: Subject(name) for iri, name in lookup.names(store, iris).items()}
    for iri, name in batched(store, _ALIASES, "thing", found):
        found[iri].aliases.append(name)
    return found


def _conflict(
    kind: Kind, one: Figure, subject: Subject, sides: list[Side], revised: bool, sure: float
) -> Conflict:
    if revised:
        sides.sort(key=lambda side: side.published, reverse=True)
    about = Named(subject.name, one.about)
    return Conflict(kind, about, one.metric, one.first, one.last, tuple(sides), revised, round(sure, 2))


def _readings(store: Store, things: Sequence[str] | None) -> Iterator[tuple[Kind, list[_Reading]]]:
    """What articles say in each cell, in one unit, without the articles that say several things."""
    if things is None:
        found = texts(store, _READINGS % _SEVERAL)
    else:
        found = batched(store, _READINGS % _OF, "thing", things)
    groups: defaultdict[tuple[Kind, str, str], list[_Reading]] = defaultdict(list)
    for cell, figure, value, unit, change, change_unit, article in found:
        if value:
            groups["value", cell, unit].append(_Reading(figure, value, article))
        if change:
            groups["change", cell, change_unit].append(_Reading(figure, change, article))
    for (kind, _, _), rows in sorted(groups.items()):
        several: defaultdict[str, set[str]] = defaultdict(set)
        for row in rows:
            several[row.article].add(row.value)
        yield kind, [row for row in rows if len(several[row.article]) == 1]


def _only(figure: Figure, articles: set[str]) -> Figure:
    """A figure with the proofs of these articles, by date."""
    proofs = sorted((proof for proof in figure.proofs if proof.article in articles), key=when)
    return replace(figure, proofs=tuple(proofs))


def _tells(figure: Figure, kind: Kind) -> bool:
    """Whether a figure was known when it was printed: one of a running year is not the year's."""
    if figure.kind == "Forecast" or not figure.proofs or (kind == "change" and not yearly(figure)):
        return False
    if not figure.last:
        return True
    short = (date.fromisoformat(figure.last) - date.fromisoformat(figure.first)).days <= _LONGEST
    days = [proof.published for proof in figure.proofs if proof.published]
    # The first day of a page of which only the year is known: before all days of that year.
    return short and (figure.kind == "Target" or all(figure.last <= day.ljust(10, "\0") for day in days))


def _alike(figures: Sequence[Figure]) -> bool:
    """Whether figures that grew differently have one value, or none: else it is the values that differ."""
    values = [abs(Decimal(figure.value)) for figure in figures if figure.value]
    return not values or max(values) <= min(values) * _CLOSE


def _sides(kind: Kind, figures: Iterable[Figure], voices: Voices) -> list[Side]:
    """Figures that agree with one another, together; the finest number speaks for them."""
    groups: list[list[tuple[Told, Figure]]] = []
    for number, figure in sorted(((_told(kind, f), f) for f in figures), key=_fineness):
        group = next((g for g in groups if all(number.agrees(other) for other, _ in g)), None)
        if group is None:
            groups.append(group := [])
        group.append((number, figure))
    sides = [_side(kind, [figure for _, figure in group], voices) for group in groups]
    return sorted(sides, key=lambda side: (-side.witnesses, side.proofs[0].published, side.says))


def _fineness(item: tuple[Told, Figure]) -> tuple[bool, Decimal, Decimal, str]:
    number, figure = item
    return number.vague, number.step, number.value, figure.iri


def _number(kind: Kind, figure: Figure) -> Decimal:
    return Decimal(figure.value if kind == "value" else figure.change)


def _told(kind: Kind, figure: Figure) -> Told:
    return told(figure.value, figure.text, figure.qualifier) if kind == "value" else told(figure.change)


def _side(kind: Kind, figures: Sequence[Figure], voices: Voices) -> Side:
    proofs = tuple(sorted({proof for figure in figures for proof in figure.proofs}, key=when))
    one = figures[0]
    says = " ".join(filter(None, (one.text or f"{one.value}{one.unit}", one.qualifier)))
    if kind == "change":
        says = f"{one.basis}{Decimal(one.change):+f}{one.change_unit}"
    return Side(says, tuple(figures), voices.count(proofs), proofs)
